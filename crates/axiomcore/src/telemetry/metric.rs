//! A metric: declared once, used through handles.

use std::borrow::Cow;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::histogram::Histogram;
use std::sync::atomic::AtomicU64;

/// A value that goes up and down.
pub type Gauge = prometheus_client::metrics::gauge::Gauge<f64, AtomicU64>;

/// What kind of metric it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only goes up; its name ends in `_total`.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by size.
    Histogram,
}

/// What a metric is called and means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Declaration {
    /// Its name as it is scraped.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// The names of its labels, in the order in which their values are given.
    pub labels: &'static [&'static str],
    /// What it says, without a full stop.
    pub help: &'static str,
    /// Upper bounds of a histogram's buckets.
    pub buckets: &'static [f64],
}

impl Declaration {
    /// A counter.
    pub const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind: Kind::Counter, labels, help, buckets: &[] }
    }

    /// A gauge.
    pub const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind: Kind::Gauge, labels, help, buckets: &[] }
    }

    /// A histogram.
    pub const fn histogram(
        name: &'static str,
        labels: &'static [&'static str],
        help: &'static str,
        buckets: &'static [f64],
    ) -> Self {
        Self { name, kind: Kind::Histogram, labels, help, buckets }
    }

    /// The name under which it is registered: the encoder adds the ending of counters.
    pub(super) fn stem(&self) -> &'static str {
        self.name.strip_suffix("_total").filter(|_| self.kind == Kind::Counter).unwrap_or(self.name)
    }
}

/// Names with values, as the encoder takes them.
pub(super) type Labels = Vec<(&'static str, Cow<'static, str>)>;

/// Makes histograms with the declared buckets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Buckets(pub(super) &'static [f64]);

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(self.0.iter().copied())
    }
}

macro_rules! labelled {
    ($(#[doc = $doc:literal] $name:ident, $metric:ty, $family:ty;)+) => {$(
        #[doc = $doc]
        #[derive(Clone, Debug)]
        pub struct $name {
            pub(super) names: &'static [&'static str],
            pub(super) family: $family,
        }

        impl $name {
            /// The one with these values, in the order in which the labels were declared. Keep it where the values are
            /// known beforehand: looking it up costs more than using it.
            pub fn with(&self, values: &[&str]) -> $metric {
                let values = values.iter().map(|value| Cow::Owned((*value).to_owned()));
                self.family.get_or_create_owned(&self.names.iter().copied().zip(values).collect())
            }
        }
    )+};
}

labelled! {
    /// Counters that differ in their labels.
    Counters, Counter, Family<Labels, Counter>;
    /// Gauges that differ in their labels.
    Gauges, Gauge, Family<Labels, Gauge>;
    /// Histograms that differ in their labels.
    Histograms, Histogram, Family<Labels, Histogram, Buckets>;
}
