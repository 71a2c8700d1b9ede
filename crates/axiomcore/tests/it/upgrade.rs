//! A database of before, with people in it, under the tables of now: on both databases.

use axiomcore::identity::MIGRATIONS;
use axiomcore::store::{Connection, Database, Location, Result, Value};
use testbed::Postgres;
use tokio::runtime::Runtime;

/// The version whose users had their address to themselves over all workspaces, and whose table the next one makes anew.
const BEFORE: i64 = 6;

/// What there is of a user, in the order of the columns.
const USERS: &str = "SELECT workspace, id, email, name, roles, password, status, created_at, created_by, last_sign_in_at \
                     FROM users ORDER BY workspace, id";

fn people_survive(database: &Database) {
    let before = MIGRATIONS.iter().filter(|migration| migration.version <= BEFORE).copied().collect::<Vec<_>>();
    assert_eq!(database.migrate("identity", &before).unwrap().to, BEFORE);
    database.write_blocking(fill).unwrap();
    let rows = |database: &Database| database.read_blocking(|c| c.query(USERS, &[])).unwrap();
    let told = format!("{:?}", rows(database));
    assert!(told.contains("ada@example.com") && told.contains("$argon2id$"), "{told}");
    assert!(add(database, 2, "usr-3", "ada@example.com").is_err(), "the version of before took an address once");

    assert_eq!(database.migrate("identity", MIGRATIONS).unwrap().from, BEFORE);
    assert_eq!(format!("{:?}", rows(database)), told, "everybody is there with all that was known of them");
    add(database, 2, "usr-3", "ada@example.com").unwrap();
    assert!(add(database, 1, "usr-4", "ada@example.com").is_err(), "an address is taken within its workspace");
    assert!(add(database, 3, "usr-5", "eve@example.com").is_err(), "there is no such workspace");
    assert_eq!(database.migrate("identity", MIGRATIONS).unwrap().from, MIGRATIONS.last().unwrap().version);
}

fn fill(connection: &mut dyn Connection) -> Result<()> {
    let workspace = "INSERT INTO workspaces (name, created_at) VALUES ($1, 1)";
    for name in ["default", "other"] {
        connection.execute(workspace, &[name.into()])?;
    }
    let user = "INSERT INTO users (workspace, id, email, name, roles, password, status, created_at, created_by, \
                last_sign_in_at) VALUES ($1, $2, $3, $4, 'admin', $5, 'active', 3, 'start', 5)";
    let hash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA";
    connection.execute(user, &[1.into(), "usr-1".into(), "ada@example.com".into(), "Ada".into(), hash.into()])?;
    connection.execute(user, &[2.into(), "usr-2".into(), "bob@example.com".into(), "Bob".into(), Value::Text(None)])?;
    let ticket = "INSERT INTO tickets (fingerprint, workspace, user_id, expires_at) VALUES ($1, 2, 'usr-2', 9)";
    connection.execute(ticket, &[Value::from(&[7_u8; 32][..])])?;
    Ok(())
}

fn add(database: &Database, workspace: i64, id: &str, email: &str) -> Result<u64> {
    let (id, email) = (id.to_owned(), email.to_owned());
    database.write_blocking(move |connection| {
        let sql = "INSERT INTO users (workspace, id, email, name, roles, status, created_at, created_by) \
                   VALUES ($1, $2, $3, '', '', 'invited', 1, 'start')";
        connection.execute(sql, &[workspace.into(), id.as_str().into(), email.as_str().into()])
    })
}

#[test]
fn people_of_an_older_version_are_kept_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let location = Location::Sqlite(folder.path().join("people.db"));
    people_survive(&Database::open(&location, 2, runtime.handle().clone()).unwrap());
}

#[test]
fn people_of_an_older_version_are_kept_on_postgresql() {
    let server = Postgres::start();
    let runtime = Runtime::new().unwrap();
    people_survive(&Database::open(&Location::Postgres(server.url()), 2, runtime.handle().clone()).unwrap());
}
