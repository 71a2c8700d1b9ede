//! Settings: which source wins, what is refused, what is shown.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use axiomcore::config::{
    ByteSize, Checks, Database, Fault, Faults, Origin, Period, Profile, Schema, Secret, Settings, Sources,
};
use tempfile::TempDir;

axiomcore::settings! {
    /// How the kettle works.
    pub struct Kettle in "kettle" {
        /// How hot it gets, in degrees.
        pub degrees: u16 = 80, production = "100";
        /// How long it takes.
        pub time: Period = Period::seconds(90);
        /// How much fits in.
        pub size: ByteSize = ByteSize::kib(1);
        /// Who may drink.
        pub guests: Vec<String> = vec!["ann".into()];
        /// What opens it.
        pub code: Option<Secret<String>> = None;
    }
}

impl Checks for Kettle {
    fn check(&self, profile: Profile) -> Vec<Fault> {
        let open = profile == Profile::Production && self.code.is_none();
        open.then(|| Fault::new("kettle.code", "production needs one")).into_iter().collect()
    }
}

fn schema() -> Schema {
    Schema::new("TEA").with::<Kettle>()
}

/// Loads from a file's text, variables and flags (`key=value`).
fn load(folder: &TempDir, file: &str, environment: &[&str], flags: &[&str]) -> Result<Settings, Faults> {
    let path = folder.path().join("tea.toml");
    std::fs::write(&path, file).unwrap();
    let pair = |text: &str| text.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned())).unwrap();
    let flag = |text: &&str| (format!("--{text}"), pair(text).0, pair(text).1);
    let environment = environment.iter().map(|text| pair(text)).collect();
    schema().load(&Sources { file: Some(path), environment, flags: flags.iter().map(flag).collect() })
}

fn faults(folder: &TempDir, file: &str, environment: &[&str], flags: &[&str]) -> String {
    load(folder, file, environment, flags).err().unwrap().to_string()
}

#[test]
fn flags_win_over_the_environment_over_the_file_over_the_profile_over_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let degrees = |file: &str, environment: &[&str], flags: &[&str]| {
        let settings = load(&folder, file, environment, flags).unwrap();
        let line = settings.effective().into_iter().find(|line| line.key == "kettle.degrees").unwrap();
        (settings.section::<Kettle>().degrees, line.origin)
    };
    let production = ["profile=production", "kettle.code=1234"];
    let file = "[kettle]\ndegrees = 70\n";
    let from_file = Origin::File(folder.path().join("tea.toml"));
    let variable = Origin::Environment("TEA__KETTLE__DEGREES".into());
    assert_eq!(degrees("", &[], &[]), (80, Origin::Default));
    assert_eq!(degrees("", &[], &production), (100, Origin::Profile(Profile::Production)));
    assert_eq!(degrees(file, &[], &production), (70, from_file));
    assert_eq!(degrees(file, &["TEA__KETTLE__DEGREES=60", "OTHER=1"], &[]), (60, variable));
    let flag = ["kettle.degrees=50"];
    assert_eq!(degrees(file, &["TEA__KETTLE__DEGREES=60"], &flag), (50, Origin::Flag("--kettle.degrees=50".into())));
}

#[test]
fn every_kind_of_value_is_read_from_text_and_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = "[kettle]\ntime = \"2m\"\nsize = 2048\nguests = [\"bob\", \"cleo\"]\n";
    let kettle: Kettle = load(&folder, file, &[], &[]).unwrap().section();
    assert_eq!((kettle.time, kettle.size), (Period::seconds(120), ByteSize::kib(2)));
    assert_eq!(kettle.guests, ["bob", "cleo"]);
    let kettle: Kettle =
        load(&folder, file, &["TEA__KETTLE__GUESTS=dan, eve"], &["kettle.size=3KiB"]).unwrap().section();
    assert_eq!((kettle.guests, kettle.size), (vec!["dan".to_owned(), "eve".to_owned()], ByteSize::kib(3)));
}

#[test]
fn everything_wrong_is_named_at_once_with_its_key_origin_and_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let file = "[kettle]\ndegres = 70\ntime = 30\n[cup]\nsize = 1\n";
    let said = faults(&folder, file, &["TEA__KETTLE__DEGREES=hot"], &["kettle.code_fil=x"]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 5, "{said}");
    assert!(lines[0].starts_with("cup.size (file "), "{said}");
    assert!(
        lines[1].starts_with("kettle.degres (file ") && lines[1].ends_with("did you mean `kettle.degrees`?"),
        "{said}"
    );
    assert!(
        lines[2].contains("kettle.time") && lines[2].contains("30s") && lines[2].contains("not the number 30"),
        "{said}"
    );
    assert!(lines[3].contains("environment TEA__KETTLE__DEGREES") && lines[3].contains("not `hot`"), "{said}");
    assert!(lines[4].contains("flag --kettle.code_fil=x"), "{said}");
    assert!(faults(&folder, "[kettle", &[], &[]).contains("tea.toml"));
    assert!(faults(&folder, "", &["TEA__PROFILE=fast"], &[]).contains("development, staging or production"));
}

#[test]
fn production_refuses_what_development_accepts() {
    let folder = tempfile::tempdir().unwrap();
    assert!(load(&folder, "", &[], &[]).is_ok());
    assert_eq!(faults(&folder, "profile = \"production\"", &[], &[]), "kettle.code: production needs one");
}

#[test]
fn a_secret_from_a_file_is_read_again_when_it_says_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("code");
    let write = |text: &str, mode: u32| {
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    write("0815\n", 0o600);
    let file = format!("[kettle]\ncode_file = {:?}", path.display().to_string());
    let code = load(&folder, &file, &[], &[]).unwrap().section::<Kettle>().code.unwrap();
    assert_eq!(code.renewed().unwrap(), None);
    write("4711\n", 0o600);
    let renewed = code.renewed().unwrap().unwrap();
    assert_eq!((code.expose().as_str(), renewed.expose().as_str()), ("0815", "4711"));
    assert_eq!(renewed.renewed().unwrap(), None);
    write("", 0o600);
    assert!(code.renewed().unwrap_err().to_string().contains("is empty"));
    write("4711", 0o644);
    assert!(code.renewed().unwrap_err().to_string().contains("chmod"));
    assert_eq!(Secret::new("given".to_owned()).renewed().unwrap(), None, "what came from elsewhere stays");
}

#[test]
fn a_secret_comes_from_a_file_and_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("code");
    std::fs::write(&path, "0815\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let flag = format!("kettle.code_file={}", path.display());
    let settings = load(&folder, "", &[], &[&flag]).unwrap();
    let kettle: Kettle = settings.section();
    assert_eq!(kettle.code.as_ref().unwrap().expose(), "0815");
    let shown = format!("{settings} {kettle:?} {}", serde_json::to_string(&kettle.code).unwrap());
    assert!(!shown.contains("0815") && shown.contains("code = \"***\" # secret from file "), "{shown}");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(faults(&folder, "", &[], &[&flag]).contains("chmod o-rwx"));
    assert!(!faults(&folder, "[kettle]\ncode = 815\n", &[], &[]).contains("815"));
}

#[test]
fn what_is_in_force_is_shown_as_a_file_that_loads_again() {
    let folder = tempfile::tempdir().unwrap();
    let shown = load(&folder, "[kettle]\nguests = [\"b\\\"ob\"]\n", &[], &["kettle.time=90s"]).unwrap().to_string();
    assert!(shown.contains("degrees = 80 # default"), "{shown}");
    let again: Kettle = load(&folder, &shown, &[], &[]).unwrap().section();
    assert_eq!((again.guests, again.time), (vec!["b\"ob".to_owned()], Period::seconds(90)));
}

#[test]
fn the_reference_and_the_example_name_every_key() {
    let (reference, example) = (schema().reference(), schema().env_example());
    for part in ["## `[kettle]`", "How the kettle works.", "How hot it gets, in degrees.", "`80`; in production `100`"]
    {
        assert!(reference.contains(part), "{part} in {reference}");
    }
    assert!(reference.contains("`TEA__KETTLE__CODE_FILE`"));
    assert!(example.contains("# How long it takes.\n#TEA__KETTLE__TIME=90s\n"), "{example}");
}

#[test]
fn production_does_not_send_the_databases_password_in_the_clear() {
    let refused = |profile, url: &str| {
        let database = Database { url: Some(Secret::new(url.into())), ..Database::default() };
        database.check(profile).len()
    };
    let far = "postgres://ann:pass@db.example/tea?sslmode=disable";
    assert_eq!([Profile::Development, Profile::Production].map(|profile| refused(profile, far)), [0, 1]);
    for safe in ["postgres://ann@localhost/tea?sslmode=disable", "postgres://ann:p@db.example/tea?sslmode=verify-full"]
    {
        assert_eq!(refused(Profile::Production, safe), 0, "{safe}");
    }
    assert_eq!(refused(Profile::Development, "mysql://db.example"), 1);
}

#[test]
fn the_example_of_a_file_changes_nothing_and_with_its_marks_taken_away_says_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let example = schema().file_example();
    let values = |settings: Settings| -> Vec<(String, String)> {
        settings.effective().into_iter().map(|line| (line.key, line.value)).collect()
    };
    let defaults = values(load(&folder, "", &[], &[]).unwrap());
    assert_eq!(values(load(&folder, &example, &[], &[]).unwrap()), defaults);
    let is_setting =
        |line: &&str| line.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') && !line.contains("_file");
    let bare: String = example
        .lines()
        .map(|line| line.strip_prefix('#').unwrap_or(line))
        .filter(is_setting)
        .fold(String::new(), |file, line| file + line + "\n");
    assert!(bare.contains("degrees = 80") && bare.contains("guests = [\"ann\"]"), "{bare}");
    assert_eq!(values(load(&folder, &bare, &[], &[]).unwrap()), defaults);
    assert!(
        example.contains("# How hot it gets, in degrees.\n# A whole number up to 65535. In production it is 100.\n")
    );
    assert!(example.contains("#code_file = \"\""), "a secret stands in a file of its own: {example}");
}

#[test]
fn every_key_can_be_listed_with_what_is_to_be_known_about_it() {
    let entries = schema().entries();
    let degrees = entries.iter().find(|entry| entry.key == "kettle.degrees").unwrap();
    assert_eq!((degrees.about.as_str(), degrees.default.as_str()), ("How hot it gets, in degrees.", "80"));
    assert_eq!(
        (degrees.profiles.as_slice(), degrees.variable.as_str()),
        (&[("production", "100")][..], "TEA__KETTLE__DEGREES")
    );
}
