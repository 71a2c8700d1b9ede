//! From the outbox into the chains.

use std::collections::BTreeMap;

use super::chain::{BEGINNING, Content, Hash, Link, Salt};
use super::store;
use crate::clock::Timestamp;
use crate::entropy::Entropy;
use crate::store::{Connection, Error, Result, Row};

/// Entries that are moved in one transaction.
pub(super) const BATCH: usize = 1_000;

/// Moves what waits in the outbox, in its order and up to a thousand at a time, into the chains of its workspaces; says
/// how many. To be called in a transaction: an entry is in the outbox or in its chain, never in both or neither.
///
/// One node at a time does this, however many there are; the others wait.
///
/// # Errors
/// What the database says, or if there is no randomness for salts.
pub fn sequence(connection: &mut dyn Connection, entropy: &dyn Entropy) -> Result<usize> {
    lock(connection)?;
    let waiting = take(connection)?;
    let mut salts = vec![Salt::default(); waiting.len()];
    entropy.fill(salts.as_flattened_mut()).map_err(|error| Error::Failed(error.to_string()))?;
    let mut heads: BTreeMap<i64, (u64, Hash)> = BTreeMap::new();
    let mut links = Vec::with_capacity(waiting.len());
    for (mut link, salt) in waiting.into_iter().zip(salts) {
        let (seq, before) = match heads.get(&link.workspace) {
            Some(head) => *head,
            None => store::head(connection, link.workspace)?,
        };
        link.content = link.content.map(|content| Content { salt, ..content });
        link.seq = seq + 1;
        link.commitment = link.expected_commitment().unwrap_or_default();
        link.hash = link.expected_hash(link.seq, &before);
        heads.insert(link.workspace, (link.seq, link.hash));
        links.push(link);
    }
    store::append(connection, &links)?;
    heads.iter().try_for_each(|(workspace, head)| store::move_head(connection, *workspace, *head))?;
    Ok(links.len())
}

/// Until the transaction ends. SQLite has one writer anyway.
pub(super) fn lock(connection: &mut dyn Connection) -> Result<()> {
    connection.execute("UPDATE audit_sequencer SET id = id WHERE id = 1", &[]).map(|_| ())
}

/// Takes the first entries out of the outbox. They are named one by one: on a server, an entry with a lower number may be
/// committed after one with a higher number, and would be lost if all up to a number were taken.
fn take(connection: &mut dyn Connection) -> Result<Vec<Link>> {
    let sql = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT $1) \
               RETURNING id, workspace, at, principal, action, subject, detail";
    let rows = connection.query(sql, &[(BATCH as i64).into()])?;
    let mut taken = rows.into_iter().map(waiting).collect::<Result<Vec<(i64, Link)>>>()?;
    taken.sort_by_key(|(id, _)| *id);
    Ok(taken.into_iter().map(|(_, link)| link).collect())
}

/// An entry without its place in the chain.
fn waiting(mut row: Row) -> Result<(i64, Link)> {
    let content =
        Content { principal: row.text(3)?, subject: row.text(5)?, detail: row.text(6)?, salt: Salt::default() };
    let link = Link {
        workspace: row.int(1)?,
        seq: 0,
        at: Timestamp(row.int(2)?),
        action: row.text(4)?,
        content: Some(content),
        commitment: BEGINNING,
        hash: BEGINNING,
    };
    Ok((row.int(0)?, link))
}
