//! Rows into a table without an index, many per transaction: what a log costs if nothing else is done.

use std::path::Path;
use std::time::Duration;

use axiomcore::store::{Connection, Database, Location, Migration, Value};
use harness::{Result, clock};

/// Rows in one transaction.
const GROUP: usize = 1000;
/// About as much as a step leaves in the log.
const BODY: [u8; 250] = [7; 250];

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "rows",
    sql: "CREATE TABLE bare_rows (id $SEQUENCE, agent $INT NOT NULL, body $BYTES NOT NULL) $STRICT;\n",
}];

/// Rows per second, for so long.
pub(crate) fn bare_insert(folder: &Path, database: Option<&str>, duration: Duration) -> Result<f64> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let file = folder.join("bare.db");
    let location = database.map_or(Location::Sqlite(file), |url| Location::Postgres(url.to_owned()));
    let database = Database::open(&location, 2, runtime.handle().clone())?;
    database.migrate("bare", MIGRATIONS)?;
    let began = clock::now();
    let mut n = 0;
    while began.elapsed() < duration {
        database.write_blocking(|connection| insert(connection, n))?;
        n += GROUP as i64;
    }
    let rate = n as f64 / began.elapsed().as_secs_f64();
    database.write_blocking(|connection| connection.execute("DROP TABLE bare_rows", &[]))?;
    Ok(rate)
}

fn insert(connection: &mut dyn Connection, first: i64) -> axiomcore::store::Result<u64> {
    let row = |agent: i64| [Value::from(agent), Value::from(&BODY[..])];
    let rows: Vec<Value<'_>> = (first..first + GROUP as i64).flat_map(row).collect();
    connection.insert_many("bare_rows (agent, body)", 2, &rows, "")
}
