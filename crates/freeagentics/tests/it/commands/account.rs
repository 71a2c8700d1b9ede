//! `freeagentics account` and `whoami` with a real server: one's own password and second factor.

use std::net::TcpListener;

use axiomcore::clock::{Clock, SystemClock};
use testbed::Authenticator;

use super::sign_in::{ANN, Home, Terminal};
use super::{asked, finished, freeagentics, secret};
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
    assert!(mend.starts_with("wait for the next code") && !mend.contains("/api/"), "{mend}");
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
    terminal.wait_for("Your password, once more: ");
    terminal.press(&format!("{PASSWORD}\n"));
    terminal.wait_for("The code that the app shows: ");
    // A phone sees what was drawn, and comes to the same as who types the secret.
    let drawn = cells(&terminal.shown);
    let [seen, read] = [Authenticator::look_at(&drawn.iter().map(String::as_str).collect::<Vec<_>>()), {
        let uri = terminal.shown.split_whitespace().find(|word| word.starts_with("otpauth://")).unwrap();
        Authenticator::scan(uri)
    }];
    assert_eq!(seen.secret(), read.secret());
    let uri = terminal.shown.split_whitespace().find(|word| word.starts_with("otpauth://")).unwrap().to_owned();
    terminal.press(&format!("{}\n", Authenticator::scan(&uri).code(SystemClock.now().0)));
    terminal.wait_for("Write them down");
    assert!(child.wait().unwrap().success());
    assert_eq!(home.refused(&["sign-in", ANN, "--password-file", &home.password]).1, "second_factor_required");
}

/// The cells of a picture that a terminal shows, two rows of them in each line, with the margin around.
fn cells(shown: &str) -> Vec<String> {
    let is_drawn = |line: &&str| line.contains("\u{1b}[107m");
    let lines = shown.lines().filter(is_drawn).map(|line| {
        let inked = |upper: bool| -> String {
            let cells = line.chars().filter(|c| " █▀▄".contains(*c));
            cells.map(|c| if c == '█' || c == (if upper { '▀' } else { '▄' }) { '#' } else { '.' }).collect()
        };
        [inked(true), inked(false)]
    });
    let mut rows: Vec<String> = lines.flatten().collect();
    // The last line has a row more than the picture.
    rows.truncate(rows.first().map_or(0, |row| row.chars().count()));
    rows
}

#[test]
fn an_invitation_is_taken_up_by_command_with_whatever_it_came_in() {
    let server = Installation::sqlite().start();
    let invite = ["users", "invite", ANN, "--role", "observer", "--ticket"];
    let invited = asked(&server, &invite);
    let letter = secret("invitation.txt", &invited.out);
    let home = Home::new(&server);
    let accept = ["account", "accept", "--ticket-file", &letter, "--password-file", &home.password];
    let short = secret("a-short-password.txt", "short\n");
    let unfit = ["account", "accept", "--ticket-file", &letter, "--password-file", &short];
    assert_eq!(home.refused(&unfit).1, "password_unfit");
    let said = home.run(&accept);
    assert!(said.out.ends_with(&format!("sign in with it: freeagentics sign-in {ANN}\n")), "{} {}", said.out, said.err);
    assert_eq!(home.sign_in(&[]).code, 0);
    let (code, name, mend) = home.refused(&accept);
    assert_eq!((code, name.as_str()), (5, "ticket_invalid"));
    assert!(mend.contains("freeagentics sign-in") && mend.contains("freeagentics account forgotten"), "{mend}");
    let nothing = secret("no-ticket.txt", "http://127.0.0.1:8080/#ticket=\n");
    let (code, name, _) = home.refused(&["account", "accept", "--ticket-file", &nothing]);
    assert_eq!((code, name.as_str()), (2, "no_ticket"));
}

#[test]
fn a_ticket_is_typed_at_a_terminal_and_the_password_twice_with_what_makes_a_good_one_told_before() {
    let server = Installation::sqlite().start();
    join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    let given = || {
        let said = asked(&server, &["users", "ticket", ANN, "--ticket"]);
        assert!(said.out.contains("tickets of before are worth nothing"), "{}", said.out);
        said.out.lines().find_map(|line| line.strip_prefix("  link    ")).unwrap().to_owned()
    };
    let typed = |link: &str, again: &str| {
        let (mut terminal, mut child) = Terminal::new(&mut home.command(&["account", "accept"]));
        terminal.wait_for("Ticket, or the link that it came in: ");
        terminal.press(&format!("{link}\n"));
        terminal.wait_for("Twelve characters");
        terminal.wait_for("New password: ");
        terminal.press("another horse battery\n");
        terminal.wait_for("New password again: ");
        terminal.press(&format!("{again}\n"));
        let text = if again == "another horse battery" { "this is the password of" } else { "were not the same" };
        terminal.wait_for(text);
        assert!(!terminal.shown.contains("ticket_") && !terminal.shown.contains("horse"), "{}", terminal.shown);
        child.wait().unwrap().success()
    };
    let link = given();
    assert!(link.starts_with(&format!("{}/#ticket=ticket_", home.server)), "{link}");
    assert!(!typed(&link, "another horse batery"));
    assert!(typed(&link, "another horse battery"));
    let new = secret("typed-password.txt", "another horse battery\n");
    assert_eq!(home.run(&["login", ANN, "--password-file", &new]).code, 0);
    assert_eq!(home.run(&["logout"]).code, 0);
}

#[test]
fn what_there_is_none_of_or_is_wrong_says_which_command_helps() {
    let server = Installation::sqlite().start();
    join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    assert_eq!(home.sign_in(&[]).code, 0);
    let mended = |arguments: &[&str], code: &str, mend: &str| {
        let (_, found, told) = home.refused(arguments);
        assert_eq!(found, code, "{arguments:?}");
        assert!(told.contains(mend) && !told.contains("/api/"), "{arguments:?}: {told}");
    };
    let app = ["account", "app", "--password-file", &home.password];
    let remove = ["account", "remove-app", "--password-file", &home.password, "--code"];
    mended(&[&remove[..], &["123456"]].concat(), "factor_missing", "nothing to remove");
    mended(&["account", "recovery-codes", "--code", "123456"], "factor_missing", "come with your first app");
    mended(&["account", "recovery-codes", "--code", "abcd-efgh-ijkl-mnop"], "app_code_needed", "code of your app");
    mended(&["account", "app", "--confirm", "123456"], "factor_missing", "begin anew, freeagentics account app");
    let begun = home.run(&[&app[..], &["--output", "json"]].concat()).json().remove(0);
    mended(&["account", "app", "--confirm", "000000"], "factor_code_wrong", "account app --confirm CODE");
    let phone = Authenticator::scan(begun["uri"].as_str().unwrap());
    assert_eq!(home.run(&["account", "app", "--confirm", &phone.code(SystemClock.now().0)]).code, 0);
    mended(&app, "factor_exists", "freeagentics account remove-app");
    mended(&[&remove[..], &["000000"]].concat(), "factor_code_wrong", "recovery code that you have not used");
    let change = ["account", "password", "--password-file", &home.password, "--new-password-file", &home.password];
    let said = home.run(&change);
    assert!(said.err.contains("it is the password that you have now"), "{}", said.err);
    let wrong = secret("a-wrong-password.txt", "incorrect horse\n");
    let change = ["account", "password", "--password-file", &wrong, "--new-password-file", &home.password];
    mended(&change, "password_wrong", "freeagentics account forgotten");
    mended(&["sign-in", ANN, "--password-file", &wrong], "sign_in_refused", "freeagentics account forgotten");
}

#[test]
fn who_is_signed_out_is_told_who_they_were_and_how_to_come_back() {
    let server = Installation::sqlite().start();
    let ann = join(&server, &server.client(), ANN, &["observer"]);
    let home = Home::new(&server);
    assert_eq!(home.sign_in(&[]).code, 0);
    assert_eq!(asked(&server, &["users", "sign-out", &ann.id]).code, 0);
    let back = format!("sign in again: freeagentics sign-in {ANN}");
    let said = home.run(&["agents", "list", "--output", "json"]);
    assert_eq!(said.error()["mend"], back.as_str(), "{}", said.err);
    assert!(
        said.error()["message"].as_str().unwrap().starts_with(&format!("the session of {ANN} has ended")),
        "{}",
        said.err
    );
    // From then on it is known here.
    let said = home.run(&["agents", "list", "--output", "json"]);
    let mend = said.error()["mend"].as_str().unwrap().to_owned();
    assert!(mend.starts_with("sign in, ") && mend.contains(&format!("freeagentics sign-in {ANN}; or")), "{mend}");
    assert!(said.error()["message"].as_str().unwrap().contains(ANN), "{}", said.err);
    let (_, code, mend) = home.refused(&["account", "recovery-codes", "--code", "123456"]);
    assert_eq!((code.as_str(), mend), ("not_signed_in", format!("sign in first: freeagentics sign-in {ANN}")));
    // The address may stand before the command, and is part of the way back.
    let said = finished(
        home.command(&["--server", &home.server, "--output", "json", "account", "recovery-codes", "--code", "1"])
            .env_remove("FREEAGENTICS_URL")
            .output()
            .unwrap(),
    );
    let mend = format!("sign in first: freeagentics sign-in {ANN} --server {}", home.server);
    assert_eq!(said.error()["mend"], mend.as_str(), "{}", said.err);
}

#[test]
fn a_key_is_not_offered_where_only_a_session_does() {
    for command in ["account", "sign-in", "sign-out"] {
        let help = freeagentics(&[command, "--help"]);
        assert!(help.out.contains("--server") && !help.out.contains("--key-file"), "{}", help.out);
    }
    assert!(freeagentics(&["users", "--help"]).out.contains("--key-file"));
    let said = freeagentics(&["account", "app", "--key-file", "admin.key"]);
    assert_eq!(said.code, 2, "{}", said.out);
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
    assert!(mend.contains(&format!("freeagentics users ticket {ANN} --ticket")), "{mend}");
    assert!(mend.ends_with("freeagentics account accept"), "{mend}");
    drop(server);
    // Where nobody is handed a ticket no administrator can help.
    let server = Installation::sqlite().start_with(&["--set", "identity.tickets_in_answers=false"]);
    let (_, name, mend) = Home::new(&server).refused(&["account", "forgotten", ANN]);
    assert_eq!(name, "no_mail");
    assert!(mend.contains("mail.hook_url") && !mend.contains("administrator"), "{mend}");
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
    assert_eq!(lines[1], format!("  on     {}, in workspace default", home.server));
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
    assert!(said.out.contains(", in workspace default\n"), "{}", said.out);
    assert!(
        said.out.starts_with("bootstrap, api key\n") && said.out.contains("  by     the key in FREEAGENTICS_KEY\n")
    );
    assert!(
        said.out.contains("  until  somebody revokes it\n") && said.out.ends_with("  may    everything\n"),
        "{}",
        said.out
    );
}
