//! A whole service in one file: notes in a table, behind all that the core provides. People sign in, with a second factor if
//! they have one; programs have keys; roles say who may what; rates, TLS, a record of who did what, metrics, health and an
//! ordered end come with it.
//!
//! ```sh
//! cargo run -p axiomcore --example notes -- --server.data=/tmp/notes --http.listen=127.0.0.1:8080
//! ```

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use axiomcore::audit::{Entry, Product};
use axiomcore::config::Sources;
use axiomcore::http::{Catalogue, Json, Path, Problem, Routes, StatusCode};
use axiomcore::identity::routes::{factors, keys, passwords, second_factor, sessions, sign_in, tokens, users};
use axiomcore::identity::{self, Allowed, Grant, Require, Role};
use axiomcore::lifecycle::Shutdown;
use axiomcore::limits::Class;
use axiomcore::service::{self, Blueprint, Core, Service, ServiceError};
use axiomcore::store::{Migration, Row};
use axum::extract::State;

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

const BLUEPRINT: Blueprint = Blueprint {
    product: Product { name: "Notes", version: "1.0.0" },
    key_prefix: "notes",
    database_file: "notes.db",
    tables: ("notes", MIGRATIONS),
    permissions: &[PERMISSIONS, identity::routes::PERMISSIONS],
    roles: ROLES,
    log: None,
    restorable: None,
};

fn routes() -> Routes<Core> {
    Routes::new()
        .post("/notes", create_note)
        .get("/notes", list_notes)
        .get("/notes/{id}", get_note)
        .post("/keys", keys::create_key)
        .post("/users", users::invite_user)
        .post("/tickets/accept", passwords::accept_ticket)
        .class(Class::SignIn)
        .post("/sign-in", sign_in::sign_in)
        .class(Class::SignIn)
        .post("/sign-in/factor", second_factor::sign_in_with_factor)
        .class(Class::SignIn)
        .post("/sign-out", sessions::sign_out)
        .post("/token/refresh", tokens::refresh_tokens)
        .class(Class::Refresh)
        .post("/factors/app", factors::enrol_factor)
        .post("/factors/app/confirm", factors::confirm_factor)
}

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

async fn create_note(
    caller: Allowed<WriteNotes>,
    State(core): State<Core>,
    Json(NewNote { text }): Json<NewNote>,
) -> Result<(StatusCode, Json<Note>), Problem> {
    let (note, at) = (Note { id: core.ids.next().to_string(), text }, core.clock.now());
    let write = core.database.write(move |connection| {
        let sql = "INSERT INTO notes (workspace, id, text) VALUES ($1, $2, $3)";
        connection.execute(sql, &[caller.workspace.into(), (&note.id).into(), (&note.text).into()])?;
        let entry = Entry { workspace: caller.workspace, at, principal: &caller.id, action: "note.create" };
        entry.write(connection, &note.id, &serde_json::Value::Null).map(|()| note)
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}

async fn list_notes(caller: Allowed<ReadNotes>, State(core): State<Core>) -> Result<Json<Vec<Note>>, Problem> {
    let sql = "SELECT id, text FROM notes WHERE workspace = $1 ORDER BY id";
    let rows = core.database.read(move |connection| connection.query(sql, &[caller.workspace.into()])).await?;
    Ok(Json(rows.into_iter().map(note).collect::<Result<_, _>>()?))
}

async fn get_note(
    caller: Allowed<ReadNotes>,
    State(core): State<Core>,
    Path(id): Path<String>,
) -> Result<Json<Note>, Problem> {
    let sql = "SELECT id, text FROM notes WHERE workspace = $1 AND id = $2";
    let read = core.database.read(move |connection| connection.query(sql, &[caller.workspace.into(), (&id).into()]));
    let found = read.await?.into_iter().next().map(note).transpose()?;
    found.map(Json).ok_or_else(|| Problem::new(&NOTE_NOT_FOUND))
}

fn note(mut row: Row) -> axiomcore::store::Result<Note> {
    Ok(Note { id: row.text(0)?, text: row.text(1)? })
}

fn main() -> ExitCode {
    let Err(error) = serve() else { return ExitCode::SUCCESS };
    let _ = writeln!(std::io::stderr(), "{error}");
    ExitCode::FAILURE
}

fn serve() -> Result<(), Box<dyn Error>> {
    let settings = service::schema("NOTES").load(&Sources::of_process())?;
    let service = Service::open(&settings, &BLUEPRINT)?;
    let core = service.core();
    let listening = service.listen(&settings, Catalogue::new()?.with(CODES)?, (routes(), core))?;
    let mut out = std::io::stdout();
    if let Some(key) = &listening.key {
        writeln!(out, "administrator's key, shown only now: {}", key.expose())?;
    }
    writeln!(out, "listening: {} {:?}", listening.address(), listening.metrics_address())?;
    listening.run_until_stopped(|_| Ok::<_, ServiceError>(Shutdown::new()))?;
    Ok(())
}
