//! A model as names and tables: what an agent believes about its world.

mod spec;

pub use spec::{Axis, Bin, Evidence, Modality, Moment, Preference, Spec, Table};
