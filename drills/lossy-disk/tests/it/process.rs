//! Scripts, and the processes that they run in.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::{databases, files};

/// What a process does in the folder. It ends by `abort`, so that nothing is tidied up.
pub(crate) type Script = (&'static str, fn(&Path));

const NAME: &str = "DRILL_SCRIPT";

/// Runs in the process. It is a test so that this program need not be two.
#[test]
#[ignore = "the other tests run it, in processes of its own"]
fn a_script_in_a_process() {
    let (name, folder) = (std::env::var(NAME).unwrap(), std::env::var("LOSSY_DISK_FOLDER").unwrap());
    let script = files::SCRIPTS.iter().chain(databases::SCRIPTS).find(|(script, _)| *script == name).unwrap();
    script.1(Path::new(&folder));
    std::process::abort();
}

/// A folder on a disk that forgets.
pub(crate) struct Disk {
    around: TempDir,
    settings: Vec<(&'static str, String)>,
}

impl Disk {
    pub(crate) fn new() -> Self {
        let around = tempfile::tempdir().unwrap();
        std::fs::create_dir(around.path().join("disk")).unwrap();
        Self { around, settings: Vec::new() }
    }

    pub(crate) fn lying() -> Self {
        Self { settings: vec![("LOSSY_DISK_SYNC", "lie".into())], ..Self::new() }
    }

    pub(crate) fn leaking(percent: u32, seed: u32) -> Self {
        Self { settings: vec![("LOSSY_DISK_LEAK", format!("{percent}:{seed}"))], ..Self::new() }
    }

    /// Runs a script on it until the power goes.
    pub(crate) fn run(&self, script: &str) -> &Self {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "process::a_script_in_a_process"])
            .env("LD_PRELOAD", library())
            .env("LOSSY_DISK_FOLDER", self.folder())
            .env(NAME, script)
            .envs(self.settings.clone())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!told.contains("panicked"), "{script}: {told}");
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&output.status), Some(6), "{script}: {told}");
        self
    }

    /// The folder. What lies beside it is on a disk that keeps everything.
    pub(crate) fn folder(&self) -> PathBuf {
        self.around.path().canonicalize().unwrap().join("disk")
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// What is really there.
    pub(crate) fn content(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.file(name)).unwrap()
    }
}

/// Cargo put it beside this program.
fn library() -> PathBuf {
    let library = std::env::current_exe().unwrap().with_file_name("liblossy_disk.so");
    assert!(library.exists(), "{} is missing", library.display());
    library
}
