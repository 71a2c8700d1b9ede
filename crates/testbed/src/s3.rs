//! An S3-compatible store: SeaweedFS, which `make` installs below `.cache`. It verifies signatures, refuses requests of another
//! time, and lists a thousand objects at a time.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::free_port;

/// A running store with one bucket; stopped when dropped.
#[derive(Debug)]
pub struct S3 {
    folder: TempDir,
    port: u16,
    /// Where its files are seen as such.
    filer: u16,
    /// Files that it leaves beside its own, wherever temporary ones are elsewhere.
    sockets: Vec<PathBuf>,
    server: Child,
}

impl S3 {
    /// The name of its bucket.
    pub const BUCKET: &str = "copies";

    /// The name of the only key that it knows, and the key itself.
    pub const KEY: (&str, &str) = ("TESTS", "a/secret+with=signs");

    /// Starts it.
    ///
    /// # Panics
    /// If it is not installed or does not start; its log is shown.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let [port, filer, master, volume] = [(); 4].map(|()| free_port());
        let at = |name: &str| folder.path().join(name).display().to_string();
        let (name, secret) = Self::KEY;
        let keys = format!(
            r#"{{"identities":[{{"name":"tests","credentials":[{{"accessKey":"{name}","secretKey":"{secret}"}}],
            "actions":["Admin","Read","Write","List"]}}]}}"#
        );
        fs::write(at("keys.json"), keys).expect("the folder is ours");
        fs::create_dir(at("data")).expect("the folder is ours");
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/seaweedfs/bin/weed");
        let mut command = Command::new(&program);
        command.args(["server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3", "-volume.max=8"]);
        command.args(["-master.volumeSizeLimitMB=64", &format!("-dir={}", at("data"))]);
        command.args([format!("-s3.config={}", at("keys.json")), format!("-s3.localSocket={}", at("s3.sock"))]);
        command.arg(format!("-filer.localSocket={}", at("filer.sock")));
        // Nobody asks it for these.
        command.args(["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"]);
        // On a disk that is nearly full it would start, and answer to nothing that is to be written.
        command.arg("-volume.minFreeSpace=1MiB");
        let mut sockets = Vec::new();
        for (part, port) in [("master", master), ("volume", volume), ("filer", filer), ("s3", port)] {
            let inner = free_port();
            command.args([format!("-{part}.port={port}"), format!("-{part}.port.grpc={inner}")]);
            sockets.push(Path::new("/tmp").join(format!("seaweedfs-{part}-grpc-{inner}.sock")));
        }
        // For its logs.
        command.env("TMPDIR", folder.path());
        let log = fs::File::create(at("log")).expect("the folder is ours");
        let errors = log.try_clone().expect("a file can be opened twice");
        let server = command.current_dir(folder.path()).stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
        let server = server.unwrap_or_else(|error| panic!("{}: {error}; `make .cache/seaweedfs`", program.display()));
        let store = Self { folder, port, filer, sockets, server };
        store.wait();
        store
    }

    /// Its address.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Until the bucket is there, something can be put into it, and requests are answered.
    #[expect(clippy::disallowed_methods, reason = "how long is waited is about the real clock")]
    fn wait(&self) {
        let begun = Instant::now();
        // It is given up before nextest gives the test up, which could neither end the store then nor say what is in its log.
        while begun.elapsed() < Duration::from_secs(60) {
            let path = format!("/buckets/{}/", Self::BUCKET);
            let is_writable = matches!(status(self.filer, "POST", &path), Some(201 | 409))
                && status(self.filer, "PUT", &format!("{path}ready")) == Some(201)
                && status(self.filer, "DELETE", &format!("{path}ready")) == Some(204);
            if is_writable && status(self.port, "GET", "/").is_some() {
                return;
            }
            sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("the store did not start within a minute:\n{log}");
    }
}

/// The status of an answer; nothing if there is none.
fn status(port: u16, method: &str, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(3))).ok()?;
    let length = if method == "PUT" { 5 } else { 0 };
    let body = if method == "PUT" { "ready" } else { "" };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: store\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        for socket in &self.sockets {
            let _ = fs::remove_file(socket);
        }
    }
}
