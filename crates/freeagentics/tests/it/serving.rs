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
    child: Child,
    url: String,
}

impl Serving {
    /// Starts one on free ports, with a new data folder and these further arguments.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let (child, told) = launch(&data, &arguments);
        assert!(told["administrator_key"].is_string(), "the first start makes a key");
        Self { url: url(&told), _folder: folder, data, child }
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &str {
        self.data.to_str().unwrap()
    }

    /// Its address without the scheme.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(&mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success() && self.child.wait().unwrap().success(), "it did not stop in order");
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
