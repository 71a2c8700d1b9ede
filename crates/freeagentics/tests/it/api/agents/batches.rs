//! Many at once, each with its own status.

use serde_json::{Value, json};

use super::{check, create, get, step, with_watchdog};
use crate::api::{Installation, on_both_databases};
use crate::lamp::LAMP;

on_both_databases!(
    a_batch_of_steps_is_answered_in_order_and_one_wrong_item_harms_no_other,
    a_batch_of_agents_is_made_as_far_as_it_can_be,
);

fn statuses(answer: &Value) -> Vec<u64> {
    answer["items"].as_array().unwrap().iter().map(|item| item["status"].as_u64().unwrap()).collect()
}

fn a_batch_of_steps_is_answered_in_order_and_one_wrong_item_harms_no_other(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    for id in ["a", "b"] {
        create(&client, id);
    }
    let see = |agent: &str, millis: u32| json!({ "agent": agent, "observation": { "check": millis } });
    let mut keyed = see("a", 5000);
    keyed["idempotency_key"] = "k".into();
    let mut late = see("b", 40);
    late["if_match"] = 7.into();
    let mut told = see("b", 5000);
    told["explain"] = "summary".into();
    let items = json!([
        keyed,
        { "agent": "a" },
        see("a", 40),
        see("nobody", 40),
        { "agent": "b", "observation": { "chekc": 40 } },
        late,
        keyed,
        { "agent": "..", "observation": {} },
        told,
        "nonsense",
        { "agent": "b", "observation": {}, "idempotency_key": "two words" },
        see("a", 40),
    ]);
    let answer = client.post("/api/v1/steps", &json!({ "items": items })).expect(200);
    assert_eq!(statuses(&answer), [200, 422, 200, 404, 422, 412, 200, 422, 200, 422, 422, 200]);
    let items = answer["items"].as_array().unwrap();
    let steps = [0, 2, 6, 8, 11].map(|at: usize| &items[at]["result"]["step"]);
    assert_eq!(steps, [1, 2, 1, 1, 3], "the same agent in the order given");
    assert_eq!(
        (&items[6]["result"]["replayed"], &items[6]["result"]["digest"]),
        (&json!(true), &items[0]["result"]["digest"])
    );
    assert!(items[8]["result"]["why"].is_string() && items[0]["result"]["why"].is_null(), "as far as each was asked");
    let problem = |at: usize, code: &str| {
        let problem = &items[at]["problem"];
        assert_eq!((&problem["code"], &problem["status"]), (&json!(code), &items[at]["status"]), "{problem}");
        assert!(problem["request_id"].is_string());
        problem["pointer"].clone()
    };
    problem(1, "invalid_body");
    problem(3, "agent_not_found");
    assert_eq!(problem(4, "observation_invalid"), "/observation/chekc");
    problem(5, "revision_mismatch");
    assert_eq!(problem(7, "invalid_body"), "/agent");
    problem(9, "invalid_body");
    assert_eq!(problem(10, "invalid_body"), "/idempotency_key");
    assert_eq!((&get(&client, "a")["step"], &get(&client, "b")["step"]), (&json!(3), &json!(1)));
}

fn a_batch_of_agents_is_made_as_far_as_it_can_be(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    create(&client, "there");
    let agents = json!([
        { "id": "a", "model": "watchdog", "labels": { "team": "a" } },
        { "id": "there", "model": "watchdog" },
        { "id": "a", "model": "watchdog" },
        { "model": "lamp" },
        { "model": "watchdog", "seed": 5 },
        { "id": "/", "model": "watchdog" },
        7,
    ]);
    let answer = client.post("/api/v1/agents/batch", &json!({ "agents": agents })).expect(200);
    assert_eq!(statuses(&answer), [201, 409, 409, 404, 201, 422, 422]);
    let first = &answer["items"][0]["agent"];
    assert_eq!((&first["id"], &first["labels"]["team"], &first["revision"]), (&json!("a"), &json!("a"), &json!(1)));
    let unnamed = &answer["items"][4]["agent"];
    assert_eq!(
        (get(&client, unnamed["id"].as_str().unwrap())["seed"].clone(), &unnamed["seed"]),
        (json!(5), &json!(5))
    );
    assert_eq!(answer["items"][3]["problem"]["pointer"], "/model");
    assert_eq!(client.get("/api/v1/agents").expect(200)["items"].as_array().unwrap().len(), 3);
    assert_eq!(step(&client, "a", &check(40))["step"], 1);
}

#[test]
fn an_item_says_all_that_a_single_step_says() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    for id in ["alone", "batched"] {
        create(&client, id);
        step(&client, id, &check(40));
    }
    let mut body = check(5000);
    body["executed_action"] = "restart".into();
    body["elapsed"] = 7.into();
    body["explain"] = "full".into();
    let alone = step(&client, "alone", &body);
    body["agent"] = "batched".into();
    let mut rehearsed = body.clone();
    rehearsed["dry_run"] = true.into();
    rehearsed["explain"] = "none".into();
    body.as_object_mut().unwrap().remove("explain");
    let mut short = json!({ "agent": "batched", "observation": {} });
    short["explain"] = "none".into();
    let items = json!({ "items": [rehearsed, body, short], "explain": "full" });
    let answer = client.post("/api/v1/steps", &items).expect(200);
    let [rehearsed, batched, short] = [0, 1, 2].map(|at: usize| &answer["items"][at]["result"]);
    assert_eq!((&rehearsed["dry_run"], &rehearsed["why"]), (&json!(true), &Value::Null));
    assert_eq!((&batched["step"], &batched["dry_run"]), (&json!(2), &json!(false)), "the rehearsal left no trace");
    assert_eq!(batched["plans"], alone["plans"], "the same was seen, done and asked");
    assert_eq!(batched["beliefs"], alone["beliefs"]);
    assert_eq!((&short["step"], &short["why"]), (&json!(3), &Value::Null), "what an item says goes before");
}

#[test]
fn an_answer_that_would_be_too_large_ends_with_items_for_which_nothing_was_done() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    // A thousand plans of ten actions each.
    let model = LAMP.replace("policy_length: 3", "policy_length: 10");
    client.post_yaml("/api/v1/models?run_tests=false", &model).expect(201);
    client.post("/api/v1/agents", &json!({ "id": "a", "model": "lamp" })).expect(201);
    let full = step(&client, "a", &json!({ "observation": {}, "explain": "full", "dry_run": true })).to_string().len();
    let fits = (64 << 20) / full;
    let item = json!({ "agent": "a", "observation": {}, "explain": "full" });
    let items = vec![item; fits + 100];
    let answer = client.post("/api/v1/steps", &json!({ "items": items }));
    assert_eq!(answer.status, 200);
    // Read as a text: as a document it would take longer than all that was asked.
    let (done, refused) =
        (answer.text.matches("{\"status\":200,").count(), answer.text.matches("\"code\":\"answer_too_large\"").count());
    assert!(done > fits * 9 / 10 && refused > 0, "{done} of {}", items.len());
    assert_eq!(done + refused, items.len());
    assert_eq!(get(&client, "a")["step"], done, "nothing was done for the rest");
}

#[test]
fn ten_thousand_items_are_taken_and_one_more_is_not() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    let agents: Vec<Value> = (0..10_000).map(|n| json!({ "id": format!("a{n}"), "model": "watchdog" })).collect();
    let made = client.post("/api/v1/agents/batch", &json!({ "agents": agents })).expect(200);
    assert!(statuses(&made).iter().all(|status| *status == 201));
    let mut items: Vec<Value> =
        (0..10_000).map(|n| json!({ "agent": format!("a{n}"), "observation": { "check": 40 } })).collect();
    let done = client.post("/api/v1/steps", &json!({ "items": items })).expect(200);
    assert!(statuses(&done).iter().all(|status| *status == 200));
    assert_eq!(done["items"][9_999]["result"]["agent"], "a9999");
    items.push(items[0].clone());
    let problem = client.post("/api/v1/steps", &json!({ "items": items })).problem(422, "too_many_items");
    assert_eq!(problem["pointer"], "/items");
    // All of one agent: none is refused because the others wait.
    let same: Vec<Value> = (0..5_000).map(|_| json!({ "agent": "a1", "observation": {} })).collect();
    let done = client.post("/api/v1/steps", &json!({ "items": same })).expect(200);
    assert!(statuses(&done).iter().all(|status| *status == 200));
    assert_eq!(get(&client, "a1")["step"], 5_001);
}

#[test]
fn a_batch_that_is_no_batch_is_refused_as_a_whole() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    for (body, pointer) in [
        (json!({}), ""),
        (json!({ "items": {} }), "/items"),
        (json!({ "items": [], "explain": "all" }), "/explain"),
        (json!({ "items": [], "more": 1 }), "/more"),
    ] {
        let problem = client.post("/api/v1/steps", &body).problem(422, "invalid_body");
        assert_eq!(problem["pointer"], pointer, "{body}: {problem}");
    }
    let many: Vec<Value> = (0..10_001).map(|_| json!({ "model": "watchdog" })).collect();
    let problem = client.post("/api/v1/agents/batch", &json!({ "agents": many })).problem(422, "too_many_items");
    assert_eq!(problem["pointer"], "/agents");
    assert_eq!(client.post("/api/v1/steps", &json!({ "items": [] })).expect(200), json!({ "items": [] }));
    assert_eq!(client.post("/api/v1/agents/batch", &json!({ "agents": [] })).expect(200), json!({ "items": [] }));
}
