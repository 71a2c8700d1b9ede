//! Finding agents, and what they are found by.

use serde_json::{Value, json};

use super::{WATCHDOG, get, with_watchdog};
use crate::api::{Client, Installation, on_both_databases};

on_both_databases!(agents_are_listed_a_page_at_a_time_by_labels_and_model, labels_are_replaced_as_a_whole);

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

fn all(client: &Client, query: &str) -> Vec<String> {
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/api/v1/agents?limit=3&{query}{after}")).expect(200);
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return seen,
        }
    }
}

fn agents_are_listed_a_page_at_a_time_by_labels_and_model(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    client.post_yaml("/api/v1/models", &WATCHDOG.replace("gamma: 8", "gamma: 4")).expect(201);
    let agents: Vec<Value> = (0..10)
        .map(|n| {
            let labels =
                json!({ "parity": if n % 2 == 0 { "even" } else { "odd" }, "zone": format!("eu/west {}", n / 5) });
            json!({ "id": format!("a{n}"), "model": format!("watchdog@{}", 1 + n % 3 / 2), "labels": labels })
        })
        .collect();
    client.post("/api/v1/agents/batch", &json!({ "agents": agents })).expect(200);
    assert_eq!(all(&client, ""), (0..10).map(|n| format!("a{n}")).collect::<Vec<_>>());
    assert_eq!(all(&client, "label=parity=even"), ["a0", "a2", "a4", "a6", "a8"]);
    assert_eq!(all(&client, "label=parity=even&label=zone=eu/west%201"), ["a6", "a8"]);
    assert_eq!(all(&client, "label=parity=neither"), [""; 0]);
    assert_eq!(all(&client, "model=watchdog@2"), ["a2", "a5", "a8"]);
    assert_eq!(all(&client, "model=watchdog@2&label=parity=even"), ["a2", "a8"]);
    assert_eq!(all(&client, "model=watchdog").len(), 10);
    assert_eq!(all(&client, "model=lamp"), [""; 0]);
    let page = client.get("/api/v1/agents?limit=4").expect(200);
    let versions: Vec<&Value> =
        page["items"].as_array().unwrap().iter().map(|item| &item["model"]["version"]).collect();
    assert_eq!(versions, [1, 1, 2, 1], "four, each with its own model");
    let item = &page["items"][0];
    let members: Vec<&String> = item.as_object().unwrap().keys().collect();
    assert_eq!(members, ["id", "model", "labels", "created_at"]);
    assert_eq!(item["labels"], json!({ "parity": "even", "zone": "eu/west 0" }));
}

fn labels_are_replaced_as_a_whole(installation: Installation) {
    let server = with_watchdog(&installation);
    let client = server.client();
    let body = json!({ "id": "a", "model": "watchdog", "labels": { "team": "a", "zone": "eu" } });
    let made = client.post("/api/v1/agents", &body).expect(201);
    let put = |id: &str, body: &Value| {
        client.send("PUT", &format!("/api/v1/agents/{id}/labels"), &super::with(&[]), &body.to_string())
    };
    let labelled = put("a", &json!({ "labels": { "team": "b" } }));
    let mut expected = made;
    expected["labels"] = json!({ "team": "b" });
    assert_eq!((labelled.expect(200), labelled.header("etag")), (expected.clone(), Some("\"1\"")));
    assert_eq!(get(&client, "a"), expected);
    assert_eq!((all(&client, "label=team=a"), all(&client, "label=zone=eu")), (vec![], vec![]));
    assert_eq!(all(&client, "label=team=b"), ["a"]);
    put("a", &json!({ "labels": {} })).expect(200);
    assert_eq!(all(&client, "label=team=b"), [""; 0]);
    assert_eq!(put("a", &json!({ "labels": { "a=b": "c" } })).problem(422, "invalid_body")["pointer"], "/labels");
    put("a", &json!({})).problem(422, "invalid_body");
    put("nobody", &json!({ "labels": {} })).problem(404, "agent_not_found");
    client.send("DELETE", "/api/v1/agents/a", &[], "").expect(204);
    put("a", &json!({ "labels": {} })).problem(410, "agent_deleted");
}

#[test]
fn a_query_that_is_not_understood_is_refused() {
    let installation = Installation::sqlite();
    let server = with_watchdog(&installation);
    let client = server.client();
    for wrong in [
        "label=team",
        "label==a",
        "label=team=a&label=team=b",
        "limit=0",
        "limit=1001",
        "limit=x",
        "limit=1&limit=2",
        "model=",
        "model=a@0",
        "lable=a=b",
        "model=a%00b",
        "label=a=%C3%A4",
    ] {
        client.get(&format!("/api/v1/agents?{wrong}")).problem(400, "invalid_parameter");
    }
    for cursor in ["a", "zz", "612f62", "ff", "AA"] {
        client.get(&format!("/api/v1/agents?after={cursor}")).problem(400, "invalid_cursor");
    }
}
