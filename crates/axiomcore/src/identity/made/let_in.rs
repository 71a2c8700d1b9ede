//! Who let somebody in again who had been there before: by enabling them, or with a ticket for a password of their choice.
//!
//! Whoever does that with a stolen key has an account from then on, as if they had made it; what was done with it before
//! remains its owner's.

use crate::clock::Timestamp;
use crate::identity::Principal;
use crate::identity::key::Fingerprint;
use crate::identity::users::store::Place;
use crate::store::{Connection, Result};

const CONFLICT: &str = "ON CONFLICT (workspace, user_id, how, at) DO UPDATE SET let_in_by = excluded.let_in_by, \
                        let_in_with = excluded.let_in_with";

/// Notes who enabled somebody.
pub(in crate::identity) fn note_enabled(
    connection: &mut dyn Connection,
    place: &Place,
    by: &Principal,
    now: Timestamp,
) -> Result<()> {
    let sql = format!(
        "INSERT INTO let_in (workspace, user_id, how, at, let_in_by, let_in_with) \
         VALUES ($1, $2, 'enabled', $3, $4, $5) {CONFLICT}"
    );
    let values = [place.workspace.into(), (&place.id).into(), now.0.into(), (&by.id).into(), by.credential().into()];
    connection.execute(&sql, &values).map(|_| ())
}

/// Notes who issued a ticket that is taken up, from when on they could have taken it up themselves. Nobody of the workspace
/// did if its holder had forgotten their password, which is noted as well: the account is theirs again.
pub(in crate::identity) fn note_ticket(
    connection: &mut dyn Connection,
    fingerprint: &Fingerprint,
    now: Timestamp,
) -> Result<()> {
    let sql = format!(
        "INSERT INTO let_in (workspace, user_id, how, at, let_in_by, let_in_with) \
         SELECT workspace, user_id, 'ticket', COALESCE(issued_at, $2), \
         CASE WHEN issued_in = workspace THEN issued_by END, CASE WHEN issued_in = workspace THEN issued_with END \
         FROM tickets WHERE fingerprint = $1 {CONFLICT}"
    );
    connection.execute(&sql, &[fingerprint.bytes().into(), now.0.into()]).map(|_| ())
}
