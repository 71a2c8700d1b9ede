//! All metrics of a service.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::metric::Buckets;
use super::{Counters, Declaration, Gauge, Gauges, Histograms, Kind};

/// Where metrics are registered and scraped. Clones are the same; there is none that the whole process shares, so that
/// tests run side by side.
#[derive(Clone, Default)]
pub struct Metrics(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    registry: Registry,
    declared: Vec<Declaration>,
}

impl Metrics {
    /// Without metrics.
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a counter without labels.
    pub fn counter(&self, declaration: Declaration) -> Counter {
        let counter = Counter::default();
        self.register(declaration, counter.clone());
        counter
    }

    /// Registers a counter with labels.
    pub fn counters(&self, declaration: Declaration) -> Counters {
        let family = Family::default();
        self.register(declaration, family.clone());
        Counters { names: declaration.labels, family }
    }

    /// Registers a gauge without labels.
    pub fn gauge(&self, declaration: Declaration) -> Gauge {
        let gauge = Gauge::default();
        self.register(declaration, gauge.clone());
        gauge
    }

    /// Registers a gauge with labels.
    pub fn gauges(&self, declaration: Declaration) -> Gauges {
        let family = Family::default();
        self.register(declaration, family.clone());
        Gauges { names: declaration.labels, family }
    }

    /// Registers a histogram without labels.
    pub fn histogram(&self, declaration: Declaration) -> Histogram {
        let histogram = Histogram::new(declaration.buckets.iter().copied());
        self.register(declaration, histogram.clone());
        histogram
    }

    /// Registers a histogram with labels.
    pub fn histograms(&self, declaration: Declaration) -> Histograms {
        let family = Family::new_with_constructor(Buckets(declaration.buckets));
        self.register(declaration, family.clone());
        Histograms { names: declaration.labels, family }
    }

    /// Registers a counter or gauge without labels that is read only when somebody looks.
    pub fn observed(&self, declaration: Declaration, read: impl Fn() -> Option<f64> + Send + Sync + 'static) {
        let mut inner = self.lock();
        inner.declared.push(declaration);
        inner.registry.register_collector(Box::new(Observed { declaration, read }));
    }

    /// Everything, in the text format of `OpenMetrics`, which Prometheus reads.
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.lock().registry);
        text
    }

    /// What is registered, in that order.
    pub fn declarations(&self) -> Vec<Declaration> {
        self.lock().declared.clone()
    }

    fn register(&self, declaration: Declaration, metric: impl prometheus_client::registry::Metric) {
        let mut inner = self.lock();
        inner.declared.push(declaration);
        inner.registry.register(declaration.stem(), declaration.help, metric);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.lock().declared.iter().map(|declaration| declaration.name)).finish()
    }
}

struct Observed<F> {
    declaration: Declaration,
    read: F,
}

impl<F> fmt::Debug for Observed<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.declaration.name)
    }
}

impl<F: Fn() -> Option<f64> + Send + Sync + 'static> Collector for Observed<F> {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(value) = (self.read)() else { return Ok(()) };
        let (stem, help) = (self.declaration.stem(), format!("{}.", self.declaration.help));
        if self.declaration.kind == Kind::Counter {
            let counter = ConstCounter::new(value);
            counter.encode(encoder.encode_descriptor(stem, &help, None, counter.metric_type())?)
        } else {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(stem, &help, None, gauge.metric_type())?)
        }
    }
}
