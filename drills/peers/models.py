"""The benchmark models as arrays: A[modality][observation, states...], B[factor][next, previous, control],
C[modality][observation], D[factor][state]. They are those of crates/inference/benches/steps/models, number for number.
"""
import numpy as np

CENTRE, LEFT, RIGHT, CUE = range(4)
NOISE = 0.1


def blurred(tables, noise):
    """Every column mixed with the uniform one."""
    return [table * (1 - noise) + noise / table.shape[0] for table in tables]


def tmaze(noise=0.0):
    """Four places, and a reward in one of two arms; the cue tells in which."""
    place, reward, cue = np.zeros((4, 4, 2)), np.zeros((3, 4, 2)), np.full((2, 4, 2), 0.5)
    for at in range(4):
        place[at, at] = 1
    reward[0, [CENTRE, CUE]] = 1
    for bait in range(2):
        for arm in (LEFT, RIGHT):
            right = arm == bait + LEFT
            reward[1, arm, bait], reward[2, arm, bait] = (0.98, 0.02) if right else (0.02, 0.98)
        cue[:, CUE, bait] = np.arange(2) == bait
    go = np.zeros((4, 4, 4))
    for to in range(4):
        go[to, :, to] = 1
    stays = np.eye(2)[:, :, None]
    wanted = [np.zeros(4), np.array([0.0, 3.0, -3.0]), np.zeros(2)]
    start = [np.eye(4)[CENTRE], np.full(2, 0.5)]
    return blurred([place, reward, cue], noise), blurred([go, stays], noise), wanted, start


def grid(side, noise=0.0):
    """A square of cells that are seen as they are; the last one is wanted."""
    cells = side * side
    moves = np.zeros((cells, cells, 5))
    for cell in range(cells):
        row, column = divmod(cell, side)
        for move, (down, right) in enumerate([(-1, 0), (0, 1), (1, 0), (0, -1), (0, 0)]):
            to = (row + down, column + right)
            inside = all(0 <= index < side for index in to)
            moves[to[0] * side + to[1] if inside else cell, cell, move] = 1
    wanted = np.zeros(cells)
    wanted[-1] = 3.0
    return blurred([np.eye(cells)], noise), blurred([moves], noise), [wanted], [np.full(cells, 1 / cells)]


def three_factors():
    """Three factors seen through three dense random tables."""
    draw = np.random.default_rng(0)
    states, observations, controls = [8, 6, 4], [8, 8, 4], [4, 1, 3]
    seen = [np.moveaxis(draw.dirichlet(np.ones(n), size=tuple(states)), -1, 0) for n in observations]
    moved = [np.moveaxis(draw.dirichlet(np.ones(n), size=(n, c)), -1, 0) for n, c in zip(states, controls)]
    return seen, moved, [draw.normal(size=n) for n in observations], [np.full(n, 1 / n) for n in states]


# Name, tables, length of the plans.
MODELS = {
    "tmaze_16": (tmaze, 2),
    "tmaze_64": (tmaze, 3),
    "tmaze_256": (tmaze, 4),
    "tmaze_256_noisy": (lambda: tmaze(NOISE), 4),
    "grid5_125": (lambda: grid(5), 3),
    "grid5_125_noisy": (lambda: grid(5, NOISE), 3),
    "factors_144": (three_factors, 2),
    "grid20_25": (lambda: grid(20), 2),
    "grid20_25_noisy": (lambda: grid(20, NOISE), 2),
}
