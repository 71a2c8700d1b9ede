//! Where a request's time went, told to a collector.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use serde_json::Value;

use super::agents::{WATCHDOG, check, create, step};
use super::{Installation, Server};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

/// A collector that takes OTLP over HTTP in JSON.
pub(super) struct Collector {
    url: String,
    bodies: Receiver<Value>,
}

impl Collector {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1/traces", listener.local_addr().unwrap());
        let (sender, bodies) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                std::thread::spawn(move || take(stream, &sender));
            }
        });
        Self { url, bodies }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Everything that has arrived so far.
    pub(super) fn received(&self) -> Vec<Value> {
        std::iter::from_fn(|| self.bodies.recv_timeout(Duration::from_millis(500)).ok()).collect()
    }

    /// Every span that arrives until there are so many, by its name.
    fn spans(&self, at_least: usize) -> BTreeMap<String, Value> {
        let mut spans = Vec::new();
        while spans.len() < at_least {
            let body = self.bodies.recv_timeout(Duration::from_secs(10)).expect("more spans");
            let resource = &body["resourceSpans"][0];
            assert_eq!(resource["resource"]["attributes"][0]["value"]["stringValue"], "freeagentics");
            spans.extend(resource["scopeSpans"][0]["spans"].as_array().unwrap().clone());
        }
        spans.into_iter().map(|span| (span["name"].as_str().unwrap().to_owned(), span)).collect()
    }
}

/// Answers whatever is posted over one connection.
fn take(stream: TcpStream, sender: &Sender<Value>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    loop {
        let (mut length, mut line) = (0, String::new());
        loop {
            line.clear();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
            return;
        }
        writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}").unwrap();
    }
}

/// A server with an agent `a`, which traces only what callers want traced.
fn traced(installation: &Installation, url: &str, one_in: u32) -> Server {
    let (url, one_in) = (format!("traces.url={url}"), format!("traces.one_in={one_in}"));
    let arguments = ["--set", &url, "--set", &one_in, "--set", "telemetry.log_format=json"];
    let server = installation.start_with(&[&arguments[..], &["--set", "telemetry.access_log=all"]].concat());
    let client = server.client();
    client.post_yaml("/api/v1/models", WATCHDOG).expect(201);
    create(&client, "a");
    server
}

fn parent(flags: &str) -> String {
    format!("00-{TRACE}-{SPAN}-{flags}")
}

#[test]
fn a_callers_trace_goes_on_through_every_part_of_a_steps_way() {
    let (installation, collector) = (Installation::sqlite(), Collector::start());
    let server = traced(&installation, &collector.url, 0);
    let (client, parent) = (server.client(), parent("01"));
    let headers = [("traceparent", parent.as_str()), ("x-request-id", "r-1"), ("content-type", "application/json")];
    let answer = client.send("POST", "/api/v1/agents/a/steps", &headers, &check(100).to_string());
    assert_eq!(answer.status, 200);
    let spans = collector.spans(5);
    let names: Vec<&str> = spans.keys().map(String::as_str).collect();
    assert_eq!(names, ["POST /api/v1/agents/{id}/steps", "authenticate", "commit", "decide", "wait"]);
    let root = &spans["POST /api/v1/agents/{id}/steps"];
    assert_eq!((&root["parentSpanId"], &root["kind"]), (&SPAN.into(), &2.into()));
    let at = |span: &Value, key: &str| span[key].as_str().unwrap().parse::<u64>().unwrap();
    let mut end_of_last = at(root, "startTimeUnixNano");
    for name in ["authenticate", "wait", "decide", "commit"] {
        let span = &spans[name];
        assert_eq!((&span["traceId"], &span["parentSpanId"]), (&TRACE.into(), &root["spanId"]), "{name}");
        assert!(at(span, "startTimeUnixNano") >= end_of_last, "one after the other: {spans:?}");
        end_of_last = at(span, "endTimeUnixNano");
    }
    assert!(at(root, "endTimeUnixNano") >= end_of_last);
    let attributes = root["attributes"].as_array().unwrap();
    let said = |key: &str| attributes.iter().find(|one| one["key"] == key).map(|one| one["value"].clone()).unwrap();
    assert_eq!(said("http.response.status_code")["intValue"], "200");
    assert_eq!(said("request.id")["stringValue"], "r-1");
    let (_, log) = server.stop();
    let line = log.lines().find(|line| line.contains("\"r-1\"")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(line).unwrap()["trace_id"], TRACE);
}

#[test]
fn who_does_not_want_a_trace_gets_none_but_its_name_in_log_and_problem() {
    let (installation, collector) = (Installation::sqlite(), Collector::start());
    let server = traced(&installation, &collector.url, 1);
    let (client, parent) = (server.client(), parent("00"));
    let said = client.send("GET", "/api/v1/agents/b", &[("traceparent", &parent)], "").problem(404, "agent_not_found");
    assert_eq!(said["trace_id"], TRACE);
    // Neither two that differ nor what is no trace at all: the request begins a trace of its own.
    let wrong = [("traceparent", "00-nothing"), ("x-request-id", "r-2")];
    let said = client.send("GET", "/api/v1/agents/b", &wrong, "").problem(404, "agent_not_found");
    let own = said["trace_id"].as_str().unwrap().to_owned();
    assert!(own.len() == 32 && own != TRACE);
    assert!(server.stop().0 == Some(0), "what waits is sent at the end");
    let mut seen = Vec::new();
    while let Ok(body) = collector.bodies.recv_timeout(Duration::from_millis(200)) {
        seen.extend(body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().clone());
    }
    assert!(seen.iter().all(|span| span["traceId"] != TRACE), "{seen:?}");
    let missed = seen.iter().find(|span| span["traceId"] == own.as_str() && span["kind"] == 2).unwrap();
    assert_eq!(missed["name"], "GET /api/v1/agents/{id}");
    assert!(missed["parentSpanId"].is_null());
}

#[test]
fn a_collector_that_is_gone_costs_spans_and_no_request() {
    let installation = Installation::sqlite();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = traced(&installation, &format!("http://{nobody}/v1/traces"), 1);
    let client = server.client();
    for _ in 0..20 {
        step(&client, "a", &check(100));
    }
    let lost = || {
        let metrics = server.metrics().get("/metrics").text;
        let line = metrics.lines().find(|line| line.starts_with("trace_spans_total{outcome=\"refused\"}"));
        line.is_some_and(|line| line.rsplit(' ').next().is_some_and(|count| count.parse::<f64>().unwrap() >= 100.0))
    };
    assert!((0..100).any(|_| lost() || {
        std::thread::sleep(Duration::from_millis(100));
        false
    }));
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    assert_eq!(log.matches("traces do not reach their collector").count(), 1, "once, not for each batch: {log}");
}
