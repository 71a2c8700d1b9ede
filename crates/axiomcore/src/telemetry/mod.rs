//! What a service tells about itself: structured logs, and metrics that are each declared in one place.

mod config;
mod log;
mod metric;
mod metrics;
mod process;
mod reference;
pub mod traces;

pub use config::{AccessLog, Config, LogFormat};
pub use log::{Subscriber, init, subscriber};
pub use metric::{Counters, Declaration, Gauge, Gauges, Histograms, Kind};
pub use metrics::Metrics;
pub use process::register as register_process_metrics;
pub use prometheus_client::metrics::counter::Counter;
pub use prometheus_client::metrics::histogram::Histogram;
