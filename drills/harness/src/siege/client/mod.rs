//! One client: what it asks next, and what it makes of answers.

mod answers;
mod requests;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::Plan;
use super::fault::{Fault, Kind};
use super::intent::{Intent, What};
use super::record::{News, Record, Step};
use super::tally::Tally;
use crate::http::{Access, Connection, NoAnswer, Response};
use crate::random::Random;

/// What a client remembers lives longer than servers do.
pub(super) struct Client {
    index: usize,
    access: Access,
    random: Random,
    agents: Vec<Agent>,
    contested: Vec<String>,
    /// The server ends in order, so that what is not answered was not done.
    ends_in_order: bool,
    /// With keys, and to be asked again until there is an answer.
    pub(super) unanswered: VecDeque<Intent>,
    /// A few that have been answered, for asking again needlessly.
    answered: VecDeque<(Intent, Step)>,
    n_intents: u64,
    pub(super) records: Vec<Record>,
    pub(super) faults: Vec<Fault>,
    pub(super) tally: Tally,
}

/// An agent that only this client asks for anything.
#[derive(Debug)]
struct Agent {
    name: String,
    /// The last acknowledged step and revision.
    step: u64,
    revision: u64,
    /// Nothing is open, so the revision is the agent's.
    is_certain: bool,
    /// The episode has a step.
    has_begun: bool,
}

impl Agent {
    fn new(name: String) -> Self {
        Self { name, step: 0, revision: 1, is_certain: true, has_begun: false }
    }
}

/// How often something has been asked for that is answered now.
#[derive(Clone, Copy, PartialEq)]
enum Asked {
    First,
    /// Not answered before: it may have been done then.
    Again,
    /// Over two connections at once.
    Twice,
}

/// The connections of one round; broken once one is, or ends.
struct Line {
    connections: [Connection; 2],
    is_broken: bool,
}

impl Client {
    pub(super) fn new(index: usize, plan: &Plan, contested: &[String], access: Access, random: Random) -> Self {
        let agents = (0..plan.own_agents).map(|number| Agent::new(format!("own-{index}-{number}"))).collect();
        Self {
            index,
            access,
            random,
            agents,
            contested: contested.to_vec(),
            ends_in_order: plan.gently,
            unanswered: VecDeque::new(),
            answered: VecDeque::new(),
            n_intents: 0,
            records: Vec::new(),
            faults: Vec::new(),
            tally: Tally::default(),
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.agents.iter().map(|agent| agent.name.clone()).collect()
    }

    /// Its agents that it still asks for something.
    pub(super) fn active(&self) -> Vec<String> {
        let newest = self.agents.len().saturating_sub(requests::NEWEST);
        let is_active = |at: usize| at < requests::NEWEST || at >= newest;
        let active = self.agents.iter().enumerate().filter(|(at, _)| is_active(*at));
        active.map(|(_, agent)| agent.name.clone()).collect()
    }

    /// Asks for one thing after the other until the server is gone, or `stop`.
    pub(super) fn attack(&mut self, address: SocketAddr, stop: &AtomicBool) {
        let (Ok(first), Ok(second)) = (Connection::open(address), Connection::open(address)) else { return };
        let mut line = Line { connections: [first, second], is_broken: false };
        while !line.is_broken && !stop.load(Relaxed) {
            if self.unanswered.is_empty() {
                self.ask_something(&mut line);
            } else {
                self.ask_again(&mut line);
            }
        }
    }

    fn ask_something(&mut self, line: &mut Line) {
        match self.random.below(100) {
            0..45 => self.step(line),
            45..65 => self.batch(line),
            65..72 => self.same_at_once(line),
            72..82 => self.repeat_needlessly(line),
            82..87 => self.dry_run(line),
            87..94 => self.reset(line),
            _ => self.create(line),
        }
    }

    /// Sends on one of the connections and waits; `None` if the server is gone.
    fn ask(&mut self, line: &mut Line, bytes: &[u8]) -> Option<Response> {
        self.tally.requests += 1;
        let answer = line.connections[0].send(bytes).and_then(|()| line.connections[0].receive());
        self.heard(line, answer)
    }

    fn heard(&mut self, line: &mut Line, answer: Result<Response, NoAnswer>) -> Option<Response> {
        match answer {
            Ok(answer) => {
                line.is_broken |= answer.is_last;
                return Some(answer);
            }
            Err(NoAnswer::Broken(_)) => {}
            Err(NoAnswer::Fault(failure)) => self.fault(Kind::Misbehaved, "", failure.to_string()),
        }
        line.is_broken = true;
        None
    }

    fn fault(&mut self, kind: Kind, agent: &str, detail: String) {
        self.faults.push(Fault::new(kind, agent, detail));
    }

    fn note(&mut self, intent: &Intent, news: News) {
        self.records.push(Record { agent: intent.agent.clone(), number: intent.number, news });
    }

    /// There was no answer to it again, so it stays first in the line.
    fn is_still_open(&mut self, intent: Intent) {
        self.doubt(&intent);
        self.unanswered.push_front(intent);
    }

    /// Nobody knows the agent's revision until something new is done.
    fn doubt(&mut self, intent: &Intent) {
        if let Some(agent) = self.agents.iter_mut().find(|agent| agent.name == intent.agent) {
            agent.is_certain = false;
        }
    }

    /// There was no answer to it. With a key it will be asked again; without one, it happened or it did not.
    fn is_open(&mut self, intent: Intent) {
        self.tally.unanswered += 1;
        self.doubt(&intent);
        match intent.what {
            What::Create => {
                self.note(&intent, News::MaybeCreated);
                self.unanswered.push_back(intent);
            }
            _ if intent.key.is_some() => self.unanswered.push_back(intent),
            _ if self.ends_in_order => {}
            What::Step(_) => self.note(&intent, News::MaybeStepped),
            What::Reset => self.note(&intent, News::MaybeReset),
        }
    }
}
