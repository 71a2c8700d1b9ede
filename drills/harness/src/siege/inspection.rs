//! What the server says about an agent, compared with its history.

use serde_json::Value;

use super::fault::{Fault, Kind};
use super::history::History;
use super::record::{Step, number};
use crate::Result;
use crate::http::{Access, Connection, Request};

/// What may have been done and is not in the history yet, because it will be asked for again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Open {
    pub(super) steps: u64,
    pub(super) resets: u64,
}

/// Asks the server about agents.
pub(super) struct Inspector {
    pub(super) connection: Connection,
    pub(super) access: Access,
}

impl Inspector {
    /// `None` if there is no such agent.
    pub(super) fn agent(&mut self, name: &str) -> Result<Option<Value>> {
        let (status, answer) = self.get(&format!("/api/v1/agents/{name}"))?;
        match status {
            200 => Ok(Some(answer)),
            404 => Ok(None),
            _ => Err(format!("asked about {name}, the server answered {status}: {answer}").into()),
        }
    }

    /// Decisions, newest first: at most `most`.
    pub(super) fn decisions(&mut self, name: &str, most: usize) -> Result<Vec<Value>> {
        let mut found: Vec<Value> = Vec::new();
        let mut before = String::new();
        while found.len() < most {
            let limit = (most - found.len()).min(1000);
            let (status, mut page) = self.get(&format!("/api/v1/agents/{name}/decisions?limit={limit}{before}"))?;
            let Value::Array(items) = page["items"].take() else {
                return Err(format!("asked for decisions of {name}, the server answered {status}: {page}").into());
            };
            let Some(last) = items.last() else { break };
            before = format!("&before={}", number(last, "step")?);
            found.extend(items);
        }
        Ok(found)
    }

    fn get(&mut self, path: &str) -> Result<(u16, Value)> {
        let answer = self.connection.ask(&Request::get(path).bytes(&self.access))?;
        Ok((answer.status, answer.json()?))
    }
}

/// Compares where an agent stands, on a server that has just been started, with what is known of it.
pub(super) fn compare_state(
    name: &str,
    history: &mut History,
    open: Open,
    state: Option<&Value>,
) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    let mut fault = |kind, detail: String| faults.push(Fault::new(kind, name, detail));
    let Some(state) = state else {
        if history.exists {
            fault(Kind::Lost, "the agent, whose creation was acknowledged, is not there".into());
        }
        return Ok(faults);
    };
    let (step, episode, revision) = (number(state, "step")?, number(state, "episode")?, number(state, "revision")?);
    let lost: Vec<u64> = history.steps.keys().copied().filter(|promised| *promised > step).collect();
    if !lost.is_empty() {
        fault(Kind::Lost, format!("steps {lost:?} were acknowledged and the agent is at step {step}"));
    }
    let promised = history.steps.len() as u64;
    let most = promised + history.maybe_steps + open.steps;
    if step > most {
        fault(Kind::Doubled, format!("at step {step} although at most {most} were asked for ({promised} answered)"));
    }
    if let Some(promised) = history.resets.keys().next_back().filter(|promised| **promised > episode) {
        fault(Kind::Lost, format!("episode {promised} was acknowledged and the agent is in episode {episode}"));
    }
    let most = 1 + history.resets.len() as u64 + history.maybe_resets + open.resets;
    if episode > most {
        fault(Kind::Doubled, format!("in episode {episode} although at most {most} were asked for"));
    }
    if (step, episode) < history.stood {
        fault(Kind::Lost, format!("at step {step} in episode {episode}, and before the kill {:?}", history.stood));
    }
    // Creation is one event, each step and each reset is one more.
    if revision != step + episode {
        fault(Kind::Changed, format!("revision {revision} at step {step} in episode {episode}"));
    }
    if let (latest, Some(beliefs)) = &history.latest
        && *latest == revision
        && *beliefs != state["beliefs"]
    {
        fault(Kind::Changed, format!("believed {beliefs} at revision {revision} and now {}", state["beliefs"]));
    }
    history.stands(step, episode);
    Ok(faults)
}

/// Compares the newest decisions with what was acknowledged. `whole` says that these are all.
pub(super) fn compare_decisions(
    name: &str,
    history: &History,
    open: Open,
    decisions: &[Value],
    whole: bool,
) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    let numbers: Vec<u64> =
        decisions.iter().map(|decision| number(decision, "step")).collect::<std::result::Result<_, _>>()?;
    for pair in numbers.windows(2) {
        let (kind, what) =
            if pair[1] < pair[0] { (Kind::Gap, "is followed by") } else { (Kind::Doubled, "stands beside") };
        if pair[1] + 1 != pair[0] {
            faults.push(Fault::new(kind, name, format!("in the log, step {} {what} step {}", pair[1], pair[0])));
        }
    }
    let lowest = numbers.last().copied().unwrap_or_default();
    if whole && lowest > 1 {
        faults.push(Fault::new(Kind::Gap, name, format!("the log begins at step {lowest}")));
    }
    let is_due =
        |step: &u64| (whole || *step >= lowest) && numbers.binary_search_by(|number| step.cmp(number)).is_err();
    let lost: Vec<u64> = history.steps.keys().copied().filter(is_due).collect();
    if !lost.is_empty() {
        faults.push(Fault::new(Kind::Lost, name, format!("steps {lost:?} were acknowledged and are not in the log")));
    }
    let mut unasked = Vec::new();
    for (decision, step) in decisions.iter().zip(&numbers) {
        match history.steps.get(step) {
            Some((_, promised)) => faults.extend(compare_decision(name, promised, decision)),
            None => unasked.push(*step),
        }
    }
    if unasked.len() as u64 > history.maybe_steps + open.steps {
        let detail = format!("of steps {unasked:?} at most {} were asked for", history.maybe_steps + open.steps);
        faults.push(Fault::new(Kind::Doubled, name, detail));
    }
    Ok(faults)
}

fn compare_decision(name: &str, promised: &Step, decision: &Value) -> Option<Fault> {
    let is_same = decision["digest"] == promised.digest.as_str()
        && decision["action"] == promised.action
        && decision["episode"] == promised.episode
        && decision["revision"] == promised.revision
        && decision["observation"]["check"] == promised.check;
    let detail = || format!("step {} was acknowledged as {promised:?}; the log has {decision}", promised.step);
    (!is_same).then(|| Fault::new(Kind::Changed, name, detail()))
}

#[cfg(test)]
mod tests {
    use super::super::history::tests::history;
    use super::super::record::{News, Record};
    use super::*;
    use serde_json::json;

    fn state(step: u64) -> Value {
        let beliefs = json!({ "service": { "healthy": step } });
        json!({ "step": step, "episode": 1, "revision": step + 1, "beliefs": beliefs })
    }

    fn decision(step: u64) -> Value {
        json!({
            "step": step, "episode": 1, "revision": step + 1, "digest": format!("digest of {step}"),
            "action": { "action": "wait" }, "observation": { "check": "ok" },
        })
    }

    fn kinds_of_state(history: &mut History, state: Option<&Value>) -> Vec<Kind> {
        let faults = compare_state("a", history, Open::default(), state).unwrap();
        faults.into_iter().map(|fault| fault.kind).collect()
    }

    fn kinds(history: &History, steps: impl IntoIterator<Item = u64>, whole: bool) -> Vec<Kind> {
        let decisions: Vec<Value> = steps.into_iter().map(decision).collect();
        let faults = compare_decisions("a", history, Open::default(), &decisions, whole).unwrap();
        faults.into_iter().map(|fault| fault.kind).collect()
    }

    #[test]
    fn an_agent_as_it_was_acknowledged_has_no_fault() {
        assert_eq!(kinds_of_state(&mut history(3), Some(&state(3))), []);
        assert_eq!(kinds(&history(3), [3, 2, 1], true), []);
        assert_eq!(kinds(&history(3), [3, 2], false), []);
    }

    #[test]
    fn a_lost_step_is_named() {
        let faults = compare_state("a", &mut history(3), Open::default(), Some(&state(1))).unwrap();
        assert!(faults[0].kind == Kind::Lost && faults[0].detail.contains("steps [2, 3]"), "{faults:?}");
        assert_eq!(kinds(&history(3), [2, 1], true), [Kind::Lost]);
        assert_eq!(kinds(&history(3), [], true), [Kind::Lost]);
    }

    #[test]
    fn a_lost_agent_is_found_if_its_creation_was_acknowledged() {
        assert_eq!(kinds_of_state(&mut history(0), None), [Kind::Lost]);
        assert_eq!(kinds_of_state(&mut History::default(), None), []);
    }

    #[test]
    fn a_step_that_nobody_asked_for_is_found_unless_a_request_is_open() {
        assert_eq!(kinds_of_state(&mut history(3), Some(&state(4))), [Kind::Doubled]);
        assert_eq!(kinds(&history(3), [4, 3, 2, 1], true), [Kind::Doubled]);
        let mut history = history(3);
        history.learn(Record { agent: "a".into(), number: 9, news: News::MaybeStepped });
        assert_eq!(kinds_of_state(&mut history, Some(&state(4))), []);
        assert_eq!(kinds(&history, [4, 3, 2, 1], true), []);
        assert_eq!(kinds_of_state(&mut history, Some(&state(5))), [Kind::Doubled]);
    }

    #[test]
    fn a_request_without_an_answer_that_an_earlier_server_did_not_do_is_never_done() {
        let mut history = history(3);
        history.learn(Record { agent: "a".into(), number: 9, news: News::MaybeStepped });
        assert_eq!(kinds_of_state(&mut history, Some(&state(3))), []);
        assert_eq!(kinds_of_state(&mut history, Some(&state(4))), [Kind::Doubled]);
    }

    #[test]
    fn a_step_that_was_once_seen_there_may_not_vanish_although_nobody_was_told() {
        let mut history = history(3);
        history.learn(Record { agent: "a".into(), number: 9, news: News::MaybeStepped });
        assert_eq!(kinds_of_state(&mut history, Some(&state(4))), []);
        assert_eq!(kinds_of_state(&mut history, Some(&state(3))), [Kind::Lost]);
    }

    #[test]
    fn other_beliefs_than_those_that_were_told_are_found() {
        let mut state = state(3);
        state["beliefs"]["service"]["healthy"] = json!(0.25);
        assert_eq!(kinds_of_state(&mut history(3), Some(&state)), [Kind::Changed]);
    }

    #[test]
    fn a_lost_reset_and_one_that_nobody_asked_for_are_found() {
        let mut history = history(1);
        history.learn(Record { agent: "a".into(), number: 9, news: News::Reset { episode: 2, revision: 3 } });
        let state = |episode: u64| json!({ "step": 1, "episode": episode, "revision": 1 + episode, "beliefs": null });
        let mut kinds = |episode| kinds_of_state(&mut history, Some(&state(episode)));
        assert_eq!([kinds(1), kinds(2), kinds(3)], [vec![Kind::Lost], vec![], vec![Kind::Doubled]]);
    }

    #[test]
    fn gaps_and_repetitions_in_the_log_are_found() {
        let mut history = history(2);
        history.steps.remove(&2);
        history.maybe_steps = 3;
        assert_eq!(kinds(&history, [3, 1], true), [Kind::Gap]);
        assert_eq!(kinds(&history, [2, 2, 1], true), [Kind::Doubled]);
        history.steps.clear();
        assert_eq!(kinds(&history, [3, 2], true), [Kind::Gap]);
    }

    #[test]
    fn a_step_that_is_not_the_one_acknowledged_is_found_in_each_of_its_parts() {
        for (part, other) in [
            ("digest", json!("another")),
            ("action", json!({ "action": "page" })),
            ("episode", json!(2)),
            ("revision", json!(7)),
            ("observation", json!({ "check": "fail" })),
        ] {
            let mut changed = decision(1);
            changed[part] = other;
            let faults = compare_decisions("a", &history(1), Open::default(), &[changed], true).unwrap();
            assert!(matches!(&faults[..], [fault] if fault.kind == Kind::Changed), "{part}: {faults:?}");
        }
    }
}
