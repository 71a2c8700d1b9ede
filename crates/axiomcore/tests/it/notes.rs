//! The example service, run for real: as a process, with its files, its signals and its log.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use axiomcore::audit::{Against, Report, verify_database};
use axiomcore::clock::{Clock, SystemClock};
use axiomcore::store::{Database, Location};
use axiomcore::tls::{Version, client_config};
use serde_json::{Value, json};
use tempfile::TempDir;
use testbed::{Authenticator, Authority};
use tokio::runtime::Runtime;

use crate::client::{Answer, Connection, get, post};
use crate::tls::Talk;

struct Notes {
    process: Process,
    stdout: BufReader<ChildStdout>,
    key: Option<String>,
    address: SocketAddr,
    metrics: SocketAddr,
}

/// The example as a process; ends with the test, however that ends.
struct Process(Child);

impl Process {
    fn start(folder: &Path, flags: &[&str]) -> Self {
        let tests = std::env::current_exe().unwrap();
        let mut command = Command::new(tests.parent().unwrap().parent().unwrap().join("examples/notes"));
        let data = format!("--server.data={}", folder.join("data").display());
        command.args([&data, "--http.listen=127.0.0.1:0", "--http.metrics_listen=127.0.0.1:0"]).args(flags);
        command.env("NOTES__TELEMETRY__LOG_FORMAT", "json").stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    /// Whether it ended well, and its log. One that does not end is stopped, which is not well.
    fn ended(mut self) -> (bool, String) {
        for _ in 0..1_000 {
            if self.0.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.0.kill();
        let mut log = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.0.wait().unwrap().success(), log)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Notes {
    fn start(folder: &TempDir, flags: &[&str]) -> Self {
        let mut process = Process::start(folder.path(), flags);
        let mut stdout = BufReader::new(process.0.stdout.take().unwrap());
        let mut key = None;
        let addresses = loop {
            let mut line = String::new();
            if stdout.read_line(&mut line).unwrap() == 0 {
                panic!("it did not start: {}", process.ended().1);
            }
            match line.trim().split_once(": ").unwrap() {
                ("listening", rest) => break rest.to_owned(),
                (_, text) => key = Some(text.to_owned()),
            }
        };
        let (address, metrics) = addresses.split_once(' ').unwrap();
        let metrics = metrics.trim_start_matches("Some(").trim_end_matches(')').parse().unwrap();
        Self { process, stdout, key, address: address.parse().unwrap(), metrics }
    }

    fn terminate(&self) {
        let sent = Command::new("kill").arg(self.process.0.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// Whether it ended well, and its log.
    fn stop(self) -> (bool, String) {
        self.terminate();
        drop(self.stdout);
        self.process.ended()
    }

    fn bearer(&self) -> String {
        bearer(self.key.as_ref().unwrap())
    }
}

fn bearer(key: &str) -> String {
    format!("authorization: Bearer {key}")
}

impl Notes {
    fn post(&self, path: &str, credential: Option<&str>, body: &Value) -> Answer {
        post(self.address, path, credential.as_slice(), &body.to_string())
    }

    /// What the administrator makes somebody who may read.
    fn reader(&self) -> String {
        let made = self.post("/keys", Some(&self.bearer()), &json!({"name": "reader", "permissions": ["notes:read"]}));
        bearer(made.json()["key"].as_str().unwrap())
    }
}

#[test]
fn a_stranger_is_turned_away_a_reader_reads_and_the_administrator_writes() {
    let folder = tempfile::tempdir().unwrap();
    let notes = Notes::start(&folder, &[]);
    let admin = notes.bearer();
    let stranger = post(notes.address, "/notes", &[], r#"{"text":"a"}"#);
    assert_eq!((stranger.status, stranger.problem().as_str()), (401, "unauthenticated"));
    assert_eq!(stranger.header("www-authenticate"), Some("Bearer"));
    assert_eq!(post(notes.address, "/notes", &[&admin], r#"{"text":"a"}"#).status, 201);
    let reader = notes.reader();
    assert!(reader.contains(" notes_1_"), "the key is recognised by its prefix");
    let refused = post(notes.address, "/notes", &[&reader], r#"{"text":"b"}"#);
    assert_eq!((refused.status, refused.problem().as_str()), (403, "forbidden"));
    assert_eq!(refused.json()["permission"], "notes:write");
    assert_eq!(get(notes.address, "/notes", &[&reader]).json()[0]["text"], "a");
    assert_eq!(get(notes.address, "/notes/none", &[&reader]).problem(), "note_not_found");
    let offered = format!("sec-websocket-protocol: notes, {}", reader.replace("authorization: Bearer ", "bearer."));
    assert_eq!(get(notes.address, "/notes", &[&offered]).status, 200, "pages can set no other header on a WebSocket");
    let (basic, wrong) = ("authorization: Basic eDp5", "sec-websocket-protocol: bearer.fa_1_0_0");
    assert_eq!(get(notes.address, "/notes", &[basic, &offered]).status, 401, "what is said outright counts");
    assert_eq!(get(notes.address, "/notes", &[wrong]).status, 401);
    assert!(notes.stop().0);
}

const PASSWORD: &str = "correct horse battery";

/// The credential that an answer brought.
fn token(answer: &Answer) -> String {
    let answer = answer.json();
    bearer(answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")))
}

#[test]
fn somebody_is_invited_signs_in_with_a_second_factor_and_may_what_their_role_says() {
    let folder = tempfile::tempdir().unwrap();
    let notes = Notes::start(&folder, &[]);
    let invitation = json!({"email": "ann@example.org", "name": "Ann", "roles": ["reader"], "ticket": true});
    let invited = notes.post("/users", Some(&notes.bearer()), &invitation).json();
    let accepted = notes.post("/tickets/accept", None, &json!({"ticket": invited["ticket"], "password": PASSWORD}));
    assert_eq!(accepted.status, 200);
    let ann = json!({"email": "ann@example.org", "password": PASSWORD});
    assert_eq!(notes.post("/sign-in", None, &json!({"email": "ann@example.org", "password": "wrong"})).status, 401);
    let first = token(&notes.post("/sign-in", None, &ann));
    let enrolled = notes.post("/factors/app", Some(&first), &json!({"password": PASSWORD})).json();
    let app = Authenticator::scan(enrolled["uri"].as_str().unwrap());
    let confirm = json!({"code": app.code(SystemClock.now().0)});
    assert_eq!(notes.post("/factors/app/confirm", Some(&first), &confirm).status, 200);
    let challenged = notes.post("/sign-in", None, &ann);
    assert_eq!((challenged.status, challenged.problem().as_str()), (401, "second_factor_required"));
    let code = app.code(SystemClock.now().0 + 30_000);
    let answer = json!({"challenge": challenged.json()["challenge"], "code": code});
    let second = token(&notes.post("/sign-in/factor", None, &answer));
    assert_eq!(get(notes.address, "/notes", &[&second]).status, 200);
    let refused = notes.post("/notes", Some(&second), &json!({"text": "b"}));
    assert_eq!((refused.status, &refused.json()["permission"]), (403, &"notes:write".into()));
    assert_eq!(post(notes.address, "/sign-out", &[&second], "").status, 204);
    assert_eq!(get(notes.address, "/notes", &[&second]).status, 401);
    assert!(notes.stop().0);
}

#[test]
fn what_was_done_is_on_a_record_and_a_change_of_it_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let notes = Notes::start(&folder, &[]);
    assert_eq!(notes.post("/notes", Some(&notes.bearer()), &json!({"text": "a"})).status, 201);
    assert!(notes.stop().0);
    let (runtime, data) = (Runtime::new().unwrap(), folder.path().join("data"));
    let database = Database::open(&Location::Sqlite(data.join("notes.db")), 1, runtime.handle().clone()).unwrap();
    let against = Against { anchor: Some(&data.join("audit-anchor.jsonl")), key: None };
    let verified = || verify_database(&database, None, &against).unwrap();
    let Report { unchained, uncovered, unanchored, entries, .. } = verified();
    assert_eq!((unchained, uncovered, unanchored), (0, 0, 0), "the end brings it to its end");
    assert!(verified().is_clean() && entries > 0);
    let sql = "UPDATE audit_entries SET action = 'note.read' WHERE action = 'note.create'";
    assert_eq!(database.write_blocking(|connection| connection.execute(sql, &[])).unwrap(), 1);
    assert!(!verified().is_clean());
    database.close();
}

#[test]
fn with_a_certificate_it_speaks_tls_and_nothing_else() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("ours"));
    let (certificate, key) = authority.sign(&["localhost"]).write(folder.path(), "server");
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, authority.certificate()).unwrap();
    let flags = [format!("--tls.certificate={}", certificate.display()), format!("--tls.key={}", key.display())];
    let notes = Notes::start(&folder, &flags.each_ref().map(String::as_str));
    let config = client_config(Some(&ca), None, Version::Tls13, SystemClock.now()).unwrap();
    let tcp = std::net::TcpStream::connect(notes.address).unwrap();
    let answer = Talk::over(tcp, config, "localhost").unwrap().get("/health/ready").unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("strict-transport-security: "), "{answer}");
    assert_eq!(get(notes.address, "/health/ready", &[]).status, 400);
    assert!(notes.stop().0);
}

#[test]
fn a_request_in_flight_is_answered_while_the_service_stops_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let notes = Notes::start(&folder, &["--http.stop_delay=700ms"]);
    let (address, admin) = (notes.address, notes.bearer());
    assert_eq!(get(address, "/health/ready", &[]).status, 200);
    let head = format!("POST /notes HTTP/1.1\r\nhost: x\r\n{admin}\r\ncontent-type: application/json\r\n");
    let (mut slow, mut idle) = (Connection::open(address), Connection::open(address));
    slow.send(&format!("{head}content-length: 15\r\n\r\n{{\"text\":"));
    idle.send(&format!("GET /notes HTTP/1.1\r\nhost: x\r\n{admin}\r\n\r\n"));
    assert_eq!(idle.answer().status, 200);
    notes.terminate();
    std::thread::sleep(Duration::from_millis(200));
    let red = get(address, "/health/ready", &[]);
    assert_eq!((red.status, red.json()["stage"].as_str()), (503, Some("stopping")));
    assert_eq!(get(address, "/notes", &[&admin]).status, 200, "it still answers until load balancers know");
    assert!(idle.is_closed());
    // Connections and the listener hear of the end at the same time, each on its own thread.
    let is_shut = |_| {
        std::thread::sleep(Duration::from_millis(10));
        std::net::TcpStream::connect(address).is_err()
    };
    assert!((0..100).any(is_shut), "nobody new is let in");
    slow.send("\"late\"}");
    let answer = slow.answer();
    assert_eq!((answer.status, answer.json()["text"].as_str()), (201, Some("late")));
    drop(notes.stdout);
    assert!(notes.process.ended().0);
    let again = Notes::start(&folder, &[]);
    assert_eq!(again.key, None, "the administrator's key is made once");
    assert_eq!(get(again.address, "/notes", &[&admin]).json()[0]["text"], "late");
    assert!(again.stop().0);
}

#[test]
fn the_log_has_the_request_by_its_id_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let notes = Notes::start(&folder, &[]);
    let (admin, key) = (notes.bearer(), notes.key.clone().unwrap());
    let answer = post(notes.address, "/notes?x=hidden", &[&admin, "x-request-id: from-the-caller"], r#"{"text":"a"}"#);
    assert_eq!(answer.header("x-request-id"), Some("from-the-caller"));
    let (_, log) = notes.stop();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let line = lines.iter().find(|line| line["request_id"] == "from-the-caller").unwrap();
    assert_eq!((&line["http.route"], &line["http.status"]), (&"/notes".into(), &201.into()));
    assert_eq!(line["principal"], *key.split('_').nth(2).unwrap());
    assert_eq!(line["level"], "INFO");
    assert!(!log.contains(key.rsplit('_').next().unwrap()) && !log.contains("hidden"));
}

#[test]
fn metrics_are_on_an_address_of_their_own_and_count_by_route() {
    let folder = tempfile::tempdir().unwrap();
    let notes = Notes::start(&folder, &[]);
    let admin = notes.bearer();
    for path in ["/notes/a", "/notes/b", "/nowhere"] {
        get(notes.address, path, &[&admin]);
    }
    assert_eq!(get(notes.address, "/metrics", &[]).status, 404);
    let scraped = get(notes.metrics, "/metrics", &[]);
    assert_eq!(scraped.header("x-content-type-options"), Some("nosniff"));
    let page = scraped.text();
    let has = |line: &str| assert!(page.lines().any(|found| found.starts_with(line)), "{line} in\n{page}");
    has(r#"http_requests_total{method="GET",route="/notes/{id}",status="404"} 2"#);
    has(r#"http_requests_total{method="GET",route="unmatched",status="404"} 2"#);
    has(r#"http_request_duration_seconds_count{method="GET",route="/notes/{id}"} 2"#);
    has("http_requests_in_flight 0");
    has("process_resident_memory_bytes ");
    has("process_cpu_seconds_total ");
    assert!(notes.stop().0);
}

#[test]
fn a_second_process_on_the_same_folder_is_told_who_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let notes = Notes::start(&folder, &[]);
    let (started, why) = Process::start(folder.path(), &[]).ended();
    assert!(!started && why.contains(&format!("in use by process {}", notes.process.0.id())), "{why}");
    assert!(notes.stop().0);
}

#[test]
fn wrong_settings_are_all_named_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    let flags = ["--http.lisen=127.0.0.1:1", "--http.body_timeout=30"];
    let (started, why) = Process::start(folder.path(), &flags).ended();
    assert!(!started);
    assert!(
        why.contains("http.lisen (flag --http.lisen=127.0.0.1:1): there is no such key; did you mean `http.listen`?")
    );
    assert!(why.contains("http.body_timeout") && why.contains("such as 250ms, 30s"), "{why}");
    assert!(!folder.path().join("data").exists());
}

#[test]
fn the_operators_own_key_is_taken_from_a_file_that_others_cannot_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let flag = format!("--identity.bootstrap_token_file={}", file.display());
    let start = |text: &str, mode| {
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let (good, other) = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210");
    for (text, mode, reason) in
        [(good, 0o604, "chmod o-rwx"), ("short", 0o600, "32"), (&"ab".repeat(40), 0o600, "guessed")]
    {
        start(text, mode);
        let (started, why) = Process::start(folder.path(), &[&flag]).ended();
        assert!(!started && why.contains(reason), "{why}");
    }
    start(&format!("{good}\n"), 0o600);
    let notes = Notes::start(&folder, &[&flag]);
    assert_eq!(get(notes.address, "/notes", &[&bearer(good)]).status, 200);
    assert_eq!(notes.key, None, "nothing is made when the operator brings a key");
    assert!(notes.stop().0);
    start(other, 0o600);
    let notes = Notes::start(&folder, &[&flag]);
    let statuses = [good, other].map(|key| get(notes.address, "/notes", &[&bearer(key)]).status);
    assert_eq!(statuses, [401, 200], "another text in the file replaces the key");
    assert!(notes.stop().0);
}

#[test]
fn an_idle_service_stops_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let notes = Notes::start(&folder, &[]);
    let silent = Connection::open(notes.address);
    std::thread::sleep(Duration::from_millis(100));
    let before = SystemClock.now();
    assert!(notes.stop().0);
    assert!(
        SystemClock.now().since(before) < Duration::from_secs(5),
        "a connection that says nothing does not keep it"
    );
    drop(silent);
}

#[test]
fn guessing_keys_ends_soon_and_does_not_lock_out_whose_key_is_known() {
    let folder = tempfile::tempdir().unwrap();
    // A key that is looked up anew each time, so that the difference is made by its having been a good one.
    let notes = Notes::start(&folder, &["--limits.unauthenticated=5/1h", "--identity.cache_time=0s"]);
    let known = notes.bearer();
    let unknown = notes.reader();
    let guess = |n: usize| get(notes.address, "/notes", &[&bearer(&format!("notes_1_{n}_x"))]);
    let answers: Vec<u16> = (0..7).map(|n| guess(n).status).collect();
    assert_eq!(answers, [401, 401, 401, 401, 401, 429, 429]);
    let refused = guess(8);
    assert_eq!((refused.problem().as_str(), &refused.json()["class"]), ("rate_limited", &"unauthenticated".into()));
    assert!(refused.header("retry-after").is_some());
    assert_eq!(get(notes.address, "/notes", &[&unknown]).status, 429, "it may be a guess like any other");
    assert_eq!(get(notes.address, "/notes", &[]).status, 429);
    assert_eq!(get(notes.address, "/notes", &[&known]).status, 200);
    assert!(notes.stop().0);
}

#[test]
fn a_principal_has_a_bucket_for_each_kind_of_route_and_shares_it_with_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let notes = Notes::start(&folder, &["--limits.read=3/1h", "--limits.write=2/1h"]);
    let admin = notes.bearer();
    let reader = notes.reader();
    let reads = |key: &str| (0..5).map(|_| get(notes.address, "/notes", &[key])).collect::<Vec<_>>();
    let (of_admin, of_reader) = (reads(&admin), reads(&reader));
    for answers in [&of_admin, &of_reader] {
        assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 200, 200, 429, 429]);
    }
    assert_eq!(of_admin[0].header("ratelimit-policy"), Some("\"read\";q=3;w=3600"));
    assert!(of_admin[4].header("ratelimit").unwrap().starts_with("\"read\";r=0;"));
    assert_eq!(post(notes.address, "/notes", &[&admin], r#"{"text":"a"}"#).status, 201);
    assert_eq!(post(notes.address, "/notes", &[&admin], r#"{"text":"a"}"#).status, 429);
    assert!(notes.stop().0);
}
