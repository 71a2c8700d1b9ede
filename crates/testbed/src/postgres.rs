//! A PostgreSQL server.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

use crate::{Issued, free_port};

/// A running server with an empty database; stopped when dropped.
#[derive(Debug)]
pub struct Postgres {
    folder: TempDir,
    port: u16,
    server: Child,
}

impl Postgres {
    /// Makes a new cluster and starts it, with the durable settings a product needs.
    ///
    /// # Panics
    /// If PostgreSQL is not installed or does not start; its log is shown.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// As [`start`](Self::start), with further settings (`name=value`).
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub fn start_with(settings: &[&str]) -> Self {
        Self::start_prepared(settings, |_| {})
    }

    /// As [`start`](Self::start), with TLS under this certificate.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub fn start_encrypted(issued: &Issued) -> Self {
        Self::start_prepared(&["ssl=on"], |data| {
            let files = issued.write(data, "server");
            let (certificate, key) = (data.join("server.crt"), data.join("server.key"));
            fs::rename(files.0, &certificate).expect("the folder is ours");
            if let Some((user, group)) = unprivileged() {
                for file in [certificate, key] {
                    chown(file, Some(user), Some(group)).expect("root may give a file away");
                }
            }
        })
    }

    /// As [`start`](Self::start); whoever is not the administrator `test` has to say a password.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub fn start_guarded() -> Self {
        Self::start_prepared(&[], |data| {
            let rules = "host all test 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
            fs::write(data.join("pg_hba.conf"), rules).expect("the folder is ours");
        })
    }

    fn start_prepared(settings: &[&str], prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).expect("the folder is ours");
        if let Some((user, group)) = unprivileged() {
            chown(folder.path(), Some(user), Some(group)).expect("root may give a folder away");
        }
        let data = folder.path().join("data");
        let made = command("initdb")
            .args(["--auth=trust", "--username=test", "--no-sync", "--no-locale", "--encoding=UTF8", "--pgdata"])
            .arg(&data)
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        prepare(&data);
        let port = free_port();
        let server = launch(folder.path(), port, settings);
        let server = Self { folder, port, server };
        server.wait();
        server
    }

    /// How to reach it.
    pub fn url(&self) -> String {
        format!("postgres://test@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }

    /// How somebody reaches it who has to say a password.
    pub fn url_of(&self, user: &str, password: &str) -> String {
        format!("postgres://{user}:{password}@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }

    /// How to reach it under this name of the machine, without a word about TLS.
    pub fn url_at(&self, host: &str) -> String {
        format!("postgres://test@{host}:{}/postgres", self.port)
    }

    /// Kills the server as a crash would: no shutdown, no flush.
    pub fn kill(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }

    /// Starts it again on the same port and data.
    ///
    /// # Panics
    /// If it does not come up.
    pub fn restart(&mut self) {
        self.kill();
        let _ = fs::remove_file(self.folder.path().join("data/postmaster.pid"));
        self.server = launch(self.folder.path(), self.port, &[]);
        self.wait();
    }

    fn wait(&self) {
        for _ in 0..300 {
            let ready = command("pg_isready").args(["-q", "-h", "127.0.0.1", "-p"]).arg(self.port.to_string()).status();
            if ready.is_ok_and(|status| status.success()) {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("PostgreSQL did not start within 15 s:\n{log}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
}

fn launch(folder: &Path, port: u16, settings: &[&str]) -> Child {
    let log = fs::File::create(folder.join("log")).expect("the folder is ours");
    let socket = format!("unix_socket_directories={}", folder.display());
    let mut server = command("postgres");
    server.arg("-D").arg(folder.join("data")).args(["-p", &port.to_string()]);
    for setting in ["listen_addresses=127.0.0.1", &socket, "shared_buffers=64MB"].iter().chain(settings) {
        server.args(["-c", setting]);
    }
    server.stdout(Stdio::null()).stderr(log).spawn().expect("postgres starts")
}

/// A program of PostgreSQL, run as a user that is not root: the server refuses root.
fn command(program: &str) -> Command {
    let mut command = Command::new(bin_folder().join(program));
    if let Some((user, group)) = unprivileged() {
        command.uid(user).gid(group);
    }
    command.stdin(Stdio::null()).current_dir("/");
    command
}

/// Debian keeps the server's programs out of the path.
fn bin_folder() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").exists()).max();
    newest.expect("PostgreSQL's server is installed (`make test` installs it)")
}

/// User and group to run as when we are root; nothing to change otherwise.
fn unprivileged() -> Option<(u32, u32)> {
    let root = fs::metadata("/proc/self").is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0);
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    root.then(|| ids("postgres").or_else(|| ids("nobody")).expect("there is a user that is not root"))
}
