//! Many who ask one agent at the same time.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::{WATCHDOG, check, create, get, with, with_watchdog};
use crate::api::{Installation, on_both_databases};

on_both_databases!(sixty_four_who_step_one_agent_get_numbers_without_gaps_and_no_step_twice);

const TASKS: usize = 64;
const STEPS: usize = 5;

fn sixty_four_who_step_one_agent_get_numbers_without_gaps_and_no_step_twice(installation: Installation) {
    let server = with_watchdog(&installation);
    create(&server.client(), "a");
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let client = server.client();
                scope.spawn(move || {
                    let mut answers = Vec::new();
                    for n in 0..STEPS {
                        let key = format!("{task}-{n}");
                        let headers = with(&[("idempotency-key", &key)]);
                        // Each asks twice, as after an answer that got lost.
                        let send = || {
                            let body = check(if (task + n) % 3 == 0 { 5000 } else { 40 });
                            client.send("POST", "/api/v1/agents/a/steps", &headers, &body.to_string())
                        };
                        let (first, again) = (send().expect(200), send());
                        if again.status == 200 {
                            assert_eq!(again.json()["digest"], first["digest"]);
                        } else {
                            again.problem(409, "idempotency_window_passed");
                        }
                        answers.push(first);
                    }
                    answers
                })
            })
            .collect();
        tasks.into_iter().flat_map(|task| task.join().unwrap()).collect()
    });
    let numbers: BTreeSet<u64> = answers.iter().map(|answer| answer["step"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=(TASKS * STEPS) as u64).collect());
    let listed = server.client().get("/api/v1/agents/a/decisions?limit=1000").expect(200);
    let digests: BTreeSet<(u64, &str)> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["step"].as_u64().unwrap(), item["digest"].as_str().unwrap()))
        .collect();
    let told = answers.iter().map(|answer| (answer["step"].as_u64().unwrap(), answer["digest"].as_str().unwrap()));
    assert_eq!(digests, told.collect(), "what was answered is what the log has");
    assert_eq!(get(&server.client(), "a")["revision"], json!(TASKS * STEPS + 1));
}

#[test]
fn an_agent_of_whom_too_much_is_asked_says_when_to_come_again_and_has_done_nothing() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "runtime.agent_queue=1"]);
    server.client().post_yaml("/api/v1/models", WATCHDOG).expect(201);
    create(&server.client(), "a");
    let done = AtomicU64::new(0);
    let busy = std::thread::scope(|scope| {
        let ask = |_| {
            let (client, done) = (server.client(), &done);
            scope.spawn(move || {
                let answers = (0..25).map(|_| client.post("/api/v1/agents/a/steps", &check(40)));
                let (taken, refused): (Vec<_>, Vec<_>) = answers.partition(|answer| answer.status == 200);
                done.fetch_add(taken.len() as u64, Ordering::Relaxed);
                refused
            })
        };
        let tasks: Vec<_> = (0..16).map(ask).collect();
        tasks.into_iter().flat_map(|task| task.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(!busy.is_empty(), "sixteen at once");
    for refused in &busy {
        refused.problem(429, "agent_busy");
        assert_eq!(refused.header("retry-after"), Some("1"));
    }
    assert_eq!(get(&server.client(), "a")["step"], done.into_inner());
}
