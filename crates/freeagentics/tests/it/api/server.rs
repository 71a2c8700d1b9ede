//! The real server as a process, in a folder of its own, on either database.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axiomcore::store::Location;
use serde_json::Value;
use tempfile::TempDir;
use testbed::Postgres;

use super::client::Client;

/// The key that tests give the administrator.
pub(crate) const KEY: &str = "test-0123456789abcdef0123456789abcdef";

/// Where a server keeps what it knows: a folder, and a PostgreSQL server if it uses one. It outlives the servers on it.
pub(crate) struct Installation {
    folder: Arc<TempDir>,
    postgres: Option<Postgres>,
}

/// A running server. Dropping it kills it, as a crash would.
pub(crate) struct Server {
    process: Child,
    log: Option<JoinHandle<String>>,
    /// Where its data is: not to be taken away below it.
    _folder: Option<Arc<TempDir>>,
    /// What it announced.
    pub(crate) told: Value,
}

impl Installation {
    /// With an embedded database.
    pub(crate) fn sqlite() -> Self {
        Self { folder: Arc::new(tempfile::tempdir().unwrap()), postgres: None }
    }

    /// With a PostgreSQL server of its own.
    pub(crate) fn postgres() -> Self {
        Self::on(Postgres::start())
    }

    /// With this PostgreSQL server.
    pub(crate) fn on(postgres: Postgres) -> Self {
        Self { postgres: Some(postgres), ..Self::sqlite() }
    }

    /// Another folder on the same PostgreSQL server, for another node; sealed with the same key.
    pub(crate) fn beside_server(other: &Self) -> Elsewhere<'_> {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::copy(other.folder().join("data/sealing.key"), data.join("sealing.key")).unwrap();
        Elsewhere { folder, other }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the database is.
    pub(crate) fn location(&self) -> Location {
        match &self.postgres {
            Some(postgres) => Location::Postgres(postgres.url()),
            None => Location::Sqlite(self.folder().join("data/freeagentics.db")),
        }
    }

    /// The database's server, if it is one.
    pub(crate) fn database_server(&mut self) -> Option<&mut Postgres> {
        self.postgres.as_mut()
    }

    /// A server whose administrator has [`KEY`].
    pub(crate) fn start(&self) -> Server {
        self.start_with(&[])
    }

    /// The same with further arguments.
    pub(crate) fn start_with(&self, arguments: &[&str]) -> Server {
        let token = self.secret("administrator-key", KEY).display().to_string();
        let arguments: Vec<&str> =
            ["--bootstrap-token-file", &token].into_iter().chain(arguments.iter().copied()).collect();
        let mut server = Server::of(self.command(&arguments));
        server._folder = Some(self.folder.clone());
        server
    }

    /// `serve` in this folder on free ports; nobody has a key yet.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.command_in(&self.folder().join("data"), arguments)
    }

    /// The same with the data in another folder.
    fn command_in(&self, data: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_freeagentics"));
        command.args(["serve", "--output", "json", "--metrics-listen", "127.0.0.1:0"]);
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        command.arg("--data").arg(data).args(arguments).current_dir(self.folder());
        // Tests are many clients at one address. Those of limits set their own, which win over the environment.
        for class in ["OPEN", "SIGN_IN", "UNAUTHENTICATED"] {
            command.env(format!("FREEAGENTICS__LIMITS__{class}"), "100000/1m");
        }
        if let Some(postgres) = &self.postgres {
            command.env("FREEAGENTICS__DATABASE__URL", postgres.url());
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// A file that only we can read.
    pub(crate) fn secret(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }
}

/// Where another node keeps what is its own.
pub(crate) struct Elsewhere<'i> {
    folder: TempDir,
    other: &'i Installation,
}

impl Elsewhere<'_> {
    /// Another node, with the same administrator.
    pub(crate) fn start(&self) -> Server {
        self.start_with(&[])
    }

    /// The same with further arguments.
    pub(crate) fn start_with(&self, arguments: &[&str]) -> Server {
        let token = self.other.secret("administrator-key", KEY).display().to_string();
        let data = self.folder.path().join("data");
        let arguments: Vec<&str> =
            ["--bootstrap-token-file", &token].into_iter().chain(arguments.iter().copied()).collect();
        Server::of(self.other.command_in(&data, &arguments))
    }
}

impl Server {
    /// The server that a command starts, once it has said where it is.
    pub(crate) fn of(mut command: Command) -> Self {
        let mut process = command.spawn().unwrap();
        let mut stderr = process.stderr.take().unwrap();
        // Read as it is written, or the server would wait for somebody to read it.
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            text
        });
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let mut server = Self { process, log: Some(log), _folder: None, told: Value::Null };
        server.told = serde_json::from_str(&line).unwrap_or_default();
        assert!(server.told.is_object(), "it did not start: {line}{}", server.wait().1);
        server
    }

    /// Where it is.
    pub(crate) fn address(&self) -> &str {
        self.told["address"].as_str().unwrap()
    }

    /// A client with the administrator's key.
    pub(crate) fn client(&self) -> Client {
        self.client_with(KEY)
    }

    /// A client with this key.
    pub(crate) fn client_with(&self, key: &str) -> Client {
        Client::new(self.address(), Some(key))
    }

    /// A client without a key.
    pub(crate) fn stranger(&self) -> Client {
        Client::new(self.address(), None)
    }

    /// A client of the metrics' address.
    pub(crate) fn metrics(&self) -> Client {
        Client::new(self.told["metrics_address"].as_str().unwrap(), None)
    }

    /// Sends the process a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Asks it to stop; its exit code and its log.
    pub(crate) fn stop(mut self) -> (Option<i32>, String) {
        self.signal("TERM");
        self.wait()
    }

    /// Waits for its end, not for ever; its exit code and its log.
    pub(crate) fn wait(&mut self) -> (Option<i32>, String) {
        for _ in 0..2_000 {
            if self.process.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.process.kill();
        let code = self.process.wait().unwrap().code();
        (code, self.log.take().map(|log| log.join().unwrap()).unwrap_or_default())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs `serve` to its end, which has to be a refusal to start: its exit code and what it said as JSON.
#[track_caller]
pub(crate) fn refused(mut command: Command) -> (Option<i32>, Value) {
    let mut process = command.spawn().unwrap();
    let mut announced = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut announced).unwrap();
    if !announced.is_empty() {
        let _ = process.kill();
        let _ = process.wait();
        panic!("it started: {announced}");
    }
    let output = process.wait_with_output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let line = text.lines().last().unwrap_or_default();
    let told: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {text}"));
    (output.status.code(), told["error"].clone())
}
