//! The kit of `infra/monitoring` with the real server below it: Prometheus scrapes it and what is beside it.

mod existing;
mod question;
mod stack;
