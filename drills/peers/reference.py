"""Runs the reference implementation on one benchmark model: what it decides, and how fast it is in each of its modes.

usage: reference.py MODEL OUT.json [--seconds N] [--budget N] [--batches N,N]

Every mode is one compiled function: a step, or a loop of steps, for one agent or for many, with the model copied per agent
(as its own Agent does) or shared. Times are of the fastest of many runs, so that what else the machine does matters least.
A mode that does not fit into memory or exceeds the budget is left out and named.
"""
import argparse
import json
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
from pymdp.agent import Agent

from models import MODELS

STEPS = 24
LOOP = 64
BATCHES = [1, 64, 1024]


def arrays(tables):
    return [jnp.asarray(table, dtype=jnp.float32) for table in tables]


def agent(name, batch):
    make, length = MODELS[name]
    seen, moved, wanted, start = make()
    wide = lambda tables: [jnp.broadcast_to(table, (batch, *table.shape)) for table in arrays(tables)]
    return Agent(
        wide(seen), wide(moved), wide(wanted), wide(start), policy_len=length, gamma=16.0, batch_size=batch,
        sampling_mode="marginal", action_selection="deterministic",
        A_dependencies=[list(range(len(moved)))] * len(seen), B_dependencies=[[factor] for factor in range(len(moved))],
    )


def step(agent, observations, prior):
    """Beliefs, plans, action, and the prior of the next step."""
    beliefs = agent.infer_states(observations, prior)
    posterior, neg_efe = agent.infer_policies(beliefs)
    action = agent.sample_action(posterior)
    return action, neg_efe, agent.update_empirical_prior(action, beliefs)


class Worlds:
    """The model itself as what happens, for many agents at once."""

    def __init__(self, name, count, seed):
        self.seen, self.moved, _, start = MODELS[name][0]()
        self.chance = np.random.default_rng(seed)
        self.states = [self.draw(np.broadcast_to(prior, (count, len(prior)))) for prior in start]

    def draw(self, distributions):
        bounds = np.cumsum(distributions, axis=1)
        return np.argmax(self.chance.random((len(bounds), 1)) * bounds[:, -1:] < bounds, axis=1)

    def observe(self):
        return [self.draw(np.moveaxis(table[(slice(None), *self.states)], 0, 1)) for table in self.seen]

    def act(self, actions):
        moved = enumerate(self.moved)
        self.states = [self.draw(table[:, self.states[f], actions[:, f]].T) for f, table in moved]


def decide(name):
    """The first steps of one agent in its world: observations, what each plan is worth, actions."""
    one, worlds, taken = agent(name, 1), Worlds(name, 1, 7), []
    run, prior = jax.jit(lambda observations, prior: step(one, observations, prior)), one.D
    for _ in range(STEPS):
        observations = worlds.observe()
        action, neg_efe, prior = run([jnp.asarray(o) for o in observations], prior)
        action = np.asarray(action)
        taken.append({
            "observations": [int(o[0]) for o in observations],
            "neg_efe": [float(value) for value in np.asarray(neg_efe)[0]],
            "action": [int(value) for value in action[0]],
        })
        worlds.act(action)
    return taken


def modes(name, batch):
    """(Name, function of observations and prior, first prior, steps per call)."""
    copied = agent(name, batch)
    one = agent(name, 1)
    step_of = lambda own: lambda observations, prior: step(own, observations, prior)[::2]
    shared = jax.vmap(step_of(one))
    spread = lambda prior: [jnp.broadcast_to(p, (batch, *p.shape)) for p in prior]

    def loop(run):
        def all_steps(observations, prior):
            def body(prior, observations):
                action, prior = run(observations, prior)
                return prior, action
            prior, actions = jax.lax.scan(body, prior, observations)
            return actions, prior
        return all_steps

    yield "step", step_of(copied), copied.D, 1, False
    yield "loop", loop(step_of(copied)), copied.D, LOOP, False
    if batch > 1:
        yield "step, model shared", shared, spread(one.D), 1, True
        yield "loop, model shared", loop(shared), spread(one.D), LOOP, True


def time_of(run, observations, prior, seconds):
    run = jax.jit(run)
    started = time.perf_counter()
    jax.block_until_ready(run(observations, prior))
    compiled = time.perf_counter() - started
    best, until = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < until or best == float("inf"):
        started = time.perf_counter()
        jax.block_until_ready(run(observations, prior))
        best = min(best, time.perf_counter() - started)
    return compiled, best


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("out")
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--budget", type=float, default=240.0)
    parser.add_argument("--batches", type=lambda text: [int(word) for word in text.split(",")], default=BATCHES)
    options = parser.parse_args()
    taken, measured, left_out = decide(options.model), [], []
    began = time.perf_counter()
    for batch in options.batches:
        worlds = Worlds(options.model, batch, 11)
        # What is seen does not matter to the time, as long as it can be seen: worlds in which nothing is done.
        seen = [worlds.observe() for _ in range(LOOP)]
        for mode, run, prior, steps, shared in modes(options.model, batch):
            if time.perf_counter() - began > options.budget:
                left_out.append(f"{mode}, {batch}: no time left")
                continue
            one = [jnp.asarray(o) for o in seen[0]]
            many = [jnp.stack([jnp.asarray(moment[m]) for moment in seen]) for m in range(len(one))]
            observations = one if steps == 1 else many
            if shared:
                observations = [o[..., None] for o in observations]
            try:
                compiled, best = time_of(run, observations, prior, options.seconds)
            except Exception as error:  # Out of memory, for the most part.
                left_out.append(f"{mode}, {batch}: {type(error).__name__}")
                continue
            each = best / (steps * batch)
            measured.append({"mode": mode, "batch": batch, "seconds": each, "compile": compiled})
            print(f"{options.model} {mode} {batch}: {each * 1e6:.2f} us an agent-step", file=sys.stderr)
    result = {"model": options.model, "taken": taken, "measured": measured, "left_out": left_out}
    with open(options.out, "w") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
