//! A program that listens.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// A running program; killed when dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts it and waits until somebody listens on a port of the loopback address. What it prints goes to a file in
    /// `folder`.
    ///
    /// # Panics
    /// If it is not installed, or does not listen within 20 s; what it printed is shown.
    pub fn start(folder: &Path, mut command: Command, port: u16) -> Self {
        let name = Path::new(command.get_program()).file_name().unwrap_or_default().to_owned();
        let name = name.to_string_lossy();
        let log = folder.join(format!("{name}-{port}.log"));
        let file = fs::File::create(&log).expect("the folder is ours");
        let also = file.try_clone().expect("a file can be opened twice");
        command.stdin(Stdio::null()).stdout(file).stderr(also);
        let child = command.spawn().unwrap_or_else(|error| panic!("{name} (`make test` installs it): {error}"));
        let mut program = Self { child, log };
        program.wait(port);
        program
    }

    /// What it has printed.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn wait(&mut self, port: u16) {
        for _ in 0..400 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return;
            }
            assert!(matches!(self.child.try_wait(), Ok(None)), "it ended:\n{}", self.log());
            sleep(Duration::from_millis(50));
        }
        panic!("nobody listens on {port} after 20 s:\n{}", self.log());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
