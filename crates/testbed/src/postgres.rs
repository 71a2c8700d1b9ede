//! A PostgreSQL server.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
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
    /// Whether somebody may have started it anew, or another one beside it.
    is_shared: AtomicBool,
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
        let port = free_port();
        // For whoever starts it anew, or a copy of it.
        let mut file = fs::OpenOptions::new().append(true).open(data.join("postgresql.conf")).expect("initdb wrote it");
        let lines = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{}'\n",
            folder.path().display()
        );
        file.write_all(lines.as_bytes()).expect("the file is ours");
        prepare(&data);
        let server = launch(folder.path(), port, settings);
        let server = Self { folder, port, server, is_shared: AtomicBool::new(false) };
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

    /// Makes another database, with nothing in it; how to reach it.
    ///
    /// # Panics
    /// If it is there already.
    pub fn create_database(&self, name: &str) -> String {
        let port = self.port.to_string();
        let made = command("createdb").args(["-h", "127.0.0.1", "-U", "test", "-p", &port, name]).output();
        let made = made.expect("createdb runs");
        assert!(made.status.success(), "createdb failed: {}", String::from_utf8_lossy(&made.stderr));
        self.url().replace("/postgres?", &format!("/{name}?"))
    }

    /// Runs a script of a shell as the user of the server, with its programs, in its folder. `$CLUSTER` is its own folder,
    /// `$PGHOST` and the like say how it is reached.
    ///
    /// # Panics
    /// If it fails; what it said is shown.
    pub fn shell(&self, script: &str, environment: &[(&str, &str)]) {
        self.is_shared.store(true, Ordering::Relaxed);
        let path = format!("{}:{}", bin_folder().display(), std::env::var("PATH").unwrap_or_default());
        let mut shell = as_its_user(Command::new("sh"));
        shell.args(["-eu", "-c", script]).env("PATH", path).env("CLUSTER", self.folder.path().join("data"));
        shell.env("PGHOST", "127.0.0.1").env("PGPORT", self.port.to_string()).env("PGUSER", "test");
        // To a file: a server that it starts keeps what it was given open.
        let log = self.folder.path().join("shell");
        let file = fs::File::create(&log).expect("the folder is ours");
        let also = file.try_clone().expect("a file can be opened twice");
        shell.current_dir(self.folder.path()).envs(environment.iter().copied()).stdout(file).stderr(also);
        let status = shell.stdin(Stdio::null()).status().expect("a shell runs");
        assert!(status.success(), "{script}\n{}", fs::read_to_string(log).unwrap_or_default());
    }

    /// A folder for whoever is to share it with the server.
    pub fn folder(&self) -> &Path {
        self.folder.path()
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
        for data in ["data", "data.restored"].iter().filter(|_| self.is_shared.load(Ordering::Relaxed)) {
            let mut end = command("pg_ctl");
            end.args(["--mode", "immediate", "--pgdata"]).arg(self.folder.path().join(data)).arg("stop");
            let _ = end.stdout(Stdio::null()).stderr(Stdio::null()).status();
        }
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
    as_its_user(Command::new(bin_folder().join(program)))
}

fn as_its_user(mut command: Command) -> Command {
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
