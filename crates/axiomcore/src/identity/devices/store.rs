//! The SQL of known devices.

use super::Device;
use crate::clock::Timestamp;
use crate::identity::Origin;
use crate::identity::key::Fingerprint;
use crate::identity::users::store::Place;
use crate::store::{Connection, Result, Row};

/// The most that are remembered for somebody; the one that was used longest ago goes.
const MOST: i64 = 20;

const COLUMNS: &str = "id, created_at, last_used_at, expires_at, address, client";

/// The device of this user that the text is of.
pub(in crate::identity) fn find(
    connection: &mut dyn Connection,
    place: &Place,
    fingerprint: &Fingerprint,
    now: Timestamp,
) -> Result<Option<Device>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM devices WHERE fingerprint = $1 AND workspace = $2 AND user_id = $3 AND expires_at > $4"
    );
    let values = [fingerprint.bytes().into(), place.workspace.into(), (&place.id).into(), now.0.into()];
    connection.query(&sql, &values)?.into_iter().next().map(device).transpose()
}

pub(super) fn insert(
    connection: &mut dyn Connection,
    place: &Place,
    device: &Device,
    fingerprint: &Fingerprint,
) -> Result<()> {
    forget_some(connection, place, device.created_at)?;
    let sql = "INSERT INTO devices (workspace, user_id, id, fingerprint, created_at, last_used_at, expires_at, address, \
               client) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = [
        place.workspace.into(),
        (&place.id).into(),
        (&device.id).into(),
        fingerprint.bytes().into(),
        device.created_at.0.into(),
        device.last_used_at.0.into(),
        device.expires_at.0.into(),
        (&device.origin.address).into(),
        (&device.origin.client).into(),
    ];
    connection.execute(sql, &values).map(|_| ())
}

/// Forgets what is over, and what was used longest ago if there are too many.
fn forget_some(connection: &mut dyn Connection, place: &Place, now: Timestamp) -> Result<()> {
    let sql = "DELETE FROM devices WHERE workspace = $1 AND user_id = $2 AND (expires_at <= $3 OR id NOT IN \
               (SELECT id FROM devices WHERE workspace = $1 AND user_id = $2 ORDER BY last_used_at DESC, id LIMIT $4))";
    connection.execute(sql, &[place.workspace.into(), (&place.id).into(), now.0.into(), (MOST - 1).into()]).map(|_| ())
}

/// Notes that somebody has signed in with it again.
pub(super) fn renew(connection: &mut dyn Connection, place: &Place, device: &Device) -> Result<()> {
    let sql = "UPDATE devices SET last_used_at = $1, expires_at = $2, address = $3, client = $4 \
               WHERE workspace = $5 AND user_id = $6 AND id = $7";
    let values = [
        device.last_used_at.0.into(),
        device.expires_at.0.into(),
        (&device.origin.address).into(),
        (&device.origin.client).into(),
        place.workspace.into(),
        (&place.id).into(),
        (&device.id).into(),
    ];
    connection.execute(sql, &values).map(|_| ())
}

/// Those of a user, the one that was used last first.
pub(super) fn list(connection: &mut dyn Connection, place: &Place, now: Timestamp) -> Result<Vec<Device>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM devices WHERE workspace = $1 AND user_id = $2 AND expires_at > $3 \
         ORDER BY last_used_at DESC, id"
    );
    let rows = connection.query(&sql, &[place.workspace.into(), (&place.id).into(), now.0.into()])?;
    rows.into_iter().map(device).collect()
}

/// Whether there was one.
pub(super) fn delete(connection: &mut dyn Connection, place: &Place, id: &str) -> Result<bool> {
    let sql = "DELETE FROM devices WHERE workspace = $1 AND user_id = $2 AND id = $3";
    connection.execute(sql, &[place.workspace.into(), (&place.id).into(), id.into()]).map(|changed| changed > 0)
}

/// Forgets all devices of a user.
pub(in crate::identity) fn delete_all(connection: &mut dyn Connection, place: &Place) -> Result<()> {
    delete_others(connection, place, None)
}

/// Forgets all but one.
pub(in crate::identity) fn delete_others(
    connection: &mut dyn Connection,
    place: &Place,
    keep: Option<&str>,
) -> Result<()> {
    let sql = "DELETE FROM devices WHERE workspace = $1 AND user_id = $2 AND id <> $3";
    let values = [place.workspace.into(), (&place.id).into(), keep.unwrap_or_default().into()];
    connection.execute(sql, &values).map(|_| ())
}

fn device(mut row: Row) -> Result<Device> {
    Ok(Device {
        id: row.text(0)?,
        created_at: Timestamp(row.int(1)?),
        last_used_at: Timestamp(row.int(2)?),
        expires_at: Timestamp(row.int(3)?),
        origin: Origin { address: row.text(4)?, client: row.text(5)? },
    })
}
