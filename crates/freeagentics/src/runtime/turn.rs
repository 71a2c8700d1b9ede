//! An agent's turn: from a request to a proposed event, or to an answer right away.

use std::sync::mpsc::TrySendError;

use axiomcore::audit;
use axiomcore::clock::Timestamp;
use axiomcore::store::{Connection, Result as Stored};
use serde_json::json;

use super::committer::{Next, Pending, Proposed};
use super::heavy::{self, Computed, Load};
use super::hot::Slot;
use super::loader::Job;
use super::shard::Shard;
use super::stepping::{self, Circumstances, Seat, Stepped};
use super::waiting::Waiting;
use super::window::{self, KeyHash, Verdict};
use super::{Ask, Done, Refused, Request};
use crate::agents;
use crate::log::commitment::{Row, commitment};
use crate::log::{Also, Draft, Told, What};

impl Shard {
    /// Does what is asked of an agent that is in memory and has nothing under way.
    pub(super) fn take(&mut self, slot: Slot, mut waiting: Waiting) {
        waiting.request.lap("wait");
        self.cache.touch(slot);
        let Request { guarded, principal, .. } = &waiting.request;
        // A key is its principal's own: nobody gets the answer to somebody else's, or spoils it.
        let named = |key: &str| window::hash(&[principal.id.as_bytes(), key.as_bytes()]);
        let key = guarded.idempotency_key.as_deref().map(named);
        if key.is_some() && self.cache.window(slot).is_none() {
            // Almost no agent needs its keys in memory, so they are read when one is asked for.
            self.cache.remove(slot);
            return self.load(waiting, true);
        }
        match &waiting.request.ask {
            Ask::Step(_) => self.step(slot, waiting, key),
            Ask::Reset | Ask::Delete => self.change(slot, waiting, key),
        }
    }

    fn step(&mut self, slot: Slot, waiting: Waiting, key: Option<KeyHash>) {
        let Some(hot) = self.cache.get(slot) else { return waiting.answer(Err(Refused::NotFound)) };
        let Ask::Step(ask) = &waiting.request.ask else { return };
        let model = (hot.workspace, hot.model);
        let compiled = match self.seats.get(&model).and_then(Seat::compiled) {
            Some(compiled) => compiled,
            None => match self.parts.library.compiled_blocking(hot.workspace, hot.model) {
                Ok(compiled) => {
                    self.seats.retain(|_, seat| seat.is_live());
                    compiled
                }
                Err(error) => return waiting.answer(Err(error.into())),
            },
        };
        let seat = self.seats.entry(model).or_insert_with(|| Seat::new(&compiled));
        let reading = match stepping::read(&compiled, &ask.observed) {
            Ok(reading) => reading,
            Err(refused) => return self.refuse(waiting, refused),
        };
        // A key first: the answer to a repeated request does not depend on what has happened since.
        let asked = key.map(|_| stepping::asked(&reading));
        let verdict = key.and_then(|key| Some(self.cache.window(slot)?.judge(&key, asked.as_ref())));
        if let Some(verdict) = verdict.filter(|verdict| *verdict != Verdict::New) {
            return self.repeat(hot.workspace, verdict, waiting);
        }
        if waiting.request.guarded.if_match.is_some_and(|wanted| wanted != hot.revision) {
            let refused = Refused::RevisionMismatch(hot.revision);
            return self.refuse(waiting, refused);
        }
        let (dry_run, explain) = (ask.dry_run, ask.explain);
        if heavy::operations(&compiled.cost, reading.elapsed) >= self.parts.config.heavy {
            let shard = self.parts.number;
            let Some(agent) = self.cache.packed(slot).cloned() else { return };
            return self.send_heavy(Load { shard, slot, waiting, agent, compiled, reading, dry_run, explain, key });
        }
        let (agent, now) = (waiting.request.agent.as_str(), self.parts.clock.now());
        let stepped = seat.step(&compiled, &hot, &reading, Circumstances { agent, now, dry_run, explain, key });
        self.stepped(slot, waiting, dry_run, stepped);
    }

    fn send_heavy(&mut self, load: Load) {
        let slot = load.slot;
        match self.outlets.heavy.try_send(load) {
            Ok(()) => self.cache.set_in_flight(slot, true),
            Err(TrySendError::Full(load)) => self.refuse(load.waiting, Refused::Overloaded),
            Err(TrySendError::Disconnected(load)) => self.refuse(load.waiting, Refused::Stopping),
        }
    }

    pub(super) fn computed(&mut self, computed: Computed) {
        let Computed { slot, waiting, dry_run, stepped } = computed;
        self.cache.set_in_flight(slot, false);
        self.stepped(slot, waiting, dry_run, stepped);
        self.go_on(slot);
    }

    fn stepped(&mut self, slot: Slot, mut waiting: Waiting, dry_run: bool, stepped: Result<Stepped, Refused>) {
        waiting.request.lap("decide");
        let Some(hot) = self.cache.get(slot) else { return waiting.answer(Err(Refused::NotFound)) };
        let Stepped { at, json, impossible, step, state } = match stepped {
            Ok(stepped) => stepped,
            Err(refused) => return self.refuse(waiting, refused),
        };
        let (revision, number, episode) = (hot.revision + 1, hot.step + 1, hot.episode);
        let done = Done { revision, step: number, episode, json, replayed: false };
        if dry_run {
            self.parts.metrics.dry_runs.inc();
            return waiting.answer(Ok(done));
        }
        self.parts.metrics.steps.inc();
        self.parts.metrics.impossible.inc_by(impossible.into());
        let key = step.key.map(|(key, asked)| (key, Some(asked)));
        let next = Next { commitment: [0; 32], state: Some(state), key, deleted: false };
        self.propose((slot, at), waiting, What::Stepped(step), done, next, None);
    }

    /// A reset or a deletion.
    fn change(&mut self, slot: Slot, waiting: Waiting, key: Option<KeyHash>) {
        let Some(hot) = self.cache.get(slot) else { return waiting.answer(Err(Refused::NotFound)) };
        let verdict = key.and_then(|key| Some(self.cache.window(slot)?.judge(&key, None)));
        if let Some(verdict) = verdict.filter(|verdict| *verdict != Verdict::New) {
            return self.repeat(hot.workspace, verdict, waiting);
        }
        if waiting.request.guarded.if_match.is_some_and(|wanted| wanted != hot.revision) {
            let refused = Refused::RevisionMismatch(hot.revision);
            return self.refuse(waiting, refused);
        }
        let deleted = matches!(waiting.request.ask, Ask::Delete);
        self.parts.metrics.changes.with(&[if deleted { "deleted" } else { "reset" }]).inc();
        let episode = hot.episode + u64::from(!deleted);
        let done = Done { revision: hot.revision + 1, step: hot.step, episode, json: String::new(), replayed: false };
        let state = match hot.state.filter(|_| !deleted) {
            None => None,
            // What was learnt goes on in the next episode.
            Some(own) => match self.parts.library.compiled_blocking(hot.workspace, hot.model) {
                Ok(compiled) => compiled.engine.own_after_episode(own).map(Into::into),
                Err(error) => return waiting.answer(Err(error.into())),
            },
        };
        let next = Next { commitment: [0; 32], state, key: key.map(|key| (key, None)), deleted };
        let what = if deleted { What::Deleted } else { What::Reset { key } };
        let at = self.parts.clock.now();
        let also = beside(&waiting, at, deleted);
        self.propose((slot, at), waiting, what, done, next, Some(also));
    }

    fn propose(
        &mut self,
        (slot, at): (Slot, Timestamp),
        waiting: Waiting,
        what: What,
        done: Done,
        mut next: Next,
        also: Option<Also>,
    ) {
        let Some(hot) = self.cache.get(slot) else { return waiting.answer(Err(Refused::NotFound)) };
        let told = Told {
            at: at.0,
            principal: waiting.request.principal.id.clone(),
            model: hot.model,
            episode: done.episode,
            step: done.step,
            far: hot.far,
            keyed: hot.keyed,
            what,
        };
        let body = match told.encode() {
            Ok(body) => body,
            Err(error) => return waiting.answer(Err(Refused::Internal(error.to_string()))),
        };
        let (workspace, agent, revision, prev) = (hot.workspace, hot.key, done.revision, hot.last);
        let row = Row { salt: &hot.salt, before: &hot.commitment, workspace, agent, revision };
        next.commitment = commitment(row, &body);
        let name = waiting.request.agent.shared();
        let draft = Draft { workspace, agent, name, revision, prev, body, commitment: next.commitment, also };
        self.proposed
            .push(Proposed { draft, pending: Pending { shard: self.parts.number, slot, done, waiting, next } });
        self.cache.set_in_flight(slot, true);
    }

    /// Answers a key that was used before.
    fn repeat(&self, workspace: i64, verdict: Verdict, waiting: Waiting) {
        match verdict {
            Verdict::Same(seq) => {
                self.parts.metrics.replays.inc();
                if let Err(unsent) = self.outlets.loader.send(Job::Replay { workspace, seq, waiting })
                    && let Job::Replay { waiting, .. } = unsent.0
                {
                    waiting.answer(Err(Refused::Stopping));
                }
            }
            Verdict::Passed => self.refuse(waiting, Refused::WindowPassed),
            Verdict::Other | Verdict::New => self.refuse(waiting, Refused::KeyReused),
        }
    }

    fn refuse(&self, waiting: Waiting, refused: Refused) {
        self.parts.metrics.refused.with(&[refused.reason()]).inc();
        waiting.answer(Err(refused));
    }
}

/// What goes into the database with a reset or a deletion.
fn beside(waiting: &Waiting, at: Timestamp, deleted: bool) -> Also {
    let (principal, name) = (waiting.request.principal.clone(), waiting.request.agent.shared());
    Box::new(move |connection: &mut dyn Connection| -> Stored<()> {
        let (workspace, action) = (principal.workspace, if deleted { "agent.delete" } else { "agent.reset" });
        if deleted {
            agents::store::mark_deleted(connection, workspace, &name, at)?;
        }
        let entry = audit::Entry { workspace, at, principal: &principal.id, action };
        entry.write(connection, &name, &json!({}))
    })
}
