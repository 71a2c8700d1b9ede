//! What is known of one agent from outside, and what therefore must and may be in the log.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fault::{Fault, Kind};
use super::record::{News, Record, Step};

/// Of one agent.
#[derive(Debug, Default)]
pub(super) struct History {
    /// Its creation was acknowledged.
    pub(super) exists: bool,
    /// Every acknowledged step with the number of the intent that it answered.
    pub(super) steps: BTreeMap<u64, (u64, Step)>,
    /// The step that answered an intent: the same however often that was asked.
    answers: BTreeMap<u64, u64>,
    /// Every episode that an acknowledged reset began.
    pub(super) resets: BTreeMap<u64, u64>,
    /// Requests that nobody will ever be told about, and that were done or not.
    pub(super) maybe_steps: u64,
    pub(super) maybe_resets: u64,
    /// Where the agent stood when the server was last asked: step and episode.
    pub(super) stood: (u64, u64),
    /// The latest revision that was acknowledged, and what the agent believed then if that was told.
    pub(super) latest: (u64, Option<Value>),
}

impl History {
    /// Of an agent that was made before the siege.
    pub(super) fn created() -> Self {
        Self { exists: true, ..Self::default() }
    }

    /// The server was started anew and says where the agent stands. What was asked of an earlier server and is not
    /// among these steps and resets will never be done.
    pub(super) fn stands(&mut self, step: u64, episode: u64) {
        self.stood = (step, episode);
        let unknown = |all: u64, known: usize| all.saturating_sub(known as u64);
        self.maybe_steps = self.maybe_steps.min(unknown(step, self.steps.len()));
        self.maybe_resets = self.maybe_resets.min(unknown(episode, self.resets.len() + 1));
    }

    /// Takes in what a client was told.
    pub(super) fn learn(&mut self, record: Record) -> Option<Fault> {
        let Record { agent, number, news } = record;
        match news {
            News::Created => self.exists = true,
            News::MaybeCreated => {}
            News::MaybeStepped => self.maybe_steps += 1,
            News::MaybeReset => self.maybe_resets += 1,
            News::Reset { episode, revision } => {
                self.heard(revision, Some(Value::Null));
                let other = self.resets.insert(episode, number).filter(|other| *other != number)?;
                let detail = format!("requests {other} and {number} were both told that they began episode {episode}");
                return Some(Fault::new(Kind::Doubled, &agent, detail));
            }
            News::Stepped(step) => return self.stepped(&agent, number, *step),
        }
        None
    }

    fn stepped(&mut self, agent: &str, number: u64, step: Step) -> Option<Fault> {
        let at = step.step;
        let beliefs = (!step.beliefs.is_null()).then(|| step.beliefs.clone());
        self.heard(step.revision, beliefs);
        if let Some(before) = self.answers.insert(number, at).filter(|before| *before != at) {
            let detail = format!("request {number} was done as step {before} and again as step {at}");
            return Some(Fault::new(Kind::Doubled, agent, detail));
        }
        let kept = Step { beliefs: Value::Null, ..step };
        match self.steps.insert(at, (number, kept.clone())) {
            Some((other, _)) if other != number => {
                let detail = format!("requests {other} and {number} were both acknowledged as step {at}");
                Some(Fault::new(Kind::Doubled, agent, detail))
            }
            Some((_, first)) if first != kept => {
                let detail = format!("step {at} was answered as {first:?} and then as {kept:?}");
                Some(Fault::new(Kind::Changed, agent, detail))
            }
            _ => None,
        }
    }

    fn heard(&mut self, revision: u64, beliefs: Option<Value>) {
        if revision > self.latest.0 {
            self.latest = (revision, beliefs);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::json;

    /// What a client is told of step `step` of an agent that has done nothing but steps.
    pub(crate) fn stepped(number: u64, step: u64) -> Record {
        let told = json!({
            "step": step, "revision": step + 1, "episode": 1, "digest": format!("digest of {step}"),
            "action": { "action": "wait" }, "beliefs": { "service": { "healthy": step } },
        });
        let step = Step::read(&told, "ok").unwrap();
        Record { agent: "a".into(), number, news: News::Stepped(Box::new(step)) }
    }

    /// An agent whose steps 1 to `n` were acknowledged.
    pub(crate) fn history(n: u64) -> History {
        let mut history = History::created();
        for step in 1..=n {
            assert_eq!(history.learn(stepped(100 + step, step)), None);
        }
        history
    }

    fn kind(history: &mut History, record: Record) -> Option<Kind> {
        history.learn(record).map(|fault| fault.kind)
    }

    #[test]
    fn the_same_answer_to_the_same_request_is_no_news() {
        assert_eq!(kind(&mut history(3), stepped(102, 2)), None);
    }

    #[test]
    fn two_requests_acknowledged_as_one_step_are_found() {
        assert_eq!(kind(&mut history(3), stepped(7, 2)), Some(Kind::Doubled));
    }

    #[test]
    fn one_request_done_as_two_steps_is_found() {
        assert_eq!(kind(&mut history(3), stepped(102, 4)), Some(Kind::Doubled));
    }

    #[test]
    fn another_answer_to_the_same_request_is_found() {
        let mut record = stepped(102, 2);
        if let News::Stepped(step) = &mut record.news {
            step.digest = "another".into();
        }
        assert_eq!(kind(&mut history(3), record), Some(Kind::Changed));
    }

    #[test]
    fn two_resets_that_began_one_episode_are_found() {
        let mut history = history(1);
        let reset = |number| Record { agent: "a".into(), number, news: News::Reset { episode: 2, revision: 3 } };
        assert_eq!([1, 1, 2].map(|number| kind(&mut history, reset(number))), [None, None, Some(Kind::Doubled)]);
    }
}
