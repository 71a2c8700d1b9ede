//! Secrets where people and programs read: the log, the record, metrics, answers, the database.

use std::time::Duration;

use serde_json::json;

use crate::api::agents::{create, with_watchdog};
use crate::api::{Installation, KEY, on_both_databases};

on_both_databases!(no_secret_is_written_where_somebody_reads_it);

/// What is secret of a credential: all of it but what names it.
fn secret_of(text: &str) -> String {
    text.rsplit('_').next().unwrap().to_owned()
}

fn no_secret_is_written_where_somebody_reads_it(installation: Installation) {
    drop(with_watchdog(&installation));
    let arguments = ["--set", "telemetry.log=trace", "--set", "telemetry.log_format=json"];
    let server = installation.start_with(&arguments);
    let client = server.client();
    create(&client, "a");
    let made = client.post("/api/v1/keys", &json!({ "name": "a program", "permissions": ["*"] })).expect(201);
    let key = made["key"].as_str().unwrap().to_owned();
    server.client_with(&key).get("/api/v1/whoami").expect(200);
    let mut secrets =
        vec![KEY.to_owned(), secret_of(&key), "tr0ub4dor-and-3".to_owned(), "hidden-in-the-query".to_owned()];
    let mut answers = String::new();
    for (method, path, headers, body) in [
        ("GET", "/api/v1/agents?token=hidden-in-the-query", vec![], String::new()),
        ("GET", "/api/v1/nowhere?password=tr0ub4dor-and-3", vec![], String::new()),
        (
            "POST",
            "/api/v1/keys",
            vec![("content-type", "application/json")],
            "{\"password\":\"tr0ub4dor-and-3\"".to_owned(),
        ),
        (
            "POST",
            "/api/v1/sign-in",
            vec![("content-type", "application/json")],
            json!({ "email": "ann@example.org", "password": "tr0ub4dor-and-3" }).to_string(),
        ),
        ("GET", "/api/v1/whoami", vec![("x-api-key", KEY), ("cookie", "session=tr0ub4dor-and-3")], String::new()),
    ] {
        let answer = client.send(method, path, &headers, &body);
        answers += &answer.text;
    }
    for wrong in [format!("{key}x"), key.replace("fa_", "fb_"), "Basic dHI0dWI0ZG9y".to_owned()] {
        answers += &server.client_with(&wrong).get("/api/v1/whoami").problem(401, "unauthenticated").to_string();
        secrets.push(secret_of(&wrong));
    }
    let address = format!("/api/v1/keys/{}", made["id"].as_str().unwrap());
    std::thread::sleep(Duration::from_millis(1_200));
    answers += &client.get("/api/v1/keys").text;
    let record = client.get("/api/v1/audit").text + &client.get("/api/v1/audit/export").text;
    assert!(record.contains("key.create") && record.contains(made["id"].as_str().unwrap()), "what may be told is told");
    answers += &client.send("DELETE", &address, &[], "").text;
    let metrics = server.metrics().get("/metrics").text;
    let stored = stored(&installation);
    let (_, log) = server.stop();
    assert!(log.contains("/api/v1/nowhere"), "the log has the requests: {log}");
    for secret in &secrets {
        for (place, text) in
            [("log", &log), ("record", &record), ("metrics", &metrics), ("answers", &answers), ("database", &stored)]
        {
            assert!(!text.contains(secret.as_str()), "the {place} has {secret}");
        }
    }
}

/// Every text and byte of the tables of identity and the record.
fn stored(installation: &Installation) -> String {
    let beside = installation.beside();
    let tables = ["credentials", "users", "sessions", "audit_entries", "outbox"];
    let read = |table: &&str| beside.rows(&format!("SELECT CAST(row_to_json(t) AS TEXT) FROM {table} t"));
    if matches!(installation.location(), axiomcore::store::Location::Postgres(_)) {
        return tables.iter().flat_map(read).filter_map(|mut row| row.text(0).ok()).collect();
    }
    let data = installation.folder().join("data");
    let files =
        ["freeagentics.db", "freeagentics.db-wal"].map(|name| std::fs::read(data.join(name)).unwrap_or_default());
    String::from_utf8_lossy(&files.concat()).into_owned()
}
