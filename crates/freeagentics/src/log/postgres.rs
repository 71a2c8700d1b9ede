//! Appending on PostgreSQL: one statement moves the heads that are still what was read, and appends what moved.

use std::collections::HashMap;

use axiomcore::store::{Connection, Result, Value};

use super::append::Draft;

const APPEND: &str = "\
    WITH input AS (SELECT * FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[], $6::bytea[]) \
      AS input (workspace, agent, revision, prev, body, commitment)), \
    moved AS (UPDATE heads SET seq = nextval('events_seq_seq'), revision = input.revision FROM input \
      WHERE heads.workspace = input.workspace AND heads.agent = input.agent AND heads.seq = input.prev \
      RETURNING heads.workspace, heads.agent, heads.seq) \
    INSERT INTO events (seq, workspace, agent, revision, prev, body, commitment) \
      SELECT moved.seq, workspace, agent, revision, prev, body, commitment FROM moved JOIN input USING (workspace, agent) \
      RETURNING workspace, agent, seq";

const CREATE: &str = "\
    WITH input AS (SELECT * FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[], $6::bytea[]) \
      AS input (workspace, agent, revision, prev, body, commitment)), \
    made AS (INSERT INTO heads (workspace, agent, seq, revision) \
      SELECT workspace, agent, nextval('events_seq_seq'), revision FROM input RETURNING workspace, agent, seq) \
    INSERT INTO events (seq, workspace, agent, revision, prev, body, commitment) \
      SELECT made.seq, workspace, agent, revision, prev, body, commitment FROM made JOIN input USING (workspace, agent) \
      RETURNING workspace, agent, seq";

/// Appends what follows an agent's last event; the rest gets no number.
pub(super) fn append(connection: &mut dyn Connection, drafts: &[Draft]) -> Result<Vec<Option<u64>>> {
    let seqs = run(connection, APPEND, drafts)?;
    let appended = drafts.iter().zip(&seqs).filter(|(_, seq)| seq.is_some());
    appended.filter_map(|(draft, _)| draft.also.as_ref()).try_for_each(|also| also(connection))?;
    Ok(seqs)
}

/// Appends first events.
pub(super) fn create(connection: &mut dyn Connection, drafts: &[Draft]) -> Result<Vec<Option<u64>>> {
    run(connection, CREATE, drafts)
}

fn run(connection: &mut dyn Connection, sql: &str, drafts: &[Draft]) -> Result<Vec<Option<u64>>> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Value<'_>> = drafts
        .iter()
        .flat_map(|draft| {
            let [revision, prev] = [draft.revision, draft.prev].map(|number| Value::from(number as i64));
            let commitment = Value::from(draft.commitment.as_slice());
            [draft.workspace.into(), draft.agent.into(), revision, prev, (&draft.body).into(), commitment]
        })
        .collect();
    let mut placed = HashMap::with_capacity(drafts.len());
    for row in connection.query_arrays(sql, 6, &rows)? {
        placed.insert((row.int(0)?, row.int(1)?), row.int(2)?.unsigned_abs());
    }
    Ok(drafts.iter().map(|draft| placed.get(&(draft.workspace, draft.agent)).copied()).collect())
}
