//! What one decision maker meets in a recording: the consequences of its own actions.

use std::{borrow::Cow, collections::BTreeMap};

use freeagentics_inference::model::Spec;

use super::line::{Line, Observation, Scene};

/// The way of one decision maker through a recording.
#[derive(Clone, Debug, Default)]
pub(crate) struct Track {
    /// By fault, the moment from which it is mended.
    mended: BTreeMap<u64, usize>,
    /// Lines met so far.
    moment: usize,
    last: Option<Vec<usize>>,
}

/// A line's fault was mended, but the line does not say what is seen then.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NothingMended {
    /// The fault.
    pub(crate) fault: u64,
}

impl Track {
    /// What is the case at this line for this decision maker.
    pub(crate) fn scene<'l>(&self, line: &'l Line) -> Result<&'l Scene, NothingMended> {
        let mended = |fault: &u64| self.mended.get(fault).is_some_and(|&from| self.moment >= from);
        match (line.fault.filter(mended), &line.mended) {
            (None, _) => Ok(&line.scene),
            (Some(_), Some(mended)) => Ok(mended),
            (Some(fault), None) => Err(NothingMended { fault }),
        }
    }

    /// What it sees there, given what was executed just before.
    pub(crate) fn seen<'l>(&self, spec: &Spec, scene: &'l Scene) -> Cow<'l, Observation> {
        let Some(last) = &self.last else { return Cow::Borrowed(&scene.observation) };
        let mut over = scene.by_action.iter().filter(|(name, _)| is(spec, name, last)).peekable();
        if over.peek().is_none() {
            return Cow::Borrowed(&scene.observation);
        }
        let mut seen = scene.observation.clone();
        seen.extend(over.flat_map(|(_, shown)| shown.clone()));
        Cow::Owned(seen)
    }

    /// What was executed just before; nothing at the first line.
    pub(crate) fn last(&self) -> Option<&[usize]> {
        self.last.as_deref()
    }

    /// What was really executed just before, when the recording knows better.
    pub(crate) fn correct(&mut self, executed: Vec<usize>) {
        self.last = Some(executed);
    }

    /// An action is executed at this line.
    pub(crate) fn act(&mut self, spec: &Spec, line: &Line, action: &[usize]) {
        let mends = line.mended_by.iter().filter(|(name, _)| is(spec, name, action));
        if let (Some(fault), Some(lines)) = (line.fault, mends.map(|(_, &lines)| lines.max(1)).min()) {
            let from = self.moment.saturating_add(lines);
            self.mended.entry(fault).and_modify(|known| *known = from.min(*known)).or_insert(from);
        }
        self.moment += 1;
        self.last = Some(action.to_vec());
    }
}

/// Whether an action does what `name` names: a control's value, or `control=value`.
pub(crate) fn is(spec: &Spec, name: &str, action: &[usize]) -> bool {
    let (control, value) = match name.split_once('=') {
        Some((control, value)) => (Some(control), value),
        None => (None, name),
    };
    let mut each = spec.controls.iter().zip(action);
    each.any(|(axis, &set)| {
        control.is_none_or(|control| control == axis.name) && axis.labels.get(set).is_some_and(|label| label == value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::example::watchdog;

    fn hung(number: u64) -> Line {
        let text = format!(
            r#"{{"observation": {{"check": "fail"}}, "by_action": {{"probe": {{"deep_probe": "dead"}}}}, "truth": {{"service": "hung"}},
                "fault": {number}, "mended_by": {{"restart": 1, "page": 3}}, "mended": {{"observation": {{"check": "ok"}}}}}}"#
        );
        Line::envelope(serde_json::from_str(&text).unwrap()).unwrap()
    }

    fn seen(track: &Track, line: &Line) -> String {
        let seen = track.seen(&watchdog(), track.scene(line).unwrap()).into_owned();
        serde_json::Value::Object(seen).to_string()
    }

    #[test]
    fn a_look_shows_its_result_on_the_next_line_only_if_it_was_taken() {
        let mut track = Track::default();
        assert_eq!(seen(&track, &hung(1)), r#"{"check":"fail"}"#);
        track.act(&watchdog(), &hung(1), &[1]);
        assert_eq!(seen(&track, &hung(1)), r#"{"check":"fail","deep_probe":"dead"}"#);
        track.act(&watchdog(), &hung(1), &[0]);
        assert_eq!(seen(&track, &hung(1)), r#"{"check":"fail"}"#);
    }

    #[test]
    fn a_mended_fault_stays_mended_and_the_next_fault_is_not() {
        let mut track = Track::default();
        track.act(&watchdog(), &hung(1), &[2]);
        assert_eq!(seen(&track, &hung(1)), r#"{"check":"ok"}"#);
        assert_eq!(seen(&track, &hung(2)), r#"{"check":"fail"}"#);
    }

    #[test]
    fn what_mends_after_three_lines_shows_on_the_third_and_the_quicker_of_two_wins() {
        let spec = watchdog();
        let mut track = Track::default();
        track.act(&spec, &hung(1), &[3]);
        let mut checks = Vec::new();
        for _ in 0..3 {
            checks.push(seen(&track, &hung(1)));
            track.act(&spec, &hung(1), &[0]);
        }
        assert_eq!(checks, [r#"{"check":"fail"}"#, r#"{"check":"fail"}"#, r#"{"check":"ok"}"#]);

        let mut track = Track::default();
        track.act(&spec, &hung(1), &[3]);
        track.act(&spec, &hung(1), &[2]);
        assert_eq!(seen(&track, &hung(1)), r#"{"check":"ok"}"#);
    }

    #[test]
    fn a_list_of_actions_mends_by_the_next_line() {
        let text = r#"{"observation": {}, "fault": 1, "mended_by": ["page"], "mended": {"observation": {}}}"#;
        let line = Line::envelope(serde_json::from_str(text).unwrap()).unwrap();
        assert_eq!(line.mended_by, [("page".to_owned(), 1)].into());
    }

    #[test]
    fn an_action_that_does_not_mend_changes_nothing() {
        let mut track = Track::default();
        track.act(&watchdog(), &hung(1), &[0]);
        assert_eq!(seen(&track, &hung(1)), r#"{"check":"fail"}"#);
    }

    #[test]
    fn a_line_that_cannot_say_what_is_seen_after_mending_is_refused() {
        let mut track = Track::default();
        track.act(&watchdog(), &hung(1), &[2]);
        let line = Line { mended: None, ..hung(1) };
        assert_eq!(track.scene(&line).unwrap_err(), NothingMended { fault: 1 });
    }
}
