//! Logs and metrics as others read them.

use std::io;
use std::sync::{Arc, Mutex};

use axiomcore::clock::{Clock, ManualClock, SystemClock, Timestamp};
use axiomcore::telemetry::{Config, Declaration, LogFormat, Metrics, register_process_metrics, subscriber};
use serde_json::Value;

const CUPS: Declaration = Declaration::counter("tea_cups_total", &["kind"], "Cups that were poured");
const LEVEL: Declaration = Declaration::gauge("tea_level", &[], "How full the pot is");
const TIME: Declaration = Declaration::histogram("tea_seconds", &["kind"], "Time to brew", &[0.5, 1.0]);

#[test]
fn metrics_are_scraped_as_declared() {
    let metrics = Metrics::new();
    let (cups, level, time) = (metrics.counters(CUPS), metrics.gauge(LEVEL), metrics.histograms(TIME));
    cups.with(&["green"]).inc_by(3);
    cups.with(&["bl\"ack"]).inc();
    level.set(0.5);
    time.with(&["green"]).observe(0.7);
    register_process_metrics(&metrics);
    let page = metrics.render();
    for line in [
        "# HELP tea_cups Cups that were poured.",
        "# TYPE tea_cups counter",
        r#"tea_cups_total{kind="green"} 3"#,
        r#"tea_cups_total{kind="bl\"ack"} 1"#,
        "tea_level 0.5",
        r#"tea_seconds_bucket{le="0.5",kind="green"} 0"#,
        r#"tea_seconds_bucket{le="1.0",kind="green"} 1"#,
        r#"tea_seconds_bucket{le="+Inf",kind="green"} 1"#,
        "# HELP process_open_fds Open files and sockets.",
        "# EOF",
    ] {
        assert!(page.lines().any(|found| found == line), "{line} in\n{page}");
    }
    let memory = page.lines().find_map(|line| line.strip_prefix("process_resident_memory_bytes ")).unwrap();
    assert!(memory.parse::<f64>().unwrap() > 1e6, "{memory}");
    let started = page.lines().find_map(|line| line.strip_prefix("process_start_time_seconds ")).unwrap();
    let now = SystemClock.now().0 as f64 / 1_000.0;
    assert!((now - 600.0..now + 2.0).contains(&started.parse().unwrap()), "{started}, and it is {now}");
    assert!(metrics.reference().contains("| `tea_cups_total` | counter | kind | Cups that were poured |"));
}

/// What a log is written on.
#[derive(Clone, Default)]
pub(crate) struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    /// What `work` logs on this thread, as JSON.
    pub(crate) fn lines_of(log: &str, now: Timestamp, work: impl FnOnce()) -> Vec<Value> {
        let config = Config { log: log.into(), log_format: LogFormat::Json, ..Config::default() };
        let (paper, clock) = (Self::default(), Arc::new(ManualClock::new(now)));
        let written = paper.clone();
        tracing::subscriber::with_default(subscriber(&config, clock, move || written.clone()), work);
        let text = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl io::Write for Paper {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_line_of_the_log_is_one_object_with_the_injected_time_and_its_request() {
    let lines = Paper::lines_of("warn,tea=debug", Timestamp(951_782_400_123), || {
        let span = tracing::info_span!(target: "tea", "request", request_id = "r1");
        let _inside = span.enter();
        tracing::debug!(target: "tea", cups = 2, "poured\nout");
        tracing::info!(target: "coffee", "not wanted");
    });
    let [line] = lines.as_slice() else { panic!("one line is wanted: {lines:?}") };
    assert_eq!(line["timestamp"], "2000-02-29T00:00:00.123Z");
    assert_eq!((&line["level"], &line["target"], &line["cups"]), (&"DEBUG".into(), &"tea".into(), &2.into()));
    assert_eq!(line["message"], "poured\nout");
    assert_eq!(line["span"]["request_id"], "r1");
}
