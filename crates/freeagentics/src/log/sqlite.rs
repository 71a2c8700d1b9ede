//! Appending on SQLite: rows at the end of one table, and nothing at random.

use axiomcore::store::{Connection, Database, Dialect, Result, Value};

use super::append::Draft;
use super::heads::{Head, Heads, Key};

/// What the next group begins with.
pub(super) struct Writer {
    next: u64,
}

impl Writer {
    pub(super) fn open(database: &Database) -> Result<Self> {
        if database.dialect() != Dialect::Sqlite {
            return Ok(Self { next: 0 });
        }
        let last = database.read_blocking(|connection| {
            let rows = connection.query("SELECT COALESCE(MAX(seq), 0) FROM events", &[])?;
            rows.first().map_or(Ok(0), |row| row.int(0))
        })?;
        Ok(Self { next: last.unsigned_abs() + 1 })
    }

    /// The last event of the log.
    pub(super) const fn last(&self) -> u64 {
        self.next.saturating_sub(1)
    }

    pub(super) fn commit(&mut self, database: &Database, heads: &Heads, drafts: &[Draft]) -> Result<Vec<Option<u64>>> {
        let first = self.next;
        let slice = heads.slice(drafts.len());
        database.write_blocking(|connection| {
            insert(connection, first, drafts)?;
            drafts.iter().filter_map(|draft| draft.also.as_ref()).try_for_each(|also| also(connection))?;
            slice.as_ref().map_or(Ok(()), |slice| slice.write(connection))
        })?;
        self.next += drafts.len() as u64;
        heads.note(placed(first, drafts), slice);
        Ok((first..self.next).map(Some).collect())
    }

    pub(super) fn create<T>(
        &mut self,
        database: &Database,
        heads: &Heads,
        make: impl FnOnce(&mut dyn Connection) -> Result<(T, Vec<Draft>)>,
    ) -> Result<(T, Vec<Draft>, Vec<Option<u64>>)> {
        let first = self.next;
        let mut slice = None;
        let (made, drafts) = database.write_blocking(|connection| {
            let (made, drafts) = make(connection)?;
            insert(connection, first, &drafts)?;
            slice = heads.slice(drafts.len());
            slice.as_ref().map_or(Ok(()), |slice| slice.write(connection))?;
            Ok((made, drafts))
        })?;
        self.next += drafts.len() as u64;
        heads.note(placed(first, &drafts), slice);
        Ok((made, drafts, (first..self.next).map(Some).collect()))
    }
}

fn placed(first: u64, drafts: &[Draft]) -> impl Iterator<Item = (Key, Head)> {
    let heads = drafts.iter().zip(first..);
    heads.map(|(draft, seq)| ((draft.workspace, draft.agent), Head { seq, revision: draft.revision }))
}

fn insert(connection: &mut dyn Connection, first: u64, drafts: &[Draft]) -> Result<()> {
    let rows: Vec<Value<'_>> = drafts
        .iter()
        .zip(first..)
        .flat_map(|(draft, seq)| {
            let [seq, revision, prev] = [seq, draft.revision, draft.prev].map(|number| Value::from(number as i64));
            let commitment = Value::from(draft.commitment.as_slice());
            [seq, draft.workspace.into(), draft.agent.into(), revision, prev, (&draft.body).into(), commitment]
        })
        .collect();
    let into = "events (seq, workspace, agent, revision, prev, body, commitment)";
    connection.insert_many(into, 7, &rows, "").map(|_| ())
}
