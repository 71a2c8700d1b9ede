//! Clients work while the server is killed again and again; then what was acknowledged is compared with what is there.
//!
//! Every client writes down what it was told: an answer is a promise. A request without an answer may have been done or
//! not, but not half and not twice. If it has an idempotency key it is asked again until it is answered, and then the
//! answer says which step it was. So each agent has a history of numbered steps that must be in the log,
//! and a count of those that may be. Nothing else may be there.
//!
//! A server that is asked to end ([`Plan::gently`]) promises more: what it has begun it finishes and answers, so a request
//! without an answer was not done.
//!
//! | file | |
//! |---|---|
//! | `intent` | what is asked |
//! | `client` | one client: what it asks next, and how it takes answers |
//! | `record`, `history` | what clients were told, and what follows from it about an agent |
//! | `inspection` | what the server says about an agent, compared |
//! | `fault` | what can be wrong, in words |
//! | `round` | start, compare, attack, kill |

mod arguments;
mod client;
mod fault;
mod history;
mod inspection;
mod intent;
mod outcome;
mod record;
mod round;
mod tally;

pub use arguments::Arguments;
pub use fault::{Fault, Kind};
pub use outcome::Outcome;
pub use tally::Tally;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::http::{Connection, Request};
use crate::installation::{Disk, Installation};
use crate::random::Random;
use crate::{Result, clock, report};

use client::Client;
use history::History;

/// How hard, how long.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    pub seed: u64,
    pub rounds: u64,
    /// Clients at the same time.
    pub clients: usize,
    /// Agents that one client has to itself.
    pub own_agents: usize,
    /// Agents that all clients step.
    pub contested_agents: usize,
    /// The longest time from the first request of a round until the kill.
    #[serde(serialize_with = "in_millis")]
    pub longest_round: Duration,
    /// The server is asked to end instead of killed: what it has begun it finishes, and answers.
    pub gently: bool,
}

fn in_millis<S: serde::Serializer>(duration: &Duration, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_f64(clock::millis(*duration))
}

const MODEL: &str = include_str!("../../../../models/watchdog.yaml");

/// A siege of one installation.
struct Siege<'a> {
    installation: &'a Installation,
    random: Random,
    clients: Vec<Client>,
    histories: BTreeMap<String, History>,
    tally: Tally,
}

/// Besieges. `disk` says for each round on what disk the server runs in it. Ends at the first round with faults.
///
/// # Errors
/// If the drill itself cannot go on; what is wrong with the product is in the outcome.
pub fn besiege(installation: &Installation, plan: &Plan, mut disk: impl FnMut(&mut Random) -> Disk) -> Result<Outcome> {
    let began = clock::now();
    let mut siege = Siege::prepare(installation, plan)?;
    let mut faults = Vec::new();
    for round in 1..=plan.rounds {
        let disk = disk(&mut siege.random);
        faults = siege.round(round, plan, &disk)?;
        if round % (plan.rounds / 10).max(1) == 0 || !faults.is_empty() {
            report::line(&format!("round {round} of {}: {}", plan.rounds, siege.tally.progress()))?;
        }
        if !faults.is_empty() {
            break;
        }
    }
    let mut replay = Value::Null;
    if faults.is_empty() {
        (faults, replay) = siege.end()?;
    }
    Ok(Outcome { plan: plan.clone(), seconds: began.elapsed().as_secs_f64(), tally: siege.tally, faults, replay })
}

impl<'a> Siege<'a> {
    /// The model and the agents that are there from the beginning, made on the machine's own disk in good order.
    fn prepare(installation: &'a Installation, plan: &Plan) -> Result<Self> {
        let mut random = Random::new(plan.seed);
        let contested: Vec<String> = (0..plan.contested_agents).map(|number| format!("contested-{number}")).collect();
        let client = |index| Client::new(index, plan, &contested, installation.access(), random.fork());
        let clients: Vec<Client> = (0..plan.clients).map(client).collect();
        let names = clients.iter().flat_map(Client::names).chain(contested.iter().cloned());
        let histories: BTreeMap<_, _> = names.map(|name| (name, History::created())).collect();
        let mut server = installation.start_ready(&Disk::Real)?;
        let mut connection = Connection::open(server.address)?;
        let model = Request { content_type: "application/yaml", ..Request::post("/api/v1/models", MODEL.as_bytes()) };
        expect(&mut connection, &model.bytes(&installation.access()), 201)?;
        for name in histories.keys() {
            let body = intent::new_agent(name).to_string();
            let request = Request::post("/api/v1/agents", body.as_bytes());
            expect(&mut connection, &request.bytes(&installation.access()), 201)?;
        }
        server.stop()?;
        Ok(Self { installation, random, clients, histories, tally: Tally::default() })
    }
}

fn expect(connection: &mut Connection, request: &[u8], status: u16) -> Result<()> {
    let answer = connection.ask(request)?;
    if answer.status != status {
        let body = String::from_utf8_lossy(&answer.body);
        return Err(format!("the preparation was answered with {}: {body}", answer.status).into());
    }
    Ok(())
}
