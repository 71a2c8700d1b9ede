//! A server's database as the rows of its tables: copied out of one snapshot, and back into an empty server, or into a
//! scratch file where they are proved.
//!
//! Tables are made by the migrations of the program that restores, up to the versions that the backup has, and never by what
//! the backup says: so a restored database is one that this program can go on with, or there is none.

use std::collections::BTreeMap;

use super::chunks::{Reader, Writer};
use super::tuples::Tuples;
use super::{BackupError, Column, Kind, Manifest, Part, Restorable, Role};
use crate::store::{self, Cell, Connection, Dialect, Error, Value, migrate};

/// Rows that are put into a file at a time.
const BATCH: usize = 250;

/// All columns of all tables but the one with the versions; tables that refer to others come after those that do not.
const COLUMNS: &str = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, NULL) \
                       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
                       WHERE c.relnamespace = current_schema()::text::regnamespace AND c.relkind = 'r' \
                       AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> 'schema_versions' \
                       ORDER BY EXISTS (SELECT 1 FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f'), \
                       c.oid, a.attnum";

/// Whatever is in a database that ought to be empty.
const ANYTHING: &str = "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::text::regnamespace \
                        AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f') ORDER BY relname LIMIT 1";

/// Numbers that the server gives out by itself.
const SEQUENCES: &str = "SELECT table_name::text, column_name::text FROM information_schema.columns \
                         WHERE table_schema = current_schema() AND is_identity = 'YES'";

/// Copies all tables, within the transaction of a snapshot.
pub(super) fn copied(connection: &mut dyn Connection, writer: &mut Writer<'_>) -> Result<Vec<Part>, BackupError> {
    let mut tables: Vec<(String, Vec<Column>)> = Vec::new();
    for mut row in connection.query(COLUMNS, &[])? {
        let (table, column) = (row.text(0)?, Column { name: row.text(1)?, kind: kind(&row.text(2)?)? });
        match tables.last_mut() {
            Some((last, columns)) if *last == table => columns.push(column),
            _ => tables.push((table, vec![column])),
        }
    }
    tables.into_iter().map(|(table, columns)| copied_table(connection, table, columns, writer)).collect()
}

fn kind(name: &str) -> Result<Kind, BackupError> {
    match name {
        "bigint" => Ok(Kind::Integer),
        "text" => Ok(Kind::Text),
        "bytea" => Ok(Kind::Bytes),
        other => Err(BackupError::Unsuitable(format!("a column of type {other}, which no table of ours has"))),
    }
}

fn copied_table(
    connection: &mut dyn Connection,
    table: String,
    columns: Vec<Column>,
    writer: &mut Writer<'_>,
) -> Result<Part, BackupError> {
    let sql = format!("COPY {} ({}) TO STDOUT (FORMAT binary)", quoted(&table), names(&columns));
    let (mut part, mut refused) = (writer.part(Role::Table, &table), None);
    let done = connection.copy_out(&sql, &mut |bytes| {
        part.write(bytes).map_err(|error| {
            refused = Some(error);
            Error::Failed("the destination failed".into())
        })
    });
    match (refused, done) {
        (Some(error), _) => Err(error),
        (None, Err(error)) => Err(error.into()),
        (None, Ok(())) => Ok(Part { columns, ..part.finish()? }),
    }
}

/// Makes the tables and fills them, in one transaction; whatever fails leaves nothing.
pub(super) fn load(
    connection: &mut dyn Connection,
    manifest: &Manifest,
    reader: &Reader<'_>,
    service: &dyn Restorable,
) -> Result<(), BackupError> {
    if connection.dialect() == Dialect::Postgres
        && let Some(row) = connection.query(ANYTHING, &[])?.first_mut()
    {
        return Err(BackupError::ServerNotEmpty(row.text(0)?));
    }
    make_tables(connection, manifest, service)?;
    let tables = || manifest.parts.iter().filter(|part| part.role == Role::Table);
    // What migrations put there is among the rows.
    let mut all: Vec<&Part> = tables().collect();
    all.reverse();
    for part in all {
        connection.execute(&format!("DELETE FROM {}", quoted(&part.name)), &[])?;
    }
    for part in tables() {
        match connection.dialect() {
            Dialect::Postgres => copy_in(connection, part, reader)?,
            Dialect::Sqlite => insert(connection, part, reader)?,
        }
    }
    if connection.dialect() == Dialect::Postgres {
        set_sequences(connection)?;
    }
    Ok(service.arrived(connection)?)
}

fn make_tables(
    connection: &mut dyn Connection,
    manifest: &Manifest,
    service: &dyn Restorable,
) -> Result<(), BackupError> {
    let mut left: BTreeMap<&str, i64> = manifest.schema.iter().map(|(name, version)| (&**name, *version)).collect();
    for (component, migrations) in service.components() {
        let Some(version) = left.remove(component) else { continue };
        let known = migrations.iter().take_while(|migration| migration.version <= version).count();
        let newest = migrations.get(known.saturating_sub(1)).map_or(0, |migration| migration.version);
        if newest != version {
            return Err(other_version(manifest, component));
        }
        migrate(connection, component, migrations.get(..known).unwrap_or_default())?;
    }
    left.keys().next().map_or(Ok(()), |component| Err(other_version(manifest, component)))
}

fn other_version(manifest: &Manifest, component: &str) -> BackupError {
    let Manifest { id, version, .. } = manifest;
    BackupError::Unsuitable(format!(
        "backup {id} was made by version {version}, whose tables of `{component}` this program does not know: restore it with \
         that version, then upgrade or downgrade"
    ))
}

fn copy_in(connection: &mut dyn Connection, part: &Part, reader: &Reader<'_>) -> Result<(), BackupError> {
    let sql = format!("COPY {} ({}) FROM STDIN (FORMAT binary)", quoted(&part.name), names(&part.columns));
    let (mut chunks, mut refused) = (part.chunks.iter(), None);
    let done = connection.copy_in(&sql, &mut || {
        let read = chunks.next().map(|chunk| reader.read(part, chunk)).transpose();
        read.map_err(|error| {
            refused = Some(error);
            Error::Failed("the backup cannot be read".into())
        })
    });
    match refused {
        Some(error) => Err(error),
        None => Ok(done.map(|_| ())?),
    }
}

fn insert(connection: &mut dyn Connection, part: &Part, reader: &Reader<'_>) -> Result<(), BackupError> {
    let wrong = || BackupError::Unsuitable(format!("the rows of table {} are not what PostgreSQL sends", part.name));
    let into = format!("{} ({})", quoted(&part.name), names(&part.columns));
    let (mut tuples, mut batch) = (Tuples::new(&part.columns), Vec::new());
    for chunk in &part.chunks {
        tuples.push(&reader.read(part, chunk)?);
        while let Some(row) = tuples.next().map_err(|_| wrong())? {
            batch.extend(row);
            if batch.len() >= BATCH * part.columns.len() {
                insert_batch(connection, &into, part.columns.len(), &mut batch)?;
            }
        }
    }
    if !tuples.is_whole() {
        return Err(wrong());
    }
    Ok(insert_batch(connection, &into, part.columns.len(), &mut batch)?)
}

fn insert_batch(connection: &mut dyn Connection, into: &str, width: usize, batch: &mut Vec<Cell>) -> store::Result<()> {
    let values: Vec<Value<'_>> = batch.iter().map(value).collect();
    connection.insert_many(into, width, &values, "")?;
    batch.clear();
    Ok(())
}

fn value(cell: &Cell) -> Value<'_> {
    match cell {
        Cell::Null => Value::Int(None),
        Cell::Int(number) => (*number).into(),
        Cell::Text(text) => text.into(),
        Cell::Bytes(bytes) => bytes.into(),
    }
}

/// The next number of each is one that no row has.
fn set_sequences(connection: &mut dyn Connection) -> store::Result<()> {
    for mut row in connection.query(SEQUENCES, &[])? {
        let (table, column) = (row.text(0)?, row.text(1)?);
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence($1, $2), (SELECT COALESCE(MAX({}), 0) + 1 FROM {}), false)",
            quoted(&column),
            quoted(&table)
        );
        connection.query(&sql, &[quoted(&table).as_str().into(), column.as_str().into()])?;
    }
    Ok(())
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
}

/// A name as both databases take it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
