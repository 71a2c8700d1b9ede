//! Agents in the database.

use axiomcore::clock::Timestamp;
use axiomcore::store::{Connection, Error, Result, Row, Value};

use super::{Labels, NewAgent, Stored};
use crate::models::Reference;

const COLUMNS: &str = "name, key, model, seed, salt, labels, created_at, created_by, deleted_at";

/// Inserts agents that have just got keys and salts. Those whose name is taken are left out; the answer says which are in.
pub(crate) fn insert(
    connection: &mut dyn Connection,
    workspace: i64,
    agents: &[(&NewAgent, i64, [u8; 16])],
    (at, by): (Timestamp, &str),
) -> Result<Vec<bool>> {
    let labels: Vec<String> = agents.iter().map(|(new, ..)| new.labels.to_json()).collect();
    let rows: Vec<Value<'_>> = agents
        .iter()
        .zip(&labels)
        .flat_map(|((new, key, salt), labels)| {
            let [seed, at] = [new.seed as i64, at.0].map(Value::from);
            let (name, salt) = (new.name.as_str().into(), salt.as_slice().into());
            [workspace.into(), name, (*key).into(), new.model.into(), seed, salt, labels.into(), at, by.into()]
        })
        .collect();
    let into = "agents (workspace, name, key, model, seed, salt, labels, created_at, created_by)";
    let inserted = connection.insert_many(into, 9, &rows, "ON CONFLICT (workspace, name) DO NOTHING")?;
    let is_in: Vec<bool> = if inserted == agents.len() as u64 {
        vec![true; agents.len()]
    } else {
        let is_in = |(new, key, _): &(&NewAgent, i64, [u8; 16])| {
            Ok(find(connection, workspace, new.name.as_str())?.is_some_and(|stored| stored.key == *key))
        };
        agents.iter().map(is_in).collect::<Result<_>>()?
    };
    let fresh = agents.iter().zip(&is_in).filter(|(_, is_in)| **is_in).map(|((new, ..), _)| *new);
    insert_labels(connection, workspace, fresh.map(|new| (new.name.as_str(), &new.labels)))?;
    Ok(is_in)
}

fn insert_labels<'a>(
    connection: &mut dyn Connection,
    workspace: i64,
    labels: impl Iterator<Item = (&'a str, &'a Labels)>,
) -> Result<()> {
    let texts: Vec<(&str, String)> =
        labels.flat_map(|(name, labels)| labels.texts().map(move |text| (name, text))).collect();
    let rows: Vec<Value<'_>> =
        texts.iter().flat_map(|(name, text)| [workspace.into(), text.into(), (*name).into()]).collect();
    connection.insert_many("agent_labels (workspace, label, agent)", 3, &rows, "").map(|_| ())
}

/// An agent by name, a deleted one too.
pub(crate) fn find(connection: &mut dyn Connection, workspace: i64, name: &str) -> Result<Option<Stored>> {
    let sql = format!("SELECT {COLUMNS} FROM agents WHERE workspace = $1 AND name = $2");
    connection.query(&sql, &[workspace.into(), name.into()])?.into_iter().next().map(read).transpose()
}

/// An agent by key, a deleted one too.
pub(crate) fn find_by_key(connection: &mut dyn Connection, workspace: i64, key: i64) -> Result<Option<Stored>> {
    let sql = format!("SELECT {COLUMNS} FROM agents WHERE workspace = $1 AND key = $2");
    connection.query(&sql, &[workspace.into(), key.into()])?.into_iter().next().map(read).transpose()
}

/// Which agents are meant: all of these labels, and this model if one is given (any version of it, or one).
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    pub(crate) labels: Labels,
    pub(crate) model: Option<Reference>,
}

/// Agents after a name that are meant, ordered by name.
pub(crate) fn list(
    connection: &mut dyn Connection,
    workspace: i64,
    Selection { labels, model }: &Selection,
    after: &str,
    limit: usize,
) -> Result<Vec<Stored>> {
    let texts: Vec<String> = labels.texts().collect();
    let mut values: Vec<Value<'_>> = vec![workspace.into(), after.into(), (limit as i64).into()];
    values.extend(texts.iter().map(Value::from));
    // The first label leads, through its index; the others are looked up for each agent that has it.
    let (from, order) = match texts.is_empty() {
        true => ("agents WHERE agents.workspace = $1 AND agents.name > $2", "agents.name"),
        false => (
            "agent_labels AS led JOIN agents ON agents.workspace = led.workspace AND agents.name = led.agent \
             WHERE led.workspace = $1 AND led.label = $4 AND led.agent > $2",
            "led.agent",
        ),
    };
    let mut wanted: String = (5..4 + texts.len().max(1)).map(has_label).collect();
    if let Some(Reference { name, version }) = model {
        let (low, high) = version.map_or((0, i64::MAX), |version| (version, version));
        let at = values.len() + 1;
        values.extend([Value::from(name.as_str()), low.into(), high.into()]);
        wanted.push_str(&format!(
            " AND agents.model IN (SELECT key FROM models WHERE workspace = $1 AND name = ${at} AND version >= ${} \
             AND version <= ${})",
            at + 1,
            at + 2
        ));
    }
    let columns = COLUMNS.replace(", ", ", agents.");
    let sql =
        format!("SELECT agents.{columns} FROM {from} AND agents.deleted_at IS NULL{wanted} ORDER BY {order} LIMIT $3");
    connection.query(&sql, &values)?.into_iter().map(read).collect()
}

fn has_label(at: usize) -> String {
    format!(
        " AND EXISTS (SELECT 1 FROM agent_labels WHERE workspace = agents.workspace AND label = ${at} \
         AND agent = agents.name)"
    )
}

/// Keys, names and labels of agents by their keys, deleted ones too; in no order.
pub(crate) fn labels_of(
    connection: &mut dyn Connection,
    workspace: i64,
    keys: &[i64],
) -> Result<Vec<(i64, String, Labels)>> {
    let mut found = Vec::with_capacity(keys.len());
    for keys in keys.chunks(KEYS_AT_ONCE) {
        // Always as many, so that the database sees one statement; a key that stands twice is found once.
        let padded = keys.iter().chain(keys.last().into_iter().cycle()).take(KEYS_AT_ONCE);
        let values: Vec<Value<'_>> = std::iter::once(workspace.into()).chain(padded.map(|key| (*key).into())).collect();
        let places: Vec<String> = (2..KEYS_AT_ONCE + 2).map(|at| format!("${at}")).collect();
        let sql =
            format!("SELECT key, name, labels FROM agents WHERE workspace = $1 AND key IN ({})", places.join(", "));
        for mut row in connection.query(&sql, &values)? {
            found.push((row.int(0)?, row.text(1)?, labels(&mut row, 2)?));
        }
    }
    Ok(found)
}

/// So many keys are looked up with one statement.
const KEYS_AT_ONCE: usize = 64;

/// Gives an agent other labels; says whether there is one.
pub(crate) fn relabel(connection: &mut dyn Connection, workspace: i64, name: &str, labels: &Labels) -> Result<bool> {
    let json = labels.to_json();
    // The row first: on a server it makes two who label one agent wait for each other.
    let lock = "UPDATE agents SET name = name WHERE workspace = $1 AND name = $2 AND deleted_at IS NULL";
    if connection.execute(lock, &[workspace.into(), name.into()])? == 0 {
        return Ok(false);
    }
    if let Some(stored) = find(connection, workspace, name)? {
        delete_labels(connection, workspace, &stored)?;
    }
    let sql = "UPDATE agents SET labels = $3 WHERE workspace = $1 AND name = $2";
    connection.execute(sql, &[workspace.into(), name.into(), (&json).into()])?;
    insert_labels(connection, workspace, std::iter::once((name, labels)))?;
    Ok(true)
}

/// Marks an agent as deleted. Its name stays taken.
pub(crate) fn mark_deleted(connection: &mut dyn Connection, workspace: i64, name: &str, at: Timestamp) -> Result<()> {
    let sql = "UPDATE agents SET deleted_at = $3 WHERE workspace = $1 AND name = $2";
    connection.execute(sql, &[workspace.into(), name.into(), at.0.into()])?;
    match find(connection, workspace, name)? {
        Some(stored) => delete_labels(connection, workspace, &stored),
        None => Ok(()),
    }
}

fn delete_labels(connection: &mut dyn Connection, workspace: i64, stored: &Stored) -> Result<()> {
    let sql = "DELETE FROM agent_labels WHERE workspace = $1 AND label = $2 AND agent = $3";
    stored.labels.texts().try_for_each(|label| {
        connection.execute(sql, &[workspace.into(), (&label).into(), (&stored.name).into()]).map(|_| ())
    })
}

fn labels(row: &mut Row, column: usize) -> Result<Labels> {
    let corrupt = || Error::Corrupt("the labels of an agent cannot be read".into());
    Labels::from_json(&row.text(column)?).ok_or_else(corrupt)
}

fn read(mut row: Row) -> Result<Stored> {
    let corrupt = || Error::Corrupt("the salt of an agent cannot be read".into());
    Ok(Stored {
        name: row.text(0)?,
        key: row.int(1)?,
        model: row.int(2)?,
        seed: row.int(3)?.unsigned_abs(),
        salt: row.bytes(4)?.try_into().map_err(|_| corrupt())?,
        labels: labels(&mut row, 5)?,
        created_at: Timestamp(row.int(6)?),
        created_by: row.text(7)?,
        deleted_at: if row.is_null(8) { None } else { Some(Timestamp(row.int(8)?)) },
    })
}
