//! Who gave what to whom: roles to people and service accounts, permissions to roles. It is the last of those who did, for as
//! long as they have it.
//!
//! Of what somebody or something was invited or made with nothing is noted: who made them is known, and ends them altogether.

use crate::clock::Timestamp;
use crate::identity::Principal;
use crate::identity::users::store::Place;
use crate::store::{Connection, Result};

/// Where that is noted: a table, and its columns for who has it and for what they have.
pub(in crate::identity) struct Ledger {
    table: &'static str,
    bearer: &'static str,
    thing: &'static str,
}

/// Roles that users and service accounts were given.
pub(in crate::identity) const ROLES: Ledger = Ledger { table: "given_roles", bearer: "bearer", thing: "role" };

/// Permissions that roles were given after they had been made.
pub(in crate::identity) const PERMISSIONS: Ledger =
    Ledger { table: "widened_roles", bearer: "role", thing: "permission" };

impl Ledger {
    /// Notes who gave a bearer what they did not have before, and forgets who gave them what they have no more.
    pub(in crate::identity) fn note(
        &self,
        connection: &mut dyn Connection,
        place: &Place,
        (before, after): (&[String], &[String]),
        (by, now): (&Principal, Timestamp),
    ) -> Result<()> {
        let Self { table, bearer, thing } = self;
        let sql = format!(
            "INSERT INTO {table} (workspace, {bearer}, {thing}, given_by, given_at, given_with) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace, {bearer}, {thing}) DO UPDATE SET \
             given_by = excluded.given_by, given_at = excluded.given_at, given_with = excluded.given_with"
        );
        for given in after.iter().filter(|given| !before.contains(given)) {
            let values = [
                place.workspace.into(),
                (&place.id).into(),
                given.into(),
                (&by.id).into(),
                now.0.into(),
                by.credential().into(),
            ];
            connection.execute(&sql, &values)?;
        }
        before.iter().filter(|had| !after.contains(had)).try_for_each(|had| self.forget(connection, place, had))
    }

    /// Forgets who gave a bearer what they have no more.
    pub(in crate::identity) fn forget(
        &self,
        connection: &mut dyn Connection,
        place: &Place,
        thing: &str,
    ) -> Result<()> {
        let sql =
            format!("DELETE FROM {} WHERE workspace = $1 AND {} = $2 AND {} = $3", self.table, self.bearer, self.thing);
        connection.execute(&sql, &[place.workspace.into(), (&place.id).into(), thing.into()]).map(|_| ())
    }

    /// Forgets who gave a bearer whatever, who is there no more.
    pub(in crate::identity) fn forget_all(&self, connection: &mut dyn Connection, place: &Place) -> Result<()> {
        let sql = format!("DELETE FROM {} WHERE workspace = $1 AND {} = $2", self.table, self.bearer);
        connection.execute(&sql, &[place.workspace.into(), (&place.id).into()]).map(|_| ())
    }
}
