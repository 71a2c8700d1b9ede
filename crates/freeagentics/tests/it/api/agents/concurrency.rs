//! Many who ask one agent at the same time.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{check, create, get, with, with_watchdog};
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
