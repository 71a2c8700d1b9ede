//! Those who may sign in.

use std::net::SocketAddr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use harness::http::{Access, Connection, Request, Response};
use harness::{Result, clock};
use serde::Serialize;
use serde_json::{Value, json};

/// Somebody.
pub(crate) struct Person {
    pub(crate) email: &'static str,
    /// Whether they have signed in before with the device that they use.
    is_known: bool,
    /// From one sign-in to the next. Both come from one address, which may sign in twenty times a minute.
    pause: Duration,
}

/// Has signed in with this device before. Half of the flood is at her account.
pub(crate) const ANN: Person = Person { email: "ann@example.org", is_known: true, pause: Duration::from_millis(2_900) };

/// Has never signed in.
pub(crate) const BOB: Person =
    Person { email: "bob@example.org", is_known: false, pause: Duration::from_millis(2_000) };

const PASSWORD: &str = "correct horse battery";

/// On a busy machine a short drill may be over before anybody was let in.
const LONGER: Duration = Duration::from_secs(20);

/// People with a password.
pub(crate) struct People {
    address: SocketAddr,
    /// By which ann's device is known.
    device: String,
}

/// How often somebody tried and came in, and how long that took when they did.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Entries {
    pub(crate) tries: usize,
    pub(crate) seconds: Vec<f64>,
    /// What they were told instead, by status.
    pub(crate) refused: Vec<u16>,
}

impl People {
    /// Invites them and lets them choose their passwords; ann signs in once.
    pub(crate) fn invited(address: SocketAddr, access: &Access) -> Result<Self> {
        let mut connection = Connection::open(address)?;
        for person in [ANN, BOB] {
            let invitation =
                json!({ "email": person.email, "name": "Somebody", "roles": ["observer"], "ticket": true });
            let invited = ask(&mut connection, access, "/api/v1/users", &invitation)?;
            let ticket = wanted(&invited, 201)?["ticket"].take();
            let accept = json!({ "ticket": ticket, "password": PASSWORD });
            wanted(&ask(&mut connection, &nobody(), "/api/v1/tickets/accept", &accept)?, 200)?;
        }
        let first = json!({ "email": ANN.email, "password": PASSWORD });
        let signed_in = wanted(&ask(&mut connection, &nobody(), "/api/v1/sign-in", &first)?, 200)?;
        let device = signed_in["device_token"].as_str().ok_or("no device was remembered")?.to_owned();
        Ok(Self { address, device })
    }

    /// Lets somebody sign in again and again for a time; on a known device a while longer if they have not come in at all.
    pub(crate) fn sign_in(&self, person: &Person, duration: Duration) -> Result<Entries> {
        let (mut connection, mut entries) = (Connection::open(self.address)?, Entries::default());
        let mut body = json!({ "email": person.email, "password": PASSWORD });
        if person.is_known {
            body["device_token"] = self.device.clone().into();
        }
        let end = clock::now() + duration;
        let longer = if person.is_known { LONGER } else { Duration::ZERO };
        while clock::now() < end || (entries.seconds.is_empty() && clock::now() < end + longer) {
            let began: Instant = clock::now();
            let answer = ask(&mut connection, &nobody(), "/api/v1/sign-in", &body)?;
            entries.tries += 1;
            match answer.status {
                200 => entries.seconds.push(began.elapsed().as_secs_f64()),
                refused => entries.refused.push(refused),
            }
            sleep(person.pause.saturating_sub(began.elapsed()));
        }
        Ok(entries)
    }
}

fn nobody() -> Access {
    Access { host: "localhost".into(), key: String::new() }
}

fn ask(connection: &mut Connection, access: &Access, path: &str, body: &Value) -> Result<Response> {
    connection.ask(&Request::post(path, body.to_string().as_bytes()).bytes(access))
}

fn wanted(answer: &Response, status: u16) -> Result<Value> {
    if answer.status == status {
        return answer.json();
    }
    Err(format!("expected {status}, not {}: {}", answer.status, String::from_utf8_lossy(&answer.body)).into())
}
