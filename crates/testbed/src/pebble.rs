//! Pebble, an authority that speaks ACME, with a server of names for which every name is this machine.

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

use crate::{Authority, free_port};

/// A running authority; stopped when dropped.
#[derive(Debug)]
pub struct Pebble {
    folder: TempDir,
    port: u16,
    management: u16,
    names: Child,
    server: Child,
}

impl Pebble {
    /// Starts one that asks its questions on this port of every name, and signs for so many seconds.
    ///
    /// # Panics
    /// If it is not installed or does not start; its log is shown.
    pub fn start(questions: u16, seconds: u64) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let authority = Authority::new("pebble");
        authority.sign(&["localhost", "127.0.0.1"]).write(folder.path(), "pebble");
        fs::write(folder.path().join("ca.pem"), authority.certificate()).expect("the folder is ours");
        let [port, management, dns, other] = [(); 4].map(|()| free_port());
        let at = |file: &str| folder.path().join(file).display().to_string();
        let (certificate, key) = (at("pebble.pem"), at("pebble.key"));
        let config = format!(
            r#"{{"pebble": {{"listenAddress": "127.0.0.1:{port}", "managementListenAddress": "127.0.0.1:{management}",
            "certificate": "{certificate}", "privateKey": "{key}", "httpPort": {questions}, "tlsPort": {other},
            "certificateValidityPeriod": {seconds}}}}}"#
        );
        fs::write(folder.path().join("pebble.json"), config).expect("the folder is ours");
        let none = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", ""];
        let names = launch(
            Command::new("pebble-challtestsrv").args(none).args([
                "-dns01",
                &format!("127.0.0.1:{dns}"),
                "-management",
                &format!("127.0.0.1:{}", free_port()),
            ]),
            &folder,
        );
        let server = launch(
            Command::new("pebble")
                .args(["-config", &at("pebble.json"), "-dnsserver", &format!("127.0.0.1:{dns}")])
                // It would wait seconds before it asks, as others do.
                .env("PEBBLE_VA_NOSLEEP", "1"),
            &folder,
        );
        let pebble = Self { folder, port, management, names, server };
        pebble.wait();
        pebble
    }

    /// Its directory.
    pub fn directory(&self) -> String {
        format!("https://localhost:{}/dir", self.port)
    }

    /// A file with who signed its own certificate, as a server.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The port of `localhost` where it tells with which root it signs, under `/roots/0`.
    pub const fn management(&self) -> u16 {
        self.management
    }

    fn wait(&self) {
        for _ in 0..300 {
            if [self.port, self.management].iter().all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok()) {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("Pebble did not start within 15 s:\n{log}");
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        for child in [&mut self.server, &mut self.names] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn launch(command: &mut Command, folder: &TempDir) -> Child {
    let log = fs::OpenOptions::new().create(true).append(true).open(folder.path().join("log"));
    let log = log.expect("the folder is ours");
    let errors = log.try_clone().expect("a file can be opened twice");
    let started = command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
    started.expect("Pebble is installed (`make test` installs it)")
}
