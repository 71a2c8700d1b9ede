//! The categories, as the files beside their tests declare them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// Where the tests of backups are.
const BACKUPS: &str = "crates/axiomcore/tests/it/backup";

/// OWASP API Security Top 10:2023.
pub(super) const OWASP: [(&str, &str); 10] = [
    ("API1", "Broken Object Level Authorization"),
    ("API2", "Broken Authentication"),
    ("API3", "Broken Object Property Level Authorization"),
    ("API4", "Unrestricted Resource Consumption"),
    ("API5", "Broken Function Level Authorization"),
    ("API6", "Unrestricted Access to Sensitive Business Flows"),
    ("API7", "Server Side Request Forgery"),
    ("API8", "Security Misconfiguration"),
    ("API9", "Improper Inventory Management"),
    ("API10", "Unsafe Consumption of APIs"),
];

/// A kind of attack.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Category {
    pub(super) title: String,
    /// Names of [`OWASP`].
    pub(super) owasp: Vec<String>,
    /// What somebody tries.
    pub(super) attempted: String,
    /// What must go on working.
    pub(super) positive: String,
    /// What must not work, one by one.
    pub(super) negative: Vec<String>,
    /// What keeps it out.
    pub(super) defence: Vec<Defence>,
}

/// A way in which the matrix of permissions, or a backup, could be wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mistake {
    pub(super) title: String,
    /// Who may what, that should not; or what becomes of a backup.
    pub(super) mistake: String,
    /// Which module has the tests, where not all of them are run.
    #[serde(default)]
    pub(super) tests: String,
    /// What is right where it would be made.
    pub(super) defence: Vec<Defence>,
}

/// A piece of code without which the attack works.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Defence {
    pub(super) what: String,
    pub(super) file: String,
    pub(super) find: String,
    pub(super) put: String,
}

/// A file as it was read, with what the drill knows its defences by.
#[derive(Debug)]
pub(super) struct Described<T> {
    pub(super) about: T,
    pub(super) digest: String,
}

/// What `drills/defences` has seen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    /// The digest of the defences that were taken away.
    pub(super) defences: String,
    /// Tests that passed while the defence was there.
    pub(super) passed: usize,
    /// Tests that failed when it was gone.
    pub(super) failed: Vec<String>,
}

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All categories by `area::category`.
pub(super) fn categories() -> BTreeMap<String, Described<Category>> {
    files("toml").into_iter().map(|(name, file)| (name, read(&file))).collect()
}

/// What could be wrong with the matrix, by `matrix::mistake`.
pub(super) fn mistakes() -> BTreeMap<String, Described<Mistake>> {
    mistakes_in("crates/freeagentics/tests/it/api/matrix", "matrix")
}

/// What could be wrong with backups, by `backup::mistake`.
pub(super) fn backups() -> BTreeMap<String, Described<Mistake>> {
    mistakes_in(BACKUPS, "backup")
}

fn mistakes_in(folder: &str, area: &str) -> BTreeMap<String, Described<Mistake>> {
    let files = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.map(|file| (format!("{area}::{}", file.file_stem().unwrap().to_str().unwrap()), read(&file))).collect()
}

/// The names of the tests of backups, which are another binary's.
pub(super) fn tests_of_backups() -> Vec<String> {
    let files = fs::read_dir(root().join(BACKUPS)).unwrap().map(|entry| entry.unwrap().path());
    let sources = files.filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    let names = sources.flat_map(|file| {
        let (text, module) = (fs::read_to_string(&file).unwrap(), file.file_stem().unwrap().display().to_string());
        let module = if module == "mod" { String::new() } else { format!("{module}::") };
        let names = text.split("#[test]\nfn ").skip(1).filter_map(|rest| rest.split('(').next());
        names.map(|name| format!("{module}{name}")).collect::<Vec<String>>()
    });
    names.collect()
}

fn read<T: DeserializeOwned>(file: &Path) -> Described<T> {
    let text = fs::read_to_string(file).unwrap();
    let about = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let defences = &text[text.find("[[defence]]").unwrap_or_default()..];
    let digest = axiomcore::hex::encode(&Sha256::digest(defences)[..8]);
    Described { about, digest }
}

/// Files of all areas with this ending, but what makes an area a module.
pub(super) fn files(extension: &str) -> Vec<(String, PathBuf)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/security");
    let list = |folder: &Path| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let text = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let areas: Vec<PathBuf> = list(&here).filter(|path| path.is_dir()).collect();
    let files = areas.iter().flat_map(|area| list(area).map(|file| (format!("{}::{}", text(area), text(&file)), file)));
    let is_one = |(_, file): &(String, PathBuf)| file.extension().is_some_and(|found| found == extension);
    files.filter(is_one).filter(|(_, file)| text(file) != "mod").collect()
}

/// The names of all tests that begin so, without that; this binary knows them.
pub(super) fn tests(beginning: &str) -> Vec<String> {
    let this = std::env::current_exe().unwrap();
    let output = Command::new(this).args(["--list", "--format", "terse"]).output().unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    let name = |line: &str| Some(line.strip_suffix(": test")?.strip_prefix(beginning)?.to_owned());
    listed.lines().filter_map(name).collect()
}

/// What the drill has seen, by category.
pub(super) fn seen() -> BTreeMap<String, Seen> {
    let text = fs::read_to_string(root().join("drills/defences/results.toml")).unwrap_or_default();
    toml::from_str(&text).unwrap()
}
