//! What a client asks for.

use serde_json::{Value, json};

use super::{Agent, Asked, Client, Line};
use crate::http::{Request, Response};
use crate::siege::fault::Kind;
use crate::siege::intent::{Intent, Seen, What};

/// Of the agents that a client made meanwhile, it goes on with the newest.
pub(super) const NEWEST: usize = 8;

const MOST_ITEMS: u64 = 30;

/// The server remembers the answers to the last 32 steps; nothing older is asked again.
const WINDOW: u64 = 24;

impl Client {
    fn intent(&mut self, agent: String, what: What, with_key: bool) -> Intent {
        self.n_intents += 1;
        let number = self.n_intents * 1000 + self.index as u64;
        let key = with_key.then(|| format!("key-{number}"));
        Intent { number, agent, what, key, if_match: None }
    }

    /// One of its own agents: one of the first, or one of the newest.
    fn own_agent(&mut self) -> Option<&Agent> {
        let newest = self.agents.len().saturating_sub(NEWEST);
        let from = if self.random.happens(70) { 0..NEWEST.min(self.agents.len()) } else { newest..self.agents.len() };
        let at = from.start + self.random.below(from.len() as u64) as usize;
        self.agents.get(at)
    }

    /// A step of any agent.
    fn any_step(&mut self) -> Option<Intent> {
        let with_key = self.random.happens(50);
        if self.random.happens(15) {
            let agent = self.random.pick(&self.contested).cloned()?;
            let seen = Seen::draw(&mut self.random, false);
            return Some(self.intent(agent, What::Step(seen), with_key));
        }
        self.own_step(with_key)
    }

    fn own_step(&mut self, with_key: bool) -> Option<Intent> {
        let agent = self.own_agent()?;
        let (name, begun) = (agent.name.clone(), agent.has_begun && agent.is_certain);
        let revision = agent.is_certain.then_some(agent.revision);
        let seen = Seen::draw(&mut self.random, begun);
        let if_match = revision.filter(|_| self.random.happens(25));
        Some(Intent { if_match, ..self.intent(name, What::Step(seen), with_key) })
    }

    pub(super) fn step(&mut self, line: &mut Line) {
        if let Some(intent) = self.any_step() {
            self.ask_for(line, intent);
        }
    }

    fn ask_for(&mut self, line: &mut Line, intent: Intent) {
        match self.ask(line, &intent.bytes(&self.access)) {
            Some(answer) => self.answered(intent, answer, Asked::First),
            None => self.is_open(intent),
        }
    }

    /// Once more what was not answered, one by one or several at once. It stays first in the line without an answer.
    pub(super) fn ask_again(&mut self, line: &mut Line) {
        let is_step = |intent: &Intent| matches!(intent.what, What::Step(_));
        let n_steps = self.unanswered.iter().take(MOST_ITEMS as usize).take_while(|intent| is_step(intent)).count();
        if n_steps > 1 && self.random.happens(50) {
            let intents: Vec<Intent> = self.unanswered.drain(..n_steps).collect();
            match self.ask(line, &self.batch_of(&intents)) {
                Some(answer) => self.answered_batch(intents, answer, Asked::Again),
                None => intents.into_iter().rev().for_each(|intent| self.is_still_open(intent)),
            }
        } else if let Some(intent) = self.unanswered.pop_front() {
            match self.ask(line, &intent.bytes(&self.access)) {
                Some(answer) => self.answered(intent, answer, Asked::Again),
                None => self.is_still_open(intent),
            }
        }
    }

    fn batch_of(&self, intents: &[Intent]) -> Vec<u8> {
        let items: Vec<Value> = intents.iter().map(Intent::item).collect();
        let body = json!({ "items": items }).to_string();
        Request::post("/api/v1/steps", body.as_bytes()).bytes(&self.access)
    }

    pub(super) fn batch(&mut self, line: &mut Line) {
        let n = 2 + self.random.below(MOST_ITEMS - 1);
        let mut intents: Vec<Intent> = (0..n).filter_map(|_| self.any_step()).collect();
        // A revision would not hold for the second step of the same agent.
        for at in 0..intents.len() {
            let (before, rest) = intents.split_at_mut(at);
            let Some(intent) = rest.first_mut() else { continue };
            if before.iter().any(|other| other.agent == intent.agent) {
                intent.if_match = None;
            }
        }
        match self.ask(line, &self.batch_of(&intents)) {
            Some(answer) => self.answered_batch(intents, answer, Asked::First),
            None => intents.into_iter().for_each(|intent| self.is_open(intent)),
        }
    }

    /// One request over two connections at the same time: it must be done once, and both told the same.
    pub(super) fn same_at_once(&mut self, line: &mut Line) {
        let Some(intent) = self.own_step(true) else { return };
        let bytes = intent.bytes(&self.access);
        self.tally.requests += 2;
        self.tally.needless_repetitions += 1;
        let [sent, sent_too] = [0, 1].map(|at| line.connections[at].send(&bytes));
        let first = sent.and_then(|()| line.connections[0].receive());
        let second = sent_too.and_then(|()| line.connections[1].receive());
        let mut heard: Vec<Response> =
            [first, second].into_iter().filter_map(|answer| self.heard(line, answer)).collect();
        if heard.is_empty() {
            return self.is_open(intent);
        }
        // If the kill leaves only the repeated answer, that one does not say what the revision is now.
        self.doubt(&intent);
        // Whichever was done first; the other one must say that it is a repetition.
        heard.sort_by_key(|answer| answer.replayed);
        for answer in heard {
            self.answered(intent.clone(), answer, Asked::Twice);
        }
    }

    /// Again what has been answered: the answer must be the same. Or, with the same key, something else: refused.
    pub(super) fn repeat_needlessly(&mut self, line: &mut Line) {
        let at = self.random.below(self.answered.len() as u64) as usize;
        let Some((intent, first)) = self.answered.get(at).cloned() else { return };
        let now = self.agents.iter().find(|agent| agent.name == intent.agent);
        if now.is_none_or(|agent| !agent.is_certain || agent.step > first.step + WINDOW) {
            return;
        }
        self.tally.needless_repetitions += 1;
        let is_other = self.random.happens(20);
        let other = match &intent.what {
            What::Step(seen) if is_other => What::Step(Seen { elapsed: seen.elapsed + 1, ..seen.clone() }),
            same => same.clone(),
        };
        let asked = Intent { what: other, ..intent.clone() };
        let Some(answer) = self.ask(line, &asked.bytes(&self.access)) else { return };
        match answer.status {
            429 | 503 => self.tally.refused += 1,
            422 if is_other => {}
            200 if !is_other && answer.replayed => self.answered(intent, answer, Asked::First),
            status => {
                let body = String::from_utf8_lossy(&answer.body);
                let detail = format!("{asked:?}, asked again after step {}, was answered {status}: {body}", first.step);
                self.fault(Kind::Doubled, &asked.agent, detail);
            }
        }
    }

    pub(super) fn dry_run(&mut self, line: &mut Line) {
        let Some(mut intent) = self.own_step(false) else { return };
        if let What::Step(seen) = &mut intent.what {
            seen.dry_run = true;
        }
        match self.ask(line, &intent.bytes(&self.access)).map(|answer| answer.status) {
            Some(200) => self.tally.dry_runs += 1,
            Some(429 | 503) => self.tally.refused += 1,
            Some(status) => self.fault(Kind::Misbehaved, &intent.agent, format!("a dry run was answered {status}")),
            None => {}
        }
    }

    pub(super) fn reset(&mut self, line: &mut Line) {
        let with_key = self.random.happens(70);
        if let Some(agent) = self.own_agent().map(|agent| agent.name.clone()) {
            let intent = self.intent(agent, What::Reset, with_key);
            self.ask_for(line, intent);
        }
    }

    pub(super) fn create(&mut self, line: &mut Line) {
        let name = format!("made-{}-{}", self.index, self.n_intents);
        let intent = self.intent(name, What::Create, false);
        self.ask_for(line, intent);
    }
}
