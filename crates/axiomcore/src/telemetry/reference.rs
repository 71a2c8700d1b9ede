//! The reference of all metrics, written from their declarations.

use super::{Kind, Metrics};

impl Metrics {
    /// Every metric with its kind, labels and meaning, in Markdown.
    pub fn reference(&self) -> String {
        let head = "| metric | kind | labels | what it says |\n|---|---|---|---|\n".to_owned();
        self.declarations().iter().fold(head, |page, metric| {
            let kind = match metric.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
                Kind::Histogram => "histogram",
            };
            let labels = metric.labels.join(", ");
            page + &format!("| `{}` | {kind} | {labels} | {} |\n", metric.name, metric.help)
        })
    }
}
