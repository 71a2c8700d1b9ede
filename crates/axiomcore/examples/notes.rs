//! A whole service in one file: notes in a table, behind all that the core provides.
//!
//! ```sh
//! cargo run -p axiomcore --example notes -- --notes.data=/tmp/notes --http.listen=127.0.0.1:8080
//! ```

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axiomcore::audit::Refusals;
use axiomcore::clock::SystemClock;
use axiomcore::config::{Checks, Schema, Settings, Sources};
use axiomcore::entropy::{Ids, SystemEntropy};
use axiomcore::http::{
    self, Application, Catalogue, Health, Json, Path, Problem, Routes, Server, StatusCode, Surroundings,
};
use axiomcore::identity::{
    Allowed, Authenticated, Bootstrap, Grant, Identity, IdentityParts, NewKey, Permissions, Require, Role,
};
use axiomcore::lifecycle::{DataFolder, Shutdown, StopSwitch, stop_on_signals};
use axiomcore::limits::{self, Limits, LimitsParts};
use axiomcore::sealing::{self, Sealer};
use axiomcore::store::{Database, Location, Migration, Row};
use axiomcore::telemetry::{self, Metrics};
use axiomcore::tls::{self, Transport};
use axum::extract::{FromRef, State};
use tokio::runtime::Runtime;

axiomcore::settings! {
    /// The notes.
    pub struct Config in "notes" {
        /// The folder with the data.
        pub data: PathBuf = "data".into();
    }
}
impl Checks for Config {}

axiomcore::permissions! {
    /// What one may do with notes.
    pub const PERMISSIONS;
    ReadNotes = ("notes:read", "Read notes.");
    WriteNotes = ("notes:write", "Write notes.");
}

const ROLES: &[Role] = &[
    Role { name: "admin", meaning: "Everything.", grant: Grant::Every },
    Role { name: "reader", meaning: "Reads.", grant: Grant::Only(&[ReadNotes::PERMISSION]) },
];

axiomcore::error_codes! {
    /// What can go wrong with notes.
    pub static CODES;
    NOTE_NOT_FOUND = (NOT_FOUND, "note_not_found", "There is no such note", "`GET /notes` lists all notes.");
}

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "notes",
    sql: "CREATE TABLE notes (workspace $INT NOT NULL, id TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (workspace, id)) \
          $CLUSTERED;\n",
}];

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NewNote {
    text: String,
}

#[derive(serde::Serialize)]
struct Note {
    id: String,
    text: String,
}

#[derive(Clone)]
struct Notes {
    identity: Identity,
    database: Database,
    ids: Arc<Ids>,
}

impl FromRef<Notes> for Identity {
    fn from_ref(notes: &Notes) -> Self {
        notes.identity.clone()
    }
}

fn routes() -> Routes<Notes> {
    Routes::new()
        .post("/notes", create_note)
        .get("/notes", list_notes)
        .get("/notes/{id}", get_note)
        .post("/reader_keys", create_reader_key)
}

async fn create_note(
    caller: Allowed<WriteNotes>,
    State(notes): State<Notes>,
    Json(NewNote { text }): Json<NewNote>,
) -> Result<(StatusCode, Json<Note>), Problem> {
    let (workspace, note) = (caller.workspace, Note { id: notes.ids.next().to_string(), text });
    let sql = "INSERT INTO notes (workspace, id, text) VALUES ($1, $2, $3)";
    let write = notes.database.write(move |connection| {
        connection.execute(sql, &[workspace.into(), (&note.id).into(), (&note.text).into()]).map(|_| note)
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}

async fn list_notes(caller: Allowed<ReadNotes>, State(notes): State<Notes>) -> Result<Json<Vec<Note>>, Problem> {
    let (workspace, sql) = (caller.workspace, "SELECT id, text FROM notes WHERE workspace = $1 ORDER BY id");
    let rows = notes.database.read(move |connection| connection.query(sql, &[workspace.into()])).await?;
    Ok(Json(rows.into_iter().map(note).collect::<Result<_, _>>()?))
}

async fn get_note(
    caller: Allowed<ReadNotes>,
    State(notes): State<Notes>,
    Path(id): Path<String>,
) -> Result<Json<Note>, Problem> {
    let (workspace, sql) = (caller.workspace, "SELECT id, text FROM notes WHERE workspace = $1 AND id = $2");
    let rows = notes.database.read(move |connection| connection.query(sql, &[workspace.into(), (&id).into()])).await?;
    let found = rows.into_iter().next().map(note).transpose()?;
    found.map(Json).ok_or_else(|| Problem::new(&NOTE_NOT_FOUND))
}

async fn create_reader_key(
    caller: Authenticated,
    State(notes): State<Notes>,
) -> Result<(StatusCode, Json<String>), Problem> {
    let permissions = Permissions::only(&[ReadNotes::PERMISSION]);
    let new = NewKey { name: "reader".into(), permissions, expires_at: None };
    let created = notes.identity.create_key(&caller.0, new).await.map_err(Problem::internal)?;
    Ok((StatusCode::CREATED, Json(created.text.expose().clone())))
}

fn note(mut row: Row) -> axiomcore::store::Result<Note> {
    Ok(Note { id: row.text(0)?, text: row.text(1)? })
}

fn main() -> ExitCode {
    let Err(error) = start() else { return ExitCode::SUCCESS };
    let _ = writeln!(std::io::stderr(), "{error}");
    ExitCode::FAILURE
}

fn start() -> Result<(), Box<dyn Error>> {
    let schema = Schema::new("NOTES").with::<Config>().with::<http::Config>();
    let settings = schema
        .with::<axiomcore::identity::Config>()
        .with::<sealing::Config>()
        .with::<limits::Config>()
        .with::<telemetry::Config>()
        .with::<tls::Config>()
        .checked(http::exposed)
        .load(&sources())?;
    let (clock, entropy, metrics) = (Arc::new(SystemClock), Arc::new(SystemEntropy), Metrics::new());
    telemetry::init(&settings.section(), clock.clone());
    let folder = DataFolder::lock(&settings.section::<Config>().data)?;
    let runtime = Runtime::new()?;
    let file = folder.path().join("notes.db");
    let database = Database::open(&Location::Sqlite(file), 1, runtime.handle().clone())?;
    database.migrate("notes", MIGRATIONS)?;
    database.migrate("audit", axiomcore::audit::MIGRATIONS)?;
    let ids = Arc::new(Ids::new(clock.clone(), entropy.as_ref())?);
    let sealer = Sealer::new(sealing::keys(&settings.section(), folder.path(), entropy.as_ref())?, entropy.clone());
    let parts = IdentityParts {
        database: database.clone(),
        clock: clock.clone(),
        entropy: entropy.clone(),
        sealer,
        metrics: metrics.clone(),
        permissions: &[PERMISSIONS],
        roles: ROLES,
        key_prefix: "notes",
        name: "Notes",
    };
    let config: axiomcore::identity::Config = settings.section();
    let identity = Identity::open(&config, parts)?;
    if let Bootstrap::Created(key) = identity.bootstrap(config.bootstrap_token_file.as_deref())? {
        writeln!(std::io::stdout(), "administrator's key, shown only now: {}", key.expose())?;
    }
    let parts = LimitsParts { clock, entropy: entropy.as_ref(), metrics: &metrics, redis: None };
    let limits = Limits::new(&settings.section(), parts)?;
    runtime.block_on(serve(&settings, metrics, limits, Notes { identity, database, ids }))
}

async fn serve(settings: &Settings, metrics: Metrics, limits: Limits, notes: Notes) -> Result<(), Box<dyn Error>> {
    let (health, config) = (Health::new(), settings.section());
    telemetry::register_process_metrics(&metrics);
    health.check_database(notes.database.clone());
    let surroundings = Surroundings {
        ids: notes.ids.clone(),
        metrics: metrics.clone(),
        health: health.clone(),
        limits,
        catalogue: Arc::new(Catalogue::new()?.with(CODES)?),
        access_log: settings.section::<telemetry::Config>().access_log,
        refusals: Refusals::default(),
    };
    let application = Application::new(&config, &surroundings, routes(), notes.clone());
    let transport = Transport::open(&settings.section(), &metrics, Arc::new(SystemClock))?;
    let server = Server::build(&config, &transport, application, &metrics, health.clone()).await?;
    writeln!(std::io::stdout(), "listening: {} {:?}", server.address(), server.metrics_address())?;
    let (switch, stopping) = StopSwitch::new();
    stop_on_signals(switch)?;
    health.started();
    server.run_until_stopped(stopping).await;
    let record = async move { notes.identity.record_use().await.map_err(|error| error.to_string()) };
    Shutdown::new().then("identity", Duration::from_secs(5), record).run().await;
    Ok(())
}

/// The environment, and flags of the form `--section.key=value`.
fn sources() -> Sources {
    let flags = std::env::args().skip(1).map(|flag| {
        let (key, value) = flag.trim_start_matches("--").split_once('=').unwrap_or((&flag, "true"));
        (flag.clone(), key.to_owned(), value.to_owned())
    });
    Sources { file: None, environment: std::env::vars().collect(), flags: flags.collect() }
}
