//! What rules, panels and runbooks name is there, on a running stack.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::Duration;

use monitoring::{Selector, selectors};
use serde_json::json;

use super::question::Prometheus;
use super::stack::{Pace, Part, Stack, kit, root};
use crate::api::KEY;
use crate::lamp::LAMP;

const EVERYTHING: [Part; 9] = [
    Part::Redis,
    Part::RedisExporter,
    Part::Nginx,
    Part::NginxExporter,
    Part::PostgresExporter,
    Part::NodeExporter,
    Part::Blackbox,
    Part::Prometheus,
    Part::Alertmanager,
];

#[test]
fn every_metric_and_label_of_a_rule_exists_every_panel_has_data_and_every_command_of_a_runbook_runs() {
    let mut stack = Stack::start(&EVERYTHING, &Pace { patient: true, interval: "3s", second_node: true });
    let prometheus = stack.prometheus();
    // What is counted has to be seen twice before it has a rate.
    live(&mut stack);
    std::thread::sleep(Duration::from_secs(7));
    live(&mut stack);
    prometheus
        .wait_for("slo:budget_left:ratio30d{slo=\"latency-99\"} and on () rate(freeagentics_steps_total[5m]) > 0");
    prometheus.wait_for("job:http_errors:ratio_rate5m > 0");
    prometheus.wait_for("probe_ssl_earliest_cert_expiry");
    prometheus.wait_for("pg_up == 1 and on () pg_database_size_bytes");
    prometheus.wait_for("rate(node_cpu_seconds_total[5m])");
    let mut wrong = rules_that_fail(&prometheus);
    wrong.extend(names_that_are_not_there(&prometheus));
    wrong.extend(panels_without_data(&prometheus));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    run_every_command(&stack);
}

/// Some of everything that can happen, failures too.
fn live(stack: &mut Stack) {
    let client = stack.server().client();
    let model = LAMP.split("tests:").next().unwrap().replace("steady: .95, flicker: .05", "steady: 1");
    client.post_yaml("/api/v1/models", &model.replace("steady: .3, flicker: .7", "steady: 1"));
    client.post("/api/v1/agents", &json!({ "id": "a", "model": "lamp" }));
    for seen in ["steady", "steady", "flicker", "dark"] {
        client.post("/api/v1/agents/a/steps", &json!({ "observation": { "light": seen } }));
        let keyed = [("content-type", "application/json"), ("idempotency-key", seen)];
        client.send("POST", "/api/v1/agents/a/steps", &keyed, r#"{"observation":{"light":"steady"}}"#);
    }
    assert_eq!(client.get("/api/v1/audit/export").status, 200);
    client.get("/api/v1/nowhere");
    stack.server().stranger().get("/api/v1/agents").problem(401, "unauthenticated");
    let made = client.post("/api/v1/keys", &json!({ "name": "narrow", "permissions": ["models:read"] })).expect(201);
    stack.server().client_with(made["key"].as_str().unwrap()).get("/api/v1/agents").expect(403);
    // A database that goes and comes back.
    let database = stack.installation.database_server().unwrap();
    database.kill();
    assert!(client.get("/api/v1/agents").status >= 500);
    client.post("/api/v1/agents/a/steps", &json!({ "observation": { "light": "steady" } }));
    stack.installation.database_server().unwrap().restart();
    client.get("/api/v1/agents").expect(200);
    client.get("/health/ready");
}

fn rules_that_fail(prometheus: &Prometheus) -> Vec<String> {
    let rules = prometheus.get("/api/v1/rules", &[]);
    let groups = rules["data"]["groups"].as_array().unwrap();
    let rules = groups.iter().flat_map(|group| group["rules"].as_array().unwrap());
    let failing = rules.filter(|rule| rule["health"] != "ok");
    failing.map(|rule| format!("{} cannot be evaluated: {}", rule["name"], rule["lastError"])).collect()
}

fn names_that_are_not_there(prometheus: &Prometheus) -> Vec<String> {
    let kit = kit();
    let panels =
        kit.dashboards.iter().flat_map(|dashboard| dashboard.panels.iter().map(move |panel| (dashboard, panel)));
    let panels = panels.flat_map(|(dashboard, panel)| {
        let place = format!("{}: {}", dashboard.title, panel.title);
        panel.queries.iter().map(move |query| (place.clone(), query.expr.clone()))
    });
    let declared = fs::read_to_string(root().join("docs/metrics.md")).unwrap();
    let (mut seen, mut missing) = (BTreeSet::new(), Vec::new());
    let expressions = kit.expressions().into_iter().chain(panels).chain(questions_of_runbooks());
    for (place, expression) in expressions {
        for selector in selectors(&expression) {
            let labels = selector.labels.iter().map(|label| format!("{label}!=\"\"")).collect::<Vec<_>>().join(",");
            let asked = format!("{}{{{labels}}}", selector.metric);
            let is_there =
                || prometheus.has(&format!("last_over_time({asked}[2m])")) || is_declared(&declared, &selector);
            if seen.insert(asked.clone()) && !is_there() {
                missing.push(format!("{place}: there is no {asked}"));
            }
        }
    }
    println!("{} metrics with their labels are named, {} are missing", seen.len(), missing.len());
    assert!(seen.len() > 100, "{seen:?}");
    missing
}

/// A counter of ours that has not counted yet has no series, and neither has a gauge that says where it is absent; then it has
/// to be declared with these labels. That the page of metrics is what the server registers is a test of its own.
fn is_declared(page: &str, selector: &Selector) -> bool {
    let (counter, gauge) =
        (format!("| `{}` | counter | ", selector.metric), format!("| `{}` | gauge | ", selector.metric));
    let row = page.lines().find_map(|line| {
        line.strip_prefix(&counter).or_else(|| line.strip_prefix(&gauge).filter(|row| row.contains("absent where")))
    });
    let labels = row.and_then(|row| row.split(" |").next()).map(|labels| labels.split(", ").collect::<Vec<&str>>());
    // Prometheus itself gives these.
    let own = selector.labels.iter().filter(|label| !["job", "instance"].contains(&label.as_str()));
    labels.is_some_and(|labels| own.clone().all(|label| labels.contains(&label.as_str())))
}

fn panels_without_data(prometheus: &Prometheus) -> Vec<String> {
    let kit = kit();
    let (mut queries, mut empty) = (0, Vec::new());
    for dashboard in &kit.dashboards {
        for panel in &dashboard.panels {
            for query in &panel.queries {
                queries += 1;
                if prometheus.values(&query.expr).iter().all(|value| value.is_nan()) {
                    empty.push(format!("{}: {} has no data: {}", dashboard.title, panel.title, query.expr));
                }
            }
        }
    }
    println!("{queries} queries of panels, {} without data", empty.len());
    empty
}

/// The pages, each with its name.
fn runbooks() -> Vec<(String, String)> {
    let files = fs::read_dir(root().join("docs/runbooks")).unwrap().map(|file| file.unwrap().path());
    let mut pages: Vec<(String, String)> =
        files.map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap())).collect();
    pages.sort();
    pages
}

fn questions_of_runbooks() -> Vec<(String, String)> {
    let asked = |(path, page): (String, String)| {
        let asked: Vec<String> = page
            .split("promtool query instant \"$PROMETHEUS\" '")
            .skip(1)
            .map(|rest| rest.split("'\n").next().unwrap().to_owned())
            .collect();
        asked.into_iter().map(move |question| (path.clone(), question))
    };
    let questions: Vec<(String, String)> = runbooks().into_iter().flat_map(asked).collect();
    assert!(questions.len() > 30, "{questions:?}");
    questions
}

/// As somebody on call would, with the variables that the first page tells to set.
fn run_every_command(stack: &Stack) {
    let (mut blocks, key) = (0, stack.folder().join("pasted"));
    fs::write(&key, format!("{KEY}\n")).unwrap();
    for (path, page) in runbooks() {
        for block in page.split("```sh\n").skip(1) {
            let commands = block.split("```").next().unwrap();
            let program = std::path::Path::new(env!("CARGO_BIN_EXE_freeagentics")).parent().unwrap();
            let found = std::env::var("PATH").unwrap();
            let output = Command::new("sh")
                .args(["-eu", "-c", commands])
                .current_dir(root())
                .env("PATH", format!("{}:{found}", program.display()))
                .env("API", &stack.api()[0])
                .env("METRICS", &stack.api()[1])
                .env("PROMETHEUS", format!("http://127.0.0.1:{}", stack.port(Part::Prometheus)))
                .env("ALERTMANAGER", format!("http://127.0.0.1:{}", stack.port(Part::Alertmanager)))
                .env("DATA", stack.folder().join("data"))
                .env("FREEAGENTICS_URL", &stack.api()[0])
                .env("FREEAGENTICS_KEY", KEY)
                .env("FREEAGENTICS__DATABASE__URL", stack.location())
                // For the page that asks for it.
                .stdin(fs::File::open(&key).unwrap())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success(),
                "{path}:\n{commands}\n{said}\n{}",
                String::from_utf8_lossy(&output.stdout)
            );
            blocks += 1;
        }
    }
    println!("{blocks} blocks of commands of runbooks were run");
    assert!(blocks >= 20, "{blocks}");
}
