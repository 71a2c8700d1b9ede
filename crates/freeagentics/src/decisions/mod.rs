//! Decisions as they are told: the answer to a step, and the same again from the log.

mod answer;
mod named;
pub(crate) mod replay;

pub(crate) use answer::{ActionIn, PlanIn, StepAnswer, StepFacts};
pub(crate) use named::Named;
