//! A server's inside on the bench, for tests.

use std::sync::Arc;

use axiomcore::clock::{ManualClock, Timestamp};
use axiomcore::entropy::SeededEntropy;
use axiomcore::identity::{CameBy, Identity, IdentityParts, Permissions, Principal, PrincipalKind};
use axiomcore::sealing::{Keys, Sealer};
use axiomcore::store::{Database, Location};
use axiomcore::telemetry::Metrics;
use freeagentics_inference::document::Format;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use testbed::Postgres;

use super::*;
use crate::agents::{AgentName, Labels, NewAgent};
use crate::log::{Feed, MIGRATIONS};
use crate::models::Shipped;

/// A server's inside, without a server.
pub(crate) struct Bench {
    pub(crate) runtime: Runtime,
    pub(crate) library: Library,
    pub(crate) log: Log,
    pub(crate) clock: Arc<ManualClock>,
    pub(super) principal: Arc<Principal>,
}

impl Bench {
    pub(crate) fn open(database: Database, config: Config) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp(1_000)));
        let entropy = Arc::new(SeededEntropy::new(7));
        let parts = IdentityParts {
            database: database.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            sealer: Sealer::new(Keys::one(&"0f".repeat(32)).unwrap(), entropy.clone()),
            metrics: axiomcore::telemetry::Metrics::new(),
            redis: None,
            permissions: &[],
            roles: &[],
            key_prefix: "fa",
            name: "Things",
            reached_at: None,
        };
        Identity::open(&axiomcore::identity::Config::default(), parts).unwrap();
        database.migrate("freeagentics", MIGRATIONS).unwrap();
        let library = Library::new(database.clone(), clock.clone(), config.model_memory);
        let log = Log::open(database, Feed::new()).unwrap();
        let parts = RuntimeParts {
            log: log.clone(),
            library: library.clone(),
            clock: clock.clone(),
            entropy,
            metrics: Metrics::new(),
        };
        let runtime = Runtime::start(config, parts).unwrap();
        let (kind, permissions, came_by) = (PrincipalKind::ApiKey, Permissions::Every, CameBy::Key);
        let (session, expires_at) = (None, None);
        let principal = Principal {
            workspace: 1,
            id: "tester".into(),
            kind,
            permissions,
            must_enrol: false,
            session,
            key: None,
            came_by,
            expires_at,
        };
        Self { runtime, library, log, clock, principal: principal.into() }
    }

    pub(crate) fn model(&self, name: &str) -> i64 {
        self.written(Shipped::find(name).unwrap().document)
    }

    /// A model by its document.
    pub(crate) fn written(&self, document: &str) -> i64 {
        let checked = self.library.check(document, Format::Yaml).unwrap();
        self.library.create_blocking(&self.principal, checked).unwrap().version.key
    }

    pub(crate) fn create(&self, names: &[&str], model: i64) -> Vec<bool> {
        let labels = Labels::select(["team=a"]).unwrap();
        let new = |name: &&str| {
            let name = AgentName::new(name).unwrap();
            NewAgent { name, model, seed: 1, labels: labels.clone(), brought: None }
        };
        let new: Vec<NewAgent> = names.iter().map(new).collect();
        self.runtime.create_blocking(&self.principal, &new).unwrap()
    }

    pub(crate) fn request(&self, agent: &str, ask: Ask) -> Request {
        let agent = AgentName::new(agent).unwrap();
        Request { principal: self.principal.clone(), agent, guarded: Guarded::default(), ask, walk: None }
    }

    pub(crate) fn step(&self, agent: &str, observation: Value) -> Request {
        let observation: Arc<RawValue> = serde_json::value::to_raw_value(&observation).unwrap().into();
        let observed = Observed { observation, executed: None, elapsed: None };
        self.request(agent, Ask::Step(StepAsk { observed, dry_run: false, explain: Level::Summary }))
    }

    pub(crate) fn keyed(&self, agent: &str, observation: Value, key: &str) -> Request {
        let mut request = self.step(agent, observation);
        request.guarded.idempotency_key = Some(key.to_owned());
        request
    }

    pub(crate) fn ask(&self, request: Request) -> Answer {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(self.runtime.ask(request))
    }

    pub(crate) fn ask_all(&self, requests: Vec<Request>) -> Vec<Answer> {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(self.runtime.ask_all(requests))
    }
}

pub(crate) fn check(millis: u32) -> Value {
    json!({ "check": millis, "deep_probe": "none" })
}

pub(crate) fn beliefs(done: &Done) -> Value {
    serde_json::from_str::<Value>(&done.json).unwrap()["beliefs"].clone()
}

/// Tells a story on a SQLite file and on a PostgreSQL server; `open` opens the same database again.
pub(crate) fn on_both(story: impl Fn(&dyn Fn() -> Database)) {
    let threads = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = Location::Sqlite(folder.path().join("test.db"));
    story(&|| Database::open(&file, 4, threads.handle().clone()).unwrap());
    let postgres = Postgres::start();
    let server = Location::Postgres(postgres.url());
    story(&|| Database::open(&server, 8, threads.handle().clone()).unwrap());
}
