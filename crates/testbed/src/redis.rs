//! A Redis server.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

use crate::{Issued, free_port};

/// A running server without data; stopped when dropped.
#[derive(Debug)]
pub struct Redis {
    folder: TempDir,
    port: u16,
    password: Option<String>,
    is_encrypted: bool,
    server: Child,
}

impl Redis {
    /// Starts one that asks for no password.
    ///
    /// # Panics
    /// If Redis is not installed or does not start; its log is shown.
    pub fn start() -> Self {
        Self::launch_with(None, None)
    }

    /// Starts one that asks for a password.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub fn start_with_password(password: &str) -> Self {
        Self::launch_with(Some(password.to_owned()), None)
    }

    /// Starts one that speaks only TLS, with this certificate.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub fn start_encrypted(issued: &Issued) -> Self {
        Self::launch_with(None, Some(issued))
    }

    fn launch_with(password: Option<String>, issued: Option<&Issued>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let port = free_port();
        if let Some(issued) = issued {
            issued.write(folder.path(), "server");
        }
        let is_encrypted = issued.is_some();
        let server = launch(folder.path(), port, password.as_deref(), is_encrypted);
        let redis = Self { folder, port, password, is_encrypted, server };
        redis.wait();
        redis
    }

    /// How to reach it, without the password.
    pub fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", if self.is_encrypted { "rediss" } else { "redis" }, self.port)
    }

    /// Asks for another password from now on, and ends all connections.
    ///
    /// # Panics
    /// If it does not take it.
    pub fn change_password(&mut self, password: &str) {
        assert_eq!(self.command(&["CONFIG", "SET", "requirepass", password]), "OK");
        self.password = Some(password.to_owned());
        self.command(&["CLIENT", "KILL", "TYPE", "normal"]);
    }

    /// Kills the server as a crash would.
    pub fn kill(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }

    /// Starts it again on the same port, without data.
    ///
    /// # Panics
    /// If it does not come up.
    pub fn restart(&mut self) {
        self.kill();
        self.server = launch(self.folder.path(), self.port, self.password.as_deref(), self.is_encrypted);
        self.wait();
    }

    /// Stops the process in its tracks: connections stay, nothing is answered.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// What a command of Redis's own client prints, such as `KEYS *`.
    ///
    /// # Panics
    /// If the client is not installed.
    pub fn command(&self, words: &[&str]) -> String {
        let mut client = Command::new("redis-cli");
        client.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "--no-auth-warning"]);
        if let Some(password) = &self.password {
            client.env("REDISCLI_AUTH", password);
        }
        if self.is_encrypted {
            client.args(["--tls", "--insecure"]);
        }
        let output = client.args(words).stdin(Stdio::null()).output().expect("redis-cli is installed");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.server.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the server is ours to signal");
    }

    fn wait(&self) {
        for _ in 0..200 {
            if self.command(&["PING"]) == "PONG" {
                return;
            }
            sleep(Duration::from_millis(25));
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("Redis did not start within 5 s:\n{log}");
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // A process that is stopped dies of this as well.
        self.kill();
    }
}

fn launch(folder: &Path, port: u16, password: Option<&str>, is_encrypted: bool) -> Child {
    let log = fs::File::create(folder.join("log")).expect("the folder is ours");
    let mut server = Command::new("redis-server");
    server.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]).arg("--dir").arg(folder);
    if is_encrypted {
        server.args(["--port", "0", "--tls-port", &port.to_string(), "--tls-auth-clients", "no"]);
        server.arg("--tls-cert-file").arg(folder.join("server.pem"));
        server.arg("--tls-key-file").arg(folder.join("server.key"));
    } else {
        server.args(["--port", &port.to_string()]);
    }
    if let Some(password) = password {
        server.args(["--requirepass", password]);
    }
    let server = server.stdin(Stdio::null()).stdout(log).stderr(Stdio::null()).spawn();
    server.expect("Redis is installed (`make test` installs it)")
}
