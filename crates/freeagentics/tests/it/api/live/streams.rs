//! Server-sent events: what is told, and to whom.

use serde_json::{Value, json};

use super::super::agents::{check, create, step, with_watchdog};
use super::{Events, steps};
use crate::api::{Client, Installation, KEY, on_both_databases};

on_both_databases!(
    what_happens_to_an_agent_is_told_as_it_happens_until_it_is_gone,
    agents_are_followed_by_the_labels_that_they_have_now,
);

fn what_happens_to_an_agent_is_told_as_it_happens_until_it_is_gone(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    let made = create(&client, "a");
    create(&client, "b");
    let live = Events::open(&client, "/api/v1/agents/a/events", &[]);
    let first = step(&client, "a", &check(5000));
    step(&client, "b", &check(40));
    step(&client, "a", &check(40));
    client.post("/api/v1/agents/a/reset", &json!({})).expect(200);
    let told = live.take(3);
    let kinds: Vec<&str> = told.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["step", "step", "reset"]);
    let data = &told[0].data;
    for member in ["agent", "step", "revision", "episode", "action", "beliefs", "recorded_at"] {
        assert_eq!(data[member], first[member], "{member}");
    }
    assert_eq!((&data["kind"], data["seq"].as_u64()), (&json!("step"), told[0].id));
    assert_eq!((&told[2].data["episode"], &told[2].data["action"]), (&json!(2), &Value::Null));
    let all = Events::open(&client, "/api/v1/agents/a/events?after=0", &[]).take(4);
    assert_eq!((&all[0].data["kind"], &all[0].data["recorded_at"]), (&json!("created"), &made["created_at"]));
    assert_eq!(all[1..], told);
    client.send("DELETE", "/api/v1/agents/a", &[], "").expect(204);
    assert_eq!(live.next().unwrap().kind, "deleted");
    assert_eq!(live.next(), None, "nothing can follow");
    client.get("/api/v1/agents/a/events").problem(410, "agent_deleted");
    client.get("/api/v1/agents/nobody/events").problem(404, "agent_not_found");
}

fn labelled(client: &Client, id: &str, team: &str) {
    let body = json!({ "labels": { "team": team, "zone": "eu" } });
    client.send(
        "PUT",
        &format!("/api/v1/agents/{id}/labels"),
        &[("content-type", "application/json")],
        &body.to_string(),
    );
}

fn agents_are_followed_by_the_labels_that_they_have_now(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    create(&client, "other");
    labelled(&client, "other", "b");
    let team = Events::open(&client, "/api/v1/events?label=team=a", &[]);
    let everybody = Events::open(&client, "/api/v1/events", &[]);
    let told = |events: &Events| {
        let event = events.next().unwrap();
        (event.kind, event.data["agent"].as_str().unwrap().to_owned())
    };
    let pair = |kind: &str, agent: &str| (kind.to_owned(), agent.to_owned());
    steps(&client, "other", 1);
    steps(&client, "a", 1);
    assert_eq!(told(&team), pair("step", "a"));
    create(&client, "later");
    assert_eq!(told(&team), pair("created", "later"));
    labelled(&client, "other", "a");
    labelled(&client, "a", "b");
    steps(&client, "a", 1);
    steps(&client, "other", 1);
    assert_eq!(told(&team), pair("step", "other"), "labels are those of now");
    client.send("DELETE", "/api/v1/agents/other", &[], "").expect(204);
    assert_eq!(told(&team), pair("deleted", "other"));
    assert!(team.is_silent());
    let all: Vec<(String, String)> = (0..6).map(|_| told(&everybody)).collect();
    let agents: Vec<&str> = all.iter().map(|(_, agent)| agent.as_str()).collect();
    assert_eq!(agents, ["other", "a", "later", "a", "other", "other"]);
    // What was is told by the labels of now as well.
    let past = Events::open(&client, "/api/v1/events?label=team=b&label=zone=eu&after=0", &[]);
    let agents: Vec<String> = (0..3).map(|_| told(&past).1).collect();
    assert_eq!(agents, ["a", "a", "a"]);
}

#[test]
fn a_browser_and_the_proxies_before_it_can_tell_that_it_is_a_stream() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "live.keep_alive=50ms"]);
    let mut stream = std::net::TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    let head = format!("GET /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n\r\n");
    std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
    let lines = std::io::BufRead::lines(std::io::BufReader::new(stream)).map_while(Result::ok);
    let begun: Vec<String> = lines.take(30).take_while(|line| !line.starts_with(": alive")).collect();
    for line in ["content-type: text/event-stream", "x-accel-buffering: no", "cache-control: no-store", "retry: 2000"] {
        assert!(begun.contains(&line.to_owned()), "{line}: {begun:?}");
    }
}

#[test]
fn a_stream_that_is_asked_for_wrongly_is_refused() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    for path in
        ["agents/a/events?after=x", "agents/a/events?label=a=b", "events?label=a", "events?after=-1", "events?x=1"]
    {
        client.get(&format!("/api/v1/{path}")).problem(400, "invalid_parameter");
    }
    for id in ["x", "-1", "+1", "", "12345678901234567"] {
        let problem = client.send("GET", "/api/v1/events", &[("last-event-id", id)], "").problem(400, "invalid_header");
        assert_eq!(problem["header"], "Last-Event-ID");
    }
    server.stranger().get("/api/v1/events").problem(401, "unauthenticated");
}

#[test]
fn a_quiet_stream_shows_that_it_is_alive_and_where_to_go_on() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "live.keep_alive=50ms"]);
    let client = server.client();
    client.post_yaml("/api/v1/models", super::super::agents::WATCHDOG).expect(201);
    create(&client, "a");
    create(&client, "b");
    let live = Events::open(&client, "/api/v1/agents/a/events", &[]);
    let alive = live.any().unwrap();
    assert_eq!((alive.id, alive.data), (Some(2), Value::Null));
    steps(&client, "b", 5);
    let moved = (0..100).filter_map(|_| live.any()).any(|event| event.id == Some(7) && event.data.is_null());
    assert!(moved, "what happens to others moves the place to go on from");
}
