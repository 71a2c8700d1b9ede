//! The command line as a user meets it: the real program, its output, its exit codes.

mod account;
mod agents;
mod archiving;
mod audit;
mod backup;
mod check;
mod client;
mod config;
mod doctor;
mod explain;
mod models;
mod one_time_code;
mod people;
mod readiness;
mod reasons;
mod replay;
mod run;
mod schema;
mod scoring;
mod sealing;
mod sign_in;
mod simulate;
mod steps;
mod streams;
mod test;
mod tls;

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::api::{KEY, Server};

/// What the program said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

impl Said {
    /// One JSON value a line.
    fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
    }

    /// The JSON value that standard error consists of.
    fn error(&self) -> Value {
        let told: Value = serde_json::from_str(&self.err).unwrap_or_else(|e| panic!("{e}: {}", self.err));
        told["error"].clone()
    }
}

/// Runs the program with nothing to read.
pub(crate) fn freeagentics(arguments: &[&str]) -> Said {
    fed(arguments, "")
}

/// Runs the program with this on its standard input.
fn fed(arguments: &[&str], input: &str) -> Said {
    let mut child = program(arguments).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let feeding = std::thread::spawn(move || {
        // The program may have seen enough before it has read everything.
        let _ignored = stdin.write_all(input.as_bytes());
    });
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    finished(output)
}

/// Runs the program with this server's administrator's key.
fn asked(server: &Server, arguments: &[&str]) -> Said {
    let mut command = program(arguments);
    command.env("FREEAGENTICS_URL", format!("http://{}", server.address())).env("FREEAGENTICS_KEY", KEY);
    finished(command.stdin(Stdio::null()).output().unwrap())
}

fn finished(output: Output) -> Said {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { out: text(output.stdout), err: text(output.stderr), code: output.status.code().unwrap() }
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_freeagentics"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).env_remove("NO_COLOR");
    // What is set for whoever runs the tests is not set for the program.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FREEAGENTICS_")) {
        command.env_remove(name);
    }
    // Nor is anybody signed in.
    command.env("XDG_CONFIG_HOME", folder().join("settings"));
    // Where complaints name a file, they name it as it was given.
    command.current_dir(folder());
    command
}

/// Writes a file for a test; its name is its own.
fn file(name: &str, text: &str) -> String {
    std::fs::write(folder().join(name), text).unwrap();
    name.to_owned()
}

/// The same, for nobody else to read.
fn secret(name: &str, text: &str) -> String {
    let name = file(name, text);
    std::fs::set_permissions(folder().join(&name), std::fs::Permissions::from_mode(0o600)).unwrap();
    name
}

fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("commands");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
