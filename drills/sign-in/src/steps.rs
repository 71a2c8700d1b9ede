//! Agents that are stepped at a set rate meanwhile: what everybody else notices of the flood.

use std::net::SocketAddr;
use std::thread::{scope, sleep};
use std::time::Duration;

use harness::http::{Access, Connection, Request};
use harness::random::Random;
use harness::{Result, clock};
use hdrhistogram::Histogram;
use serde::Serialize;

/// Connections, each with an agent of its own.
const CONNECTIONS: u32 = 16;

const MODEL: &str = include_str!("../../../models/watchdog.yaml");

/// What became of the steps; latencies in milliseconds, from when a step was due.
#[derive(Debug, Serialize)]
pub(crate) struct Stepped {
    pub(crate) per_second: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
    pub(crate) errors: u64,
}

pub(crate) fn make_agents(address: SocketAddr, access: &Access) -> Result<()> {
    let mut connection = Connection::open(address)?;
    let model = Request { content_type: "application/yaml", ..Request::post("/api/v1/models", MODEL.as_bytes()) };
    let mut wanted = |request: &Request<'_>| -> Result<()> {
        let answer = connection.ask(&request.bytes(access))?;
        let told = String::from_utf8_lossy(&answer.body).into_owned();
        if answer.status == 201 { Ok(()) } else { Err(format!("answered {}: {told}", answer.status).into()) }
    };
    wanted(&model)?;
    (0..CONNECTIONS).try_for_each(|agent| {
        let body = format!(r#"{{"id":"watch-{agent}","model":"watchdog"}}"#);
        wanted(&Request::post("/api/v1/agents", body.as_bytes()))
    })
}

/// Steps at a rate for a time. What is due while a connection waits for its last answer is late, and counted from when it
/// was due.
pub(crate) fn run(address: SocketAddr, access: &Access, rate: f64, duration: Duration, seed: u64) -> Result<Stepped> {
    let each = rate / f64::from(CONNECTIONS);
    let told = scope(|scope| {
        let one =
            |agent: u32| step(address, access, agent, (each, duration), Random::new(seed << 32 | u64::from(agent)));
        let all: Vec<_> = (0..CONNECTIONS).map(|agent| scope.spawn(move || one(agent))).collect();
        all.into_iter().map(|one| one.join().map_err(|_| "a client ended badly")?).collect::<Result<Vec<_>>>()
    })?;
    let (mut latency, mut errors) = (histogram()?, 0);
    for (own, failed) in told {
        latency.add(own)?;
        errors += failed;
    }
    let millis = |micros: u64| micros as f64 / 1e3;
    let at = |quantile| millis(latency.value_at_quantile(quantile));
    let per_second = latency.len() as f64 / duration.as_secs_f64();
    Ok(Stepped { per_second, p50: at(0.5), p99: at(0.99), max: millis(latency.max()), errors })
}

fn step(
    address: SocketAddr,
    access: &Access,
    agent: u32,
    (rate, duration): (f64, Duration),
    mut random: Random,
) -> Result<(Histogram<u64>, u64)> {
    let (mut connection, mut latency, mut errors) = (Connection::open(address)?, histogram()?, 0);
    let path = format!("/api/v1/agents/watch-{agent}/steps");
    let request = Request::post(&path, br#"{"observation":{"check":40},"explain":"none"}"#).bytes(access);
    let mut due = clock::now();
    let end = due + duration;
    loop {
        due += interval(rate, &mut random);
        if due >= end {
            return Ok((latency, errors));
        }
        sleep(due.saturating_duration_since(clock::now()));
        errors += u64::from(connection.ask(&request)?.status != 200);
        latency.saturating_record(u64::try_from(due.elapsed().as_micros()).unwrap_or(u64::MAX).max(1));
    }
}

fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, 600_000_000, 3)?)
}

/// From one independent arrival to the next: exponentially distributed.
#[expect(clippy::disallowed_methods, reason = "when requests come need not be the same to the bit on every machine")]
fn interval(rate: f64, random: &mut Random) -> Duration {
    Duration::from_secs_f64(-(1.0 - random.fraction()).ln() / rate)
}
