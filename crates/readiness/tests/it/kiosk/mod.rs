//! A stranger's repository, written afresh for each test: a crate with tests, and a service.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use readiness::{Deployment, Examination, Format, Profile, Report, SystemClock, examine};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const SERVICE: &str = "\
[product]
name = \"Kiosk\"
version = { file = \"Cargo.toml\", pattern = 'version = \"(.*)\"' }
[service]
start = [\"cargo\", \"run\", \"--quiet\", \"--\", \"{token_file}\"]
address = 'open at (\\S+)'
metrics = 'open at (\\S+)'
ready = \"/up\"
credential = \"X-Kiosk-Key: {token}\"
";

/// The repository; it is gone with the test.
pub(crate) struct Kiosk(TempDir);

impl Kiosk {
    pub(crate) fn new() -> Self {
        let kiosk = Self(tempfile::tempdir().unwrap());
        kiosk
            .write("Cargo.toml", "[package]\nname = \"kiosk\"\nversion = \"3.1.4\"\nedition = \"2021\"\n[workspace]\n");
        kiosk.write("src/main.rs", include_str!("service.rs.txt"));
        kiosk.write("src/lib.rs", include_str!("tests.rs.txt"));
        kiosk
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn examine(&self, profile: &str, deployment: Deployment) -> Report {
        let examination = Examination {
            repo: self.path().to_owned(),
            deployment,
            program: "true".into(),
            only: Vec::new(),
            reports: Vec::new(),
        };
        let profile = Profile::read(profile).unwrap_or_else(|error| panic!("{error}"));
        examine(&profile, &examination, &SystemClock::start(), &mut |_| {}).unwrap()
    }

    /// Whether the service that an examination started has ended.
    pub(crate) fn has_ended(&self) -> bool {
        let process = std::fs::read_to_string(self.path().join("kiosk.pid")).unwrap();
        !PathBuf::from("/proc").join(process).exists()
    }

    /// Starts the service as its owner would; it ends with what is returned.
    pub(crate) fn open(&self, token: &str) -> Open {
        self.write("key", token);
        let said = std::fs::File::create(self.path().join("said")).unwrap();
        let mut command = Command::new("cargo");
        command.args(["run", "--quiet", "--", "key"]).current_dir(self.path()).stdout(said).stdin(Stdio::null());
        let child = command.spawn().unwrap();
        let address = (0..6_000).find_map(|_| {
            std::thread::sleep(Duration::from_millis(10));
            let said = std::fs::read_to_string(self.path().join("said")).unwrap();
            Some(said.strip_prefix("open at ")?.strip_suffix('\n')?.to_owned())
        });
        Open { child, address: address.expect("it says where it is") }
    }
}

/// A service that runs without an examination.
pub(crate) struct Open {
    child: Child,
    pub(crate) address: String,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The report as data.
pub(crate) fn data(report: &Report) -> Value {
    serde_json::from_str(&report.render(Format::Json)).unwrap()
}

/// Requirement by requirement, how it stands.
pub(crate) fn standings(report: &Report) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = data(report)["requirements"].as_array().unwrap().clone();
    rows.iter().map(|row| (text(&row["id"]), text(&row["status"]))).collect()
}

/// What was said of the only part of a requirement: `held`, or why not.
pub(crate) fn why(report: &Report, id: &str) -> String {
    let report = data(report);
    let row = report["requirements"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap();
    let part = &row["parts"][0];
    let why = part["why"].as_str().unwrap_or_default();
    format!("{} {why}", part["verdict"].as_str().unwrap()).trim_end().to_owned()
}
