//! Models and decisions in plain words.

pub(crate) mod amounts;
pub(crate) mod answered;
pub(crate) mod certainty;
#[cfg(test)]
pub(crate) mod example;
pub(crate) mod names;
pub(crate) mod odds;
pub(crate) mod portrait;
pub(crate) mod reach;
pub(crate) mod sentence;
pub(crate) mod surprise;
pub(crate) mod weighing;
