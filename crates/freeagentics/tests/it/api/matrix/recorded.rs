//! Every route that changes something leaves an entry in the record when it does.

use std::collections::BTreeSet;

use super::{Operation, Value, invitation, json, on_both_databases};
use crate::api::agents::WATCHDOG;
use crate::api::beside::Beside;
use crate::api::passkeys;
use crate::api::person::{PASSWORD, Person, text};
use crate::api::{Client, Installation, Server};

on_both_databases!(whatever_is_changed_over_the_api_is_on_record);

const STEPS: &str = "steps are in the log of events, of which every checkpoint of the record signs a Merkle root";

/// Routes that leave no entry, and why.
const EXCEPT: &[(&str, &str)] = &[
    ("POST /api/v1/models/validate", "nothing is changed"),
    ("POST /api/v1/agents/{id}/steps", STEPS),
    ("POST /api/v1/steps", STEPS),
    ("POST /api/v1/fleets/step", STEPS),
    (
        "POST /api/v1/backups",
        "it is made in the background, and not where no place for it is said; api::backups finds its entry",
    ),
    ("POST /api/v1/token/refresh", "the session that began goes on; showing an old token is on record"),
    ("POST /api/v1/factors/passkeys/options", "a challenge is not stored; the passkey that comes of it is on record"),
    ("POST /api/v1/factors/passkeys/challenge", "a challenge is not stored; what it is answered for is on record"),
    ("POST /api/v1/sign-in/passkey/options", "a challenge is not stored; the session that comes of it is on record"),
    ("POST /api/v1/password/reset", "nothing is looked up yet; the ticket that comes of it is on record"),
];

/// A server, and what its record is asked.
struct Recorded {
    server: Server,
    beside: Beside,
    operations: Vec<Operation>,
    done: BTreeSet<String>,
}

impl Recorded {
    fn new(installation: &Installation) -> Self {
        let [set, domain] = passkeys::SETTINGS;
        let server = installation.start_with(&["--set", "identity.signing_key_bits=2048", set, domain]);
        let operations = Operation::all(&server).into_iter().filter(|operation| !operation.is_safe()).collect();
        Self { server, beside: installation.beside(), operations, done: BTreeSet::new() }
    }

    /// How often this was done, as far as the record knows.
    fn entries(&self, action: &str) -> i64 {
        let of = |table: &str| format!("(SELECT count(*) FROM {table} WHERE action = '{action}')");
        self.beside.rows(&format!("SELECT {} + {}", of("audit_entries"), of("outbox")))[0].int(0).unwrap()
    }

    /// Does it, and looks whether the record has grown by such an entry.
    #[track_caller]
    fn does(&mut self, action: &str, client: &Client, method: &str, path: &str, body: &str) -> Value {
        let known = |operation: &&Operation| operation.method == method && fits(&operation.path, path);
        let route = self.operations.iter().find(known).unwrap_or_else(|| panic!("no route: {method} {path}"));
        let route = format!("{method} {}", route.path);
        let kind = match path {
            "/api/v1/models" => "application/yaml",
            "/api/v1/import" => "application/x-ndjson",
            _ => "application/json",
        };
        let headers = [("content-type", kind)];
        let before = self.entries(action);
        let answer = client.send(method, path, if body.is_empty() { &[] } else { &headers }, body);
        assert!(answer.status < 300, "{route}: {}", answer.text);
        assert!(self.entries(action) > before, "{route} was answered {} and left no {action}", answer.status);
        self.done.insert(route);
        serde_json::from_str(&answer.text).unwrap_or_default()
    }

    #[track_caller]
    fn post(&mut self, action: &str, client: &Client, path: &str, body: &Value) -> Value {
        self.does(action, client, "POST", path, &body.to_string())
    }

    #[track_caller]
    fn put(&mut self, action: &str, client: &Client, path: &str, body: &Value) {
        self.does(action, client, "PUT", path, &body.to_string());
    }

    #[track_caller]
    fn delete(&mut self, action: &str, client: &Client, path: &str) {
        self.does(action, client, "DELETE", path, "");
    }
}

/// Whether this is such a path.
fn fits(route: &str, path: &str) -> bool {
    let same = |(part, is): (&str, &str)| part == is || part.starts_with('{');
    route.split('/').count() == path.split('/').count() && route.split('/').zip(path.split('/')).all(same)
}

fn whatever_is_changed_over_the_api_is_on_record(installation: Installation) {
    let mut record = Recorded::new(&installation);
    agents(&mut record);
    people(&mut record);
    let mut person = Person::join(&installation, &record.server, "ann@example.org", "observer");
    with_a_passkey(&mut record, &person);
    factors(&mut record, &mut person);
    sessions(&mut record, &person);
    programs(&mut record);
    of_the_record_itself(&mut record);
    for operation in &record.operations {
        let route = format!("{} {}", operation.method, operation.path);
        let excepted = EXCEPT.iter().any(|(except, _)| *except == route);
        assert!(
            excepted != record.done.contains(&route),
            "{route}: does it leave an entry? Try it here, or say why not"
        );
    }
    assert_eq!(record.done.len() + EXCEPT.len(), record.operations.len(), "exceptions for what is no route");
}

fn agents(record: &mut Recorded) {
    let admin = record.server.client();
    record.does("model.create", &admin, "POST", "/api/v1/models", WATCHDOG);
    let agent = json!({ "id": "a", "model": "watchdog", "labels": { "team": "a" } });
    record.post("agent.create", &admin, "/api/v1/agents", &agent);
    record.post("agent.create", &admin, "/api/v1/agents/batch", &json!({ "agents": [{ "model": "watchdog" }] }));
    record.post("agent.reset", &admin, "/api/v1/agents/a/reset", &json!({}));
    record.post("agent.reset", &admin, "/api/v1/fleets/reset", &json!({ "labels": { "team": "a" } }));
    let exported = admin.get("/api/v1/fleets/export?label=team=a").text;
    record.put("agent.label", &admin, "/api/v1/agents/a/labels", &json!({ "labels": {} }));
    record.delete("agent.delete", &admin, "/api/v1/agents/a");
    record.does("agent.create", &admin, "POST", "/api/v1/import", &exported.replace("\"a\"", "\"b\""));
}

fn people(record: &mut Recorded) {
    let (admin, stranger) = (record.server.client(), record.server.stranger());
    let invited = record.post("user.invite", &admin, "/api/v1/users", &invitation("bob@example.org", &["observer"]));
    let path = |then: &str| format!("/api/v1/users/{}{then}", text(&invited, "id"));
    let accepted = json!({ "ticket": invited["ticket"], "password": PASSWORD });
    record.post("user.ticket_accept", &stranger, "/api/v1/tickets/accept", &accepted);
    record.put("user.roles", &admin, &path("/roles"), &json!({ "roles": ["researcher"] }));
    record.does("user.disable", &admin, "POST", &path("/disable"), "");
    record.does("user.enable", &admin, "POST", &path("/enable"), "");
    record.post("user.ticket", &admin, &path("/ticket"), &json!({ "ticket": true }));
    record.delete("user.delete", &admin, &path(""));
    let role = json!({ "name": "curator", "meaning": "Looks after keys.", "permissions": ["keys:read"] });
    record.post("role.create", &admin, "/api/v1/roles", &role);
    let role = json!({ "meaning": "Looks after nothing.", "permissions": [] });
    record.put("role.update", &admin, "/api/v1/roles/curator", &role);
    record.delete("role.delete", &admin, "/api/v1/roles/curator");
    let made = record.post("workspace.create", &admin, "/api/v1/workspaces", &json!({ "name": "north" }));
    let path = |then: &str| format!("/api/v1/workspaces/{}{then}", made["id"]);
    record.put("workspace.rename", &admin, &path(""), &json!({ "name": "south" }));
    record.post("user.invite", &admin, &path("/users"), &invitation("eve@example.org", &[]));
}

fn with_a_passkey(record: &mut Recorded, person: &Person) {
    let (client, stranger) = (person.client(&record.server), record.server.stranger());
    let mut device = passkeys::device();
    let begun = passkeys::begin(&client, PASSWORD, &json!({})).expect(200);
    let made = passkeys::made(&mut device, &begun["public_key"]);
    let made = record.post("passkey.register", &client, "/api/v1/factors/passkeys", &made);
    let shown = json!({ "credential": passkeys::shown(&mut device, &passkeys::asked(&stranger)) });
    record.post("session.begin", &stranger, "/api/v1/sign-in/passkey", &shown);
    let proof = json!({ "password": PASSWORD, "passkey": passkeys::shown_again(&client, &mut device) });
    let path = format!("/api/v1/factors/passkeys/{}/remove", text(&made, "id"));
    record.post("passkey.remove", &client, &path, &proof);
}

fn factors(record: &mut Recorded, person: &mut Person) {
    let (client, stranger) = (person.client(&record.server), record.server.stranger());
    let begun = record.post("factor.enrol", &client, "/api/v1/factors/app", &json!({ "password": PASSWORD }));
    person.scan(&text(&begun, "uri"));
    let code = json!({ "code": person.code() });
    record.post("factor.confirm", &client, "/api/v1/factors/app/confirm", &code);
    let code = json!({ "code": person.code() });
    let renewed = record.post("recovery.regenerate", &client, "/api/v1/factors/recovery-codes", &code);
    let codes = &renewed["recovery_codes"];
    let proof = json!({ "challenge": person.challenge(&stranger), "recovery_code": codes[0] });
    record.post("session.begin", &stranger, "/api/v1/sign-in/factor", &proof);
    let proof = json!({ "password": PASSWORD, "recovery_code": codes[1] });
    record.post("factor.remove", &client, "/api/v1/factors/app/remove", &proof);
    person.enrol(&record.server);
    let (admin, path) = (record.server.client(), format!("/api/v1/users/{}/factors/reset", person.id));
    record.does("factor.reset", &admin, "POST", &path, "");
}

fn sessions(record: &mut Recorded, person: &Person) {
    let stranger = record.server.stranger();
    let wanted = json!({ "email": person.email, "password": PASSWORD });
    let [one, two, three] = [0, 1, 2].map(|_| record.post("session.begin", &stranger, "/api/v1/sign-in", &wanted));
    let client = |signed_in: &Value| record.server.client_with(&text(signed_in, "access_token"));
    let (client, leaving) = (client(&one), client(&two));
    let devices = client.get("/api/v1/devices").expect(200);
    record.delete("device.forget", &client, &format!("/api/v1/devices/{}", text(&devices["items"][0], "id")));
    record.does("session.end", &leaving, "POST", "/api/v1/sign-out", "");
    record.delete("session.end", &client, &format!("/api/v1/sessions/{}", text(&three, "session")));
    let changed = json!({ "old": PASSWORD, "new": "another horse battery" });
    record.post("user.password_change", &client, "/api/v1/password", &changed);
    let wanted = json!({ "email": person.email, "password": "another horse battery" });
    let again = record.post("session.begin", &stranger, "/api/v1/sign-in", &wanted);
    let client = record.server.client_with(&text(&again, "access_token"));
    record.delete("session.end_all", &client, "/api/v1/sessions");
    let (admin, path) = (record.server.client(), format!("/api/v1/users/{}/sessions", person.id));
    let [one, _] = [0, 1].map(|_| record.post("session.begin", &stranger, "/api/v1/sign-in", &wanted));
    record.delete("session.end", &admin, &format!("{path}/{}", text(&one, "session")));
    record.delete("session.end_all", &admin, &path);
}

fn programs(record: &mut Recorded) {
    let admin = record.server.client();
    let key = json!({ "name": "a program", "permissions": ["agents:read"] });
    let made = record.post("key.create", &admin, "/api/v1/keys", &key);
    record.delete("key.revoke", &admin, &format!("/api/v1/keys/{}", text(&made, "id")));
    record.delete("made.end", &admin, &format!("/api/v1/principals/{}/made", text(&made, "id")));
    let service = json!({ "name": "nightly", "roles": ["observer"] });
    let made = record.post("service.create", &admin, "/api/v1/services", &service);
    let path = |then: &str| format!("/api/v1/services/{}{then}", text(&made, "id"));
    record.post("key.create", &admin, &path("/keys"), &key);
    record.put("service.update", &admin, &path(""), &json!({ "name": "daily", "roles": [] }));
    record.delete("service.delete", &admin, &path(""));
    record.post("signing_key.create", &admin, "/api/v1/signing-keys/rotate", &json!({}));
}

fn of_the_record_itself(record: &mut Recorded) {
    let admin = record.server.client();
    record.put("audit.hold", &admin, "/api/v1/audit/hold", &json!({ "reason": "case 7" }));
    record.delete("audit.release", &admin, "/api/v1/audit/hold");
    record.post("audit.erase", &admin, "/api/v1/audit/erasures", &json!({ "subject": "watchdog@1" }));
}
