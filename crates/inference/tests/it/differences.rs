//! The largest absolute difference per quantity.

use std::collections::BTreeMap;

pub(crate) struct Differences {
    what: String,
    largest: BTreeMap<&'static str, (f64, String)>,
}

impl Differences {
    pub(crate) fn of(what: &str) -> Self {
        Self { what: what.to_owned(), largest: BTreeMap::new() }
    }

    /// Takes note of how far `ours` is from `theirs`; `place` says where, for the one that is farthest.
    pub(crate) fn compare(&mut self, quantity: &'static str, place: &str, ours: &[f64], theirs: &[f64]) {
        assert_eq!(ours.len(), theirs.len(), "{}: {quantity} at {place} has another length", self.what);
        for (our, their) in ours.iter().zip(theirs) {
            let difference = (our - their).abs();
            // A difference that is not a number is as large as can be.
            let difference = if difference.is_nan() { f64::INFINITY } else { difference };
            let largest = self.largest.entry(quantity).or_insert((0.0, String::new()));
            if difference > largest.0 {
                *largest = (difference, format!("{place}: {our} instead of {their}"));
            }
        }
    }

    pub(crate) fn compare_one(&mut self, quantity: &'static str, place: &str, ours: f64, theirs: f64) {
        self.compare(quantity, place, &[ours], &[theirs]);
    }

    /// Keeps the larger of both.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (quantity, (difference, place)) in &other.largest {
            let largest = self.largest.entry(quantity).or_insert((0.0, String::new()));
            if *difference > largest.0 {
                *largest = (*difference, place.clone());
            }
        }
    }

    /// Prints the table and fails if anything is farther than the tolerance.
    pub(crate) fn conclude(self, tolerance: f64) {
        assert!(!self.largest.is_empty(), "{}: nothing was compared", self.what);
        for (quantity, (difference, _)) in &self.largest {
            println!("{:<40} {quantity:<22} {difference:.1e}", self.what);
        }
        self.check(tolerance);
    }

    /// Fails if anything is farther than the tolerance, naming all that is.
    pub(crate) fn check(&self, tolerance: f64) {
        let far: Vec<_> = self.largest.iter().filter(|(_, (difference, _))| *difference > tolerance).collect();
        assert!(far.is_empty(), "{} is farther than {tolerance:e}: {far:#?}", self.what);
    }
}
