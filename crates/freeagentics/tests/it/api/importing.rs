//! Taking in what was exported: whose models are there already, and what is wrong with lines.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use super::agents::{WATCHDOG, check, create, get, step, with_watchdog};
use super::fleets::import;
use super::{Installation, KEY, Server};
use crate::lamp::LAMP;

fn problems(problem: &Value) -> Vec<(u64, &str)> {
    let problems = problem["problems"].as_array().unwrap().iter();
    problems.map(|one| (one["line"].as_u64().unwrap(), one["code"].as_str().unwrap())).collect()
}

#[test]
fn agents_find_their_models_on_the_server_and_the_digest_says_whether_it_is_the_one() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    step(&client, "a", &check(5000));
    let exported = client.get("/api/v1/fleets/export?label=team=a").text;
    let agent = exported.trim_end().split_once('\n').unwrap().1;
    let elsewhere = Installation::sqlite();
    let there = elsewhere.start();
    let theirs = there.client();
    // So that the model is not the first one there.
    theirs.post_yaml("/api/v1/models", LAMP).expect(201);
    theirs.post_yaml("/api/v1/models", &WATCHDOG.replace("gamma: 8", "gamma: 4")).expect(201);
    theirs.post_yaml("/api/v1/models", WATCHDOG).expect(201);
    let agent = agent.replace("\"version\":1", "\"version\":2");
    assert_eq!(import(&theirs, &agent).expect(200), json!({ "models": 0, "agents": 1 }));
    let moved = get(&theirs, "a");
    assert_eq!((&moved["model"]["version"], &moved["beliefs"]), (&json!(2), &get(&client, "a")["beliefs"]));
    assert_eq!(step(&theirs, "a", &check(40))["digest"], step(&client, "a", &check(40))["digest"]);
    let digest = get(&client, "a")["model"]["digest"].as_str().unwrap().to_owned();
    let other =
        agent.replace("\"id\":\"a\"", "\"id\":\"b\"").replace(&digest, &digest.replace(&digest[..8], "00000000"));
    assert_eq!(problems(&import(&theirs, &other).problem(422, "import_invalid")), [(1, "model_not_found")]);
}

#[test]
fn a_model_that_goes_by_another_name_or_stands_there_twice_is_refused() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let exported = client.get("/api/v1/fleets/export?label=team=a").text;
    let model = exported.split_once('\n').unwrap().0;
    let renamed = model.replace("\"name\":\"watchdog\"", "\"name\":\"guard\"");
    let problem = import(&client, &[model, &renamed, model].join("\n")).problem(422, "import_invalid");
    assert_eq!(problems(&problem), [(2, "invalid_name"), (3, "duplicate")]);
}

#[test]
fn an_agent_that_has_counted_further_than_numbers_reach_is_refused() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    let exported = client.get("/api/v1/fleets/export?label=team=a").text.replace("\"id\":\"a\"", "\"id\":\"b\"");
    let after = |step: u64| import(&client, &exported.replace("\"step\":0", &format!("\"step\":{step}")));
    assert_eq!(problems(&after((1 << 52) + 1).problem(422, "import_invalid")), [(2, "state_invalid")]);
    after(1 << 52).expect(200);
}

#[test]
fn a_hundred_problems_are_listed_and_the_rest_counted() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let problem = import(&server.client(), &"x\n".repeat(250)).problem(422, "import_invalid");
    assert_eq!((problems(&problem).len(), &problem["omitted"]), (100, &json!(150)));
}

/// An import that has begun, and whose body does not come.
fn begun(server: &Server) -> TcpStream {
    let mut slow = TcpStream::connect(server.address()).unwrap();
    let head = format!(
        "POST /api/v1/import HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n\
         content-type: application/x-ndjson\r\ncontent-length: 10\r\n\r\n\n"
    );
    slow.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    slow
}

#[test]
fn one_import_is_under_way_at_a_time() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    let refused = || {
        let slow = begun(&server);
        Some((slow, import(&client, "\n"))).filter(|(_, answer)| answer.status != 200)
    };
    let (slow, refused) = (0..20).find_map(|_| refused()).expect("the one that has begun has the place");
    refused.problem(503, "overloaded");
    assert!(refused.header("retry-after").is_some());
    drop(slow);
    let is_free = |_| {
        std::thread::sleep(Duration::from_millis(10));
        import(&client, "\n").status == 200
    };
    assert!((0..200).any(is_free), "its place is free again");
}
