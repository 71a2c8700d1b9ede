//! The words that may stand at some place: the names of all modalities, the states of one factor.

use std::collections::{BTreeMap, BTreeSet};

use super::{Kind, Names};
use crate::document::code::Code;
use crate::document::expect::{clip, either};
use crate::document::patch;
use crate::document::problem::Problem;
use crate::document::sink::{Sink, rename_key};
use crate::document::tree::{Place, Word};

/// An ordered set of words.
#[derive(Debug)]
pub(in super::super) struct Vocabulary {
    /// What one of the words is, such as "a state of `pump`".
    what: String,
    code: Code,
    words: Vec<String>,
    index: BTreeMap<String, usize>,
    /// Its declaration is in order. If not, words that are not found are no news.
    sure: bool,
    /// Words that were reported where they are declared. Neither they nor what they should have been are news where
    /// they are used.
    reported: BTreeSet<String>,
    /// Words that stand for things of another kind.
    elsewhere: BTreeMap<String, Kind>,
}

/// A map whose keys are words of a vocabulary.
#[derive(Debug)]
pub(in super::super) struct Matched<'t> {
    /// Every entry with the word it is for.
    pub(in super::super) entries: Vec<(Place<'t>, Option<usize>)>,
    /// The entry under `else`.
    pub(in super::super) otherwise: Option<Place<'t>>,
    /// Words without an entry, if the vocabulary is sure.
    pub(in super::super) missing: Vec<usize>,
}

impl Vocabulary {
    pub(super) fn of_names(kind: Kind, words: Vec<String>) -> Self {
        Self::new(format!("a {}", kind.noun()), Code::UnknownName, words)
    }

    pub(super) fn of_labels(kind: Kind, owner: &str, words: Vec<String>) -> Self {
        let article = if kind == Kind::Modality { "an" } else { "a" };
        Self::new(format!("{article} {} of `{owner}`", kind.label()), Code::UnknownLabel, words)
    }

    fn new(what: String, code: Code, words: Vec<String>) -> Self {
        let index = words.iter().enumerate().rev().map(|(i, word)| (word.clone(), i)).collect();
        Self { what, code, words, index, sure: true, reported: BTreeSet::new(), elsewhere: BTreeMap::new() }
    }

    pub(super) fn doubt(&mut self) {
        self.sure = false;
    }

    pub(super) fn set_reported(&mut self, words: BTreeSet<String>) {
        self.reported = words;
    }

    pub(super) fn set_elsewhere(&mut self, words: BTreeMap<String, Kind>) {
        self.elsewhere = words;
    }

    pub(in super::super) fn is_sure(&self) -> bool {
        self.sure
    }

    /// A word that is not found is one that nobody declared.
    fn knows_all(&self) -> bool {
        self.sure && self.reported.is_empty()
    }

    pub(in super::super) fn words(&self) -> &[String] {
        &self.words
    }

    pub(in super::super) fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("?", String::as_str)
    }

    pub(in super::super) fn find(&self, word: &str) -> Option<usize> {
        self.index.get(word).copied()
    }

    /// The index of a word that shall be one of these; else a problem is reported.
    pub(in super::super) fn look_up(&self, sink: &Sink, word: &Word<'_>) -> Option<usize> {
        if let Some(index) = self.find(&word.text) {
            self.check_quotes(sink, word);
            return Some(index);
        }
        self.report_unknown(sink, word, sink.suggest(&word.text, self.words.iter().map(String::as_str)));
        None
    }

    pub(super) fn check_quotes(&self, sink: &Sink, word: &Word<'_>) {
        if word.ambiguous && !self.reported.contains(&*word.text) {
            sink.report(super::label::not_quoted(word));
        }
    }

    /// Finds the word for the key of each entry of a map. A misspelt key is taken for the word that was meant, if that one has no
    /// entry of its own, so that it is not missed as well.
    pub(in super::super) fn match_keys<'t>(
        &self,
        sink: &Sink,
        places: impl Iterator<Item = Place<'t>>,
        allow_else: bool,
    ) -> Matched<'t> {
        let mut entries: Vec<(Place<'t>, Option<usize>)> = Vec::new();
        let mut otherwise = None;
        let mut free: BTreeSet<usize> = (0..self.words.len()).collect();
        for place in places {
            let Some(key) = place.key() else { continue };
            if allow_else && key.text == "else" {
                otherwise = Some(place);
                continue;
            }
            let index = self.find(&key.text);
            if let Some(index) = index {
                self.check_quotes(sink, &key);
                free.remove(&index);
            }
            entries.push((place, index));
        }
        let n_unknown = entries.iter().filter(|(_, index)| index.is_none()).count();
        for (place, index) in entries.iter_mut().filter(|(_, index)| index.is_none()) {
            *index = self.meant(sink, *place, &mut free, n_unknown == 1 && otherwise.is_none());
        }
        let is_news = |index: &usize| self.sure && !self.reported.contains(self.word(*index));
        let missing = free.into_iter().filter(is_news).collect();
        Matched { entries, otherwise, missing }
    }

    /// Reports an unknown key and says which of the free words it was meant to be.
    fn meant(&self, sink: &Sink, place: Place<'_>, free: &mut BTreeSet<usize>, alone: bool) -> Option<usize> {
        let key = place.key()?;
        let by_spelling = sink.suggest(&key.text, free.iter().map(|&index| self.word(index)));
        let by_exclusion = free.first().filter(|_| alone && free.len() == 1).map(|&index| self.word(index));
        let meant = by_spelling.or(by_exclusion);
        let suggestion = meant.or_else(|| sink.suggest(&key.text, self.words.iter().map(String::as_str)));
        self.report_unknown(sink, &key, suggestion);
        let index = self.find(meant?)?;
        free.remove(&index);
        Some(index)
    }

    fn report_unknown(&self, sink: &Sink, word: &Word<'_>, suggestion: Option<&str>) {
        if !self.knows_all() {
            return;
        }
        if word.text.is_empty() {
            return sink.report(super::label::not_quoted(word));
        }
        if let Some(kind) = self.elsewhere.get(&*word.text) {
            let message = format!("`{}` is a {}, not {}", word.text, kind.noun(), self.what);
            let problem = Problem::at(word.spot(), Code::WrongKind, message, format!("write {}", either(&self.words)));
            return sink.report(problem.expected(self.some_words()).found(&*word.text));
        }
        let problem = unknown(sink, word, self.code, &self.what, &self.words, suggestion).expected(self.some_words());
        // Factors, controls and modalities share their names, so that a name that is none is one mistake everywhere.
        let owner = if self.code == Code::UnknownName { "name" } else { &self.what };
        sink.report_name(owner, &word.text, problem);
    }

    fn some_words(&self) -> Vec<String> {
        self.words.iter().take(32).cloned().collect()
    }
}

fn unknown(
    sink: &Sink,
    word: &Word<'_>,
    code: Code,
    what: &str,
    words: &[String],
    suggestion: Option<&str>,
) -> Problem {
    let spot = word.spot();
    let text = clip(&word.text);
    let mend = match suggestion {
        Some(suggestion) if sink.can_declare() => format!("write `{suggestion}`, or declare `{text}`"),
        Some(suggestion) => format!("write `{suggestion}`"),
        None if words.is_empty() => "remove it; none is declared".to_owned(),
        None => format!("write {}", either(words)),
    };
    let patch =
        suggestion.map(|to| if word.is_key { rename_key(&spot, to) } else { patch::replace(spot.pointer.clone(), to) });
    Problem::at(spot, code, format!("`{text}` is not {what}"), mend).found(text).patch_if(patch)
}

/// Reports a word that names nothing of these kinds, unless a broken declaration may be the cause.
pub(super) fn report_unknown_name(names: &Names, sink: &Sink, word: &Word<'_>, kinds: &[Kind]) {
    if kinds.iter().any(|&kind| !names.group(kind).names.knows_all()) {
        return;
    }
    let nouns: Vec<&str> = kinds.iter().map(|kind| kind.noun()).collect();
    let words: Vec<String> = kinds.iter().flat_map(|&kind| names.group(kind).names.words.clone()).collect();
    if let Some(kind) = names.kind_of(&word.text) {
        let message = format!("`{}` is a {}; here a {} can stand", word.text, kind.noun(), nouns.join(" or a "));
        let mend = if kinds == [Kind::Factor] && kind == Kind::Control {
            format!("name `{}` under `by`", word.text)
        } else {
            format!("write {}", either(&words))
        };
        return sink.report(Problem::at(word.spot(), Code::WrongKind, message, mend).found(&*word.text));
    }
    let what = format!("a {}", nouns.join(" or a "));
    let suggestion = sink.suggest(&word.text, words.iter().map(String::as_str));
    let problem = unknown(sink, word, Code::UnknownName, &what, &words, suggestion);
    sink.report_name("name", &word.text, problem.expected(words));
}
