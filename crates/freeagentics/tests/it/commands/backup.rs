//! `freeagentics backup`, on real installations: made while a server runs, restored elsewhere, and served from there.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Said, freeagentics};
use crate::api::{Installation, KEY, Server, refused};
use crate::lamp::LAMP;

const BACKUP_KEY: &str = "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e";

/// An installation, and what the commands on its backups are told.
struct Bench {
    installation: Installation,
    key_file: PathBuf,
    backups: PathBuf,
}

impl Bench {
    fn new() -> Self {
        Self::of(Installation::sqlite())
    }

    fn of(installation: Installation) -> Self {
        let key_file = installation.secret("backup-key", BACKUP_KEY);
        let backups = installation.folder().join("backups");
        Self { installation, key_file, backups }
    }

    fn data(&self) -> PathBuf {
        self.installation.folder().join("data")
    }

    /// `backup VERB` on this data folder.
    fn backup(&self, verb: &str, data: &Path, more: &[&str]) -> Said {
        let [data, folder, key] = [data, &self.backups, &self.key_file].map(|path| path.to_str().unwrap());
        let arguments = ["backup", verb, "--output", "json", "--data", data, "--folder", folder, "--key-file", key];
        freeagentics(&[&arguments, more].concat())
    }

    fn create(&self) -> Value {
        let said = self.backup("create", &self.data(), &[]);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        said.json().remove(0)
    }
}

fn step(server: &Server, agent: &str, n: usize) {
    for _ in 0..n {
        let path = format!("/api/v1/agents/{agent}/steps");
        server.client().post(&path, &json!({ "observation": { "light": "steady" } })).expect(200);
    }
}

fn with_agent(installation: &Installation) -> Server {
    let server = installation.start();
    server.client().post_yaml("/api/v1/models", LAMP).expect(201);
    server.client().post("/api/v1/agents", &json!({ "id": "a", "model": "lamp" })).expect(201);
    server
}

/// A server on a restored folder, with the keys that were there.
fn served(bench: &Bench, data: &Path) -> Server {
    let mut command = bench.installation.command(&[]);
    command.args(["--data", data.to_str().unwrap()]);
    Server::of(command)
}

#[test]
fn a_copy_made_while_a_server_runs_is_served_elsewhere_as_it_was() {
    let bench = Bench::new();
    let server = with_agent(&bench.installation);
    step(&server, "a", 7);
    let made = bench.create();
    assert_eq!((&made["number"], &made["verdict"]["damages"]), (&json!(1), &json!([])), "{made}");
    assert!(made["verdict"]["rows"].as_u64().unwrap() >= 8, "{made}");
    step(&server, "a", 2);
    // The machine burns.
    drop(server);
    fs::remove_dir_all(bench.data()).unwrap();
    let new = bench.installation.folder().join("elsewhere");
    let said = bench.backup("restore", &new, &[]);
    assert_eq!(said.code, 0, "{}", said.err);
    for command in [["replay", "--verify"], ["audit", "verify"]] {
        let said = freeagentics(&[command[0], command[1], "--data", new.to_str().unwrap()]);
        assert_eq!(said.code, 0, "{command:?}: {}{}", said.out, said.err);
    }
    let server = served(&bench, &new);
    assert_eq!(server.client_with(KEY).get("/api/v1/agents/a").expect(200)["step"], 7);
    step(&server, "a", 1);
    assert_eq!(server.client().get("/api/v1/agents/a").expect(200)["step"], 8);
}

#[test]
fn a_server_is_copied_while_it_is_used_verified_and_served_from_an_empty_database_elsewhere() {
    let mut bench = Bench::of(Installation::postgres());
    let server = with_agent(&bench.installation);
    step(&server, "a", 7);
    let postgres = bench.installation.database_server().unwrap();
    let (url, other) = (postgres.url(), postgres.create_database("elsewhere"));
    let config = |name: &str, url: &str| {
        let path = bench.installation.secret(name, &format!("[database]\nurl = \"{url}\"\n"));
        path.display().to_string()
    };
    let (here, there) = (config("here.toml", &url), config("there.toml", &other));
    let said = bench.backup("create", &bench.data(), &["--config", &here]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let made = said.json().remove(0);
    assert!(made["verdict"]["rows"].as_u64().unwrap() >= 8 && made["verdict"]["findings"] == json!([]), "{made}");
    step(&server, "a", 2);
    let listed = bench.backup("list", &bench.data(), &[]).json().remove(0);
    assert_eq!(listed["backups"][0]["database"], "postgresql", "{listed}");
    let id = made["id"].as_str().unwrap();
    assert_eq!(bench.backup("verify", &bench.data(), &["--config", &here, id]).code, 0);
    assert_eq!(bench.backup("prune", &bench.data(), &["--config", &here]).code, 0);
    let new = bench.installation.folder().join("new");
    let code = |said: &Said| said.error()["code"].as_str().unwrap().to_owned();
    assert_eq!(code(&bench.backup("restore", &new, &[])), "backup_unsuitable", "no server is named");
    assert_eq!(code(&bench.backup("restore", &new, &["--config", &here])), "not_empty", "that one is in use");
    let said = bench.backup("restore", &new, &["--config", &there]);
    assert_eq!(said.code, 0, "{}", said.err);
    drop(server);
    for command in [["replay", "--verify"], ["audit", "verify"]] {
        let said = freeagentics(&[command[0], command[1], "--data", new.to_str().unwrap(), "--config", &there]);
        assert_eq!(said.code, 0, "{command:?}: {}{}", said.out, said.err);
    }
    let mut command = bench.installation.command(&["--data", new.to_str().unwrap()]);
    command.env("FREEAGENTICS__DATABASE__URL", &other);
    let server = Server::of(command);
    assert_eq!(server.client().get("/api/v1/agents/a").expect(200)["step"], 7);
    step(&server, "a", 1);
    assert_eq!(server.client().get("/api/v1/agents/a").expect(200)["step"], 8);
}

#[test]
fn what_is_wrong_in_the_installation_is_found_in_its_backup() {
    let bench = Bench::new();
    let server = with_agent(&bench.installation);
    step(&server, "a", 3);
    bench.create();
    bench.installation.beside().execute("UPDATE events SET commitment = x'00' WHERE seq = 3");
    let said = bench.backup("create", &bench.data(), &[]);
    let made = said.json().remove(0);
    assert_eq!(said.code, 1, "{made}");
    assert!(made["verdict"]["findings"].to_string().contains("commitment"), "{made}");
    let listed = bench.backup("list", &bench.data(), &[]).json().remove(0);
    let good = |at: usize| listed["backups"][at]["verified_at"].is_string();
    assert!(good(0) && !good(1), "{listed}");
}

#[test]
fn a_damaged_backup_is_refused_and_named() {
    let bench = Bench::new();
    drop(with_agent(&bench.installation));
    let id = bench.create()["id"].as_str().unwrap().to_owned();
    let folder = bench.backups.join("chunks").join(&id);
    let chunk = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).max().unwrap();
    let whole = fs::read(&chunk).unwrap();
    fs::write(&chunk, &whole[..whole.len() / 2]).unwrap();
    let verified = bench.backup("verify", &bench.data(), &[&id]);
    assert_eq!(verified.code, 1);
    assert_eq!(verified.json()[0]["damages"][0]["damage"], "chunk_length", "{}", verified.out);
    let new = bench.installation.folder().join("new");
    let restored = bench.backup("restore", &new, &[]);
    assert_eq!((restored.code, &restored.error()["code"]), (1, &json!("backup_damaged")), "{}", restored.err);
    let command = bench.installation.command(&["--data", new.to_str().unwrap()]);
    let (code, error) = refused(command);
    assert_eq!((code, error["code"].as_str()), (Some(1), Some("unfinished_restore")), "{error}");
    fs::write(&chunk, whole).unwrap();
    assert_eq!(bench.backup("restore", &new, &[&id]).code, 0, "it goes on where it was");
    served(&bench, &new).client().get("/api/v1/agents/a").expect(200);
}

#[test]
fn a_newest_backup_whose_manifest_was_altered_is_named_by_whoever_names_none() {
    let bench = Bench::new();
    drop(with_agent(&bench.installation));
    let [first, second] = [(); 2].map(|()| bench.create()["id"].as_str().unwrap().to_owned());
    let alter = |id: &str| {
        let file = bench.backups.join("manifests").join(format!("{id}.json"));
        let text = fs::read_to_string(&file).unwrap();
        fs::write(file, text.replacen("\"number\":", "\"number\":9", 1)).unwrap();
    };
    alter(&second);
    let verified = bench.backup("verify", &bench.data(), &[]);
    assert_eq!(verified.code, 1, "the one before is not the newest: {}", verified.out);
    assert_eq!(verified.json()[0]["damages"], json!([{ "damage": "manifest_altered", "id": second }]));
    let new = bench.installation.folder().join("new");
    assert_eq!(bench.backup("restore", &new, &[]).json()[0]["id"], first, "the last that can be believed");
    alter(&first);
    let said = bench.backup("restore", &bench.installation.folder().join("newer"), &[]).error();
    assert_eq!(said["code"], "backup_damaged", "there are backups: {said}");
    assert!(said["message"].as_str().unwrap().contains(&second), "{said}");
}

#[test]
fn a_restore_over_anything_and_a_wrong_key_are_refused() {
    let bench = Bench::new();
    let server = with_agent(&bench.installation);
    bench.create();
    let code = |said: &Said| said.error()["code"].as_str().unwrap().to_owned();
    assert_eq!(code(&bench.backup("restore", &bench.data(), &[])), "data_folder", "the server uses it");
    drop(server);
    assert_eq!(code(&bench.backup("restore", &bench.data(), &[])), "not_empty");
    let other = bench.installation.secret("other-key", &"77".repeat(32));
    let new = bench.installation.folder().join("new");
    let listed = bench.backup("list", &new, &[]).json().remove(0);
    let id = listed["backups"][0]["id"].as_str().unwrap();
    let said = bench.backup("restore", &new, &["--key-file", other.to_str().unwrap(), id]);
    assert_eq!(said.code, 2, "an argument twice is a mistake: {}", said.err);
    let [data, folder, key] = [&new, &bench.backups, &other].map(|path| path.to_str().unwrap());
    let words = ["backup", "restore", "--output", "json", "--data", data, "--folder", folder, "--key-file", key];
    // Also who names none is told of the key, and not that there is no backup.
    for words in [words.to_vec(), [&words[..], &[id]].concat()] {
        let said = freeagentics(&words);
        assert_eq!(code(&said), "backup_key", "{}", said.err);
    }
    let said = freeagentics(&words);
    let told = said.error();
    let message = told["message"].as_str().unwrap();
    assert!(message.contains("backup.key: ") && message.contains(key), "which one, and where it is set: {message}");
    assert!(told["mend"].as_str().unwrap().contains("--key-file"), "{told}");
    let said = freeagentics(&["backup", "list", "--output", "json", "--data", data]);
    assert_eq!(code(&said), "backups_not_configured");
    for said in [said, bench.backup("list", &new, &[])] {
        assert!(!said.out.contains("5e5e5e") && !said.err.contains("5e5e5e"), "the key is told");
    }
}

#[test]
fn the_commands_of_the_page_of_backups_run_as_they_stand() {
    let installation = Installation::sqlite();
    let server = with_agent(&installation);
    step(&server, "a", 3);
    assert_eq!(server.stop().0, Some(0));
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/backup.md")).unwrap();
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let commands: Vec<&str> = blocks.flat_map(str::lines).collect();
    assert!(commands.len() >= 9, "{commands:?}");
    let programs = Path::new(env!("CARGO_BIN_EXE_freeagentics")).parent().unwrap().display().to_string();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    for command in commands {
        let mut shell = std::process::Command::new("sh");
        let ran = shell.args(["-c", command]).current_dir(installation.folder()).env("PATH", &path).output().unwrap();
        assert!(ran.status.success(), "{command}: {}", String::from_utf8_lossy(&ran.stderr));
    }
    let restored = fs::read_dir(installation.folder().join("restored")).unwrap().count();
    assert!(restored >= 3, "{restored} files");
}

#[test]
fn an_installation_comes_back_as_it_was_before_a_mistake() {
    let bench = Bench::new();
    let mut command = bench.installation.command(&[]);
    for (name, value) in [("FOLDER", &bench.backups), ("KEY_FILE", &bench.key_file)] {
        command.env(format!("FREEAGENTICS__BACKUP__{name}"), value);
    }
    let token = bench.installation.secret("administrator-key", KEY);
    command.env("FREEAGENTICS__BACKUP__SHIP_INTERVAL", "1s").arg("--bootstrap-token-file").arg(token);
    let server = Server::of(command);
    server.client().post_yaml("/api/v1/models", LAMP).expect(201);
    server.client().post("/api/v1/agents", &json!({ "id": "a", "model": "lamp" })).expect(201);
    step(&server, "a", 3);
    // Shipped, and under a backup.
    std::thread::sleep(std::time::Duration::from_secs(8));
    let before = axiomcore::clock::Clock::now(&axiomcore::clock::SystemClock);
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    server.client().send("DELETE", "/api/v1/agents/a", &[], "").expect(204);
    std::thread::sleep(std::time::Duration::from_secs(3));
    drop(server);
    fs::remove_dir_all(bench.data()).unwrap();
    let (then, now) = (bench.installation.folder().join("then"), bench.installation.folder().join("now"));
    let said = bench.backup("restore", &then, &["--to", &before.to_string()]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(bench.backup("restore", &now, &[]).code, 0);
    assert_eq!(served(&bench, &then).client().get("/api/v1/agents/a").expect(200)["step"], 3);
    served(&bench, &now).client().get("/api/v1/agents/a").problem(410, "agent_deleted");
    let long_ago =
        bench.backup("restore", &bench.installation.folder().join("none"), &["--to", "2020-01-01T00:00:00Z"]);
    assert_eq!(long_ago.error()["code"], "no_backup", "{}", long_ago.err);
    assert_eq!(bench.backup("restore", &then, &["--to", "yesterday"]).code, 2);
}
