//! Looking things up in a workspace's chain.

use super::chain::Link;
use super::store::{COLUMNS, link};
use crate::clock::Timestamp;
use crate::store::{Connection, Result, Value};

/// Which entries; of those that are not given, any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Who did it.
    pub principal: Option<String>,
    /// What was done.
    pub action: Option<String>,
    /// What it was done to.
    pub subject: Option<String>,
    /// Not before this moment.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// Entries of a workspace that pass a filter and stand before `before`, the last one first.
///
/// # Errors
/// What the database says.
pub fn entries_before(
    connection: &mut dyn Connection,
    workspace: i64,
    filter: &Filter,
    before: u64,
    limit: usize,
) -> Result<Vec<Link>> {
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    let mut values: Vec<Value<'_>> = vec![workspace.into(), before.into(), (limit as i64).into()];
    let mut conditions = String::new();
    let Filter { principal, action, subject, since, until } = filter;
    let texts = [("principal =", principal), ("action =", action), ("subject =", subject)];
    let texts = texts.into_iter().filter_map(|(condition, text)| Some((condition, Value::from(text.as_deref()?))));
    let times = [("at >=", since), ("at <", until)];
    let times = times.into_iter().filter_map(|(condition, time)| Some((condition, Value::from(time.as_ref()?.0))));
    for (condition, value) in texts.chain(times) {
        values.push(value);
        conditions.push_str(&format!(" AND {condition} ${}", values.len()));
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM audit_entries WHERE workspace = $1 AND seq < $2{conditions} ORDER BY seq DESC LIMIT $3"
    );
    connection.query(&sql, &values)?.into_iter().map(link).collect()
}

/// Entries of a workspace after one, the first one first.
///
/// # Errors
/// What the database says.
pub fn entries_after(connection: &mut dyn Connection, workspace: i64, after: u64, limit: usize) -> Result<Vec<Link>> {
    let sql = format!("SELECT {COLUMNS} FROM audit_entries WHERE workspace = $1 AND seq > $2 ORDER BY seq LIMIT $3");
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let rows = connection.query(&sql, &[workspace.into(), after.into(), (limit as i64).into()])?;
    rows.into_iter().map(link).collect()
}
