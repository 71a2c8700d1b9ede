//! Tests by kind: how many of each there are, and how they ended.

use super::{TestCase, TestResults};
use crate::profile::TestKind;
use crate::proofs::Tally;

const UNIT: &str = "unit tests";
const INTEGRATION: &str = "integration tests";

impl TestResults {
    /// Every kind that occurs, in the order of the profile. Each test counts once, however many proofs it serves.
    pub(crate) fn by_kind(&self, kinds: &[TestKind]) -> Vec<(String, Tally)> {
        let Self::Ran { cases, .. } = self else { return Vec::new() };
        let names = kinds.iter().map(|kind| kind.name.as_str()).chain([INTEGRATION, UNIT]);
        let tally = |name: &str| {
            let own = cases.iter().filter(|case| kind_of(case, kinds) == name);
            own.fold(Tally::default(), |tally, case| match case.passed {
                true => Tally { passed: tally.passed + 1, ..tally },
                false => Tally { failed: tally.failed + 1, ..tally },
            })
        };
        let all = names.map(|name| (name.to_owned(), tally(name)));
        all.filter(|(_, tally)| *tally != Tally::default()).collect()
    }
}

fn kind_of<'k>(case: &TestCase, kinds: &'k [TestKind]) -> &'k str {
    let binary = case.binary.as_deref().unwrap_or("-");
    let whole = format!("{} {binary} {}", case.package, case.name);
    match kinds.iter().find(|kind| kind.matching.is_match(&whole)) {
        Some(kind) => &kind.name,
        None if case.binary.is_none() => UNIT,
        None => INTEGRATION,
    }
}
