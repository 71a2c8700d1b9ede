//! Who gave whom which role: the last of those who did, as long as they have it.
//!
//! Of the roles that somebody was invited or made with nothing is noted: who made them is known, and ends them altogether.

use crate::clock::Timestamp;
use crate::identity::users::store::Place;
use crate::store::{Connection, Result};

/// Notes who gave a bearer what they did not have before, and forgets who gave them what they have no more.
pub(in crate::identity) fn note(
    connection: &mut dyn Connection,
    bearer: &Place,
    (before, after): (&[String], &[String]),
    (by, now): (&str, Timestamp),
) -> Result<()> {
    let sql = "INSERT INTO given_roles (workspace, bearer, role, given_by, given_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (workspace, bearer, role) DO UPDATE SET given_by = excluded.given_by, \
               given_at = excluded.given_at";
    for role in after.iter().filter(|role| !before.contains(role)) {
        let values = [bearer.workspace.into(), (&bearer.id).into(), role.into(), by.into(), now.0.into()];
        connection.execute(sql, &values)?;
    }
    before.iter().filter(|role| !after.contains(role)).try_for_each(|role| forget(connection, bearer, role))
}

/// Forgets who gave a role that its bearer has no more.
pub(in crate::identity) fn forget(connection: &mut dyn Connection, bearer: &Place, role: &str) -> Result<()> {
    let sql = "DELETE FROM given_roles WHERE workspace = $1 AND bearer = $2 AND role = $3";
    connection.execute(sql, &[bearer.workspace.into(), (&bearer.id).into(), role.into()]).map(|_| ())
}
