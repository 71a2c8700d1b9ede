//! A real server as a process of its own, over a data folder that outlives it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A running server; killed when dropped.
pub(crate) struct Serving {
    _folder: TempDir,
    data: PathBuf,
    arguments: Vec<String>,
    child: Child,
    url: String,
    key: String,
}

impl Serving {
    /// Starts one on free ports, with a new data folder and these further arguments.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let (child, told) = launch(&data, &arguments);
        let key = told["administrator_key"].as_str().expect("the first start makes a key").to_owned();
        Self { url: url(&told), _folder: folder, data, arguments, child, key }
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &str {
        self.data.to_str().unwrap()
    }

    /// Its address without the scheme.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(&mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success() && self.child.wait().unwrap().success(), "it did not stop in order");
    }

    /// Starts it again on the same data; the port is another one.
    pub(crate) fn start_again(&mut self) {
        let (child, told) = launch(&self.data, &self.arguments);
        assert!(told.get("administrator_key").is_none(), "a key is shown once");
        (self.child, self.url) = (child, url(&told));
    }

    /// Runs a command of the program against it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.args(arguments).env("FREEAGENTICS_URL", &self.url).env("FREEAGENTICS_KEY", &self.key);
        command
    }

    /// The JSON values that a command prints; it must succeed.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.command(arguments).args(["--output", "json"]).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// The program, with nothing set for it that is set for whoever runs the tests.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_freeagentics"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FREEAGENTICS_")) {
        command.env_remove(name);
    }
    command
}

/// Starts it and waits for the line that says where it is.
fn launch(data: &Path, arguments: &[String]) -> (Child, Value) {
    let mut command = program();
    command.arg("serve").arg("--data").arg(data).args(["--listen", "127.0.0.1:0", "--metrics-listen", ""]);
    command.args(["--output", "json"]).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let told = serde_json::from_str(&line).unwrap_or_else(|_| panic!("the server did not start: {line}"));
    (child, told)
}

fn url(told: &Value) -> String {
    format!("http://{}", told["address"].as_str().unwrap())
}
