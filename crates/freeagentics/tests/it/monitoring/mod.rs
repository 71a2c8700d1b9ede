//! The kit of `infra/monitoring` with the real server below it: Prometheus scrapes it and what is beside it, Alertmanager
//! tells of what is wrong.

mod existing;
mod faults;
mod question;
mod sink;
mod stack;
