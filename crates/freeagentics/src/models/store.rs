//! Versions of models in the database.

use axiomcore::audit;
use axiomcore::clock::Timestamp;
use axiomcore::store::{Connection, Result, Row, Value};

use super::Referred;
use super::library::{JSON, Version, YAML};
use crate::counters;

const COLUMNS: &str =
    "name, version, key, digest, options_digest, format, document, description, created_at, created_by";

/// Stores a version under the next number of its name, unless the same model with the same options is there under this
/// name: then that one, and `false`.
pub(super) fn insert(connection: &mut dyn Connection, workspace: i64, version: Version) -> Result<(Version, bool)> {
    // Taken first: on a server this row's lock makes two writers of one name wait for each other.
    let key = counters::next(connection, "models", 1)?;
    let known = versions(connection, workspace, &version.name)?;
    let same = |known: &&Version| known.digest == version.digest && known.options_digest == version.options_digest;
    if let Some(same) = known.iter().rev().find(same) {
        return Ok((same.clone(), false));
    }
    let version = Version { version: known.last().map_or(1, |last| last.version + 1), key, ..version };
    let sql = "INSERT INTO models (workspace, name, version, key, digest, options_digest, format, document, description, \
               created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let values = [
        workspace.into(),
        (&version.name).into(),
        version.version.into(),
        key.into(),
        (&version.digest).into(),
        (&version.options_digest).into(),
        version.format.into(),
        (&version.document).into(),
        version.description.as_deref().into(),
        version.created_at.0.into(),
        (&version.created_by).into(),
    ];
    connection.execute(sql, &values)?;
    let subject = format!("{}@{}", version.name, version.version);
    let entry =
        audit::Entry { workspace, at: version.created_at, principal: &version.created_by, action: "model.create" };
    entry.write(connection, &subject, &serde_json::json!({ "digest": version.digest }))?;
    Ok((version, true))
}

pub(super) fn find(
    connection: &mut dyn Connection,
    workspace: i64,
    name: &str,
    version: Option<i64>,
) -> Result<Option<Version>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM models WHERE workspace = $1 AND name = $2 AND version >= $3 AND version <= $4 \
         ORDER BY version DESC LIMIT 1"
    );
    let (low, high) = version.map_or((0, i64::MAX), |version| (version, version));
    one(connection, &sql, &[workspace.into(), name.into(), low.into(), high.into()])
}

pub(super) fn find_by_key(connection: &mut dyn Connection, workspace: i64, key: i64) -> Result<Option<Version>> {
    let sql = format!("SELECT {COLUMNS} FROM models WHERE workspace = $1 AND key = $2");
    one(connection, &sql, &[workspace.into(), key.into()])
}

/// As [`find`], without the document.
pub(super) fn refer(
    connection: &mut dyn Connection,
    workspace: i64,
    name: &str,
    version: Option<i64>,
) -> Result<Option<Referred>> {
    let sql = "SELECT key, name, version, digest FROM models WHERE workspace = $1 AND name = $2 AND version >= $3 \
               AND version <= $4 ORDER BY version DESC LIMIT 1";
    let (low, high) = version.map_or((0, i64::MAX), |version| (version, version));
    let rows = connection.query(sql, &[workspace.into(), name.into(), low.into(), high.into()])?;
    rows.into_iter().next().map(referred).transpose()
}

/// As [`find_by_key`], without the document.
pub(super) fn refer_by_key(connection: &mut dyn Connection, workspace: i64, key: i64) -> Result<Option<Referred>> {
    let sql = "SELECT key, name, version, digest FROM models WHERE workspace = $1 AND key = $2";
    let rows = connection.query(sql, &[workspace.into(), key.into()])?;
    rows.into_iter().next().map(referred).transpose()
}

fn referred(mut row: Row) -> Result<Referred> {
    Ok(Referred { key: row.int(0)?, name: row.text(1)?, version: row.int(2)?, digest: row.text(3)? })
}

pub(super) fn versions(connection: &mut dyn Connection, workspace: i64, name: &str) -> Result<Vec<Version>> {
    let sql = format!("SELECT {COLUMNS} FROM models WHERE workspace = $1 AND name = $2 ORDER BY version");
    connection.query(&sql, &[workspace.into(), name.into()])?.into_iter().map(read).collect()
}

pub(super) fn list(connection: &mut dyn Connection, workspace: i64, after: &str, limit: usize) -> Result<Vec<Version>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM models AS latest WHERE workspace = $1 AND name > $2 AND version = \
         (SELECT MAX(version) FROM models WHERE workspace = latest.workspace AND name = latest.name) \
         ORDER BY name LIMIT $3"
    );
    connection.query(&sql, &[workspace.into(), after.into(), (limit as i64).into()])?.into_iter().map(read).collect()
}

fn one(connection: &mut dyn Connection, sql: &str, values: &[Value<'_>]) -> Result<Option<Version>> {
    connection.query(sql, values)?.into_iter().next().map(read).transpose()
}

fn read(mut row: Row) -> Result<Version> {
    Ok(Version {
        name: row.text(0)?,
        version: row.int(1)?,
        key: row.int(2)?,
        digest: row.text(3)?,
        options_digest: row.text(4)?,
        format: if row.text(5)? == JSON { JSON } else { YAML },
        document: row.text(6)?,
        description: if row.is_null(7) { None } else { Some(row.text(7)?) },
        created_at: Timestamp(row.int(8)?),
        created_by: row.text(9)?,
    })
}
