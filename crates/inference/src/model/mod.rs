//! A model as names and tables: what an agent believes about its world.

mod check;
mod digest;
mod spec;

pub use check::Fault;
pub(crate) use check::{Faults, MOST_STRENGTH};
pub use spec::{Axis, Bin, Evidence, Learnable, Learning, MOST_PREFERENCE, Modality, Moment, Preference, Spec, Table};

use crate::numerics::Digest;

/// A checked model: immutable, to be shared by any number of agents, named by its [`digest`](Model::digest).
#[derive(Clone, Debug)]
pub struct Model {
    spec: Spec,
    digest: Digest,
}

impl Model {
    /// Checks a description: names, shapes, and that every column is a distribution (sums to 1 within 1e-9; it is
    /// taken as it is, nothing is normalised).
    ///
    /// # Errors
    /// Every fault found, each with its place.
    pub fn new(spec: Spec) -> Result<Self, Vec<Fault>> {
        let faults = check::check(&spec);
        if !faults.is_empty() {
            return Err(faults);
        }
        let digest = digest::digest(&spec);
        Ok(Self { spec, digest })
    }

    /// Its names and tables.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// SHA-256 of its canonical form: names in order, tables as little-endian `f64` with −0 as 0. Descriptions, units
    /// and agent options are not part of it.
    pub fn digest(&self) -> Digest {
        self.digest
    }
}
