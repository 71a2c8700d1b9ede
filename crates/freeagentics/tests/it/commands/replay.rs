//! `freeagentics replay`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::api::server::Installation;

/// A constant of the logarithm (`LN_POLY[2]`): the vector kernels have copies of it.
const CONSTANT: f64 = 0.285_714_286_260_032_7;

fn replay(program: &Path, data: &Path) -> (Option<i32>, Value) {
    let output =
        Command::new(program).args(["replay", "--verify", "--output", "json", "--data"]).arg(data).output().unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn a_flipped_bit_in_a_constant_of_the_program_is_named() {
    let installation = Installation::sqlite();
    installation.start().stop();
    let data = installation.folder().join("data");
    let program = fs::read(env!("CARGO_BIN_EXE_freeagentics")).unwrap();
    assert_eq!(replay(Path::new(env!("CARGO_BIN_EXE_freeagentics")), &data).0, Some(0));
    let places: Vec<usize> =
        (0..program.len() - 8).filter(|at| program[*at..*at + 8] == CONSTANT.to_le_bytes()).collect();
    assert!(!places.is_empty(), "the constant is in the program");
    for place in places {
        let mut flipped = program.clone();
        flipped[place + 3] ^= 1;
        let path = installation.folder().join("flipped");
        fs::write(&path, flipped).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let (code, report) = replay(&path, &data);
        assert_eq!((code, &report["findings"][0]["fault"]), (Some(1), &"kernels".into()), "{report}");
    }
}

#[test]
fn a_folder_without_a_database_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let replay = Command::new(env!("CARGO_BIN_EXE_freeagentics"))
        .args(["replay", "--verify", "--data"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_ne!(replay.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&replay.stderr).contains("--data"), "{replay:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
