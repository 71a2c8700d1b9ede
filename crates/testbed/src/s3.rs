//! An S3-compatible store: s3rver, which `make` installs below `.cache`.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

use crate::free_port;

/// A running store with one bucket; stopped when dropped.
#[derive(Debug)]
pub struct S3 {
    _folder: TempDir,
    port: u16,
    server: Child,
}

impl S3 {
    /// The name of its bucket.
    pub const BUCKET: &str = "copies";

    /// The name of the only key that it knows, and the key itself.
    pub const KEY: (&str, &str) = ("S3RVER", "S3RVER");

    /// Starts it.
    ///
    /// # Panics
    /// If it is not installed or does not start.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let port = free_port();
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/s3/node_modules/.bin/s3rver");
        let mut command = Command::new(&program);
        command.args(["--address", "127.0.0.1", "--silent", "--configure-bucket", Self::BUCKET]);
        command.args(["--port", &port.to_string(), "--directory"]).arg(folder.path());
        let server = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let server = server.unwrap_or_else(|error| panic!("{}: {error}; `make .cache/s3`", program.display()));
        let store = Self { _folder: folder, port, server };
        store.wait();
        store
    }

    /// Its address.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn wait(&self) {
        for _ in 0..300 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("the store did not start within 15 s");
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
