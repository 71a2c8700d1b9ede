//! Mutations that are no steps, each written in its own transaction, for the audit that follows.

use axiomcore::clock::Timestamp;
use axiomcore::store::{Connection, Result};
use serde_json::Value;

/// Who did what, and when.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) workspace: i64,
    pub(crate) at: Timestamp,
    pub(crate) principal: &'a str,
    /// `what.verb`.
    pub(crate) action: &'static str,
}

impl Entry<'_> {
    /// Writes it, in the transaction of what it is about.
    pub(crate) fn write(&self, connection: &mut dyn Connection, subject: &str, detail: &Value) -> Result<()> {
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
