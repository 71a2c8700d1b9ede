//! The SQL of users and their tickets.

use super::{Status, User};
use crate::clock::Timestamp;
use crate::identity::key::Fingerprint;
use crate::identity::mail::store as letters;
use crate::identity::{Principal, made};
use crate::store::{Connection, Error, Result, Row};

/// A user with what their password is verified by.
pub(in crate::identity) struct Stored {
    pub(in crate::identity) workspace: i64,
    pub(in crate::identity) user: User,
    pub(in crate::identity) password: Option<String>,
}

/// Where a user is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::identity) struct Place {
    pub(in crate::identity) workspace: i64,
    pub(in crate::identity) id: String,
}

const COLUMNS: &str = "workspace, id, email, name, roles, password, status, created_at, created_by, last_sign_in_at";

/// Keeps a user, with the credential that they were invited with.
pub(super) fn insert(
    connection: &mut dyn Connection,
    workspace: i64,
    user: &User,
    made_with: Option<&str>,
) -> Result<()> {
    let sql = "INSERT INTO users (workspace, id, email, name, roles, status, created_at, created_by, made_with) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let roles = user.roles.join(" ");
    let values = [
        workspace.into(),
        (&user.id).into(),
        (&user.email).into(),
        (&user.name).into(),
        (&roles).into(),
        user.status.name().into(),
        user.created_at.0.into(),
        (&user.created_by).into(),
        made_with.into(),
    ];
    connection.execute(sql, &values).map(|_| ())
}

pub(in crate::identity) fn find(connection: &mut dyn Connection, workspace: i64, id: &str) -> Result<Option<Stored>> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE workspace = $1 AND id = $2");
    let rows = connection.query(&sql, &[workspace.into(), id.into()])?;
    rows.into_iter().next().map(stored).transpose()
}

/// Within one workspace: an address in another is somebody else.
pub(in crate::identity) fn find_by_email(
    connection: &mut dyn Connection,
    workspace: i64,
    email: &str,
) -> Result<Option<Stored>> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE workspace = $1 AND email = $2");
    let rows = connection.query(&sql, &[workspace.into(), email.into()])?;
    rows.into_iter().next().map(stored).transpose()
}

pub(in crate::identity) fn list(connection: &mut dyn Connection, workspace: i64) -> Result<Vec<User>> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE workspace = $1 ORDER BY id");
    let rows = connection.query(&sql, &[workspace.into()])?;
    rows.into_iter().map(|row| stored(row).map(|stored| stored.user)).collect()
}

/// Those with an id after this one, at most so many.
pub(super) fn page(connection: &mut dyn Connection, workspace: i64, after: &str, most: usize) -> Result<Vec<User>> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE workspace = $1 AND id > $2 ORDER BY id LIMIT $3");
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = connection.query(&sql, &[workspace.into(), after.into(), most.into()])?;
    rows.into_iter().map(|row| stored(row).map(|stored| stored.user)).collect()
}

/// Everybody in a workspace who can sign in, with their roles.
pub(in crate::identity) fn active_roles(
    connection: &mut dyn Connection,
    workspace: i64,
) -> Result<Vec<(String, Vec<String>)>> {
    let sql = "SELECT id, roles FROM users WHERE status = 'active' AND workspace = $1";
    let mut rows = connection.query(sql, &[workspace.into()])?;
    let with_roles = |row: &mut Row| Ok((row.text(0)?, row.text(1)?.split(' ').map(str::to_owned).collect()));
    rows.iter_mut().map(with_roles).collect()
}

pub(super) fn set_status(connection: &mut dyn Connection, place: &Place, status: Status) -> Result<()> {
    let sql = "UPDATE users SET status = $1 WHERE workspace = $2 AND id = $3";
    connection.execute(sql, &[status.name().into(), place.workspace.into(), (&place.id).into()]).map(|_| ())
}

pub(in crate::identity) fn set_roles(connection: &mut dyn Connection, place: &Place, roles: &[String]) -> Result<()> {
    let (sql, roles) = ("UPDATE users SET roles = $1 WHERE workspace = $2 AND id = $3", roles.join(" "));
    connection.execute(sql, &[(&roles).into(), place.workspace.into(), (&place.id).into()]).map(|_| ())
}

/// Gives somebody a password; who was invited is active from then on.
pub(super) fn set_password(connection: &mut dyn Connection, place: &Place, password: &str) -> Result<()> {
    let sql = "UPDATE users SET password = $1, status = CASE status WHEN 'invited' THEN 'active' ELSE status END \
               WHERE workspace = $2 AND id = $3";
    connection.execute(sql, &[password.into(), place.workspace.into(), (&place.id).into()]).map(|_| ())
}

/// Replaces a hash by a better one of the same password, unless another was stored meanwhile. Says whether it did.
pub(in crate::identity) fn rehash(
    connection: &mut dyn Connection,
    place: &Place,
    old: &str,
    new: &str,
) -> Result<bool> {
    let sql = "UPDATE users SET password = $1 WHERE workspace = $2 AND id = $3 AND password = $4";
    let values = [new.into(), place.workspace.into(), (&place.id).into(), old.into()];
    connection.execute(sql, &values).map(|changed| changed > 0)
}

/// Lets one transaction at a time go on of those that begin or end something of somebody's: what is read of them from here
/// on is so until its end, and what was begun before is seen. It is the first that is written of theirs, so that no two
/// wait for each other. (SQLite has one writer anyway.)
pub(in crate::identity) fn hold(connection: &mut dyn Connection, place: &Place) -> Result<()> {
    let sql = "UPDATE users SET status = status WHERE workspace = $1 AND id = $2";
    connection.execute(sql, &[place.workspace.into(), (&place.id).into()]).map(|_| ())
}

pub(in crate::identity) fn record_sign_in(connection: &mut dyn Connection, place: &Place, at: Timestamp) -> Result<()> {
    let sql = "UPDATE users SET last_sign_in_at = $1 WHERE workspace = $2 AND id = $3";
    connection.execute(sql, &[at.0.into(), place.workspace.into(), (&place.id).into()]).map(|_| ())
}

/// Takes a user away; what they did goes on naming them, and who had made them is still known.
pub(super) fn delete(connection: &mut dyn Connection, place: &Place) -> Result<()> {
    delete_tickets(connection, place)?;
    made::departs(connection, "users", place)?;
    let sql = "DELETE FROM users WHERE workspace = $1 AND id = $2";
    connection.execute(sql, &[place.workspace.into(), (&place.id).into()]).map(|_| ())
}

/// The only ticket of a user: those of before are worth nothing from now on. It is noted who issued it, and with which
/// credential; nobody did if the user has asked for it themselves.
pub(super) fn put_ticket(
    connection: &mut dyn Connection,
    place: &Place,
    fingerprint: &Fingerprint,
    (now, expires_at): (Timestamp, Timestamp),
    issuer: Option<&Principal>,
) -> Result<()> {
    delete_tickets(connection, place)?;
    let sql = "INSERT INTO tickets (fingerprint, workspace, user_id, expires_at, issued_at, issued_in, issued_by, issued_with) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = [
        fingerprint.bytes().into(),
        place.workspace.into(),
        (&place.id).into(),
        expires_at.0.into(),
        now.0.into(),
        issuer.map(|issuer| issuer.workspace).into(),
        issuer.map(|issuer| &*issuer.id).into(),
        issuer.and_then(Principal::credential).into(),
    ];
    connection.execute(sql, &values).map(|_| ())
}

/// Takes back the tickets that somebody of a workspace has issued, into whichever, with the letters that were to bring them:
/// they are worth no more than who gave them. `issuer` is who did it, or the key that they did it with; a session that ends
/// takes nothing back, for its holder stays.
pub(in crate::identity) fn take_back_issued(
    connection: &mut dyn Connection,
    workspace: i64,
    issuer: &str,
) -> Result<()> {
    const THEIRS: &str = "issued_in = $1 AND (issued_by = $2 OR issued_with = $2)";
    let values = [workspace.into(), issuer.into()];
    let letters = format!(
        "DELETE FROM letters WHERE (workspace, user_id) IN (SELECT workspace, user_id FROM tickets WHERE {THEIRS})"
    );
    connection.execute(&letters, &values)?;
    connection.execute(&format!("DELETE FROM tickets WHERE {THEIRS}"), &values).map(|_| ())
}

/// Until when a user's ticket can be taken up.
pub(super) fn ticket_until(connection: &mut dyn Connection, place: &Place) -> Result<Option<Timestamp>> {
    let sql = "SELECT expires_at FROM tickets WHERE workspace = $1 AND user_id = $2";
    let rows = connection.query(sql, &[place.workspace.into(), (&place.id).into()])?;
    rows.first().map(|row| row.int(0).map(Timestamp)).transpose()
}

/// Whose ticket it is, if it is one and has not expired.
pub(super) fn find_ticket(
    connection: &mut dyn Connection,
    fingerprint: &Fingerprint,
    now: Timestamp,
) -> Result<Option<Place>> {
    let sql = "SELECT workspace, user_id FROM tickets WHERE fingerprint = $1 AND expires_at > $2";
    let mut rows = connection.query(sql, &[fingerprint.bytes().into(), now.0.into()])?;
    rows.first_mut().map(|row| Ok(Place { workspace: row.int(0)?, id: row.text(1)? })).transpose()
}

/// Whether it was still there: of two who take it up at once, one finds it.
pub(super) fn take_ticket(connection: &mut dyn Connection, fingerprint: &Fingerprint) -> Result<bool> {
    let sql = "DELETE FROM tickets WHERE fingerprint = $1";
    connection.execute(sql, &[fingerprint.bytes().into()]).map(|changed| changed > 0)
}

/// Takes back somebody's ticket, with the letter that was to bring it, if that still waits.
pub(in crate::identity) fn delete_tickets(connection: &mut dyn Connection, place: &Place) -> Result<()> {
    letters::take_back(connection, place)?;
    let sql = "DELETE FROM tickets WHERE workspace = $1 AND user_id = $2";
    connection.execute(sql, &[place.workspace.into(), (&place.id).into()]).map(|_| ())
}

fn stored(mut row: Row) -> Result<Stored> {
    let status = row.text(6)?;
    let status = Status::named(&status).ok_or_else(|| Error::Corrupt(format!("a user with the status `{status}`")))?;
    let password = if row.is_null(5) { None } else { Some(row.text(5)?) };
    let last_sign_in_at = if row.is_null(9) { None } else { Some(Timestamp(row.int(9)?)) };
    let user = User {
        id: row.text(1)?,
        email: row.text(2)?,
        name: row.text(3)?,
        roles: row.text(4)?.split_whitespace().map(str::to_owned).collect(),
        status,
        created_at: Timestamp(row.int(7)?),
        created_by: row.text(8)?,
        last_sign_in_at,
    };
    Ok(Stored { workspace: row.int(0)?, user, password })
}
