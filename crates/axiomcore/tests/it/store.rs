//! One story of the store, told on both databases.

use std::fs::Permissions;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axiomcore::store::{Applied, Connection, Database, Dialect, Error, Location, Migration, Value};
use axiomcore::telemetry::Metrics;
use testbed::Postgres;
use tokio::runtime::Runtime;

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "shelves and books",
        sql: "CREATE TABLE shelves (id $SEQUENCE, name TEXT NOT NULL UNIQUE) $STRICT;\n\
              CREATE TABLE books (shelf $INT NOT NULL REFERENCES shelves (id), title TEXT NOT NULL, cover $BYTES, \
              PRIMARY KEY (shelf, title)) $CLUSTERED;\n",
    },
    Migration { version: 2, name: "pages", sql: "ALTER TABLE books ADD COLUMN pages $INT;\n" },
];

fn title_count(database: &Database) -> i64 {
    database.read_blocking(|c| c.query("SELECT count(*) FROM books", &[])?[0].int(0)).unwrap()
}

fn story(open: impl Fn() -> Database) {
    let database = open();
    assert_eq!(database.migrate("library", &MIGRATIONS[..1]).unwrap(), Applied { from: 0, to: 1 });
    assert_eq!(database.migrate("library", MIGRATIONS).unwrap(), Applied { from: 1, to: 2 });
    assert_eq!(database.migrate("library", MIGRATIONS).unwrap(), Applied { from: 2, to: 2 });
    older_programs_accept_newer_schemas(&database);
    edited_migrations_are_refused(&database);
    migrations_that_were_passed_over_are_refused(&database);
    values_come_back_as_they_went_in(&database);
    parameters_go_by_their_number(&database);
    a_failed_transaction_leaves_nothing(&database);
    many_rows_go_in_at_once(&database);
    let count = title_count(&database);
    database.close();
    drop(database);
    assert_eq!(title_count(&open()), count, "what was committed is there after opening again");
}

fn older_programs_accept_newer_schemas(database: &Database) {
    assert_eq!(database.migrate("library", &MIGRATIONS[..1]).unwrap(), Applied { from: 2, to: 2 });
}

fn edited_migrations_are_refused(database: &Database) {
    let edited = [Migration { sql: "CREATE TABLE other (id $SEQUENCE) $STRICT;\n", ..MIGRATIONS[0] }];
    assert!(matches!(database.migrate("library", &edited), Err(Error::Refused(why)) if why.contains("migration 1")));
}

fn migrations_that_were_passed_over_are_refused(database: &Database) {
    let sql = ["CREATE TABLE cellars (id $SEQUENCE) $STRICT;\n", "CREATE TABLE attics (id $SEQUENCE) $STRICT;\n"];
    let [first, second] = sql.map(|sql| Migration { sql, ..MIGRATIONS[0] });
    let both = [first, Migration { version: 2, ..second }];
    assert_eq!(database.migrate("house", &both).unwrap(), Applied { from: 0, to: 2 });
    let forget = "DELETE FROM schema_versions WHERE component = 'house' AND version = 1";
    database.write_blocking(|c| c.execute(forget, &[])).unwrap();
    let refused = database.migrate("house", &both);
    assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("migration 1 of `house` was passed over")));
    assert!(database.migrate("house", &both[..1]).is_err(), "older programs do not build on it either");
}

fn values_come_back_as_they_went_in(database: &Database) {
    let id = database
        .write_blocking(|c| c.query("INSERT INTO shelves (name) VALUES ($1) RETURNING id", &["ünï".into()])?[0].int(0))
        .unwrap();
    let cover = vec![0, 255, 7];
    let insert = "INSERT INTO books (shelf, title, cover, pages) VALUES ($1, $2, $3, $4)";
    database
        .write_blocking(|c| {
            c.execute(insert, &[id.into(), "a".into(), (&cover).into(), i64::MAX.into()])?;
            c.execute(insert, &[id.into(), "b".into(), Value::Bytes(None), Value::Int(None)])
        })
        .unwrap();
    let rows = |sql: &'static str| database.read_blocking(|c| c.query(sql, &[])).unwrap();
    let mut rows = rows("SELECT title, cover, pages FROM books ORDER BY title");
    assert_eq!((rows[0].text(0).unwrap(), rows[0].bytes(1).unwrap()), ("a".into(), cover));
    assert_eq!(rows[0].int(2).unwrap(), i64::MAX);
    assert!(rows[1].is_null(1) && rows[1].is_null(2));
    assert!(matches!(rows[1].int(2), Err(Error::Corrupt(_))));
}

fn parameters_go_by_their_number(database: &Database) {
    let update = "UPDATE books SET pages = $2 WHERE title = $1 AND $2 > 0";
    assert_eq!(database.write_blocking(|c| c.execute(update, &["b".into(), 7.into()])).unwrap(), 1);
    let mut rows = database.read_blocking(|c| c.query("SELECT title FROM books WHERE pages = 7", &[])).unwrap();
    assert_eq!(rows[0].text(0).unwrap(), "b");
}

fn a_failed_transaction_leaves_nothing(database: &Database) {
    let before = title_count(database);
    let result = database.write_blocking(|c| {
        c.execute("INSERT INTO books (shelf, title) SELECT id, 'c' FROM shelves", &[])?;
        c.execute("INSERT INTO books (shelf, title) SELECT id, 'a' FROM shelves", &[])
    });
    assert!(matches!(result, Err(Error::Conflict)), "{result:?}");
    assert_eq!(title_count(database), before);
}

fn many_rows_go_in_at_once(database: &Database) {
    let titles: Vec<String> = (0..2_500).map(|n| format!("volume {n}")).collect();
    let rows: Vec<Value<'_>> = titles.iter().flat_map(|title| [1_i64.into(), title.into(), Value::Int(None)]).collect();
    let into = "books (shelf, title, pages)";
    let inserted = database.write_blocking(|c| c.insert_many(into, 3, &rows, "ON CONFLICT DO NOTHING")).unwrap();
    assert_eq!(inserted, 2_500);
    let again = database.write_blocking(|c| c.insert_many(into, 3, &rows, "ON CONFLICT DO NOTHING")).unwrap();
    assert_eq!(again, 0);
}

#[test]
fn the_story_holds_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let location = Location::Sqlite(folder.path().join("library.db"));
    story(|| Database::open(&location, 4, runtime.handle().clone()).unwrap());
}

#[test]
fn the_story_holds_on_postgresql() {
    let server = Postgres::start();
    let runtime = Runtime::new().unwrap();
    let location = Location::Postgres(server.url());
    story(|| Database::open(&location, 4, runtime.handle().clone()).unwrap());
}

#[test]
fn several_nodes_migrate_at_once_and_each_change_is_made_once() {
    let server = Postgres::start();
    let runtime = Runtime::new().unwrap();
    let location = Location::Postgres(server.url());
    let applied: i64 = std::thread::scope(|scope| {
        let nodes: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let database = Database::open(&location, 2, runtime.handle().clone()).unwrap();
                    let Applied { from, to } = database.migrate("library", MIGRATIONS).unwrap();
                    to - from
                })
            })
            .collect();
        nodes.into_iter().map(|node| node.join().unwrap()).sum()
    });
    assert_eq!(applied, 2);
}

#[test]
fn a_server_that_would_lose_acknowledged_work_is_refused() {
    let server = Postgres::start_with(&["fsync=off"]);
    let runtime = Runtime::new().unwrap();
    let refused = Database::open(&Location::Postgres(server.url()), 2, runtime.handle().clone());
    assert!(matches!(refused, Err(Error::Refused(why)) if why.contains("fsync = off") && why.contains("Set fsync")));
}

#[test]
fn a_lost_server_is_unavailable_and_serves_again_when_it_is_back() {
    let mut server = Postgres::start();
    let runtime = Runtime::new().unwrap();
    let database = Database::open(&Location::Postgres(server.url()), 2, runtime.handle().clone()).unwrap();
    let metrics = Metrics::new();
    database.observe(&metrics);
    assert_eq!(database.dialect(), Dialect::Postgres);
    database.migrate("library", MIGRATIONS).unwrap();
    server.kill();
    let lost = database.read_blocking(|c| c.query("SELECT 1::bigint", &[]));
    assert!(matches!(lost, Err(Error::Unavailable(_))), "{lost:?}");
    server.restart();
    assert_eq!(title_count(&database), 0);
    assert_told(
        &metrics,
        &[
            "store_connections_max 2.0",
            r#"store_failures_total{kind="read",reason="unavailable"} 1"#,
            r#"store_work_in_progress{kind="read"} 0.0"#,
            r#"store_work_seconds_count{kind="read"} 2"#,
        ],
    );
}

#[track_caller]
fn assert_told(metrics: &Metrics, lines: &[&str]) {
    let page = metrics.render();
    for line in lines {
        assert!(page.lines().any(|found| found == *line), "{line} in\n{page}");
    }
}

#[test]
fn work_is_counted_while_it_goes_on_and_what_could_not_be_done_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let location = Location::Sqlite(folder.path().join("library.db"));
    let database = Database::open(&location, 4, runtime.handle().clone()).unwrap();
    let metrics = Metrics::new();
    database.observe(&metrics);
    let write = |work: &dyn Fn() -> Result<(), Error>| database.write_blocking(|_| work());
    write(&|| {
        assert_told(&metrics, &[r#"store_work_in_progress{kind="write"} 1.0"#]);
        Ok(())
    })
    .unwrap();
    write(&|| Err(Error::Conflict)).unwrap_err();
    write(&|| Err(Error::Full("no room".into()))).unwrap_err();
    assert_told(
        &metrics,
        &[
            r#"store_failures_total{kind="write",reason="full"} 1"#,
            r#"store_work_in_progress{kind="write"} 0.0"#,
            r#"store_work_seconds_count{kind="write"} 3"#,
        ],
    );
    let page = metrics.render();
    assert!(!page.contains(r#"reason="conflict""#), "a conflict is no failure: {page}");
    let size = page.lines().find_map(|line| line.strip_prefix("store_file_bytes ")).unwrap();
    assert!(size.parse::<f64>().unwrap() > 4_000.0, "{size}");
}

#[test]
fn a_sqlite_file_that_was_closed_in_order_is_whole_by_itself() {
    let (folder, runtime) = (tempfile::tempdir().unwrap(), Runtime::new().unwrap());
    let file = folder.path().join("notes.db");
    let database = Database::open(&Location::Sqlite(file), 1, runtime.handle().clone()).unwrap();
    let make = |connection: &mut dyn Connection| connection.execute("CREATE TABLE notes (text TEXT) STRICT", &[]);
    database.write_blocking(make).unwrap();
    database.read_blocking(|connection| connection.query("SELECT text FROM notes", &[])).unwrap();
    drop(database);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["notes.db"], "nothing that was committed is left beside it");
}

#[test]
fn the_files_of_sqlite_are_for_their_owner_and_older_ones_become_so() {
    let (folder, runtime) = (tempfile::tempdir().unwrap(), Runtime::new().unwrap());
    let file = folder.path().join("notes.db");
    std::fs::File::create(&file).unwrap().set_permissions(Permissions::from_mode(0o644)).unwrap();
    let database = Database::open(&Location::Sqlite(file), 1, runtime.handle().clone()).unwrap();
    let make = |connection: &mut dyn Connection| connection.execute("CREATE TABLE notes (text TEXT) STRICT", &[]);
    database.write_blocking(make).unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 3, "{files:?}");
    for entry in files {
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
    }
}

#[test]
fn the_write_ahead_log_begins_anew_while_writers_go_on() {
    the_log_begins_anew(0);
}

#[test]
fn the_write_ahead_log_begins_anew_though_somebody_is_always_reading() {
    the_log_begins_anew(3);
}

fn the_log_begins_anew(readers: usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("library.db");
    let runtime = Runtime::new().unwrap();
    let database = Database::open(&Location::Sqlite(file.clone()), 2, runtime.handle().clone()).unwrap();
    database.migrate("library", MIGRATIONS).unwrap();
    // The header of the log counts how often it has begun.
    let begun = || {
        let mut header = [0; 16];
        std::fs::File::open(folder.path().join("library.db-wal")).unwrap().read_exact(&mut header).unwrap();
        header[12..].to_vec()
    };
    let (first, cover) = (begun(), vec![7_u8; 1 << 20]);
    database.write_blocking(|c| c.execute("INSERT INTO shelves (name) VALUES ('large')", &[])).unwrap();
    let insert = |title: String, cover: &[u8]| {
        let sql = "INSERT INTO books (shelf, title, cover) SELECT id, $1, $2 FROM shelves";
        database.write_blocking(|c| c.execute(sql, &[title.as_str().into(), cover.into()])).unwrap();
    };
    let done = AtomicBool::new(false);
    let read = || {
        while !done.load(Ordering::Relaxed) {
            let dawdle = |c: &mut dyn Connection| {
                c.query("SELECT count(*) FROM shelves", &[])?;
                std::thread::sleep(Duration::from_millis(20));
                Ok(())
            };
            database.read_blocking(dawdle).unwrap();
        }
    };
    std::thread::scope(|scope| {
        (0..readers).for_each(|_| _ = scope.spawn(read));
        (0..80).for_each(|n| insert(format!("long {n}"), &cover));
        // Many more than the quarter of a second between two foldings takes.
        let begins_anew = (0..20_000).any(|n| {
            insert(format!("short {n}"), b"short");
            begun() != first
        });
        done.store(true, Ordering::Relaxed);
        assert!(begins_anew, "80 MB are still in the log");
    });
    assert!(std::fs::metadata(&file).unwrap().len() > 60 << 20, "what the log no longer has is in the file");
    assert!(title_count(&database) > 80);
}

#[test]
fn a_server_that_goes_silent_holds_nobody_up_for_ever() {
    let postgres = Postgres::start();
    let url = postgres.url();
    let port = url.rsplit_once(':').unwrap().1.split('/').next().unwrap();
    let way = Way::to(port.parse().unwrap());
    let url = url.replace(port, &way.port.to_string());
    let runtime = Runtime::new().unwrap();
    let database = Database::open(&Location::Postgres(url), 2, runtime.handle().clone()).unwrap();
    database.migrate("library", MIGRATIONS).unwrap();
    let insert = |name: &str| {
        let sql = "INSERT INTO shelves (name) VALUES ($1)";
        database.write_blocking(|c| c.execute(sql, &[name.into()]))
    };
    insert("before").unwrap();
    let silenced = database.write_blocking(|c| {
        let done = c.execute("INSERT INTO shelves (name) VALUES ('during')", &[]);
        way.silent.store(true, Ordering::SeqCst);
        done
    });
    assert!(matches!(silenced, Err(Error::Unavailable(why)) if why.contains("may be done or not")));
    way.silent.store(false, Ordering::SeqCst);
    insert("after").unwrap();
    insert("and after").unwrap();
    database.close();
}

/// The way to a server, on which answers can be swallowed.
struct Way {
    port: u16,
    silent: Arc<AtomicBool>,
}

impl Way {
    fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let (port, silent) = (listener.local_addr().unwrap().port(), Arc::new(AtomicBool::new(false)));
        let swallowing = silent.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(("127.0.0.1", server)).unwrap());
                carry(client.try_clone().unwrap(), server.try_clone().unwrap(), Arc::default());
                carry(server, client, swallowing.clone());
            }
        });
        Self { port, silent }
    }
}

/// A connection on which something was swallowed stays silent.
fn carry(mut from: TcpStream, mut to: TcpStream, silent: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        let (mut bytes, mut is_silent) = ([0; 4096], false);
        while let Ok(n @ 1..) = from.read(&mut bytes) {
            is_silent |= silent.load(Ordering::SeqCst);
            if !is_silent && to.write_all(&bytes[..n]).is_err() {
                return;
            }
        }
    });
}
