//! `freeagentics sign-in` and `sign-out` with a real server, and commands in between.

use std::fs::{self, File, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use serde_json::Value;
use tempfile::TempDir;

use super::{Said, asked, finished, program, secret};
use crate::api::people::{PASSWORD, join};
use crate::api::person::Person;
use crate::api::{Installation, Server};

pub(super) const ANN: &str = "ann@example.org";

/// Somebody at a machine of their own.
pub(super) struct Home {
    pub(super) server: String,
    settings: TempDir,
    pub(super) password: String,
}

impl Home {
    pub(super) fn new(server: &Server) -> Self {
        let (server, settings) = (format!("http://{}", server.address()), tempfile::tempdir().unwrap());
        let password = settings.path().join("password.txt");
        fs::write(&password, format!("{PASSWORD}\n")).unwrap();
        fs::set_permissions(&password, Permissions::from_mode(0o600)).unwrap();
        Self { server, settings, password: password.display().to_string() }
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command.env("FREEAGENTICS_URL", &self.server).env("XDG_CONFIG_HOME", self.settings.path());
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Said {
        finished(self.command(arguments).stdin(Stdio::null()).output().unwrap())
    }

    pub(super) fn sign_in(&self, more: &[&str]) -> Said {
        self.run(&[&["sign-in", ANN, "--password-file", &self.password], more].concat())
    }

    /// What a command complained of.
    pub(super) fn refused(&self, arguments: &[&str]) -> (i32, String, String) {
        let said = self.run(&[arguments, &["--output", "json"]].concat());
        let told = |name: &str| said.error()[name].as_str().unwrap().to_owned();
        (said.code, told("code"), told("mend"))
    }

    /// The file of the session.
    fn file(&self) -> PathBuf {
        let mut files = fs::read_dir(self.settings.path().join("freeagentics/sessions")).unwrap();
        let is_session = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "json");
        files.find_map(|entry| Some(entry.unwrap().path()).filter(is_session)).unwrap()
    }

    pub(super) fn kept(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.file()).unwrap()).unwrap()
    }

    /// As if ten minutes had passed.
    fn let_the_token_end(&self) {
        let mut kept = self.kept();
        kept["expires_at"] = 0.into();
        fs::write(self.file(), kept.to_string()).unwrap();
    }
}

#[test]
fn who_has_signed_in_needs_no_key_until_they_sign_out() {
    let server = Installation::sqlite().start();
    join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    let (code, name, mend) = home.refused(&["agents", "list"]);
    assert_eq!((code, name.as_str()), (2, "no_key"));
    assert!(mend.contains("freeagentics sign-in"), "{mend}");
    let said = home.sign_in(&[]);
    assert_eq!(said.out, format!("Somebody is signed in to {}, with observer\n", home.server), "{}", said.err);
    assert_eq!(home.run(&["agents", "list"]).code, 0);
    assert_eq!(home.refused(&["users", "list"]).1, "forbidden", "as an observer");
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(home.file()), mode(home.file().parent().unwrap().into())), (0o600, 0o700));
    let said = home.sign_in(&["--output", "json"]);
    let (kept, shown) = (home.kept(), said.json().remove(0));
    assert_eq!((&shown["email"], &shown["server"]), (&kept["email"], &kept["server"]));
    for token in ["access_token", "refresh_token", "device_token"] {
        assert!(!said.out.contains(kept[token].as_str().unwrap()), "{token} is told");
    }
    let client = server.client_with(kept["access_token"].as_str().unwrap());
    client.get("/api/v1/whoami").expect(200);
    assert_eq!(home.run(&["sign-out"]).out, format!("{ANN} is signed out of {}\n", home.server));
    client.get("/api/v1/whoami").problem(401, "unauthenticated");
    assert!(home.kept()["refresh_token"].is_null());
    assert_eq!(home.refused(&["agents", "list"]).1, "no_key");
    assert_eq!(home.run(&["sign-out"]).out, format!("nobody is signed in to {} here\n", home.server));
}

#[test]
fn a_key_goes_before_who_is_signed_in_and_it_is_said_so() {
    let server = Installation::sqlite().start();
    join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    let with_key = |arguments: &[&str]| {
        finished(
            home.command(arguments).env("FREEAGENTICS_KEY", crate::api::KEY).stdin(Stdio::null()).output().unwrap(),
        )
    };
    assert_eq!(with_key(&["users", "list"]).err, "", "there is nobody else to be");
    assert_eq!(home.sign_in(&[]).code, 0);
    let said = with_key(&["users", "list"]);
    assert_eq!(said.code, 0);
    let note =
        format!("note: the key in FREEAGENTICS_KEY opens the server, not the session of {ANN}; unset it to be them\n");
    assert_eq!(said.err, note);
    assert_eq!(with_key(&["users", "list", "--output", "json"]).err, "", "what programs read is JSON");
    let file = secret("chosen.key", crate::api::KEY);
    assert_eq!(home.run(&["users", "list", "--key-file", &file]).err, "", "who names a key means it");
    assert_eq!(home.refused(&["users", "list"]).1, "forbidden");
}

#[test]
fn who_signs_in_over_another_session_ends_that() {
    let server = Installation::sqlite().start();
    join(&server, &server.client(), ANN, &["observer"]);
    join(&server, &server.client(), "bob@example.org", &["observer"]);
    let home = Home::new(&server);
    let access = || server.client_with(home.kept()["access_token"].as_str().unwrap());
    assert_eq!(home.sign_in(&[]).code, 0);
    let first = access();
    assert_eq!(home.sign_in(&[]).err, "");
    first.get("/api/v1/whoami").problem(401, "unauthenticated");
    let second = access();
    second.get("/api/v1/whoami").expect(200);
    // Somebody else at the same machine; the token of before has ended by then.
    home.let_the_token_end();
    let said = home.run(&["sign-in", "bob@example.org", "--password-file", &home.password]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    second.get("/api/v1/whoami").problem(401, "unauthenticated");
    let mine = access().get("/api/v1/sessions").expect(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 2, "this one, and that of joining");
    // Who mistypes stays who they were.
    let wrong = secret("mistyped.txt", "incorrect horse\n");
    assert_eq!(home.refused(&["sign-in", ANN, "--password-file", &wrong]).1, "sign_in_refused");
    assert_eq!(home.run(&["agents", "list"]).code, 0);
}

#[test]
fn a_second_factor_is_asked_for_and_a_recovery_code_is_one() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let mut ann = Person::enrolled(&installation, &server, ANN);
    let home = Home::new(&server);
    let arguments = ["sign-in", ANN, "--password-file", &home.password];
    let (code, name, mend) = home.refused(&arguments);
    assert_eq!((code, name.as_str()), (2, "second_factor_required"));
    assert!(mend.contains("--code"), "{mend}");
    let used = ann.used_code();
    assert_eq!(home.refused(&[&arguments[..], &["--code", &used]].concat()).1, "sign_in_refused", "used already");
    let code = ann.code();
    assert_eq!(home.sign_in(&["--code", &code]).code, 0);
    assert_eq!(home.run(&["agents", "list"]).code, 0);
    let said = home.sign_in(&["--code", &ann.recovery_codes[0]]);
    assert!(said.out.contains("9 recovery codes are left"), "{} {}", said.out, said.err);
}

#[test]
fn a_wrong_password_signs_nobody_in_and_keeps_nothing() {
    let server = Installation::sqlite().start();
    join(&server, &server.client(), ANN, &["observer"]);
    let home = Home { password: secret("wrong.txt", "incorrect horse\n"), ..Home::new(&server) };
    let (code, name, _) = home.refused(&["sign-in", ANN, "--password-file", &home.password]);
    assert_eq!((code, name.as_str()), (5, "sign_in_refused"));
    assert!(!home.settings.path().join("freeagentics").exists());
    let (code, name, mend) = home.refused(&["sign-in", ANN]);
    assert_eq!((code, name.as_str()), (2, "no_password"));
    assert!(mend.contains("--password-file"), "{mend}");
    let public = super::file("public-password.txt", PASSWORD);
    assert_eq!(home.refused(&["sign-in", ANN, "--password-file", &public]).1, "public_password_file");
}

#[test]
fn commands_at_the_same_time_take_new_tokens_once() {
    let server = Installation::sqlite().start();
    join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    assert_eq!(home.sign_in(&[]).code, 0);
    for _ in 0..2 {
        let before = home.kept();
        home.let_the_token_end();
        let at_once: Vec<_> =
            (0..6).map(|_| home.command(&["agents", "list"]).stdin(Stdio::null()).spawn().unwrap()).collect();
        for command in at_once {
            let said = finished(command.wait_with_output().unwrap());
            assert_eq!(said.code, 0, "{}", said.err);
        }
        // Had one of them shown the old one again, the session would have ended.
        assert_ne!(home.kept()["refresh_token"], before["refresh_token"]);
    }
}

#[test]
fn a_token_that_the_server_takes_no_more_is_replaced() {
    let server = Installation::sqlite().start_with(&["--set", "identity.signing_key_bits=2048"]);
    join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    assert_eq!(home.sign_in(&[]).code, 0);
    let before = home.kept();
    assert_eq!(asked(&server, &["signing-keys", "rotate", "--at-once"]).code, 0);
    let client = server.client_with(before["access_token"].as_str().unwrap());
    client.get("/api/v1/whoami").problem(401, "unauthenticated");
    assert_eq!(home.run(&["agents", "list"]).code, 0, "the session goes on");
}

#[test]
fn who_was_signed_out_elsewhere_is_told_how_to_go_on() {
    let server = Installation::sqlite().start();
    join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    assert_eq!(home.sign_in(&[]).code, 0);
    assert_eq!(asked(&server, &["users", "sign-out", ANN]).code, 0);
    let (code, name, mend) = home.refused(&["agents", "list"]);
    assert_eq!((code, name.as_str()), (5, "signed_out"));
    assert!(mend.contains("freeagentics sign-in"), "{mend}");
    assert_eq!(home.refused(&["agents", "list"]).1, "no_key", "it is forgotten");
    assert_eq!(home.sign_in(&[]).code, 0);
    assert_eq!(home.run(&["agents", "list"]).code, 0);
}

#[test]
fn a_session_that_others_can_read_is_not_used() {
    let server = Installation::sqlite().start();
    join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    assert_eq!(home.sign_in(&[]).code, 0);
    fs::set_permissions(home.file(), Permissions::from_mode(0o640)).unwrap();
    let (code, name, mend) = home.refused(&["agents", "list"]);
    assert_eq!((code, name.as_str()), (3, "session_file"));
    assert!(mend.contains("sign in again"), "{mend}");
    fs::set_permissions(home.file(), Permissions::from_mode(0o600)).unwrap();
    fs::write(home.file(), "{").unwrap();
    assert_eq!(home.refused(&["agents", "list"]).1, "session_file");
    assert_eq!(home.sign_in(&[]).code, 0, "which writes it anew");
}

/// A terminal with the program at one end.
pub(super) struct Terminal {
    keys: File,
    /// A character may arrive in two parts.
    bytes: Vec<u8>,
    pub(super) shown: String,
}

impl Terminal {
    pub(super) fn new(command: &mut Command) -> (Self, std::process::Child) {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let other = || File::options().read(true).write(true).open(&path).unwrap();
        let child = command.stdin(other()).stdout(other()).stderr(other()).spawn().unwrap();
        (Self { keys: master.into(), bytes: Vec::new(), shown: String::new() }, child)
    }

    /// Reads until this is shown.
    pub(super) fn wait_for(&mut self, text: &str) {
        let mut some = [0; 1024];
        while !self.shown.contains(text) {
            let read = self.keys.read(&mut some).unwrap_or_else(|error| panic!("{error}: {}", self.shown));
            self.bytes.extend_from_slice(&some[..read]);
            self.shown = String::from_utf8_lossy(&self.bytes).into_owned();
        }
    }

    pub(super) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }
}

#[test]
fn at_a_terminal_the_password_is_asked_for_and_not_shown() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let mut ann = Person::enrolled(&installation, &server, ANN);
    let home = Home::new(&server);
    let (mut terminal, mut child) = Terminal::new(&mut home.command(&["sign-in"]));
    terminal.wait_for("Address: ");
    terminal.press(&format!("{ANN}\n"));
    terminal.wait_for(&format!("Password of {ANN}: "));
    terminal.press(&format!("{PASSWORD}\n"));
    terminal.wait_for("recovery code: ");
    terminal.press(&format!("{}\n", ann.used_code()));
    terminal.wait_for("wrong, or was used already");
    terminal.press(&format!("{}\n", ann.code()));
    terminal.wait_for("is signed in to");
    assert!(child.wait().unwrap().success());
    assert!(terminal.shown.contains(ANN) && !terminal.shown.contains(PASSWORD), "{}", terminal.shown);
    assert_eq!(home.run(&["agents", "list"]).code, 0);
}

#[test]
fn who_gives_up_at_the_password_gets_the_terminal_back_as_it_was() {
    let server = Installation::sqlite().start();
    let home = Home::new(&server);
    let (mut terminal, mut child) = Terminal::new(&mut home.command(&["sign-in", ANN]));
    let echoes = |terminal: &Terminal| tcgetattr(&terminal.keys).unwrap().local_modes.contains(LocalModes::ECHO);
    terminal.wait_for(&format!("Password of {ANN}: "));
    assert!(!echoes(&terminal));
    terminal.press("corr\u{3}");
    terminal.wait_for("nothing was done");
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(echoes(&terminal) && !terminal.shown.contains("corr"), "{}", terminal.shown);
}

#[test]
fn who_is_in_another_workspace_names_it() {
    let server = Installation::sqlite().start();
    join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    assert_eq!(
        home.refused(&["sign-in", ANN, "--password-file", &home.password, "--workspace", "nowhere"]).1,
        "sign_in_refused"
    );
    let said = home.sign_in(&["--workspace", "default"]);
    assert_eq!(said.code, 0, "{}", said.err);
}
