//! What a client asks for, once or again.

use serde_json::{Value, json};

use crate::http::{Access, Request};
use crate::random::Random;

/// One thing that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Intent {
    /// Tells it from all others; a request that is asked again keeps it.
    pub(super) number: u64,
    pub(super) agent: String,
    pub(super) what: What,
    /// Asking again with the same key is safe.
    pub(super) key: Option<String>,
    /// Do it only if nothing has happened since this revision.
    pub(super) if_match: Option<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    Step(Seen),
    Reset,
    Create,
}

/// What an agent sees in a step. The model allows each of these at any time, whatever was done before.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) check: &'static str,
    pub(super) executed: Option<&'static str>,
    pub(super) elapsed: u64,
    pub(super) dry_run: bool,
}

const CHECKS: [&str; 3] = ["ok", "slow", "fail"];
const EXECUTED: [&str; 4] = ["wait", "probe", "restart", "page"];

impl Seen {
    /// `begun` says that the episode has a step already: before it nothing can have been executed.
    pub(super) fn draw(random: &mut Random, begun: bool) -> Self {
        let mut pick = |from: &[&'static str]| random.pick(from).copied().unwrap_or_default();
        let (check, executed) = (pick(&CHECKS), pick(&EXECUTED));
        let executed = (begun && random.happens(40)).then_some(executed);
        Self { check, executed, elapsed: 1 + random.below(3), dry_run: false }
    }

    fn json(&self) -> Value {
        let mut body = json!({ "observation": { "check": self.check }, "elapsed": self.elapsed, "explain": "summary" });
        if let Some(executed) = self.executed {
            body["executed_action"] = executed.into();
        }
        if self.dry_run {
            body["dry_run"] = true.into();
        }
        body
    }
}

pub(super) fn new_agent(name: &str) -> Value {
    json!({ "id": name, "model": "watchdog", "seed": name.len() })
}

impl Intent {
    /// As a request of its own.
    pub(super) fn bytes(&self, access: &Access) -> Vec<u8> {
        let (path, body) = match &self.what {
            What::Step(seen) => (format!("/api/v1/agents/{}/steps", self.agent), seen.json()),
            What::Reset => (format!("/api/v1/agents/{}/reset", self.agent), json!({})),
            What::Create => ("/api/v1/agents".to_owned(), new_agent(&self.agent)),
        };
        let body = body.to_string();
        let (idempotency_key, if_match) = (self.key.as_deref(), self.if_match);
        Request { idempotency_key, if_match, ..Request::post(&path, body.as_bytes()) }.bytes(access)
    }

    /// As one of many steps in a request.
    pub(super) fn item(&self) -> Value {
        let mut item = match &self.what {
            What::Step(seen) => seen.json(),
            What::Reset | What::Create => json!({}),
        };
        item["agent"] = self.agent.clone().into();
        if let Some(key) = &self.key {
            item["idempotency_key"] = key.clone().into();
        }
        if let Some(revision) = self.if_match {
            item["if_match"] = revision.into();
        }
        item
    }
}
