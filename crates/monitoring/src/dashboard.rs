//! Dashboards: what is looked at together.

use serde::Deserialize;

/// A page of panels.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// Its name in addresses: taken from the file.
    #[serde(skip)]
    pub name: String,
    /// Its heading.
    pub title: String,
    /// What it is for.
    pub about: String,
    /// Its panels, from left to right and top to bottom.
    #[serde(rename = "panel")]
    pub panels: Vec<Panel>,
}

/// A picture of some queries.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// Its heading.
    pub title: String,
    /// The row that begins with it, if one does.
    pub row: Option<String>,
    /// What it shows and what to make of it.
    pub about: String,
    /// How it is drawn.
    #[serde(default)]
    pub kind: Kind,
    /// The unit of its values, as Grafana calls it.
    #[serde(default = "short")]
    pub unit: String,
    /// How wide it is, of 24.
    #[serde(default = "third")]
    pub width: u32,
    /// From which values on it is yellow and red.
    pub limits: Option<[f64; 2]>,
    /// Whether small values are the bad ones.
    #[serde(default)]
    pub low_is_bad: bool,
    /// What is asked.
    #[serde(rename = "query")]
    pub queries: Vec<Query>,
}

/// How a panel is drawn.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Lines over time.
    #[default]
    TimeSeries,
    /// The last value, large.
    Stat,
    /// The last value on a scale.
    Gauge,
    /// Rows.
    Table,
}

/// A question to Prometheus.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The expression.
    pub expr: String,
    /// What its lines are called.
    pub legend: String,
}

fn short() -> String {
    "short".to_owned()
}

const fn third() -> u32 {
    8
}
