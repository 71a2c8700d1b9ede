//! From the start of the process to its end.

use std::io::Read;
use std::net::TcpListener;
use std::time::Duration;

use axiomcore::clock::{Clock, SystemClock};
use serde_json::json;
use testbed::Device;

use super::person::{PASSWORD, Person};
use super::{Installation, KEY, Server, on_both_databases, passkeys, refused};

on_both_databases!(the_first_start_shows_the_administrators_key_once, a_stopped_server_starts_again_with_what_it_knew);

fn the_first_start_shows_the_administrators_key_once(installation: Installation) {
    let first = Server::of(installation.command(&[]));
    let key = first.told["administrator_key"].as_str().unwrap().to_owned();
    assert!(key.starts_with("fa_1_"), "{key}");
    first.client_with(&key).get("/api/v1/system").expect(200);
    let (code, log) = first.stop();
    assert_eq!(code, Some(0));
    assert!(!log.contains(&key), "the log has the key");
    let second = Server::of(installation.command(&[]));
    assert_eq!(second.told.get("administrator_key"), None);
    second.client_with(&key).get("/api/v1/system").expect(200);
    second.client_with(KEY).get("/api/v1/system").problem(401, "unauthenticated");
}

fn a_stopped_server_starts_again_with_what_it_knew(installation: Installation) {
    let first = installation.start();
    assert_eq!(first.told.get("administrator_key"), None, "the operator has brought a key");
    let model = first.client().post_yaml("/api/v1/models", crate::lamp::LAMP).expect(201);
    assert_eq!(first.stop().0, Some(0));
    let second = installation.start();
    let found = second.client().get("/api/v1/models/lamp").expect(200);
    assert_eq!((&found["digest"], &found["created_at"]), (&model["digest"], &model["created_at"]));
}

#[test]
fn a_server_on_any_free_port_takes_passkeys_of_the_address_that_it_found() {
    let installation = Installation::sqlite();
    let server = installation.start_with(&["--set", "identity.signing_key_bits=2048"]);
    let ann = Person::join(&installation, &server, "ann@example.org", "observer").client(&server);
    let mut device = Device::es256("localhost");
    let begun = passkeys::begin(&ann, PASSWORD, &json!({})).expect(200);
    let options = &begun["public_key"];
    assert_eq!(options["rp"]["id"], "localhost");
    let challenge = passkeys::challenge(options);
    let at = |port: &str| format!("http://localhost:{port}");
    let elsewhere = passkeys::made_so(&device, &device.making(&challenge, &at("0")));
    ann.post("/api/v1/factors/passkeys", &elsewhere).problem(422, "passkey_invalid");
    device.owner = passkeys::owner(options);
    let here =
        passkeys::made_so(&device, &device.making(&challenge, &at(server.address().rsplit_once(':').unwrap().1)));
    ann.post("/api/v1/factors/passkeys", &here).expect(201);
}

#[test]
fn for_people_the_key_and_the_address_are_told_in_words() {
    let installation = Installation::sqlite();
    let mut command = installation.command(&["--output", "text"]);
    let mut process = command.args(["--set", "telemetry.log=warn"]).spawn().unwrap();
    let mut text = [0; 2_000];
    std::thread::sleep(Duration::from_millis(500));
    let length = process.stdout.as_mut().unwrap().read(&mut text).unwrap();
    process.kill().unwrap();
    process.wait().unwrap();
    let told = String::from_utf8_lossy(&text[..length]).into_owned();
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].contains("shown only this once") && lines[1].trim().starts_with("fa_1_"), "{told}");
    assert!(lines.iter().any(|line| line.contains("http://127.0.0.1:")), "{told}");
}

#[test]
fn a_first_start_that_fails_makes_no_key_that_nobody_sees() {
    let (installation, taken) = (Installation::sqlite(), TcpListener::bind("127.0.0.1:0").unwrap());
    let address = taken.local_addr().unwrap().to_string();
    let (code, error) = refused(installation.command(&["--listen", &address]));
    assert_eq!((code, error["code"].as_str()), (Some(1), Some("address")));
    assert!(error["message"].as_str().unwrap().contains(&address), "{error}");
    let server = Server::of(installation.command(&[]));
    assert!(server.told["administrator_key"].is_string(), "the next start makes one");
}

#[test]
fn from_the_start_of_the_process_to_a_healthy_answer_takes_less_than_a_third_of_a_second() {
    let installation = Installation::sqlite();
    drop(installation.start());
    let best = (0..5).map(|_| {
        let began = SystemClock.now();
        let server = installation.start();
        server.stranger().get("/health/ready").expect(200);
        SystemClock.now().since(began)
    });
    // The fastest of some: this machine may be busy with other tests, the server is the same.
    let best = best.min().unwrap();
    assert!(best < Duration::from_millis(300), "{best:?}");
}

#[test]
fn a_second_server_on_the_same_folder_is_told_who_has_it() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let (code, error) = refused(installation.command(&[]));
    assert_eq!((code, error["code"].as_str()), (Some(1), Some("data_folder")));
    assert!(error["message"].as_str().unwrap().contains("in use by process"), "{error}");
    server.client().get("/api/v1/whoami").expect(200);
}

#[test]
fn a_server_that_is_stopped_as_soon_as_it_is_heard_of_ends_as_any_other() {
    let installation = Installation::sqlite();
    for _ in 0..10 {
        let (code, log) = installation.start().stop();
        assert_eq!(code, Some(0), "{log}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let installation = Installation::sqlite();
    let mut server = installation.start_with(&["--set", "http.stop_delay=1h"]);
    server.signal("TERM");
    let told = |server: &Server| server.stranger().get("/health/ready");
    for _ in 0..200 {
        if told(&server).status == 503 {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(told(&server).expect(503)["stage"], "stopping");
    server.signal("INT");
    assert_eq!(server.wait().0, Some(130));
}
