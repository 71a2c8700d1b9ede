//! The page at `/` in a real browser, with a device that makes and shows passkeys.

use std::process::Command;
use std::time::Duration;

use axiomcore::clock::{Clock, SystemClock};
use serde_json::{Value, json};
use tempfile::TempDir;
use testbed::{Authenticator, Program, free_port};

use crate::api::person::PASSWORD;
use crate::api::{Client, Installation};

/// What keeps a browser to itself: no window, nothing that it asks its maker for.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
];

/// What `WebDriver` calls an element in its answers.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser that is driven; it ends with the test.
struct Browser {
    client: Client,
    session: String,
    _driver: Program,
    _folder: TempDir,
}

impl Browser {
    fn start() -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).env("HOME", folder.path());
        let driver = Program::start(folder.path(), command, port);
        let client = Client::new(&format!("127.0.0.1:{port}"), None);
        let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
        let flags: Vec<&str> = FLAGS.into_iter().chain([profile.as_str()]).collect();
        let wanted = json!({ "goog:chromeOptions": { "args": flags }, "goog:loggingPrefs": { "browser": "ALL" } });
        let begun = client.post("/session", &json!({ "capabilities": { "alwaysMatch": wanted } })).expect(200);
        let session = begun["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("{begun}")).to_owned();
        Self { client, session, _driver: driver, _folder: folder }
    }

    fn ask(&self, command: &str, body: &Value) -> Value {
        self.client.post(&format!("/session/{}/{command}", self.session), body).expect(200)["value"].take()
    }

    fn open(&self, url: &str) {
        self.ask("url", &json!({ "url": url }));
    }

    /// The text that is shown in an element.
    fn text(&self, selector: &str) -> String {
        let told = self.run(&format!("return document.querySelector('{selector}').innerText"));
        told.as_str().unwrap_or_else(|| panic!("{selector}: {told}")).to_owned()
    }

    /// What a piece of script comes to.
    fn run(&self, script: &str) -> Value {
        self.ask("execute/sync", &json!({ "script": script, "args": [] }))
    }

    fn element(&self, selector: &str) -> String {
        let found = self.ask("element", &json!({ "using": "css selector", "value": selector }));
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("{selector}: {found}")).to_owned()
    }

    fn click(&self, selector: &str) {
        self.ask(&format!("element/{}/click", self.element(selector)), &json!({}));
    }

    /// Types, as on a keyboard.
    fn write(&self, selector: &str, text: &str) {
        self.ask(&format!("element/{}/value", self.element(selector)), &json!({ "text": text }));
    }

    /// Waits until a condition holds on the page.
    #[track_caller]
    fn wait(&self, condition: &str) {
        for _ in 0..200 {
            if self.run(&format!("return Boolean({condition})")) == json!(true) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{condition}: not within 10 s\n{}\n{}", self.run("return document.body.innerText"), self.log());
    }

    /// Waits until something is there to be seen.
    #[track_caller]
    fn see(&self, selector: &str) {
        self.wait(&format!("document.querySelector('{selector}')?.checkVisibility()"));
    }

    /// A device within the computer that verifies who is there, and finds that it is them.
    fn add_device(&self) {
        let device = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserConsenting": true, "isUserVerified": true,
        });
        assert!(self.ask("webauthn/authenticator", &device).is_string());
    }

    /// What the browser noted.
    fn log(&self) -> String {
        self.ask("se/log", &json!({ "type": "browser" })).to_string()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.client.send("DELETE", &format!("/session/{}", self.session), &[], "");
    }
}

const WHOAMI: &str = "return fetch('/api/v1/whoami').then((answer) => answer.json())";

#[test]
fn somebody_adds_a_passkey_signs_in_with_it_and_removes_it() {
    let (installation, port) = (Installation::sqlite(), free_port());
    let _server = installation.start_with(&["--listen", &format!("127.0.0.1:{port}")]);
    installation.beside().user("ann@example.org", PASSWORD, "observer");
    let browser = Browser::start();
    browser.add_device();
    browser.open(&format!("http://localhost:{port}/"));
    browser.see("#with-passkey");
    sign_in(&browser);
    browser.see("#account");
    assert_eq!(browser.run(WHOAMI)["came_by"], "cookie");
    assert_eq!(browser.run("return document.cookie"), "", "no script can read it");
    browser.see("#facts div");
    browser.click("#add");
    browser.write("#proof-name", "Laptop");
    browser.write("#proof-password", &format!("{PASSWORD}\n"));
    browser.see("#passkeys li");
    browser.see("#told");
    let codes = browser.run("return document.querySelector('#codes').textContent.split('\\n').length");
    assert_eq!(codes, 10);
    browser.click("#noted");
    sign_out(&browser);
    // With nothing else.
    browser.click("#with-passkey");
    browser.see("#account");
    assert_eq!(browser.run(WHOAMI)["user"]["email"], "ann@example.org");
    browser.wait("document.querySelector('#passkeys li').innerText.includes('last used')");
    sign_out(&browser);
    // As what is asked after the password.
    sign_in(&browser);
    browser.see("#factor-passkey");
    browser.click("#factor-passkey");
    browser.see("#account");
    // Removed, with itself as the proof.
    browser.see("#passkeys li button");
    browser.click("#passkeys li button");
    browser.write("#proof-password", "a wrong password\n");
    browser.wait("document.querySelector('#proof-error').textContent");
    browser.run("document.querySelector('#proof-password').value = ''");
    browser.write("#proof-password", &format!("{PASSWORD}\n"));
    browser.wait("document.querySelectorAll('#passkeys li').length === 0");
    sign_out(&browser);
    browser.click("#with-passkey");
    browser.wait("document.querySelector('#person-error').textContent");
    assert_eq!(browser.run(WHOAMI)["code"], "unauthenticated");
    let log = browser.log();
    assert!(!log.contains("Content Security Policy") && !log.contains("Uncaught"), "{log}");
}

fn sign_in(browser: &Browser) {
    browser.write("#email", "ann@example.org");
    browser.write("#password", &format!("{PASSWORD}\n"));
}

fn sign_out(browser: &Browser) {
    browser.click("#sign-out");
    browser.see("#person");
}

#[test]
fn an_address_without_a_name_says_where_passkeys_work() {
    let (installation, port) = (Installation::sqlite(), free_port());
    let _server = installation.start_with(&["--listen", &format!("127.0.0.1:{port}")]);
    let browser = Browser::start();
    browser.open(&format!("http://127.0.0.1:{port}/"));
    browser.see("#passkey-help");
    let told = browser.run("return document.querySelector('#passkey-help').textContent");
    assert!(told.as_str().unwrap().contains(&format!("http://localhost:{port}/")), "{told}");
    assert_eq!(browser.run("return document.querySelector('#with-passkey').checkVisibility()"), false);
}

#[test]
fn who_was_invited_chooses_a_password_where_the_letter_leads() {
    let (installation, port) = (Installation::sqlite(), free_port());
    let server = installation.start_with(&["--listen", &format!("127.0.0.1:{port}")]);
    let body = serde_json::json!({ "email": "ann@example.org", "name": "Ann", "roles": ["observer"], "ticket": true });
    let invited = server.client().post("/api/v1/users", &body).expect(201);
    let browser = Browser::start();
    browser.open(&format!("http://localhost:{port}/#ticket={}", invited["ticket"].as_str().unwrap()));
    browser.see("#ticket");
    assert!(!is_shown(&browser, "#ticket-text"), "it is in the link");
    choose(&browser, "short", "short");
    browser.wait("document.querySelector('#person-error').textContent.includes('too short')");
    choose(&browser, PASSWORD, "correct horse batery");
    browser.wait("document.querySelector('#person-error').textContent.includes('not the same')");
    choose(&browser, PASSWORD, PASSWORD);
    browser.see("#chosen");
    assert_eq!(browser.run("return location.hash"), "", "the ticket is no part of the history");
    browser.write("#password", &format!("{PASSWORD}\n"));
    browser.see("#account");
    assert_eq!(browser.run(WHOAMI)["user"]["email"], "ann@example.org");
}

/// Chooses a password where a ticket is taken up.
fn choose(browser: &Browser, password: &str, again: &str) {
    browser.run("for (const id of ['new-password', 'new-again']) document.getElementById(id).value = ''");
    browser.write("#new-password", password);
    browser.write("#new-again", &format!("{again}\n"));
}

fn is_shown(browser: &Browser, selector: &str) -> bool {
    browser.run(&format!("return document.querySelector('{selector}').checkVisibility()")) == true
}

#[test]
fn who_was_handed_a_ticket_has_a_field_for_it_and_reads_nothing_of_before() {
    let (installation, port) = (Installation::sqlite(), free_port());
    let server = installation.start_with(&["--listen", &format!("127.0.0.1:{port}")]);
    let body = json!({ "email": "ann@example.org", "name": "Ann", "roles": ["observer"], "ticket": true });
    let ticket = server.client().post("/api/v1/users", &body).expect(201)["ticket"].as_str().unwrap().to_owned();
    let browser = Browser::start();
    browser.open(&format!("http://localhost:{port}/"));
    sign_in(&browser);
    browser.wait("document.querySelector('#person-error').textContent.includes('forgotten')");
    browser.click("#have-ticket");
    browser.see("#ticket-text");
    assert_eq!(browser.text("#person-error"), "", "what was wrong before is not wrong with the ticket");
    browser.write("#ticket-text", "tickets, please");
    choose(&browser, PASSWORD, PASSWORD);
    browser.wait("document.querySelector('#person-error').textContent.includes('no ticket in this')");
    browser.click("#ticket-back");
    browser.see("#person");
    // A link that is opened where somebody has just mistyped.
    browser.run("document.querySelector('#email').value = document.querySelector('#password').value = ''");
    sign_in(&browser);
    browser.wait("document.querySelector('#person-error').textContent.includes('forgotten')");
    browser.run(&format!("location.hash = 'ticket={ticket}'"));
    browser.see("#new-password");
    assert_eq!(browser.text("#person-error"), "");
    browser.click("#ticket-back");
    browser.click("#have-ticket");
    browser.write("#ticket-text", &format!("http://elsewhere/#ticket={ticket}"));
    choose(&browser, PASSWORD, PASSWORD);
    browser.see("#chosen");
    browser.write("#password", &format!("{PASSWORD}\n"));
    browser.see("#account");
    // The session ends while the page is open: it says so, and how to go on, by whatever it asks next.
    assert_eq!(browser.run(END_SESSIONS), 204);
    browser.run("document.querySelector('#sign-out').click()");
    browser.wait("document.querySelector('#person-error').textContent.startsWith('Your session has ended')");
    browser.see("#person");
    let log = browser.log();
    assert!(!log.contains("Content Security Policy") && !log.contains("Uncaught"), "{log}");
}

const END_SESSIONS: &str = "return fetch('/api/v1/sessions', { method: 'DELETE' }).then((answer) => answer.status)";

#[test]
fn who_must_enrol_adds_an_app_at_a_bare_address_and_changes_their_password() {
    let (installation, port) = (Installation::sqlite(), free_port());
    let set = ["--set", "identity.factor_required_for=observer", "--listen", &format!("127.0.0.1:{port}")];
    let _server = installation.start_with(&set);
    installation.beside().user("ann@example.org", PASSWORD, "observer");
    let browser = Browser::start();
    // Browsers give no passkeys to an address without a name.
    browser.open(&format!("http://127.0.0.1:{port}/"));
    browser.see("#person");
    sign_in(&browser);
    browser.see("#enrol-first");
    browser.click("#app-add");
    browser.write("#proof-password", &format!("{PASSWORD}\n"));
    browser.see("#app-new");
    assert!(!is_shown(&browser, "#passkeys-title") && !is_shown(&browser, "#or-passkey"), "nor offered");
    let uri = browser.run("return document.querySelector('#app-uri').href");
    let app = Authenticator::scan(uri.as_str().unwrap());
    let drawn = browser.run(CELLS);
    let drawn: Vec<&str> = drawn.as_array().unwrap().iter().map(|row| row.as_str().unwrap()).collect();
    assert_eq!(Authenticator::look_at(&drawn).secret(), app.secret(), "a phone reads the same");
    let now = SystemClock.now().0;
    browser.write("#app-code", "000000\n");
    browser.wait("document.querySelector('#app-error').textContent.includes('wait for the next one')");
    browser.run("document.querySelector('#app-code').value = ''");
    browser.write("#app-code", &format!("{}\n", app.code(now)));
    browser.see("#told");
    assert_eq!(browser.text("#codes").lines().count(), 10);
    browser.see("#facts div");
    let left = browser.run("return document.body.innerHTML");
    assert!(!["otpauth", "h1v1"].iter().any(|part| left.as_str().unwrap().contains(part)), "the secret is gone");
    browser.click("#noted");
    // Another password; the wrong one of now says what to do.
    browser.click("#change");
    browser.write("#old-password", "a wrong password");
    browser.write("#changed-password", "another horse battery");
    browser.write("#changed-again", "another horse battery\n");
    browser.wait("document.querySelector('#change-error').textContent.includes('sign in with now')");
    browser.run("document.querySelector('#old-password').value = ''");
    browser.write("#old-password", &format!("{PASSWORD}\n"));
    browser.wait("document.querySelector('#account-said').textContent.includes('is changed')");
    sign_out(&browser);
    sign_in(&browser);
    browser.wait("document.querySelector('#person-error').textContent.includes('forgotten your password')");
    browser.run("document.querySelector('#password').value = document.querySelector('#email').value = ''");
    browser.write("#email", "ann@example.org");
    browser.write("#password", "another horse battery\n");
    browser.see("#factor");
    browser.write("#factor-code", &format!("{}\n", app.code(now + 30_000)));
    browser.see("#account");
    browser.wait("document.querySelector('#codes-left').textContent.startsWith('10 ')");
    let log = browser.log();
    assert!(!log.contains("Content Security Policy") && !log.contains("Uncaught"), "{log}");
}

/// The picture as it is painted: whether the middle of each cell is dark.
const CELLS: &str = "
  const picture = document.querySelector('#app-picture'), path = picture.querySelector('path');
  const size = picture.viewBox.baseVal.width - 8, rows = [];
  for (let y = 0; y < size; y += 1) {
    let row = '';
    for (let x = 0; x < size; x += 1) row += path.isPointInFill(new DOMPoint(x + .5, y + .5)) ? '#' : '.';
    rows.push(row);
  }
  return rows;";

#[test]
fn who_has_forgotten_their_password_says_so_where_they_sign_in() {
    let (installation, port) = (Installation::sqlite(), free_port());
    let _server = installation.start_with(&["--listen", &format!("127.0.0.1:{port}")]);
    let browser = Browser::start();
    browser.open(&format!("http://localhost:{port}/"));
    browser.see("#forgotten");
    browser.click("#forgotten");
    browser.wait("document.querySelector('#person-error').textContent.includes('address')");
    browser.write("#email", "ann@example.org");
    browser.click("#forgotten");
    // This server cannot send mail, and says who can help, and where what they give goes.
    browser
        .wait("document.querySelector('#person-error').textContent.includes('users ticket ann@example.org --ticket')");
    browser.wait("document.querySelector('#person-error').textContent.includes('I have a ticket')");
}
