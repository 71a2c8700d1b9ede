//! Which names are allowed, and the problem of a name that is none.

use std::collections::BTreeSet;

use crate::document::code::Code;
use crate::document::expect::{self, clip, wrong_type};
use crate::document::patch;
use crate::document::problem::Problem;
use crate::document::sink::Sink;
use crate::document::tree::{Place, Word};

/// Longest name.
pub(in super::super) const LONGEST: usize = 64;
/// Words of the format that cannot name a factor, control or modality.
pub(in super::super) const RESERVED_NAMES: [&str; 5] = ["joint", "by_step", "executed", "elapsed", "else"];
/// Words of the format that cannot name a state, value or observation.
pub(in super::super) const RESERVED_LABELS: [&str; 3] = ["else", "uniform", "identity"];

/// What names of factors, controls and modalities may look like.
pub(in super::super) const NAME_PATTERN: &str = "^[A-Za-z_][A-Za-z0-9_.-]{0,63}$";
/// What names of states, values and observations may look like.
pub(in super::super) const LABEL_PATTERN: &str = "^[A-Za-z0-9_.+:-]{1,64}$";

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.len() <= LONGEST
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

fn is_label(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '+' | ':' | '-'))
}

/// Reports what is wrong with the name of a factor, control or modality; says whether it is in order.
pub(super) fn check_name(sink: &Sink, word: &Word<'_>) -> bool {
    let rule = "up to 64 letters, digits, `_`, `.` and `-`, beginning with a letter or `_`";
    check(sink, word, is_name(&word.text), &RESERVED_NAMES, rule)
}

/// Reports what is wrong with the name of a state, value or observation; says whether it is in order.
pub(super) fn check_label(sink: &Sink, word: &Word<'_>) -> bool {
    let rule = "up to 64 letters, digits, `_`, `.`, `+`, `:` and `-`, without spaces";
    check(sink, word, is_label(&word.text), &RESERVED_LABELS, rule)
}

fn check(sink: &Sink, word: &Word<'_>, valid: bool, reserved: &[&str], rule: &str) -> bool {
    let problem = if word.ambiguous {
        not_quoted(word)
    } else if reserved.contains(&&*word.text) {
        let message = format!("`{}` is a word of the format and cannot be a name", word.text);
        Problem::at(word.spot(), Code::ReservedName, message, "choose another name").found(&*word.text)
    } else if !valid {
        let message = format!("`{}` is not a name", clip(&word.text));
        Problem::at(word.spot(), Code::InvalidName, message, format!("write {rule}")).found(&*word.text)
    } else {
        return true;
    };
    sink.report(problem);
    false
}

/// The problem of a name without quotes that is something else to some readers of YAML.
pub(super) fn not_quoted(word: &Word<'_>) -> Problem {
    let taken_for = match &*word.text.to_ascii_lowercase() {
        "" | "~" | "null" => "nothing",
        "on" | "off" | "yes" | "no" | "true" | "false" => "a truth value",
        _ => "a number",
    };
    let shown = if word.text.is_empty() { "nothing".to_owned() } else { format!("`{}`", clip(&word.text)) };
    let message = format!("{shown} stands where a name is expected; without quotes it is taken for {taken_for}");
    let mend = if word.text.is_empty() { "write a name".to_owned() } else { format!("write \"{}\"", word.text) };
    let patch = (!word.is_key && !word.text.is_empty()).then(|| patch::replace(word.spot().pointer, &*word.text));
    Problem::at(word.spot(), Code::NameNotQuoted, message, mend).expected(&*word.text).patch_if(patch)
}

/// Labels as they are declared.
#[derive(Debug, Default)]
pub(super) struct Labels {
    pub(super) words: Vec<String>,
    /// How many there are is not clear.
    pub(super) doubt: bool,
    pub(super) reported: BTreeSet<String>,
    seen: BTreeSet<String>,
}

impl Labels {
    /// Labels of a declaration that cannot be read.
    pub(super) fn doubtful() -> Self {
        Self { doubt: true, ..Self::default() }
    }

    /// Reads a list of labels, `subject` being such as "`states` of `pump`".
    pub(super) fn read(sink: &Sink, place: Place<'_>, subject: &str, limit: usize) -> Self {
        if !expect::list(sink, place, subject, "a list of names") {
            return Self::doubtful();
        }
        let mut labels = Self::default();
        if labels.check_count(sink, place, subject, limit) {
            for item in place.children() {
                match item.word() {
                    Some(word) => labels.add(sink, &word, subject),
                    None => labels.refuse(sink, wrong_type(item, &format!("an item of {subject}"), "a name")),
                }
            }
        }
        labels
    }

    /// Reports a list that is empty or too long.
    pub(super) fn check_count(&mut self, sink: &Sink, place: Place<'_>, subject: &str, limit: usize) -> bool {
        let n = place.len();
        if n == 0 {
            let message = format!("{subject} has no entry");
            self.refuse(sink, Problem::at(place.spot(), Code::NothingDeclared, message, "name at least one"));
        } else if n > limit {
            let message = format!("{subject} has {n} entries; at most {limit} are allowed");
            let mend = "use fewer, or split it into several factors";
            self.refuse(sink, Problem::at(place.spot(), Code::TooManyLabels, message, mend).expected(limit).found(n));
        }
        !self.doubt
    }

    pub(super) fn add(&mut self, sink: &Sink, word: &Word<'_>, subject: &str) {
        if !check_label(sink, word) {
            self.reported.insert(word.text.to_string());
        }
        if !self.seen.insert(word.text.to_string()) {
            let message = format!("{subject} has `{}` twice", word.text);
            let problem = Problem::at(word.spot(), Code::DuplicateLabel, message, "rename or remove one of the two");
            self.refuse(sink, problem.found(&*word.text));
        }
        self.words.push(word.text.to_string());
    }

    fn refuse(&mut self, sink: &Sink, problem: Problem) {
        sink.report(problem);
        self.doubt = true;
    }
}
