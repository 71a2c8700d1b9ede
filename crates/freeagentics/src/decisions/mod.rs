//! Decisions as they are told: the answer to a step, the same again from the log, and their HTTP.

mod answer;
mod named;
mod past;
pub(crate) mod replay;
pub(crate) mod routes;

pub(crate) use answer::{Has, StepAnswer, StepFacts, action, by_label};
pub(crate) use named::Named;
pub(crate) use past::{PastStep, Told, step_of, steps_before};

#[cfg(test)]
mod story;
