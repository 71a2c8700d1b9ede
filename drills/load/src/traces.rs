//! What traces cost: two servers that are alike but for them, under the same load in turn, so that whatever else the machine
//! does falls on both.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use harness::Result;
use harness::report::{line, table};
use harness::usage::running;
use serde::Serialize;

use crate::arguments::Arguments;
use crate::measurement::{Bench, folder, on_a_bench};

/// Of requests, one in so many is traced: what is the default, which is held against the bound; and each, to be told.
const ONE_IN: [u32; 2] = [100, 1];

/// What tracing by default may add to the processor time of a step, as a part of it.
const BOUND: f64 = 0.02;

/// How often the two take turns.
const TURNS: usize = 7;

/// Steps per second, where no other rate is asked for: far from what a server can do.
const RATE: f64 = 3_000.0;

/// How long a turn takes at most, in seconds.
const LONGEST: f64 = 4.0;

/// Spans of a batch that is not full are sent after a second.
const ON_THEIR_WAY: Duration = Duration::from_millis(1_500);

/// Both ways of tracing.
#[derive(Debug, Serialize)]
pub(crate) struct Cost {
    bound: f64,
    is_judged: bool,
    compared: Vec<Compared>,
}

/// Two servers, compared.
#[derive(Debug, Serialize)]
struct Compared {
    one_in: u32,
    /// Spans that reached the collector.
    spans: u64,
    turns: Vec<Turn>,
}

/// One turn of each.
#[derive(Clone, Copy, Debug, Serialize)]
struct Turn {
    without: Measured,
    with: Measured,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Measured {
    /// Processor time of the server, in microseconds a step.
    cpu: f64,
    p50: f64,
    p99: f64,
    errors: u64,
}

/// Compares a server without traces with one that has them.
pub(crate) fn compare(arguments: &Arguments) -> Result<Cost> {
    let compared = ONE_IN.iter().map(|one_in| compared(arguments, *one_in)).collect::<Result<_>>()?;
    Ok(Cost { bound: BOUND, is_judged: !arguments.is_smoke(), compared })
}

fn compared(arguments: &Arguments, one_in: u32) -> Result<Compared> {
    let (plain, traced) = (folder(arguments)?, folder(arguments)?);
    let collector = Collector::start()?;
    let settings = [format!("traces.url={}", collector.url), format!("traces.one_in={one_in}")];
    let turns = on_a_bench(arguments, plain.path(), &[], |without| {
        without.fleet()?;
        on_a_bench(arguments, traced.path(), &settings, |with| {
            with.fleet()?;
            let turn = |_| -> Result<Turn> {
                let without = measured(arguments, "without", &without)?;
                Ok(Turn { without, with: measured(arguments, "with", &with)? })
            };
            let turns = (0..if arguments.is_smoke() { 1 } else { TURNS }).map(turn).collect::<Result<Vec<Turn>>>();
            std::thread::sleep(ON_THEIR_WAY);
            turns
        })
    })?;
    Ok(Compared { one_in, spans: collector.spans.load(Ordering::Relaxed), turns })
}

fn measured(arguments: &Arguments, name: &str, bench: &Bench<'_>) -> Result<Measured> {
    let (rate, seconds) = if arguments.is_smoke() { (100.0, 1.0) } else { (arguments.rate.unwrap_or(RATE), LONGEST) };
    let before = running(bench.pid());
    let phase = bench.open(name, rate, seconds.min(arguments.duration().as_secs_f64()))?;
    let cpu = (running(bench.pid()) - before).as_secs_f64() * 1e6 / phase.measured.steps.max(1) as f64;
    let errors = phase.measured.errors.values().sum::<u64>() + phase.measured.given_up;
    Ok(Measured { cpu, p50: phase.measured.latency.p50, p99: phase.measured.latency.p99, errors })
}

impl Compared {
    /// By how much a part of it the processor time of a step is more, in the middle of all turns.
    fn overhead(&self) -> f64 {
        middle(self.turns.iter().map(|turn| turn.with.cpu / turn.without.cpu - 1.0))
    }

    fn row(&self) -> Vec<String> {
        let of = |figure: fn(&Turn) -> f64| middle(self.turns.iter().map(figure));
        let parts = self.turns.iter().map(|turn| turn.with.cpu / turn.without.cpu - 1.0);
        let (least, most) = parts.fold((f64::MAX, f64::MIN), |(least, most), part| (least.min(part), most.max(part)));
        let percent = |part: f64| format!("{:+.2} %", part * 100.0);
        vec![
            format!("one in {}", self.one_in),
            format!("{:.1}", of(|turn| turn.without.cpu)),
            format!("{:.1}", of(|turn| turn.with.cpu)),
            percent(self.overhead()),
            format!("{} to {}", percent(least), percent(most)),
            format!("{:.2} / {:.2}", of(|turn| turn.without.p50), of(|turn| turn.with.p50)),
            format!("{:.2} / {:.2}", of(|turn| turn.without.p99), of(|turn| turn.with.p99)),
            self.spans.to_string(),
        ]
    }

    fn faults(&self, is_judged: bool) -> Vec<String> {
        let errors: u64 = self.turns.iter().map(|turn| turn.without.errors + turn.with.errors).sum();
        let overhead = self.overhead();
        let is_too_much = is_judged && self.one_in == ONE_IN[0] && overhead > BOUND;
        [
            (errors > 0).then(|| format!("{errors} steps failed")),
            // Of a few requests perhaps none is chosen.
            (self.spans == 0 && (is_judged || self.one_in == 1)).then(|| "no span reached the collector".to_owned()),
            is_too_much.then(|| format!("{:.2} % more, of {} that may be", overhead * 100.0, BOUND * 100.0)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Cost {
    fn faults(&self) -> Vec<String> {
        self.compared.iter().flat_map(|compared| compared.faults(self.is_judged)).collect()
    }

    pub(crate) fn holds(&self) -> bool {
        self.faults().is_empty()
    }

    pub(crate) fn tell(&self) -> Result<()> {
        let heads = ["traced", "CPU \u{b5}s/step", "with", "more", "turn by turn", "p50 ms", "p99 ms", "spans"];
        let mut rows = vec![heads.map(str::to_owned).to_vec()];
        rows.extend(self.compared.iter().map(Compared::row));
        table(&rows)?;
        for fault in self.faults() {
            line(&format!("FAILED: {fault}"))?;
        }
        if self.holds() && self.is_judged {
            line(&format!("traces cost less than {} %: held", BOUND * 100.0))?;
        }
        Ok(())
    }
}

fn middle(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Takes spans and counts them.
struct Collector {
    url: String,
    spans: Arc<AtomicU64>,
}

impl Collector {
    fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}/v1/traces", listener.local_addr()?);
        let spans = Arc::new(AtomicU64::new(0));
        let counted = spans.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counted = counted.clone();
                // Whoever goes away has nothing more to say.
                std::thread::spawn(move || _ = take(stream, &counted));
            }
        });
        Ok(Self { url, spans })
    }
}

/// Answers whatever is posted over one connection.
fn take(stream: TcpStream, spans: &AtomicU64) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    loop {
        let (mut length, mut line) = (0, String::new());
        while line != "\r\n" {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let named = body.windows(8).filter(|window| window == b"\"spanId\"").count();
        spans.fetch_add(named as u64, Ordering::Relaxed);
        writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(one_in: u32, more: &[f64], errors: u64) -> Compared {
        let turn = |more: &f64| {
            let without = Measured { cpu: 100.0, p50: 1.0, p99: 2.0, errors };
            Turn { without, with: Measured { cpu: 100.0 + more, ..without } }
        };
        Compared { one_in, spans: 1, turns: more.iter().map(turn).collect() }
    }

    #[test]
    fn more_than_the_bound_is_named_where_it_is_the_middle_and_not_where_it_is_one_turn() {
        assert_eq!(compared(100, &[1.0, 30.0, -2.0], 0).faults(true), [""; 0]);
        assert_eq!(compared(100, &[1.0, 3.0, 2.5], 0).faults(true), ["2.50 % more, of 2 that may be"]);
        assert_eq!(compared(1, &[9.0], 0).faults(true), [""; 0], "tracing everything is told, not judged");
        assert_eq!(compared(100, &[9.0], 0).faults(false), [""; 0]);
        assert_eq!(compared(100, &[0.0], 2).faults(false), ["4 steps failed"]);
        assert_eq!(Compared { spans: 0, ..compared(1, &[0.0], 0) }.faults(false), ["no span reached the collector"]);
    }
}
