//! `freeagentics account` and `whoami` with a real server: one's own password and second factor.

use std::net::TcpListener;

use axiomcore::clock::{Clock, SystemClock};
use testbed::Authenticator;

use super::sign_in::{ANN, Home, Terminal};
use super::{asked, secret};
use crate::api::Installation;
use crate::api::people::{PASSWORD, join};

/// Observers have to have a second factor.
const REQUIRED: [&str; 2] = ["--set", "identity.factor_required_for=observer"];

#[test]
fn who_must_enrol_does_it_by_command_and_goes_on() {
    let server = Installation::sqlite().start_with(&REQUIRED);
    join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    let said = home.sign_in(&[]);
    assert!(said.out.contains("enrol one with `freeagentics account app`"), "{}", said.out);
    let (_, code, mend) = home.refused(&["agents", "list"]);
    assert_eq!(code, "factor_enrolment_required");
    assert!(mend.contains("freeagentics account app"), "{mend}");
    let begin = ["account", "app", "--password-file", &home.password];
    let begun = home.run(&[&begin[..], &["--output", "json"]].concat()).json().remove(0);
    let app = Authenticator::scan(begun["uri"].as_str().unwrap());
    let now = SystemClock.now().0;
    let (_, code, mend) = home.refused(&["account", "app", "--confirm", "000000"]);
    assert_eq!(code, "factor_code_wrong");
    assert!(mend.starts_with("A code works once") && !mend.contains("/api/"), "{mend}");
    let said = home.run(&["account", "app", "--confirm", &app.code(now)]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let codes = |out: &str| -> Vec<String> {
        out.lines().filter_map(|line| line.strip_prefix("  ")).map(str::to_owned).collect()
    };
    let first = codes(&said.out);
    assert_eq!(first.len(), 10, "{}", said.out);
    assert_eq!(home.run(&["agents", "list"]).code, 0);
    let renewed = home.run(&["account", "recovery-codes", "--code", &app.code(now + 30_000)]);
    let second = codes(&renewed.out);
    assert!(second.len() == 10 && !second.contains(&first[0]), "{} {}", renewed.out, renewed.err);
    assert_eq!(home.refused(&begin).1, "factor_exists");
    let remove = ["account", "remove-app", "--password-file", &home.password, "--code"];
    assert_eq!(home.refused(&[&remove[..], &[&first[0]]].concat()).1, "factor_code_wrong", "replaced");
    assert_eq!(home.run(&[&remove[..], &[&second[0]]].concat()).code, 0);
    assert_eq!(home.refused(&["agents", "list"]).1, "factor_enrolment_required");
}

#[test]
fn at_a_terminal_an_app_is_enrolled_in_one_go() {
    let server = Installation::sqlite().start();
    join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    assert_eq!(home.sign_in(&[]).code, 0);
    let (mut terminal, mut child) = Terminal::new(&mut home.command(&["account", "app"]));
    terminal.wait_for("Password: ");
    terminal.press(&format!("{PASSWORD}\n"));
    terminal.wait_for("The code that the app shows: ");
    let uri = terminal.shown.split_whitespace().find(|word| word.starts_with("otpauth://")).unwrap().to_owned();
    terminal.press(&format!("{}\n", Authenticator::scan(&uri).code(SystemClock.now().0)));
    terminal.wait_for("Write them down");
    assert!(child.wait().unwrap().success());
    assert_eq!(home.refused(&["sign-in", ANN, "--password-file", &home.password]).1, "second_factor_required");
}

#[test]
fn a_password_is_changed_and_the_device_goes_on_being_known() {
    let server = Installation::sqlite().start();
    join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    let new = secret("new-password.txt", "another horse battery\n");
    let change = |new: &str| {
        ["account", "password", "--password-file", &home.password, "--new-password-file", new].map(str::to_owned)
    };
    let changed = change(&new);
    let changed: Vec<&str> = changed.iter().map(String::as_str).collect();
    let (code, name, mend) = home.refused(&changed);
    assert_eq!((code, name.as_str()), (2, "not_signed_in"));
    assert!(mend.contains("freeagentics sign-in"), "{mend}");
    assert_eq!(home.sign_in(&[]).code, 0);
    let device = home.kept()["device_token"].clone();
    let elsewhere = Home::new(&server);
    assert_eq!(elsewhere.sign_in(&[]).code, 0);
    let short = secret("short-password.txt", "short\n");
    let unfit = change(&short);
    let (_, code, mend) = home.refused(&unfit.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(code, "password_unfit");
    assert!(mend.contains("A few words"), "{mend}");
    let said = home.run(&changed);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_eq!(home.run(&["agents", "list"]).code, 0, "this session goes on");
    assert_eq!(elsewhere.refused(&["agents", "list"]).1, "signed_out", "others do not");
    assert_eq!(home.refused(&["sign-in", ANN, "--password-file", &home.password]).1, "sign_in_refused");
    assert_eq!(home.run(&["sign-in", ANN, "--password-file", &new]).code, 0);
    assert_eq!(home.kept()["device_token"], device, "the server knows it still");
}

#[test]
fn a_forgotten_password_is_heard_and_nothing_is_told() {
    let server = Installation::sqlite().start();
    let home = Home::new(&server);
    let (code, name, mend) = home.refused(&["account", "forgotten", ANN]);
    assert_eq!((code, name.as_str()), (5, "no_mail"));
    assert!(mend.starts_with("Ask an administrator"), "{mend}");
    drop(server);
    let hook = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mail.hook_url=http://{}/letters", hook.local_addr().unwrap());
    let server =
        Installation::sqlite().start_with(&["--set", &url, "--set", "mail.public_url=http://agents.example.org"]);
    join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    let said = [ANN, "nobody@example.org"].map(|email| home.run(&["account", "forgotten", email]));
    let told = |email: &str| format!("if somebody signs in with {email} there, a letter is on its way to them\n");
    assert_eq!((&said[0].out, &said[1].out), (&told(ANN), &told("nobody@example.org")));
    // It comes, without anybody having said whether it would.
    hook.accept().unwrap();
}

#[test]
fn whoami_says_who_by_what_where_with_which_roles_and_until_when() {
    let server = Installation::sqlite().start();
    let ann = join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    assert_eq!(home.refused(&["whoami"]).1, "no_key");
    assert_eq!(home.sign_in(&[]).code, 0);
    let said = home.run(&["whoami"]);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines[0], format!("Somebody, {ANN} ({})", ann.id), "{} {}", said.out, said.err);
    assert_eq!(lines[1], format!("  on     {}, in workspace 1", home.server));
    assert_eq!(lines[2], "  by     the session of sign-in");
    assert!(
        lines[3].starts_with("  until  20") && lines[3].ends_with("or until it is not used for long"),
        "{}",
        lines[3]
    );
    assert_eq!(lines[4], "  roles  observer");
    assert!(lines[5].starts_with("  may    ") && lines[5].contains("agents:read"), "{}", lines[5]);
    let told = home.run(&["whoami", "--output", "json"]).json().remove(0);
    assert_eq!((&told["user"]["email"], &told["server"]), (&ANN.into(), &home.server.as_str().into()));
    assert!(told["session_expires_at"].as_str().unwrap() > told["expires_at"].as_str().unwrap(), "{told}");
    let said = asked(&server, &["whoami"]);
    assert!(
        said.out.starts_with("bootstrap, api key\n") && said.out.contains("  by     the key in FREEAGENTICS_KEY\n")
    );
    assert!(
        said.out.contains("  until  somebody revokes it\n") && said.out.ends_with("  may    everything\n"),
        "{}",
        said.out
    );
}
