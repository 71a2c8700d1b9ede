//! Steps of the fleet as load.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

use harness::http::{Access, Request};

use super::pattern::Agents;
use super::{Pattern, Worlds, name};
use crate::generator::{Errors, Work};

/// How steps are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) pattern: Pattern,
    pub(crate) n_agents: u32,
    /// Steps per request; a request of its own for each if there is none.
    pub(crate) batch: Option<u32>,
    /// `explain`, if it is to be said.
    pub(crate) explain: Option<String>,
    pub(crate) seed: u64,
}

/// Asks for steps.
pub(crate) struct Steps {
    access: Access,
    asking: Asking,
    agents: Agents,
    worlds: Rc<RefCell<Worlds>>,
    body: Vec<u8>,
}

impl Steps {
    pub(crate) fn new(access: Access, asking: Asking, worlds: Rc<RefCell<Worlds>>) -> Self {
        let agents = Agents::new(asking.pattern, asking.n_agents, asking.seed);
        Self { access, asking, agents, worlds, body: Vec::new() }
    }

    /// The next agent that has no request under way.
    fn take(&mut self) -> u32 {
        loop {
            let agent = self.agents.draw();
            if self.worlds.borrow_mut().take(agent) {
                return agent;
            }
        }
    }

    fn explain(&self) -> String {
        self.asking.explain.as_ref().map(|explain| format!(r#","explain":"{explain}""#)).unwrap_or_default()
    }

    fn ask_one(&mut self, ticket: &mut Vec<u32>) -> String {
        let agent = self.take();
        ticket.push(agent);
        let (observation, explain) = (self.worlds.borrow().observation(agent), self.explain());
        let _ = write!(self.body, "{{{observation}{explain}}}");
        format!("/api/v1/agents/{}/steps", name(agent))
    }

    fn ask_many(&mut self, n: u32, ticket: &mut Vec<u32>) -> String {
        self.body.extend_from_slice(br#"{"items":["#);
        for item in 0..n {
            let agent = self.take();
            ticket.push(agent);
            let comma = if item > 0 { "," } else { "" };
            let observation = self.worlds.borrow().observation(agent);
            let _ = write!(self.body, r#"{comma}{{"agent":"{}",{observation}}}"#, name(agent));
        }
        let explain = self.explain();
        let _ = write!(self.body, "]{explain}}}");
        "/api/v1/steps".to_owned()
    }
}

impl Work for Steps {
    fn ask(&mut self, request: &mut Vec<u8>, ticket: &mut Vec<u32>) {
        ticket.clear();
        self.body.clear();
        let path = match self.asking.batch {
            Some(n) => self.ask_many(n, ticket),
            None => self.ask_one(ticket),
        };
        *request = Request::post(&path, &self.body).bytes(&self.access);
    }

    fn answered(&mut self, ticket: &[u32], status: u16, body: &[u8], errors: &mut Errors) -> u64 {
        let mut worlds = self.worlds.borrow_mut();
        let mut done = 0;
        let mut settle = |agent, status: u16, answer| {
            worlds.act(agent, if status == 200 { chosen(answer) } else { None });
            if status == 200 {
                done += 1;
            } else {
                *errors.entry(status.to_string()).or_default() += 1;
            }
        };
        if self.asking.batch.is_none() || status != 200 {
            ticket.iter().for_each(|agent| settle(*agent, status, body));
            return done;
        }
        let mut items = split(body, br#"{"status":"#).filter(|part| is_item(part));
        for agent in ticket {
            let item = items.next().unwrap_or_default();
            let status = item.get(..3).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
            settle(*agent, status.unwrap_or_default(), item);
        }
        done
    }
}

/// A status and what it is the status of, rather than a problem that tells its status once more.
fn is_item(part: &[u8]) -> bool {
    part.get(3..).is_some_and(|rest| rest.starts_with(br#","result""#) || rest.starts_with(br#","problem""#))
}

/// What was chosen, out of the text of an answer: taking it apart as JSON would cost more than sending it.
fn chosen(answer: &[u8]) -> Option<&[u8]> {
    const BEFORE: &[u8] = br#""action":{"go":""#;
    let rest = split(answer, BEFORE).nth(1)?;
    rest.split(|byte| *byte == b'"').next()
}

/// The parts between occurrences of `separator`.
fn split<'a>(text: &'a [u8], separator: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let first = separator.first().copied().unwrap_or_default();
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut from = 0;
        while let Some(at) = text[from..].iter().position(|byte| *byte == first).map(|at| from + at) {
            if text[at..].starts_with(separator) {
                rest = Some(&text[at + separator.len()..]);
                return Some(&text[..at]);
            }
            from = at + 1;
        }
        rest = None;
        Some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(batch: Option<u32>) -> Steps {
        let asking = Asking { pattern: Pattern::RoundRobin, n_agents: 10, batch, explain: None, seed: 1 };
        let access = Access { host: "h".into(), key: "k".into() };
        Steps::new(access, asking, Rc::new(RefCell::new(Worlds::new(10))))
    }

    fn ask(steps: &mut Steps) -> (String, Vec<u32>) {
        let (mut request, mut ticket) = (Vec::new(), Vec::new());
        steps.ask(&mut request, &mut ticket);
        let request = String::from_utf8(request).unwrap();
        (request.split_once("\r\n\r\n").unwrap().1.to_owned(), ticket)
    }

    #[test]
    fn what_an_agent_chose_decides_what_it_sees_next() {
        let mut steps = steps(None);
        let (body, ticket) = ask(&mut steps);
        assert!(serde_json::from_str::<serde_json::Value>(&body).unwrap()["observation"]["seen_place"] == "centre");
        let answer = br#"{"agent":"maze-0000000","step":1,"action":{"go":"to_cue"},"digest":"ab"}"#;
        assert_eq!(steps.answered(&ticket, 200, answer, &mut Errors::new()), 1);
        assert!(steps.worlds.borrow().observation(0).contains("cue"));
    }

    #[test]
    fn each_item_of_a_batch_is_told_by_its_own_status() {
        let mut steps = steps(Some(3));
        let (body, ticket) = ask(&mut steps);
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["items"][2]["agent"], "maze-0000002");
        let answer = br#"{"items":[{"status":200,"result":{"action":{"go":"to_left"}}},
            {"status":429,"problem":{"status":429}},{"status":200,"result":{"action":{"go":"to_cue"}}}]}"#;
        let mut errors = Errors::new();
        assert_eq!(steps.answered(&ticket, 200, answer, &mut errors), 2);
        assert_eq!(errors, Errors::from([("429".to_owned(), 1)]));
        let seen = [0, 1, 2].map(|agent| steps.worlds.borrow().observation(agent));
        assert!(seen[0].contains("left") && seen[1].contains("centre") && seen[2].contains("cue"), "{seen:?}");
    }

    #[test]
    fn a_batch_that_is_refused_counts_each_of_its_steps() {
        let mut steps = steps(Some(4));
        let (_, ticket) = ask(&mut steps);
        let mut errors = Errors::new();
        assert_eq!(steps.answered(&ticket, 503, b"{}", &mut errors), 0);
        assert_eq!(errors["503"], 4);
    }
}
