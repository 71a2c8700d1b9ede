//! Real faults: each is produced, and the alert on it arrives where it should, through the real Prometheus and
//! Alertmanager with the committed rules, routes and inhibition. Only the time for which something has to hold is left out.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::stack::{Pace, Part, Stack};
use crate::api::Client;
use crate::lamp::LAMP;

const PARTS: [Part; 7] = [
    Part::Redis,
    Part::RedisExporter,
    Part::Nginx,
    Part::NginxExporter,
    Part::Blackbox,
    Part::Prometheus,
    Part::Alertmanager,
];

/// How long it takes until everything has been scraped twice.
const TWICE: Duration = Duration::from_millis(2_500);

/// Faults and how long each took to be told of.
#[derive(Default)]
struct Told(Vec<(String, Duration)>);

impl Told {
    /// Waits until all these have arrived at a place.
    #[track_caller]
    fn wait(&mut self, stack: &Stack, place: &str, alerts: &[&str], began: Instant) {
        for alert in alerts {
            let took = stack.sink.wait_for(place, &[alert], began);
            self.0.push((format!("{alert} at {place}"), took));
        }
    }
}

#[test]
fn real_faults_are_told_to_pager_chat_and_mail_and_what_follows_from_them_is_not() {
    let began = Instant::now();
    let mut stack = Stack::start(&PARTS, &Pace { patient: false, interval: "1s", second_node: false });
    let mut told = Told::default();
    stack.sink.wait_for("watchdog", &["Watchdog"], began);
    // The edge's certificate ends in three days; nobody scrapes PostgreSQL here.
    told.wait(&stack, "pager", &["CertificateExpires:"], began);
    told.wait(&stack, "chat", &["TargetDown (warning)"], began);
    told.wait(&stack, "operations", &["TargetDown"], began);
    let narrow = prepare(&stack);
    stack.prometheus().wait_for("http_requests_total{status=\"401\"} and on () http_requests_total{status=\"403\"}");
    std::thread::sleep(TWICE);
    // First of all, while failures are more than one of twenty.
    told.database(&mut stack);
    told.abuse(&stack, &narrow);
    told.neighbours(&mut stack);
    told.server(&mut stack);
    for (what, took) in &told.0 {
        println!("{:6.1} s from fault to message: {what}", took.as_secs_f64());
    }
    println!("{} messages about real faults arrived", told.0.len());
    assert!(told.0.len() >= 20, "{}", told.0.len());
}

/// A model that never sees a flicker, an agent of it, and one of each refusal, so that there is something to count from;
/// a client that may hardly do anything.
fn prepare(stack: &Stack) -> Client {
    let client = stack.server().client();
    let model = LAMP.split("tests:").next().unwrap().replace("steady: .95, flicker: .05", "steady: 1");
    client.post_yaml("/api/v1/models", &model.replace("steady: .3, flicker: .7", "steady: 1")).expect(201);
    client.post("/api/v1/agents", &json!({ "id": "a", "model": "lamp" })).expect(201);
    let made = client.post("/api/v1/keys", &json!({ "name": "narrow", "permissions": ["models:read"] })).expect(201);
    let narrow = stack.server().client_with(made["key"].as_str().unwrap());
    narrow.get("/api/v1/agents").expect(403);
    stack.server().stranger().get("/api/v1/agents").expect(401);
    client.get("/api/v1/nowhere").expect(404);
    confuse(&client);
    narrow
}

/// Observations that are refused, that cannot be, that are sent twice, that come too late.
fn confuse(client: &Client) {
    let step = |seen: &str, headers: &[(&str, &str)]| {
        let headers = [&[("content-type", "application/json")], headers].concat();
        let body = format!(r#"{{"observation":{{"light":"{seen}"}}}}"#);
        client.send("POST", "/api/v1/agents/a/steps", &headers, &body)
    };
    step("steady", &[("idempotency-key", "once")]).expect(200);
    step("steady", &[("idempotency-key", "once")]).expect(200);
    step("flicker", &[]).expect(200);
    step("dark", &[]).expect(422);
    step("steady", &[("if-match", "\"1\"")]).expect(412);
}

impl Told {
    fn abuse(&mut self, stack: &Stack, narrow: &Client) {
        let (client, stranger) = (stack.server().client(), stack.server().stranger());
        let began = Instant::now();
        for _ in 0..5 {
            confuse(&client);
        }
        for _ in 0..400 {
            stranger.get("/api/v1/agents");
            narrow.get("/api/v1/agents");
        }
        for _ in 0..2_000 {
            stranger.get("/wp-login.php");
        }
        self.wait(stack, "chat", &["ObservationsImpossible (", "ObservationsRefused ("], began);
        self.wait(stack, "operations", &["RequestsRepeated", "RevisionsCollide"], began);
        self.wait(stack, "chat", &["CredentialsRefused (", "PermissionsProbed (", "PathsScanned ("], began);
        self.wait(stack, "security", &["CredentialsRefused", "PathsScanned"], began);
    }

    /// What stands beside the server fails.
    fn neighbours(&mut self, stack: &mut Stack) {
        let began = Instant::now();
        stack.kill(Part::Redis);
        stack.kill(Part::Nginx);
        self.wait(stack, "pager", &["RedisDown:", "NginxDown:", "EdgeUnreachable:"], began);
    }

    fn database(&mut self, stack: &mut Stack) {
        let client = stack.server().client();
        let began = Instant::now();
        stack.installation.database_server().unwrap().kill();
        // Each waits some seconds for a connection before it fails, so they come together; twice, to be counted twice.
        for _ in 0..2 {
            std::thread::scope(|scope| {
                // A probe that is given a second only goes away before the database is given up.
                scope.spawn(|| client.get("/health/ready"));
                for _ in 0..8 {
                    scope.spawn(|| assert!(client.get("/api/v1/agents").status >= 500));
                    scope.spawn(|| {
                        client.post("/api/v1/agents/a/steps", &json!({ "observation": { "light": "steady" } }));
                    });
                }
            });
            std::thread::sleep(TWICE);
        }
        let names = ["HealthCheckFailing:", "ApiNotReady:", "StoreUnavailable:", "ErrorsCritical:", "CommitsFailing:"];
        self.wait(stack, "pager", &names, began);
        self.wait(stack, "pager", &["ErrorsBudgetBurns14x:", "AvailabilityBudgetBurns14x:"], began);
        let began = Instant::now();
        stack.installation.database_server().unwrap().restart();
        self.wait(stack, "chat", &["over: ApiNotReady ("], began);
    }

    /// The server itself is killed, and what follows from that is not told beside it.
    fn server(&mut self, stack: &mut Stack) {
        let began = Instant::now();
        drop(stack.server.take());
        self.wait(stack, "pager", &["ApiGone:"], began);
        let quiet = |name: &str| {
            let alerts = inhibited(stack);
            alerts.iter().any(|alert| alert["labels"]["alertname"] == name)
        };
        let mut asked = std::iter::repeat_with(|| quiet("ApiNodeDown")).take(100);
        let is_quiet = asked.any(|quiet| {
            quiet || {
                std::thread::sleep(Duration::from_millis(100));
                false
            }
        });
        assert!(is_quiet, "a node that is down is told of beside all that are gone");
        let began = Instant::now();
        stack.start_server();
        self.wait(stack, "chat", &["over: ApiGone ("], began);
    }
}

fn inhibited(stack: &Stack) -> Vec<Value> {
    let client = Client::new(&format!("127.0.0.1:{}", stack.port(Part::Alertmanager)), None);
    let alerts = client.get("/api/v2/alerts?active=false&silenced=false&unprocessed=false&inhibited=true").expect(200);
    alerts.as_array().unwrap().clone()
}
