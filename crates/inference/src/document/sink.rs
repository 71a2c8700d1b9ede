//! Where problems are gathered, so that reading goes on behind one.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::code::Code;
use super::patch::PatchOp;
use super::problem::{Problem, Problems};
use super::spelling::closest;
use super::tree::Spot;

/// How many words of the model may be compared with misspelt ones, in the whole document.
const COMPARISONS: usize = 200_000;

/// Places that are listed for one cause.
const MOST_PLACES: usize = 100;

/// Gathers problems; shared by every part of the reader.
#[derive(Debug)]
pub(super) struct Sink {
    limit: usize,
    /// What is read is a model, which declares its names, and no observation.
    can_declare: bool,
    gathered: RefCell<Gathered>,
    /// How many comparisons of words are left.
    comparisons: Cell<usize>,
}

#[derive(Debug, Default)]
struct Gathered {
    problems: Vec<Problem>,
    omitted: usize,
    /// Which problem stands for a cause that shows at several places.
    causes: BTreeMap<Cause, usize>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    /// What an alias stands for is wrong once, however often it is used.
    Position(Code, u32, u32),
    /// A name that nobody declared is one mistake, however often it is used.
    Name(String),
}

impl Sink {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, can_declare: true, gathered: RefCell::default(), comparisons: Cell::new(COMPARISONS) }
    }

    /// For observations, in which nothing can be declared.
    pub(super) fn of_observation(limit: usize) -> Self {
        Self { can_declare: false, ..Self::new(limit) }
    }

    pub(super) fn can_declare(&self) -> bool {
        self.can_declare
    }

    /// The word that may have been meant; a document of nothing but slips gets no more suggestions at some point.
    pub(super) fn suggest<'c>(&self, word: &str, words: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
        let left = self.comparisons.get();
        let mut compared = 0;
        let suggestion = closest(word, words.into_iter().take(left).inspect(|_| compared += 1));
        self.comparisons.set(left.saturating_sub(compared));
        suggestion
    }

    pub(super) fn report(&self, problem: Problem) {
        let cause = match (problem.line, problem.column) {
            (Some(line), Some(column)) => Some(Cause::Position(problem.code, line, column)),
            _ => None,
        };
        self.gathered.borrow_mut().add(self.limit, problem, cause);
    }

    /// Reports a name that stands for nothing; once, with every further place added to the first.
    pub(super) fn report_name(&self, vocabulary: &str, name: &str, problem: Problem) {
        self.gathered.borrow_mut().add(self.limit, problem, Some(Cause::Name(format!("{vocabulary} {name}"))));
    }

    /// All problems, in the order of the document.
    pub(super) fn into_problems(self) -> Problems {
        let Gathered { mut problems, omitted, .. } = self.gathered.into_inner();
        problems.sort_by_key(|problem| problem.order);
        Problems { problems, omitted }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.gathered.borrow().problems.is_empty()
    }
}

impl Gathered {
    fn add(&mut self, limit: usize, problem: Problem, cause: Option<Cause>) {
        if let Some(cause) = cause {
            if let Some(first) = self.causes.get(&cause).and_then(|&index| self.problems.get_mut(index))
                && first.pointer != problem.pointer
            {
                return merge(first, problem);
            }
            self.causes.entry(cause).or_insert(self.problems.len());
        }
        if self.problems.len() < limit {
            self.problems.push(problem);
        } else {
            self.omitted += 1;
        }
    }
}

fn merge(first: &mut Problem, further: Problem) {
    if first.also.contains(&further.pointer) {
        return;
    }
    match (&mut first.patch, further.patch) {
        (Some(operations), Some(more)) => drop(operations.splice(0..0, more)),
        // A patch that leaves one of the places as it is would claim too much.
        _ => first.patch = None,
    }
    if first.also.len() < MOST_PLACES {
        first.also.push(further.pointer);
    }
}

/// The operation that renames a key.
pub(super) fn rename_key(spot: &Spot, to: &str) -> Vec<PatchOp> {
    let parent = spot.pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    let path = format!("{parent}/{}", super::tree::escape(to));
    vec![PatchOp::Move { from: spot.pointer.clone(), path }]
}
