//! What is written down, for the audit, of changes that are no steps.

use serde_json::{Value, json};

use super::{check, create, step, with, with_watchdog};
use crate::api::beside::only;
use crate::api::{Installation, on_both_databases};

on_both_databases!(every_change_is_written_down_once_with_who_made_it);

/// Whether they are in their chain yet or not.
const WRITTEN: &str = "\
    SELECT action, subject, detail, principal FROM \
      (SELECT 0 AS waits, seq AS place, action, subject, detail, principal FROM audit_entries \
      UNION ALL SELECT 1, id, action, subject, detail, principal FROM outbox) AS entries \
    WHERE action LIKE 'agent.%' ORDER BY waits, place";

fn every_change_is_written_down_once_with_who_made_it(installation: Installation) {
    let server = with_watchdog(&installation);
    let beside = installation.beside();
    let (key, id) = beside.key(1, only(&["agents:read", "agents:write", "agents:step", "agents:delete"]));
    let client = server.client_with(&key);
    assert_eq!(create(&client, "a")["created_by"], id);
    step(&client, "a", &check(40));
    let labels = json!({ "labels": { "team": "b" } }).to_string();
    client.send("PUT", "/api/v1/agents/a/labels", &with(&[]), &labels).expect(200);
    client.send("PUT", "/api/v1/agents/nobody/labels", &with(&[]), &labels).problem(404, "agent_not_found");
    let reset = || client.send("POST", "/api/v1/agents/a/reset", &with(&[("idempotency-key", "k")]), "{}").expect(200);
    assert_eq!(reset(), reset());
    client.send("DELETE", "/api/v1/agents/a", &[], "").expect(204);
    let agents = json!([{ "id": "b", "model": "watchdog" }, { "id": "a", "model": "watchdog" }]);
    client.post("/api/v1/agents/batch", &json!({ "agents": agents })).expect(200);
    let written: Vec<(String, String, Value)> = beside
        .rows(WRITTEN)
        .into_iter()
        .map(|mut row| {
            assert_eq!(row.text(3).unwrap(), id);
            let detail = serde_json::from_str(&row.text(2).unwrap()).unwrap();
            (row.text(0).unwrap(), row.text(1).unwrap(), detail)
        })
        .collect();
    let entry = |action: &str, subject: &str, detail: Value| (action.to_owned(), subject.to_owned(), detail);
    let expected = [
        entry("agent.create", "a", json!({ "agents": 1 })),
        entry("agent.label", "a", json!({ "labels": { "team": "b" } })),
        entry("agent.reset", "a", json!({})),
        entry("agent.delete", "a", json!({})),
        entry("agent.create", "b", json!({ "agents": 1 })),
    ];
    assert_eq!(written, expected);
}
