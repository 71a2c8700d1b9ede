//! What watches a service: alert rules, objectives and dashboards as data, and everything that is rendered from them.
//!
//! A [`Kit`] is read from a folder of TOML: families of alerts, each alert with a case in which it fires and one in which
//! it stays quiet; objectives, whose burn-rate alerts follow from their targets; dashboards; what is scraped.
//! [`Kit::files`] are the files that Prometheus, `promtool` and Grafana read, and the page for people.
#![deny(missing_docs)]

mod alert;
mod case;
mod dashboard;
mod expression;
mod grafana;
mod kit;
mod objective;
mod page;
mod rules;
mod samples;
mod scrape;
mod yaml;

pub use alert::{Alert, Family, Recording, Severity};
pub use case::Case;
pub use dashboard::{Dashboard, Panel, Query};
pub use expression::{Selector, selectors};
pub use kit::{Kit, KitError};
pub use objective::{Objective, TestSeries};
pub use scrape::{Job, Probe, Scrape};
