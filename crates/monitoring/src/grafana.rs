//! A dashboard as Grafana keeps it.

use serde_json::{Value, json};

use crate::dashboard::{Dashboard, Kind, Panel};

/// The height of a panel.
const HEIGHT: u32 = 8;
/// The height of one that shows a number.
const LOW: u32 = 4;
/// The width of a page.
const WIDTH: u32 = 24;

impl Dashboard {
    /// The document that Grafana reads.
    pub(crate) fn document(&self) -> Value {
        json!({
            "uid": format!("freeagentics-{}", self.name),
            "title": self.title,
            "description": self.about,
            "tags": ["freeagentics"],
            "schemaVersion": 38,
            "version": 1,
            "editable": false,
            "refresh": "30s",
            "time": { "from": "now-6h", "to": "now" },
            "timezone": "utc",
            "templating": { "list": [{ "name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus" }] },
            "panels": self.placed(),
        })
    }

    /// Panels with their places: a row is filled from the left, and its height is that of its highest panel.
    fn placed(&self) -> Vec<Value> {
        let (mut x, mut y, mut height) = (0, 0, 0);
        let mut placed: Vec<Value> = Vec::new();
        for panel in &self.panels {
            if x + panel.width > WIDTH || panel.row.is_some() {
                (x, y, height) = (0, y + height, 0);
            }
            if let Some(row) = &panel.row {
                let place = json!({ "x": 0, "y": y, "w": WIDTH, "h": 1 });
                let id = placed.len() + 1;
                placed.push(json!({ "id": id, "type": "row", "title": row, "collapsed": false, "gridPos": place, "panels": [] }));
                y += 1;
            }
            let own = if panel.kind == Kind::Stat { LOW } else { HEIGHT };
            let place = json!({ "x": x, "y": y, "w": panel.width, "h": own });
            placed.push(panel.document(placed.len() + 1, &place));
            x += panel.width;
            height = height.max(own);
        }
        placed
    }
}

impl Panel {
    fn document(&self, id: usize, place: &Value) -> Value {
        let source = json!({ "type": "prometheus", "uid": "${source}" });
        let instant = self.kind != Kind::TimeSeries;
        let targets = self.queries.iter().zip('A'..).map(|(query, name)| {
            let format = if self.kind == Kind::Table { "table" } else { "time_series" };
            json!({
                "refId": name,
                "datasource": source,
                "expr": query.expr.trim(),
                "legendFormat": query.legend,
                "instant": instant,
                "range": !instant,
                "format": format,
            })
        });
        json!({
            "id": id,
            "type": self.kind.name(),
            "title": self.title,
            "description": self.about,
            "datasource": source,
            "gridPos": place,
            "fieldConfig": { "defaults": { "unit": self.unit, "thresholds": self.thresholds() }, "overrides": [] },
            "targets": targets.collect::<Vec<Value>>(),
        })
    }

    fn thresholds(&self) -> Value {
        let colours = if self.low_is_bad { ["red", "yellow", "green"] } else { ["green", "yellow", "red"] };
        let from = [None].into_iter().chain(self.limits.into_iter().flatten().map(Some));
        let steps: Vec<Value> =
            from.zip(colours).map(|(value, color)| json!({ "color": color, "value": value })).collect();
        // Without limits nothing is bad.
        let steps = if self.limits.is_none() { vec![json!({ "color": "green", "value": null })] } else { steps };
        json!({ "mode": "absolute", "steps": steps })
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::TimeSeries => "timeseries",
            Self::Stat => "stat",
            Self::Gauge => "gauge",
            Self::Table => "table",
        }
    }
}
