//! Passkeys over HTTP, by devices that say whatever they are told to, as tests of several areas need them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use testbed::{Ceremony, Device};

use super::person::{PASSWORD, text};
use super::{Answer, Client};

/// What a server is told to which such devices answer.
pub(crate) const SETTINGS: [&str; 2] = ["--set", "identity.passkey_domain=example.org"];

/// The page that people sign in on.
pub(crate) const PAGE: &str = "https://example.org";

/// A device that has no passkey yet.
pub(crate) fn device() -> Device {
    Device::es256("example.org")
}

/// What is to be signed for.
pub(crate) fn challenge(options: &Value) -> Vec<u8> {
    decoded(&options["challenge"])
}

/// What a device knows the user by whom these options are for.
pub(crate) fn owner(options: &Value) -> Vec<u8> {
    decoded(&options["user"]["id"])
}

/// Begins to register, with the password and perhaps a factor beside it.
pub(crate) fn begin(client: &Client, password: &str, proof: &Value) -> Answer {
    let mut body = json!({ "password": password });
    body.as_object_mut().unwrap().extend(proof.as_object().cloned().unwrap_or_default());
    client.post("/api/v1/factors/passkeys/options", &body)
}

/// What a device answers that makes a passkey for these options.
pub(crate) fn made(device: &mut Device, options: &Value) -> Value {
    device.owner = owner(options);
    made_so(device, &device.making(&challenge(options), PAGE))
}

/// The same with anything about it changed.
pub(crate) fn made_so(device: &Device, ceremony: &Ceremony) -> Value {
    json!({ "name": "Phone", "credential": parsed(&device.make(ceremony).json()) })
}

/// Registers it as somebody's first factor; what was answered.
pub(crate) fn register(client: &Client, device: &mut Device) -> Value {
    let options = begin(client, PASSWORD, &json!({})).expect(200);
    client.post("/api/v1/factors/passkeys", &made(device, &options["public_key"])).expect(201)
}

/// What it shows for these options.
pub(crate) fn shown(device: &mut Device, options: &Value) -> Value {
    let ceremony = device.showing(&challenge(options), PAGE);
    parsed(&device.show(&ceremony).json())
}

/// What it shows for somebody who is in and is asked once more.
pub(crate) fn shown_again(client: &Client, device: &mut Device) -> Value {
    let asked = client.post("/api/v1/factors/passkeys/challenge", &json!({})).expect(200);
    shown(device, &asked["public_key"])
}

/// What somebody is asked who signs in with nothing else.
pub(crate) fn asked(client: &Client) -> Value {
    client.post("/api/v1/sign-in/passkey/options", &json!({})).expect(200)["public_key"].take()
}

/// Signs in with nothing else.
pub(crate) fn sign_in(client: &Client, shown: &Value) -> Answer {
    client.post("/api/v1/sign-in/passkey", &json!({ "credential": shown }))
}

/// Who an answer lets in.
pub(crate) fn token(answer: &Answer) -> String {
    text(&answer.expect(200), "access_token")
}

pub(crate) fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn decoded(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}
