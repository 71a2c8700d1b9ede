//! The usual rule, "three failures, restart": something to compare an agent with.

use freeagentics_inference::{
    document::closest,
    model::{Axis, Evidence, Spec},
};

use crate::explain::amounts::list;

/// `check=fail x3 -> restart, check=fail x24 -> page`: after so many observations in a row, act; otherwise idle.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    /// The rule as it was written.
    pub(crate) text: String,
    clauses: Vec<Clause>,
    idle: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq)]
struct Clause {
    modality: usize,
    observations: Vec<usize>,
    times: usize,
    action: Vec<usize>,
}

/// A rule at work: how many of its observations each clause has seen in a row since it last acted.
#[derive(Clone, Debug)]
pub(crate) struct Watch<'r> {
    rule: &'r Rule,
    in_a_row: Vec<usize>,
}

/// Why a rule cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// What is wrong.
    pub(crate) message: String,
    /// How to mend it.
    pub(crate) mend: String,
}

impl Rule {
    /// Reads `MODALITY=OBSERVATION[|OBSERVATION…] [xTIMES] -> ACTION[, …]`; `idle` is what it does the rest of the time.
    pub(crate) fn parse(text: &str, spec: &Spec, idle: Vec<usize>) -> Result<Self, Unreadable> {
        let clauses = text.split(',').map(|clause| Clause::parse(clause, spec, &idle)).collect::<Result<_, _>>()?;
        Ok(Self { text: text.trim().to_owned(), clauses, idle })
    }

    /// Begins an episode.
    pub(crate) fn watch(&self) -> Watch<'_> {
        Watch { rule: self, in_a_row: vec![0; self.clauses.len()] }
    }
}

impl Clause {
    fn parse(text: &str, spec: &Spec, idle: &[usize]) -> Result<Self, Unreadable> {
        let (when, action) = text.split_once("->").ok_or_else(|| malformed("it has no `->`"))?;
        let (modality, rest) = when.split_once('=').ok_or_else(|| malformed("it names no observation with `=`"))?;
        let mut words = rest.split_whitespace();
        let wanted = words.next().ok_or_else(|| malformed("nothing follows the `=`"))?;
        let times = words.next().map_or(Ok(1), times)?;
        if words.next().is_some() {
            return Err(malformed("there is more than `xTIMES` before the `->`"));
        }
        let modality =
            find(modality.trim(), spec.modalities.iter().map(|m| m.name.as_str()), "modality", "modalities")?;
        let labels = spec.modalities.get(modality).map(|m| m.labels.as_slice()).unwrap_or_default();
        let observation = |name: &str| find(name, labels.iter().map(String::as_str), "observation", "observations");
        let observations = wanted.split('|').map(observation).collect::<Result<_, _>>()?;
        Ok(Self { modality, observations, times, action: set(&spec.controls, idle.to_vec(), action.trim())? })
    }
}

impl Watch<'_> {
    /// What the rule does now. A clause that has had its run counts afresh, whether or not a longer run spoke louder;
    /// an observation that is missing neither counts nor resets.
    pub(crate) fn decide(&mut self, evidence: &[Evidence]) -> Vec<usize> {
        let mut loudest: Option<&Clause> = None;
        for (clause, in_a_row) in self.rule.clauses.iter().zip(&mut self.in_a_row) {
            if let Some(seen) = evidence.get(clause.modality).and_then(likeliest) {
                *in_a_row = if clause.observations.contains(&seen) { *in_a_row + 1 } else { 0 };
            }
            if *in_a_row >= clause.times {
                *in_a_row = 0;
                loudest = Some(loudest.filter(|louder| louder.times >= clause.times).unwrap_or(clause));
            }
        }
        loudest.map_or_else(|| self.rule.idle.clone(), |clause| clause.action.clone())
    }
}

fn likeliest(evidence: &Evidence) -> Option<usize> {
    match evidence {
        Evidence::Missing => None,
        Evidence::Index(index) => Some(*index),
        Evidence::Soft(odds) => {
            let best = odds.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
            best.map(|(index, _)| index)
        }
    }
}

/// Puts `value`, or `control=value` parted by blanks, over the idle action.
fn set(controls: &[Axis], mut action: Vec<usize>, text: &str) -> Result<Vec<usize>, Unreadable> {
    for word in text.split_whitespace() {
        let (control, value) = match (word.split_once('='), controls) {
            (Some((control, value)), _) => {
                (find(control, controls.iter().map(|c| c.name.as_str()), "control", "controls")?, value)
            }
            (None, [_]) => (0, word),
            (None, []) => return Err(malformed("the model has no controls, so there is nothing to do")),
            (None, _) => return Err(malformed("with several controls an action is `control=value`")),
        };
        let labels = controls.get(control).map(|c| c.labels.as_slice()).unwrap_or_default();
        let value = find(value, labels.iter().map(String::as_str), "value", "values")?;
        if let Some(slot) = action.get_mut(control) {
            *slot = value;
        }
    }
    if text.is_empty() { Err(malformed("no action follows the `->`")) } else { Ok(action) }
}

fn times(word: &str) -> Result<usize, Unreadable> {
    let number = word.strip_prefix(['x', 'X', '×']).and_then(|digits| digits.parse().ok());
    number.filter(|&times| times > 0).ok_or_else(|| malformed(&format!("`{word}` is not `x` and a number from 1 up")))
}

fn find<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    kind: &str,
    kinds: &str,
) -> Result<usize, Unreadable> {
    if let Some(index) = known.clone().position(|candidate| candidate == name) {
        return Ok(index);
    }
    let mend = match closest(name, known.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the {kinds} are {}", list(&known.collect::<Vec<_>>(), "and")),
    };
    Err(Unreadable { message: format!("the model has no {kind} `{name}`"), mend })
}

fn malformed(what: &str) -> Unreadable {
    let mend = "write it as 'check=fail x3 -> restart': a modality, its observation, how often in a row, an action";
    Unreadable { message: what.to_owned(), mend: mend.to_owned() }
}

/// What "do nothing" means for a model: its `idle` action, or else the first value of every control.
pub(crate) fn idle(spec: &Spec, declared: Option<&[usize]>) -> Vec<usize> {
    declared.map_or_else(|| vec![0; spec.controls.len()], <[usize]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{example::watchdog, names};

    const FAIL: Evidence = Evidence::Index(2);
    const OK: Evidence = Evidence::Index(0);

    fn decisions(text: &str, checks: &[Evidence]) -> Vec<String> {
        let spec = watchdog();
        let rule = Rule::parse(text, &spec, vec![0]).unwrap();
        let mut watch = rule.watch();
        let seen = |check: &Evidence| [check.clone(), Evidence::Missing];
        checks.iter().map(|check| names::action(&spec, &watch.decide(&seen(check)))).collect()
    }

    #[test]
    fn acts_on_the_third_failure_in_a_row_and_then_counts_afresh() {
        let seen = [FAIL, FAIL, OK, FAIL, FAIL, FAIL, FAIL];
        let done = decisions("check=fail x3 -> restart", &seen);
        assert_eq!(done, ["wait", "wait", "wait", "wait", "wait", "restart", "wait"]);
    }

    #[test]
    fn the_longer_run_speaks_louder_and_is_not_reset_by_the_shorter_one() {
        let done = decisions("check=fail x2 -> restart, check=fail x4 -> page", &[FAIL; 6]);
        assert_eq!(done, ["wait", "restart", "wait", "page", "wait", "restart"]);
    }

    #[test]
    fn a_missing_check_neither_counts_nor_resets() {
        assert_eq!(decisions("check=fail x2 -> page", &[FAIL, Evidence::Missing, FAIL]), ["wait", "wait", "page"]);
    }

    #[test]
    fn several_observations_may_count() {
        let slow = Evidence::Index(1);
        assert_eq!(decisions("check=fail|slow x2 -> page", &[slow, FAIL]), ["wait", "page"]);
    }

    #[test]
    fn a_rule_that_cannot_be_read_says_what_is_wrong() {
        let wrong = |text: &str| {
            let unreadable = Rule::parse(text, &watchdog(), vec![0]).unwrap_err();
            format!("{}; {}", unreadable.message, unreadable.mend)
        };
        assert_eq!(wrong("check=fial x3 -> restart"), "the model has no observation `fial`; did you mean `fail`?");
        assert_eq!(
            wrong("check=fail x3 -> reboot"),
            "the model has no value `reboot`; the values are wait, probe, restart and page"
        );
        assert!(wrong("check=fail x0 -> restart").starts_with("`x0` is not `x` and a number from 1 up"));
        assert!(wrong("check=fail x3 restart").starts_with("it has no `->`"));
    }
}
