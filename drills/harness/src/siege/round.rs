//! One round: start, compare, attack, kill (or ask to end).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{scope, sleep};
use std::time::Duration;

use serde_json::Value;

use super::fault::{Fault, Kind};
use super::inspection::{Inspector, Open, compare_decisions, compare_state};
use super::intent::What;
use super::{Plan, Siege};
use crate::Result;
use crate::http::Connection;
use crate::installation::{Disk, Server};

/// Of a hundred rounds, in how many the server is killed while it starts.
const KILLED_AT_START: u64 = 10;

/// How many agents' decisions are read back in each round, and how many of the newest of them; all are in the end.
const READ_BACK: u64 = 6;
const NEWEST: usize = 100;

/// More faults than these say nothing new.
const MOST_FAULTS: usize = 20;

impl Siege<'_> {
    pub(super) fn round(&mut self, round: u64, plan: &Plan, disk: &Disk) -> Result<Vec<Fault>> {
        if self.random.happens(KILLED_AT_START) && !plan.gently {
            let mut starting = self.installation.start(disk)?;
            sleep(Duration::from_micros(self.random.below(150_000)));
            starting.kill();
            self.tally.kills += 1;
            self.tally.kills_during_start += 1;
            return Ok(Vec::new());
        }
        let mut server = self.installation.start_ready(disk)?;
        self.tally.started(server.ready_after);
        let mut faults = self.compare(&server, false)?;
        if faults.is_empty() {
            self.attack(&mut server, plan)?;
            faults = self.gather(round);
        }
        server.kill();
        if plan.gently {
            self.tally.ends += 1
        } else {
            self.tally.kills += 1
        }
        faults.truncate(MOST_FAULTS);
        Ok(faults)
    }

    /// Lets the clients work for a while, and kills the server meanwhile.
    fn attack(&mut self, server: &mut Server, plan: &Plan) -> Result<()> {
        let (stop, address) = (AtomicBool::new(false), server.address);
        let micros = plan.longest_round.as_micros() as u64;
        let delay = Duration::from_micros(self.random.below(micros.max(1)));
        let ended = scope(|scope| {
            for client in &mut self.clients {
                scope.spawn(|| client.attack(address, &stop));
            }
            sleep(delay);
            let ended = server.ended();
            let stopped = if plan.gently {
                server.stop()
            } else {
                server.kill();
                Ok(())
            };
            stop.store(true, Relaxed);
            stopped.and(ended)
        })?;
        match ended {
            Some(status) => {
                Err(format!("the server ended by itself: {status}\n{}", self.installation.end_of_log()).into())
            }
            None => Ok(()),
        }
    }

    /// What the clients were told goes into the histories.
    fn gather(&mut self, round: u64) -> Vec<Fault> {
        let mut faults = Vec::new();
        for client in &mut self.clients {
            self.tally += std::mem::take(&mut client.tally);
            faults.append(&mut client.faults);
            for record in client.records.drain(..) {
                let history = self.histories.entry(record.agent.clone()).or_default();
                let n_steps = history.steps.len();
                faults.extend(history.learn(record));
                self.tally.acknowledged_steps += (history.steps.len() - n_steps) as u64;
            }
        }
        for fault in &mut faults {
            fault.detail = format!("in round {round}: {}", fault.detail);
        }
        faults
    }

    /// Compares every agent's state, and decisions: of some agents the newest, or of all agents all.
    fn compare(&mut self, server: &Server, whole: bool) -> Result<Vec<Fault>> {
        let open = self.open();
        let connection = Connection::open(server.address)?;
        let mut inspector = Inspector { connection, access: self.installation.access() };
        let mut faults = Vec::new();
        let names = self.to_compare(whole);
        let deep: BTreeSet<usize> = (0..READ_BACK).map(|_| self.random.below(names.len() as u64) as usize).collect();
        for (at, name) in names.iter().enumerate() {
            let (Some(history), open) = (self.histories.get_mut(name), open.get(name).copied().unwrap_or_default())
            else {
                continue;
            };
            let state = inspector.agent(name)?;
            faults.extend(compare_state(name, history, open, state.as_ref())?);
            self.tally.comparisons += 1;
            if state.is_some() && (whole || deep.contains(&at)) {
                let decisions = inspector.decisions(name, if whole { usize::MAX } else { NEWEST })?;
                self.tally.steps_read_back += decisions.len() as u64;
                faults.extend(compare_decisions(name, history, open, &decisions, whole)?);
            }
        }
        Ok(faults)
    }

    /// All agents in the end. Before, those that are still asked for something: agents made meanwhile fall behind.
    fn to_compare(&self, whole: bool) -> Vec<String> {
        if whole {
            return self.histories.keys().cloned().collect();
        }
        let contested = self.histories.keys().filter(|name| name.starts_with("contested"));
        self.clients.iter().flat_map(super::client::Client::active).chain(contested.cloned()).collect()
    }

    /// Per agent, what is going to be asked for again.
    fn open(&self) -> BTreeMap<String, Open> {
        let mut open: BTreeMap<String, Open> = BTreeMap::new();
        for intent in self.clients.iter().flat_map(|client| &client.unanswered) {
            let open = open.entry(intent.agent.clone()).or_default();
            match intent.what {
                What::Step(_) => open.steps += 1,
                What::Reset => open.resets += 1,
                What::Create => {}
            }
        }
        open
    }

    /// After the last kill: everything is read back, and the log is replayed.
    pub(super) fn end(&mut self) -> Result<(Vec<Fault>, Value)> {
        let mut server = self.installation.start_ready(&Disk::Real)?;
        let mut faults = self.compare(&server, true)?;
        server.stop()?;
        let output = self.installation.replay()?;
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            let detail =
                format!("replay ended with {}: {told}{}", output.status, String::from_utf8_lossy(&output.stderr));
            faults.push(Fault::new(Kind::Changed, "", detail));
        }
        let panics = self.installation.panics().into_iter();
        faults.extend(panics.map(|line| Fault::new(Kind::Misbehaved, "", line)));
        faults.truncate(MOST_FAULTS);
        Ok((faults, serde_json::from_str(&told).unwrap_or(Value::String(told))))
    }
}
