//! The secret that accounts and addresses are hashed with where failures are counted: one for all nodes, or they would count
//! under different names. It lies in the database, sealed.

use crate::config::Secret;
use crate::identity::IdentityParts;
use crate::sealing::SealedColumn;
use crate::store::{Connection, Error, Result};

/// The only row.
const ROW: i64 = 1;

/// What counting failures keeps sealed.
pub const SEALED: &[SealedColumn] = &[SealedColumn {
    what: "what failed sign-ins are counted under",
    table: "attempt_secrets",
    id: "id",
    column: "sealed",
    purpose: |_| purpose(),
}];

fn purpose() -> String {
    "names of attempts".to_owned()
}

/// The secret; made by the first node that wants it. Blocks. A node that cannot open it counts under names of its own.
pub(in crate::identity) fn secret(parts: &IdentityParts) -> Result<Secret<Vec<u8>>> {
    let found = match parts.database.read_blocking(find)? {
        Some(found) => found,
        None => {
            let fresh = fresh(parts)?;
            let sealed = parts.sealer.seal(&purpose(), fresh.expose()).map_err(failed)?;
            // Of two nodes that make one at once the first is believed.
            let insert = "INSERT INTO attempt_secrets (id, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            parts
                .database
                .write_blocking(|connection| {
                    connection.execute(insert, &[ROW.into(), sealed.as_slice().into()])?;
                    find(connection)
                })?
                .unwrap_or(sealed)
        }
    };
    parts.sealer.open(&purpose(), &found).or_else(|error| {
        tracing::warn!(%error, "failed sign-ins are counted on this node alone: their secret cannot be opened: {error}");
        fresh(parts)
    })
}

fn find(connection: &mut dyn Connection) -> Result<Option<Vec<u8>>> {
    let mut rows = connection.query("SELECT sealed FROM attempt_secrets WHERE id = $1", &[ROW.into()])?;
    rows.first_mut().map(|row| row.bytes(0)).transpose()
}

fn fresh(parts: &IdentityParts) -> Result<Secret<Vec<u8>>> {
    let mut secret = vec![0; 32];
    parts.entropy.fill(&mut secret).map_err(failed)?;
    Ok(Secret::new(secret))
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Failed(error.to_string())
}
