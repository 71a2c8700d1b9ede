//! Secrets with a mark on them are handed in at every door of the served document, and looked for wherever somebody reads:
//! answers that refuse, the log at its most talkative, traces, metrics, the record, backups, the database, the data folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use testbed::{Authenticator, Redis};

use super::agents::{WATCHDOG, check, create, step};
use super::people::{PASSWORD, accept, invitation};
use super::traces::Collector;
use super::{Answer, Client, Installation, Server, on_both_databases};
use crate::lamp::LAMP;

on_both_databases!(what_is_marked_and_goes_in_at_any_door_comes_out_at_none);

/// Long enough to be found in Base64, wherever it begins there.
const MARK: &str = "m4rkedm4rkedm4rked";

/// Members of bodies that are secret, and all that is in them.
const SECRET: [&str; 12] = [
    "challenge",
    "code",
    "credential",
    "device_token",
    "new",
    "old",
    "passkey",
    "password",
    "password_hash",
    "recovery_code",
    "refresh_token",
    "ticket",
];

/// A secret with the mark on it.
fn marked(what: &str) -> String {
    format!("{MARK}-{what}-0123456789abcdef0123456789abcdef")
}

/// A key of 32 bytes with the mark in it, in hexadecimal digits.
fn marked_key() -> String {
    let mut bytes = [7; 32];
    bytes[..MARK.len()].copy_from_slice(MARK.as_bytes());
    axiomcore::hex::encode(&bytes)
}

/// The mark as it looks in all the ways in which it could be written down.
fn forms() -> Vec<String> {
    let base64 = |before: usize| {
        let text = URL_SAFE_NO_PAD.encode([&vec![0; before][..], MARK.as_bytes()].concat());
        // What is around it changes the first and the last sign.
        text[(before * 8).div_ceil(6)..text.len() - 1].to_owned()
    };
    let hex = axiomcore::hex::encode(MARK.as_bytes());
    vec![MARK.to_owned(), hex.to_ascii_uppercase(), hex, base64(0), base64(1), base64(2)]
}

/// Everything that somebody could read, by where.
#[derive(Default)]
struct Read(Vec<(String, Vec<u8>)>);

impl Read {
    fn add(&mut self, place: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.push((place.into(), bytes.into()));
    }

    /// Where one of these stands.
    fn with_any(&self, secrets: &BTreeSet<String>) -> Vec<String> {
        let has = |bytes: &[u8], secret: &str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        let told = |(place, bytes): &(String, Vec<u8>)| {
            let found: Vec<String> = secrets.iter().filter(|secret| has(bytes, secret)).cloned().collect();
            (!found.is_empty()).then(|| format!("{place}: {found:?}"))
        };
        self.0.iter().filter_map(told).collect()
    }

    fn add_folder(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match fs::read(&path) {
                Ok(bytes) => self.add(path.display().to_string(), bytes),
                Err(_) => self.add_folder(&path),
            }
        }
    }
}

/// A server on which everything that can be secret is marked.
struct Marked {
    installation: Installation,
    collector: Collector,
    _redis: Redis,
    server: Server,
}

impl Marked {
    fn start(installation: Installation) -> Self {
        let (collector, redis) = (Collector::start(), Redis::start_with_password(&marked("redis")));
        let file = |name: &str, text: &str| installation.secret(name, text).display().to_string();
        let settings = [
            "telemetry.log=trace".to_owned(),
            "telemetry.log_format=json".into(),
            "telemetry.access_log=all".into(),
            format!("traces.url={}", collector.url()),
            "traces.one_in=1".into(),
            format!("redis.url={}", redis.url()),
            format!("redis.password_file={}", file("redis-password", &marked("redis"))),
            format!("sealing.key_file={}", file("sealing-key", &marked_key())),
            format!("backup.key_file={}", file("backup-key", &marked_key())),
            format!("backup.folder={}", installation.folder().join("backups").display()),
            // Nobody is there: letters wait, and what is said about that is in the log.
            "mail.hook_url=http://127.0.0.1:9/letters".into(),
            "mail.public_url=http://agents.example.org".into(),
            format!("mail.hook_secret_file={}", file("hook-secret", &marked("hook"))),
        ];
        let mut arguments = vec!["--bootstrap-token-file".to_owned(), file("bootstrap", &marked("bootstrap"))];
        arguments.extend(settings.into_iter().flat_map(|setting| ["--set".to_owned(), setting]));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = installation.command(&arguments);
        if let axiomcore::store::Location::Postgres(url) = installation.location() {
            let named = url.replace("://test@", &format!("://test:{}@", marked("database")));
            command.env("FREEAGENTICS__DATABASE__URL", named);
        }
        let server = Server::of(command);
        Self { installation, collector, _redis: redis, server }
    }

    fn administrator(&self) -> Client {
        self.server.client_with(&marked("bootstrap"))
    }
}

fn what_is_marked_and_goes_in_at_any_door_comes_out_at_none(installation: Installation) {
    let stage = Marked::start(installation);
    let (admin, mut read) = (stage.administrator(), Read::default());
    let mut secrets: BTreeSet<String> = forms().into_iter().collect();
    let (refused, doors) = at_every_door(&stage.server, &admin);
    assert!(doors > 300 && refused.len() > 150, "{doors} requests, {} refused", refused.len());
    refused.into_iter().for_each(|(door, text)| read.add(format!("the answer to {door}"), text));
    secrets.extend(an_honest_day(&stage.server, &admin));
    admin.post("/api/v1/backups", &json!({})).expect(202);
    // Until that is made, entries are chained, and spans are sent.
    std::thread::sleep(std::time::Duration::from_secs(3));
    read.add("the record", admin.get("/api/v1/audit?limit=500").text + &admin.get("/api/v1/audit/export").text);
    read.add("the metrics", stage.server.metrics().get("/metrics").text);
    let spans = Value::from(stage.collector.received()).to_string();
    assert!(spans.matches("\"spanId\"").count() > doors, "every request is traced");
    read.add("the traces", spans);
    read.add("the database", stored(&stage.installation));
    let Marked { installation, server, .. } = stage;
    let (code, log) = server.stop();
    assert!(code == Some(0) && log.contains("/api/v1/sign-in/factor"), "the log has the requests");
    read.add("the log", log);
    for folder in ["data", "backups"] {
        let before = read.0.len();
        read.add_folder(&installation.folder().join(folder));
        assert!(read.0.len() > before, "there is something in {folder}");
    }
    println!("{doors} requests with marked secrets, {} places searched for {} texts", read.0.len(), secrets.len());
    assert_eq!(read.with_any(&secrets), Vec::<String>::new());
}

/// Sends marked secrets wherever the served document takes something; what was refused, by the door, and how many were sent.
fn at_every_door(server: &Server, admin: &Client) -> (Vec<(String, String)>, usize) {
    let document = server.stranger().get("/openapi.json").expect(200);
    let (mut refused, mut doors) = (Vec::new(), 0);
    let mut note = |door: String, answer: Answer| {
        doors += 1;
        if answer.status >= 400 {
            refused.push((door, answer.text));
        }
    };
    let (wrong, nobody) = (server.client_with(&marked("wrong-key")), server.stranger());
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            // What goes on and on is not for a client that reads to the end; nor may the door be shut for all.
            let is_one = operation["responses"].is_object();
            if !is_one || path.contains("events") || path.ends_with("/ws") || path.contains("signing-keys") {
                continue;
            }
            let method = method.to_ascii_uppercase();
            let door = path.replace(['{', '}'], "");
            let query = format!("{door}?token={}&password={0}", marked("query"));
            let headers =
                [("x-api-key", marked("header")), ("cookie", format!("session={0}; other={0}", marked("cookie")))];
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            note(format!("{method} {path} with a wrong key"), wrong.send(&method, &door, &[], ""));
            note(format!("{method} {path} with a query"), nobody.send(&method, &query, &headers, ""));
            let Some(content) = operation["requestBody"]["content"].as_object() else { continue };
            let Some(schema) = content.get("application/json").map(|media| &media["schema"]) else { continue };
            let json = [("content-type", "application/json")];
            let whole = filled(&document, schema, "", false).to_string();
            let cut = format!("{{\"password\":\"{}", marked("cut"));
            let more = json!({ "password": marked("more"), "secret": { "key": marked("deep") } }).to_string();
            for (what, body) in [("filled", &whole), ("cut off", &cut), ("with more", &more)] {
                note(format!("{method} {path} {what}"), admin.send(&method, &door, &json, body));
                note(format!("{method} {path} {what}, by nobody"), nobody.send(&method, &door, &json, body));
            }
        }
    }
    (refused, doors)
}

/// Something that fits a schema as far as it is easily told, with marks where secrets are.
fn filled(document: &Value, schema: &Value, name: &str, is_secret: bool) -> Value {
    let is_secret = is_secret || SECRET.contains(&name);
    if let Some(reference) = schema["$ref"].as_str() {
        let found = document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
        return filled(document, found, name, is_secret);
    }
    let one = ["oneOf", "anyOf", "allOf"].iter().find_map(|of| {
        let choices = schema[*of].as_array()?;
        choices.iter().find(|choice| choice["type"] != "null")
    });
    if let Some(one) = one {
        return filled(document, one, name, is_secret);
    }
    let kinds = schema["type"].as_str().map_or_else(|| schema["type"][0].as_str(), Some);
    match kinds {
        Some("object") => {
            let members = schema["properties"].as_object().cloned().unwrap_or_default();
            let fill = |(name, schema): (String, Value)| {
                let value = filled(document, &schema, &name, is_secret);
                (name, value)
            };
            Value::Object(members.into_iter().map(fill).collect::<Map<String, Value>>())
        }
        Some("array") => json!([filled(document, &schema["items"], name, is_secret)]),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        _ if is_secret => json!(marked(name)),
        _ => schema["enum"][0].as_str().map_or_else(|| json!("ann@example.org"), |first| json!(first)),
    }
}

/// What is secret of a credential: its last part, if it has a name of its own before that.
fn secret_of(text: &str) -> String {
    let last = text.rsplit('_').next().filter(|last| last.len() >= 24 && !text.contains('.'));
    last.unwrap_or(text).to_owned()
}

/// What somebody does in a day, with everything that is secret about it: a session, a factor, keys, tickets.
fn an_honest_day(server: &Server, admin: &Client) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    let mut keep = |value: &Value| secrets.extend(value.as_str().map(secret_of));
    let invited = admin.post("/api/v1/users", &invitation("bea@example.org", &["observer"])).expect(201);
    keep(&invited["ticket"]);
    accept(server, &invited["ticket"]).expect(200);
    let credentials = json!({ "email": "bea@example.org", "password": PASSWORD });
    let told = server.stranger().post("/api/v1/sign-in", &credentials).expect(200);
    ["access_token", "refresh_token", "device_token"].iter().for_each(|name| keep(&told[*name]));
    let bea = server.client_with(told["access_token"].as_str().unwrap());
    let told =
        server.stranger().post("/api/v1/token/refresh", &json!({ "refresh_token": told["refresh_token"] })).expect(200);
    ["access_token", "refresh_token"].iter().for_each(|name| keep(&told[*name]));
    let begun = bea.post("/api/v1/factors/app", &json!({ "password": PASSWORD })).expect(200);
    let (uri, clock) = (begun["uri"].as_str().unwrap(), axiomcore::clock::SystemClock);
    let (_, rest) = uri.split_once("secret=").unwrap();
    keep(&json!(rest.split('&').next()));
    let code = Authenticator::scan(uri).code(axiomcore::clock::Clock::now(&clock).0);
    let codes = bea.post("/api/v1/factors/app/confirm", &json!({ "code": code })).expect(200);
    codes["recovery_codes"].as_array().unwrap().iter().for_each(&mut keep);
    let asked = server.stranger().post("/api/v1/sign-in", &credentials).problem(401, "second_factor_required");
    keep(&asked["challenge"]);
    let made = admin.post("/api/v1/keys", &json!({ "name": "a program", "permissions": ["*"] })).expect(201);
    keep(&made["key"]);
    let program = server.client_with(made["key"].as_str().unwrap());
    for (model, agent) in [(WATCHDOG, "a"), (LAMP, "b")] {
        program.post_yaml("/api/v1/models", model);
        if agent == "a" {
            create(&program, agent);
            step(&program, agent, &check(100));
        }
    }
    secrets.insert(PASSWORD.to_owned());
    secrets
}

/// Every text and byte of the tables, as far as a database is not a file in the data folder.
fn stored(installation: &Installation) -> String {
    if !matches!(installation.location(), axiomcore::store::Location::Postgres(_)) {
        return String::new();
    }
    let beside = installation.beside();
    let mut tables = beside.rows("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema");
    let tables: Vec<String> = tables.iter_mut().map(|row| row.text(0).unwrap()).collect();
    assert!(tables.len() > 20, "{tables:?}");
    let read = |table: &String| beside.rows(&format!("SELECT CAST(row_to_json(t) AS TEXT) FROM {table} t"));
    tables.iter().flat_map(read).filter_map(|mut row| row.text(0).ok()).collect()
}
