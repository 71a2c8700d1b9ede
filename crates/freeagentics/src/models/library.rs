//! The models of a server: immutable versions in the database, each compiled once.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axiomcore::clock::{Clock, Timestamp};
use axiomcore::config::ByteSize;
use axiomcore::identity::Principal;
use axiomcore::store::{self, Connection, Database};
use axiomcore::telemetry::{Declaration, Metrics};
use freeagentics_inference::document::{self, Cost, Document, Format, Limits, Observations, Problems};
use freeagentics_inference::engine::Engine;
use freeagentics_inference::model::Model;

use super::shelf::Shelf;
use super::{Reference, Referred, store as table};

/// How a stored text is written.
pub(super) const JSON: &str = "json";

/// As [`JSON`].
pub(super) const YAML: &str = "yaml";

/// What a model takes however small it is, about.
const OVERHEAD: u64 = 8 << 10;

/// A version of a model, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) name: String,
    /// Counts from 1 within the name.
    pub(crate) version: i64,
    /// Names the version in other rows.
    pub(crate) key: i64,
    /// Of the model, in hexadecimal.
    pub(crate) digest: String,
    /// Of the agent's options.
    pub(crate) options_digest: String,
    /// `yaml` or `json`.
    pub(crate) format: &'static str,
    /// The text as it was given.
    pub(crate) document: String,
    pub(crate) description: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) created_by: String,
}

/// A version, ready to decide.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) key: i64,
    pub(crate) name: Arc<str>,
    pub(crate) version: i64,
    pub(crate) engine: Engine,
    pub(crate) observations: Observations,
    pub(crate) cost: Cost,
    /// How many tests the document carries.
    pub(crate) tests: usize,
    /// Bytes that it takes, and an agent's step on it, about.
    pub(crate) weight: u64,
    /// Whether somebody has asked for it since room was needed last.
    touched: AtomicBool,
}

/// Why a document did not become a version.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Rejected {
    #[error("the document is wrong")]
    Invalid(Problems),
    /// The document's check let something pass that the engine refuses.
    #[error("the engine refuses the model: {0}")]
    Refused(String),
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// A document that has been read and compiled, and can become a version.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) document: Document,
    pub(crate) engine: Engine,
    /// As it was read, so that it is read in the same way again.
    pub(crate) format: &'static str,
    pub(crate) text: String,
}

/// What has become of a document that was stored.
#[derive(Debug)]
pub(crate) struct Created {
    pub(crate) version: Version,
    pub(crate) compiled: Arc<Compiled>,
    /// Whether it was not there before.
    pub(crate) is_new: bool,
}

/// The models of a server. Clones are the same.
#[derive(Clone)]
pub(crate) struct Library(Arc<Inner>);

struct Inner {
    database: Database,
    clock: Arc<dyn Clock>,
    limits: Limits,
    /// By workspace and key. Versions never change, so nothing in here is ever stale.
    compiled: Mutex<Shelf>,
}

impl Library {
    /// With so much room for what is compiled. What would not fit into that even alone is refused as too costly.
    pub(crate) fn new(database: Database, clock: Arc<dyn Clock>, room: ByteSize) -> Self {
        let limits = Limits::default();
        let limits = Limits { bytes: limits.bytes.min(room.bytes()), ..limits };
        Self(Arc::new(Inner { database, clock, limits, compiled: Mutex::new(Shelf::new(room.bytes())) }))
    }

    /// Bytes that may be taken by what is compiled.
    pub(crate) fn room(&self) -> u64 {
        self.cache().most()
    }

    /// Shows how much of the room is taken.
    pub(crate) fn watch(&self, metrics: &Metrics) {
        let gauge = |name, help| Declaration::gauge(name, &[], help);
        // The metrics outlive the library, and must not keep its database open.
        let observed = |look: fn(&Shelf) -> f64| {
            let inner = Arc::downgrade(&self.0);
            move || inner.upgrade().map(|inner| look(&Self(inner).cache()))
        };
        let models = gauge("freeagentics_compiled_models", "Models that are ready to decide");
        metrics.observed(models, observed(|shelf| shelf.len() as f64));
        let bytes = gauge("freeagentics_compiled_bytes", "Memory that they take, about, in bytes");
        metrics.observed(bytes, observed(|shelf| shelf.bytes() as f64));
        let most = gauge("freeagentics_compiled_bytes_max", "Memory that models may take, in bytes");
        metrics.gauge(most).set(self.cache().most() as f64);
    }

    /// Reads a document and compiles it, without storing it. Computes, so not for threads that serve requests.
    pub(crate) fn check(&self, text: &str, format: Format) -> Result<Checked, Rejected> {
        check(text, format, &self.0.limits)
    }

    /// Stores a document as a version, unless the last versions of that name include the same model with the same
    /// options: then that one is answered, and `false`.
    pub(crate) fn create_blocking(&self, principal: &Principal, checked: Checked) -> Result<Created, Rejected> {
        let database = &self.0.database;
        let stored = database.write_blocking(|connection| self.create_in(connection, principal, &checked));
        let (version, is_new) = stored?;
        // A new one is ready already: after the commit there is nothing left that could fail.
        let compiled = if is_new {
            let compiled = Arc::new(checked.compiled(&version));
            self.cache().insert((principal.workspace, version.key), compiled)
        } else {
            self.compiled_blocking(principal.workspace, version.key)?
        };
        Ok(Created { version, compiled, is_new })
    }

    /// As [`create_blocking`](Self::create_blocking), in a transaction of somebody else's.
    pub(crate) fn create_in(
        &self,
        connection: &mut dyn Connection,
        principal: &Principal,
        checked: &Checked,
    ) -> store::Result<(Version, bool)> {
        let Checked { document, engine, format, text } = checked;
        let version = Version {
            name: document.name.clone(),
            version: 0,
            key: 0,
            digest: engine.model().digest().to_string(),
            options_digest: engine.options_digest().to_string(),
            format,
            document: text.clone(),
            description: document.description.clone(),
            created_at: self.0.clock.now(),
            created_by: principal.id.clone(),
        };
        table::insert(connection, principal.workspace, version)
    }

    /// The version that is referred to, in short.
    pub(crate) fn refer(
        &self,
        connection: &mut dyn Connection,
        workspace: i64,
        Reference { name, version }: &Reference,
    ) -> store::Result<Option<Referred>> {
        table::refer(connection, workspace, name.as_str(), *version)
    }

    /// The version with this key, in short.
    pub(crate) fn refer_by_key(
        &self,
        connection: &mut dyn Connection,
        workspace: i64,
        key: i64,
    ) -> store::Result<Referred> {
        if let Some(compiled) = self.known(workspace, key) {
            return Ok(Referred::of(&compiled));
        }
        let found = table::refer_by_key(connection, workspace, key)?;
        found.ok_or_else(|| store::Error::Corrupt(format!("there is no model with key {key}")))
    }

    /// The version with this key, if it is compiled already: for threads that must not block.
    pub(crate) fn known(&self, workspace: i64, key: i64) -> Option<Arc<Compiled>> {
        self.cache().get((workspace, key))
    }

    /// A version by name; the latest if no version is given.
    pub(crate) async fn find(
        &self,
        workspace: i64,
        name: &str,
        version: Option<i64>,
    ) -> store::Result<Option<Version>> {
        let name = name.to_owned();
        self.0.database.read(move |connection| table::find(connection, workspace, &name, version)).await
    }

    /// The latest version of each name after `after`, ordered by name.
    pub(crate) async fn list(&self, workspace: i64, after: String, limit: usize) -> store::Result<Vec<Version>> {
        self.0.database.read(move |connection| table::list(connection, workspace, &after, limit)).await
    }

    /// All versions of a name, oldest first.
    pub(crate) async fn versions(&self, workspace: i64, name: &str) -> store::Result<Vec<Version>> {
        let name = name.to_owned();
        self.0.database.read(move |connection| table::versions(connection, workspace, &name)).await
    }

    /// The version with this key, as stored; blocks.
    pub(crate) fn version_blocking(&self, workspace: i64, key: i64) -> store::Result<Version> {
        let found = self.0.database.read_blocking(|connection| table::find_by_key(connection, workspace, key))?;
        found.ok_or_else(|| store::Error::Corrupt(format!("there is no model with key {key}")))
    }

    /// The version with this key, compiled; blocks, and computes at the first time.
    pub(crate) fn compiled_blocking(&self, workspace: i64, key: i64) -> store::Result<Arc<Compiled>> {
        if let Some(compiled) = self.known(workspace, key) {
            return Ok(compiled);
        }
        let version = self.version_blocking(workspace, key)?;
        // What was stored under the limits of its day stays usable when they are narrowed.
        let compiled = Arc::new(compile(&version)?);
        Ok(self.cache().insert((workspace, key), compiled))
    }

    /// As [`compiled_blocking`](Self::compiled_blocking), for threads that must not block.
    pub(crate) async fn compiled(&self, workspace: i64, key: i64) -> store::Result<Arc<Compiled>> {
        if let Some(compiled) = self.known(workspace, key) {
            return Ok(compiled);
        }
        let library = self.clone();
        let compiled = tokio::task::spawn_blocking(move || library.compiled_blocking(workspace, key)).await;
        compiled.unwrap_or_else(|error| Err(store::Error::Failed(format!("compiling did not end: {error}"))))
    }

    fn cache(&self) -> MutexGuard<'_, Shelf> {
        self.0.compiled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Version {
    /// How the text is to be read: as it was read when it was given, whatever it begins with.
    pub(crate) fn written_as(&self) -> Format {
        if self.format == JSON { Format::Json } else { Format::Yaml }
    }
}

impl Checked {
    /// As the version that it has become.
    fn compiled(self, version: &Version) -> Compiled {
        let Self { document, engine, text, .. } = self;
        let observations = Observations::of(engine.model().spec(), Limits::default());
        let (cost, tests) = (document.cost, document.tests.len());
        let (key, name, version) = (version.key, version.name.as_str().into(), version.version);
        // Names are no longer than the text, and stand in a few places.
        let weight = cost.bytes.saturating_add(4 * text.len() as u64).saturating_add(OVERHEAD);
        let touched = AtomicBool::new(false);
        Compiled { key, name, version, engine, observations, cost, tests, weight, touched }
    }
}

impl Compiled {
    /// Notes that it was asked for. Every step does, so it is written only where it changes something.
    pub(crate) fn touch(&self) {
        if !self.touched.load(Ordering::Relaxed) {
            self.touched.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it was asked for since this was last asked.
    pub(super) fn was_touched(&self) -> bool {
        self.touched.swap(false, Ordering::Relaxed)
    }

    /// `name@version`.
    pub(crate) fn reference(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}

/// Reads a document and compiles it.
pub(crate) fn check(text: &str, format: Format, limits: &Limits) -> Result<Checked, Rejected> {
    let format = format.of(text);
    let document = document::read(text, format, limits).map_err(Rejected::Invalid)?;
    let refused = |faults: Vec<freeagentics_inference::model::Fault>| {
        Rejected::Refused(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    };
    let model = Model::new(document.spec.clone()).map_err(refused)?;
    let engine = Engine::new(Arc::new(model), document.options.clone()).map_err(refused)?;
    let format = if format == Format::Json { JSON } else { YAML };
    Ok(Checked { document, engine, format, text: text.to_owned() })
}

/// Compiles a stored version.
pub(crate) fn compile(version: &Version) -> store::Result<Compiled> {
    let unlimited = Limits { operations: u64::MAX, bytes: u64::MAX, policies: u64::MAX, ..Limits::default() };
    let checked = check(&version.document, version.written_as(), &unlimited).map_err(|error| {
        store::Error::Corrupt(format!("model {}@{} cannot be read again: {error}", version.name, version.version))
    })?;
    if checked.engine.model().digest().to_string() != version.digest {
        let (name, number) = (&version.name, version.version);
        return Err(store::Error::Corrupt(format!("model {name}@{number} is not the one that its digest names")));
    }
    Ok(checked.compiled(version))
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Library")
    }
}
