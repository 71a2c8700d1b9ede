//! Entries, written in the transaction of what they are about.

use serde_json::Value;

use crate::clock::Timestamp;
use crate::store::{Connection, Result};

/// Who did what, and when. Never holds a secret.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Where it happened.
    pub workspace: i64,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub principal: &'a str,
    /// What was done, as `what.verb`.
    pub action: &'static str,
}

impl Entry<'_> {
    /// Writes it, in the transaction of what it is about.
    ///
    /// # Errors
    /// What the database says.
    pub fn write(&self, connection: &mut dyn Connection, subject: &str, detail: &Value) -> Result<()> {
        let sql =
            "INSERT INTO outbox (workspace, at, principal, action, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)";
        let detail = detail.to_string();
        let values = [
            self.workspace.into(),
            self.at.0.into(),
            self.principal.into(),
            self.action.into(),
            subject.into(),
            (&detail).into(),
        ];
        connection.execute(sql, &values).map(|_| ())
    }
}
