//! Legal hold: while a workspace is held, nothing of its record is erased and nothing goes by its age.

use serde_json::json;

use super::{Audit, AuditError, Entry, Officer, sequencer};
use crate::clock::Timestamp;
use crate::store::{Connection, Result, Row};

/// That a workspace is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Why, in the words of who has ordered it.
    pub reason: String,
    /// Who has ordered it.
    pub principal: String,
    /// Since when.
    pub since: Timestamp,
}

impl Audit {
    /// Holds the record of a workspace; blocks. A further order changes the reason and nothing else.
    ///
    /// # Errors
    /// If the officer may not any more; if the database fails.
    pub fn hold_blocking(
        &self,
        workspace: i64,
        reason: &str,
        officer: &impl Officer,
    ) -> std::result::Result<Hold, AuditError> {
        let (at, principal) = (self.parts().clock.now(), officer.id());
        let hold = |connection: &mut dyn Connection| {
            if let Some(lapsed) = officer.lapsed(connection)? {
                return Ok(Err(lapsed.into()));
            }
            // Nothing is being erased or removed at this moment.
            sequencer::lock(connection)?;
            let sql = "INSERT INTO audit_holds (workspace, reason, principal, since) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (workspace) DO UPDATE SET reason = excluded.reason \
                       RETURNING reason, principal, since";
            let values = [workspace.into(), reason.into(), principal.into(), at.0.into()];
            let held = connection.query(sql, &values)?.into_iter().next().map(read).transpose()?;
            let entry = Entry { workspace, at, principal, action: "audit.hold" };
            entry.write(connection, "record", &json!({ "reason": reason }))?;
            let ordered = || Hold { reason: reason.to_owned(), principal: principal.to_owned(), since: at };
            Ok(Ok(held.unwrap_or_else(ordered)))
        };
        self.parts().database.write_blocking(hold)?
    }

    /// Lets the record of a workspace go; blocks. Says whether it was held.
    ///
    /// # Errors
    /// If the officer may not any more; if the database fails.
    pub fn release_blocking(&self, workspace: i64, officer: &impl Officer) -> std::result::Result<bool, AuditError> {
        let (at, principal) = (self.parts().clock.now(), officer.id());
        let release = |connection: &mut dyn Connection| {
            if let Some(lapsed) = officer.lapsed(connection)? {
                return Ok(Err(lapsed.into()));
            }
            let sql = "DELETE FROM audit_holds WHERE workspace = $1";
            let was_held = connection.execute(sql, &[workspace.into()])? > 0;
            if was_held {
                let entry = Entry { workspace, at, principal, action: "audit.release" };
                entry.write(connection, "record", &json!({}))?;
            }
            Ok(Ok(was_held))
        };
        self.parts().database.write_blocking(release)?
    }
}

/// Whether a workspace is held, and why.
///
/// # Errors
/// What the database says.
pub fn hold(connection: &mut dyn Connection, workspace: i64) -> Result<Option<Hold>> {
    let sql = "SELECT reason, principal, since FROM audit_holds WHERE workspace = $1";
    connection.query(sql, &[workspace.into()])?.into_iter().next().map(read).transpose()
}

fn read(mut row: Row) -> Result<Hold> {
    Ok(Hold { reason: row.text(0)?, principal: row.text(1)?, since: Timestamp(row.int(2)?) })
}
