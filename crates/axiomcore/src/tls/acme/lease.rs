//! One node orders at a time, and not again at once after it failed.

use std::time::Duration;

use super::AcmeError;
use super::store::Store;
use crate::clock::Timestamp;

/// How long an order may take; a node that dies while it orders keeps the others from it for as long.
const LEASE: Duration = Duration::from_secs(300);

/// The pause after the first failure; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(60);

/// The longest pause: authorities count failures by the hour.
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 3_600);

/// Whether this node may order now. Clocks of the nodes may differ by less than a lease.
pub(super) async fn take(store: &Store, id: &str, now: Timestamp) -> Result<bool, AcmeError> {
    let id = id.to_owned();
    let taken = store.database.write(move |connection| {
        let sql = "INSERT INTO acme_certificates (id, failures, not_before, lease_until) VALUES ($1, 0, 0, 0) \
                   ON CONFLICT (id) DO NOTHING";
        connection.execute(sql, &[id.as_str().into()])?;
        let sql = "UPDATE acme_certificates SET lease_until = $2 \
                   WHERE id = $1 AND lease_until <= $3 AND not_before <= $3";
        connection.execute(sql, &[id.as_str().into(), now.plus(LEASE).0.into(), now.0.into()])
    });
    Ok(taken.await? == 1)
}

/// Gives the lease back after a failure; returns the pause before the next try.
pub(super) async fn fail(store: &Store, id: &str, now: Timestamp) -> Result<Duration, AcmeError> {
    let id = id.to_owned();
    let failed = store.database.write(move |connection| {
        let sql = "UPDATE acme_certificates SET failures = failures + 1, lease_until = 0 WHERE id = $1 \
                   RETURNING failures";
        let rows = connection.query(sql, &[id.as_str().into()])?;
        let failures = rows.first().map_or(Ok(1), |row| row.int(0))?;
        let pause = pause(failures);
        let sql = "UPDATE acme_certificates SET not_before = $2 WHERE id = $1";
        connection.execute(sql, &[id.as_str().into(), now.plus(pause).0.into()])?;
        Ok(pause)
    });
    Ok(failed.await?)
}

fn pause(failures: i64) -> Duration {
    let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX).min(16);
    FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_from_a_minute_to_six_hours() {
        let minutes = [1, 2, 3, 9, 10, i64::MAX].map(|failures| pause(failures).as_secs() / 60);
        assert_eq!(minutes, [1, 2, 4, 256, 360, 360]);
    }
}
