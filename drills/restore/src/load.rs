//! Work that goes on until the server is gone: batches of steps, and when each was acknowledged.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use harness::http::{Access, Connection, Request};
use harness::{Result, clock};
use serde_json::{Value, json};

/// Agents that work.
const AGENTS: usize = 1_000;

/// A model with little to compute, so that much is written.
const MODEL: &str = "\
freeagentics: 1
name: drill
factors:    { lamp: { states: [good, dying] } }
controls:   { action: { values: [leave, change] } }
modalities: { light: { values: [steady, flicker] } }
likelihood:
  light: { given: [lamp], columns: { good: { steady: .95, flicker: .05 }, dying: { steady: .3, flicker: .7 } } }
transition:
  lamp:
    given: [lamp]
    by: [action]
    cases:
      change: { columns: { else: good } }
      else: { columns: { good: { good: .99, dying: .01 }, dying: dying } }
preference: { lamp: { dying: -1 }, action: { change: -1.5 } }
prior:      { lamp: [.9, .1] }
agent:      { policy_length: 1 }
";

/// What was acknowledged: after which time every agent had taken how many steps.
#[derive(Debug, Default)]
pub(crate) struct Acknowledged {
    rounds: Vec<Instant>,
}

impl Acknowledged {
    /// How many rounds were.
    pub(crate) fn rounds(&self) -> u64 {
        self.rounds.len() as u64
    }

    /// When the last round was acknowledged.
    pub(crate) fn last(&self) -> Option<Instant> {
        self.rounds.last().copied()
    }

    /// How long before `lost` the first round was acknowledged that is missing when only so many are there.
    pub(crate) fn lost(&self, there: u64, lost: Instant) -> Duration {
        let first = usize::try_from(there).ok().and_then(|there| self.rounds.get(there));
        first.map_or(Duration::ZERO, |first| lost.saturating_duration_since(*first))
    }
}

/// Somebody who works.
pub(crate) struct Worker {
    connection: Connection,
    access: Access,
}

impl Worker {
    pub(crate) fn new(address: SocketAddr, access: Access) -> Result<Self> {
        Ok(Self { connection: Connection::open(address)?, access })
    }

    /// Makes the model and the agents.
    pub(crate) fn prepare(&mut self) -> Result<()> {
        let model = Request { content_type: "application/yaml", ..Request::post("/api/v1/models", MODEL.as_bytes()) };
        self.expect(&model, 201)?;
        for at in 0..AGENTS {
            let agent = json!({ "id": name(at), "model": "drill" }).to_string();
            self.expect(&Request::post("/api/v1/agents", agent.as_bytes()), 201)?;
        }
        Ok(())
    }

    /// Lets every agent take one step. An error is a server that is gone.
    pub(crate) fn round(&mut self, acknowledged: &mut Acknowledged) -> Result<()> {
        let steps = (0..AGENTS).map(|at| json!({ "agent": name(at), "observation": { "light": "steady" } }));
        let body = json!({ "items": steps.collect::<Vec<Value>>() }).to_string();
        self.expect(&Request::post("/api/v1/steps", body.as_bytes()), 200)?;
        acknowledged.rounds.push(clock::now());
        Ok(())
    }

    /// How many steps the agents have taken: the fewest and the most.
    pub(crate) fn taken(&mut self) -> Result<(u64, u64)> {
        let (mut fewest, mut most) = (u64::MAX, 0);
        for at in 0..AGENTS {
            let path = format!("/api/v1/agents/{}", name(at));
            let agent = self.expect(&Request::get(&path), 200)?;
            let step = agent["step"].as_u64().unwrap_or_default();
            (fewest, most) = (fewest.min(step), most.max(step));
        }
        Ok((fewest, most))
    }

    /// The answer, which has to have this status.
    pub(crate) fn expect(&mut self, request: &Request<'_>, status: u16) -> Result<Value> {
        let answer = self.connection.ask(&request.bytes(&self.access))?;
        if answer.status != status {
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            return Err(
                format!("{} {} was answered with {}: {text}", request.method, request.path, answer.status).into()
            );
        }
        answer.json()
    }
}

fn name(at: usize) -> String {
    format!("drill-{at}")
}
