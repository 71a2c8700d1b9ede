//! Coming back: nothing lost, nothing twice, and a gap is said to be one.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::agents::{create, with_watchdog};
use super::{Events, step_all, steps};
use crate::api::{Installation, on_both_databases};

on_both_databases!(whoever_comes_back_again_and_again_hears_everything_once);

fn whoever_comes_back_again_and_again_hears_everything_once(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    for id in ["a", "b"] {
        create(&client, id);
    }
    std::thread::scope(|scope| {
        let writers: Vec<_> = ["a", "b"].map(|id| scope.spawn(|| steps(&server.client(), id, 150))).into();
        let (mut heard, mut last) = (Vec::new(), 2);
        for round in 0.. {
            let id = last.to_string();
            let live = Events::open(&client, "/api/v1/events?label=team=a&after=1", &[("last-event-id", &id)]);
            for event in
                live.take(1 + round % 13).into_iter().chain(if heard.len() > 270 { live.take(10) } else { vec![] })
            {
                assert_eq!(event.kind, "step");
                last = event.id.unwrap();
                heard
                    .push((event.data["agent"].as_str().unwrap().to_owned(), event.data["revision"].as_u64().unwrap()));
            }
            if heard.len() >= 280 {
                heard.extend(live.take(300 - heard.len()).into_iter().map(|event| {
                    (event.data["agent"].as_str().unwrap().to_owned(), event.data["revision"].as_u64().unwrap())
                }));
                break;
            }
        }
        let done: Vec<Vec<u64>> = writers.into_iter().map(|writer| writer.join().unwrap()).collect();
        for (id, revisions) in ["a", "b"].iter().zip(done) {
            let own: Vec<u64> = heard.iter().filter(|(agent, _)| agent == id).map(|(_, revision)| *revision).collect();
            assert_eq!(own, revisions, "{id}");
        }
        let distinct: BTreeSet<_> = heard.iter().collect();
        assert_eq!(distinct.len(), heard.len());
    });
}

#[test]
fn a_listener_that_does_not_read_for_a_while_hears_everything_when_it_does() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    let agents: Vec<_> =
        (0..5_000).map(|n| json!({ "id": format!("a{n}"), "model": "watchdog", "labels": { "team": "a" } })).collect();
    client.post("/api/v1/agents/batch", &json!({ "agents": agents })).expect(200);
    // Twelve megabytes: more than the buffers between both take.
    let (status, reader) = client.stream("/api/v1/events?label=team=a", &[]);
    assert_eq!(status, 200);
    for _ in 0..6 {
        step_all(&client, (0..5_000).map(|n| format!("a{n}")));
    }
    // So many commits more than the feed keeps for a listener.
    steps(&client, "a0", 600);
    let (mut heard, mut place) = (Vec::new(), 0_u64);
    for line in std::io::BufRead::lines(std::io::BufReader::new(reader)) {
        let line = line.unwrap();
        assert_ne!(line, "event: gap");
        if let Some(id) = line.strip_prefix("id: ") {
            place = id.parse().unwrap();
        } else if line.starts_with("event: ") {
            // Signs of life, which come when this takes long, have a place and are no event.
            heard.push(place);
        }
        if heard.len() == 30_600 {
            break;
        }
    }
    assert!(heard.iter().copied().eq(5_001..=35_600), "something was lost, doubled or out of order");
}

#[test]
fn whoever_has_missed_much_hears_all_of_it_in_order() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "a");
    create(&client, "b");
    step_all(&client, (0..2_600).map(|n| if n % 2 == 0 { "a".to_owned() } else { "b".to_owned() }));
    let one = Events::open(&client, "/api/v1/agents/a/events?after=0", &[]).take(1_301);
    let steps: Vec<u64> = one.iter().map(|event| event.data["step"].as_u64().unwrap()).collect();
    assert_eq!(steps, (0..=1_300).collect::<Vec<_>>());
    let all = Events::open(&client, "/api/v1/events?label=team=a&after=0", &[]).take(2_602);
    let places: Vec<u64> = all.iter().filter_map(|event| event.id).collect();
    assert_eq!(places, (1..=2_602).collect::<Vec<_>>());
}

#[test]
fn whoever_is_too_far_behind_is_told_so_and_from_where_it_goes_on() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "live.catch_up=20", "--set", "live.catch_up_agent=5"]);
    let client = server.client();
    client.post_yaml("/api/v1/models", super::super::agents::WATCHDOG).expect(201);
    create(&client, "a");
    create(&client, "b");
    for _ in 0..15 {
        steps(&client, "a", 1);
        steps(&client, "b", 1);
    }
    let labelled = Events::open(&client, "/api/v1/events?label=team=a&after=1", &[]);
    let gap = labelled.next().unwrap();
    assert_eq!((gap.kind.as_str(), gap.id), ("gap", Some(12)));
    assert_eq!(gap.data, json!({ "kind": "gap", "seq": 12, "after": 1 }));
    let rest: Vec<u64> = labelled.take(20).into_iter().filter_map(|event| event.id).collect();
    assert_eq!(rest, (13..=32).collect::<Vec<_>>());
    let one = Events::open(&client, "/api/v1/agents/a/events?after=0", &[]);
    let gap = one.next().unwrap();
    let rest: Vec<u64> = one.take(5).iter().map(|event| event.data["step"].as_u64().unwrap()).collect();
    assert_eq!((gap.kind.as_str(), rest), ("gap", vec![11, 12, 13, 14, 15]));
    // It goes on after the gap, and whoever is ahead of the log has heard another one.
    steps(&client, "a", 1);
    assert_eq!(one.next().unwrap().data["step"], 16);
    let ahead = Events::open(&client, "/api/v1/agents/a/events?after=1000000", &[]);
    assert_eq!(ahead.next().unwrap().data, json!({ "kind": "gap", "seq": 33, "after": 1_000_000 }));
    steps(&client, "a", 1);
    assert_eq!(ahead.next().unwrap().data["step"], 17);
}
