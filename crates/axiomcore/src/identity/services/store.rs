//! The SQL of service accounts.

use super::Service;
use crate::clock::Timestamp;
use crate::identity::made;
use crate::identity::users::store::Place;
use crate::store::{Connection, Result, Row};

const COLUMNS: &str = "id, name, roles, owner, created_at, created_by";

/// Keeps a service account, with the credential that it was made with.
pub(super) fn insert(
    connection: &mut dyn Connection,
    workspace: i64,
    service: &Service,
    made_with: Option<&str>,
) -> Result<()> {
    let sql = "INSERT INTO services (workspace, id, name, roles, owner, created_at, created_by, made_with) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let roles = service.roles.join(" ");
    let values = [
        workspace.into(),
        (&service.id).into(),
        (&service.name).into(),
        (&roles).into(),
        service.owner.as_deref().into(),
        service.created_at.0.into(),
        (&service.created_by).into(),
        made_with.into(),
    ];
    connection.execute(sql, &values).map(|_| ())
}

pub(in crate::identity) fn find(connection: &mut dyn Connection, workspace: i64, id: &str) -> Result<Option<Service>> {
    let sql = format!("SELECT {COLUMNS} FROM services WHERE workspace = $1 AND id = $2");
    let rows = connection.query(&sql, &[workspace.into(), id.into()])?;
    rows.into_iter().next().map(service).transpose()
}

pub(in crate::identity) fn list(connection: &mut dyn Connection, workspace: i64) -> Result<Vec<Service>> {
    let sql = format!("SELECT {COLUMNS} FROM services WHERE workspace = $1 ORDER BY id");
    connection.query(&sql, &[workspace.into()])?.into_iter().map(service).collect()
}

pub(super) fn update(connection: &mut dyn Connection, workspace: i64, service: &Service) -> Result<()> {
    let sql = "UPDATE services SET name = $1, roles = $2, owner = $3 WHERE workspace = $4 AND id = $5";
    let roles = service.roles.join(" ");
    let values = [
        (&service.name).into(),
        (&roles).into(),
        service.owner.as_deref().into(),
        workspace.into(),
        (&service.id).into(),
    ];
    connection.execute(sql, &values).map(|_| ())
}

pub(in crate::identity) fn set_roles(connection: &mut dyn Connection, place: &Place, roles: &[String]) -> Result<()> {
    let (sql, roles) = ("UPDATE services SET roles = $1 WHERE workspace = $2 AND id = $3", roles.join(" "));
    connection.execute(sql, &[(&roles).into(), place.workspace.into(), (&place.id).into()]).map(|_| ())
}

/// How many a user is asked about.
pub(in crate::identity) fn count_of_owner(connection: &mut dyn Connection, owner: &Place) -> Result<i64> {
    let sql = "SELECT count(*) FROM services WHERE workspace = $1 AND owner = $2";
    let rows = connection.query(sql, &[owner.workspace.into(), (&owner.id).into()])?;
    rows.first().map_or(Ok(0), |row| row.int(0))
}

/// Gives all of a user's to another.
pub(in crate::identity) fn reassign(connection: &mut dyn Connection, from: &Place, to: &str) -> Result<u64> {
    let sql = "UPDATE services SET owner = $1 WHERE workspace = $2 AND owner = $3";
    connection.execute(sql, &[to.into(), from.workspace.into(), (&from.id).into()])
}

/// Takes a service account away; what it did goes on naming it, and who had made it is still known.
pub(super) fn delete(connection: &mut dyn Connection, place: &Place) -> Result<()> {
    made::departs(connection, "services", place)?;
    let sql = "DELETE FROM services WHERE workspace = $1 AND id = $2";
    connection.execute(sql, &[place.workspace.into(), (&place.id).into()]).map(|_| ())
}

fn service(mut row: Row) -> Result<Service> {
    let owner = if row.is_null(3) { None } else { Some(row.text(3)?) };
    Ok(Service {
        id: row.text(0)?,
        name: row.text(1)?,
        roles: row.text(2)?.split_whitespace().map(str::to_owned).collect(),
        owner,
        created_at: Timestamp(row.int(4)?),
        created_by: row.text(5)?,
    })
}
