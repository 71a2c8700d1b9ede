//! The mutator: plants faults in valid documents and expects exactly those to be reported.

mod fault;
mod names;
mod settings;
mod sites;
mod structure;
mod tables;
mod tree;

use std::collections::BTreeMap;

use freeagentics_inference::document::{Code, Format, Limits, Problem, Problems, read, to_json};

use fault::{Fault, Mend};
use tree::{Tree, Yaml};

use super::FIXTURES;

const RUNS: u64 = 10_000;
const MOST_FAULTS: usize = 6;

/// A valid document and everything that can go wrong with it, by kind.
struct Subject {
    name: &'static str,
    document: Tree,
    faults: BTreeMap<&'static str, Vec<Fault>>,
}

fn subjects() -> Vec<Subject> {
    let subject = |&(name, text): &(&'static str, &str)| {
        let json = to_json(text, Format::Auto, &Limits::default()).unwrap();
        let document = Tree::from(&json);
        let mut faults: BTreeMap<&'static str, Vec<Fault>> = BTreeMap::new();
        let all = [
            tables::faults(&document),
            names::faults(&document),
            settings::faults(&document),
            structure::faults(&document),
        ];
        for fault in all.into_iter().flatten() {
            faults.entry(fault.kind).or_default().push(fault);
        }
        Subject { name, document, faults }
    };
    FIXTURES.iter().map(subject).collect()
}

/// A small generator, so that every run can be repeated from its number alone.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(n).unwrap()).unwrap()
    }
}

/// Chooses faults that have nothing to do with each other.
fn choose<'s>(subject: &'s Subject, dice: &mut Dice) -> Vec<&'s Fault> {
    let wanted = 1 + dice.below(MOST_FAULTS);
    let mut chosen: Vec<&Fault> = Vec::new();
    for _ in 0..100 {
        let kind = dice.below(subject.faults.len());
        let faults = subject.faults.values().nth(kind).unwrap();
        let fault = &faults[dice.below(faults.len())];
        if chosen.len() < wanted && !chosen.iter().any(|other| other.depends_on(fault)) {
            chosen.push(fault);
        }
    }
    chosen
}

fn found(problems: &Problems) -> Vec<(Code, String)> {
    let mut found: Vec<_> = problems.problems.iter().map(|problem| (problem.code, problem.pointer.clone())).collect();
    found.sort();
    found
}

fn check_positions(problems: &Problems, yaml: &Yaml) {
    for problem in &problems.problems {
        let position = (problem.line.unwrap(), problem.column.unwrap());
        let known = yaml.positions.get(&problem.pointer);
        // A merge key has a position of its own, but no pointer.
        let is_known = problem.code == Code::MergeKey || known.is_some_and(|known| known.contains(&position));
        assert!(is_known, "{problem}\nstands at {known:?} in\n{}", yaml.text);
    }
}

/// In JSON the same is found, apart from what JSON cannot say.
fn check_json(faults: &[&Fault], document: &Tree) {
    let in_json = |(_, fault): &(usize, &&Fault)| fault.mend != Mend::NotInJson;
    let planted = faults.iter().enumerate().filter(in_json);
    let mut expected: Vec<_> = planted.map(|(serial, fault)| (fault.code, fault.pointer(serial))).collect();
    expected.sort();
    let json = document.to_json().to_string();
    let result = read(&json, Format::Json, &Limits::default());
    let found = result.as_ref().map_or_else(found, |_| Vec::new());
    assert_eq!(found, expected, "{faults:#?}\n{json}");
}

/// Mends what can be mended by patches and expects only the rest to remain.
fn check_patches(problems: &Problems, faults: &[&Fault], document: &Tree) {
    let expected = |mend: Mend| faults.iter().filter(|fault| fault.mend == mend).count();
    let carry = |problem: &&Problem| problem.patch.is_some() && problem.code != Code::NameNotQuoted;
    assert!(problems.problems.iter().filter(carry).count() >= expected(Mend::Patch), "{problems}");
    let json = document.to_json();
    let mended = problems.mend(&json).unwrap_or_else(|| panic!("the patch does not fit\n{problems}\n{json}"));
    let remaining = read(&mended.to_string(), Format::Json, &Limits::default());
    let n_remaining = remaining.as_ref().map_or_else(|problems| problems.problems.len(), |_| 0);
    assert_eq!(n_remaining, expected(Mend::People), "{problems}\nbecame {remaining:?}\n{json}");
}

/// In parts, so that they run at the same time.
#[test]
fn exactly_the_planted_faults_are_reported_and_patches_mend_them_in_the_first_quarter() {
    plant(0);
}

#[test]
fn exactly_the_planted_faults_are_reported_and_patches_mend_them_in_the_second_quarter() {
    plant(1);
}

#[test]
fn exactly_the_planted_faults_are_reported_and_patches_mend_them_in_the_third_quarter() {
    plant(2);
}

#[test]
fn exactly_the_planted_faults_are_reported_and_patches_mend_them_in_the_last_quarter() {
    plant(3);
}

fn plant(quarter: u64) {
    let subjects = subjects();
    let mut statistics: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut by_count = [0; MOST_FAULTS + 1];
    for run in (RUNS / 4 * quarter)..(RUNS / 4 * (quarter + 1)) {
        let mut dice = Dice(run << 20);
        let subject = &subjects[dice.below(subjects.len())];
        let faults = choose(subject, &mut dice);
        let mut document = subject.document.clone();
        for (serial, fault) in faults.iter().enumerate() {
            fault.plant(&mut document, serial);
        }
        let yaml = document.to_yaml();
        let result = read(&yaml.text, Format::Yaml, &Limits::default());
        let Err(problems) = result else { panic!("run {run}, {}: nothing found of {faults:#?}", subject.name) };
        let mut expected: Vec<(Code, String)> =
            faults.iter().enumerate().map(|(serial, fault)| (fault.code, fault.pointer(serial))).collect();
        expected.sort();
        assert_eq!(found(&problems), expected, "run {run}, {}:\n{problems}\n{faults:#?}\n{}", subject.name, yaml.text);
        check_positions(&problems, &yaml);
        check_json(&faults, &document);
        check_patches(&problems, &faults, &document);
        by_count[faults.len()] += 1;
        for fault in &faults {
            let counts = statistics.entry(fault.kind).or_default();
            counts.0 += 1;
            counts.1 += usize::from(fault.mend == Mend::Patch);
        }
    }
    print_statistics(&statistics, &by_count);
    assert!(statistics.len() >= 20);
}

fn print_statistics(statistics: &BTreeMap<&str, (usize, usize)>, by_count: &[usize]) {
    println!("{:<45} {:>8} {:>8}", "kind of fault", "planted", "patched");
    for (kind, (planted, patched)) in statistics {
        println!("{kind:<45} {planted:>8} {patched:>8}");
    }
    let total: usize = statistics.values().map(|(planted, _)| planted).sum();
    println!(
        "{} kinds, {total} faults planted and found in a quarter of {RUNS} runs; runs by number of faults: {:?}",
        statistics.len(),
        &by_count[1..]
    );
}
