//! Reading the log: one agent's events backwards, and everybody's forwards.

use axiomcore::store::{Connection, Error, Result, Row};

use super::event::{Event, STRIDES, Told, What};

const COLUMNS: &str = "seq, workspace, agent, revision, prev, body, commitment";

/// The event at a place in the log.
pub(crate) fn event(connection: &mut dyn Connection, seq: u64) -> Result<Event> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE seq = $1");
    let rows = connection.query(&sql, &[(seq as i64).into()])?;
    let row = rows.into_iter().next();
    row.map(read)
        .unwrap_or_else(|| Err(Error::Corrupt(format!("the log has no event {seq}, though a later one follows it"))))
}

/// Events of all agents after a place in the log, in its order.
pub(crate) fn after(connection: &mut dyn Connection, seq: u64, limit: usize) -> Result<Vec<Event>> {
    rows_after(connection, seq, limit)?.into_iter().map(read).collect()
}

/// As [`after`], each with what is wrong with it, if its body cannot be read.
pub(crate) fn rows_after(connection: &mut dyn Connection, seq: u64, limit: usize) -> Result<Vec<Row>> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE seq > $1 ORDER BY seq LIMIT $2");
    connection.query(&sql, &[(seq as i64).into(), (limit as i64).into()])
}

/// The place of the newest event; 0 if there is none.
pub(crate) fn newest(connection: &mut dyn Connection) -> Result<u64> {
    let rows = connection.query("SELECT COALESCE(MAX(seq), 0) FROM events", &[])?;
    rows.first().map_or(Ok(0), |row| row.int(0)).map(i64::unsigned_abs)
}

/// The last of an agent's events that has taken at most `step` steps: the step itself, or a reset after it.
pub(crate) fn at_step(connection: &mut dyn Connection, head: u64, step: u64) -> Result<Option<Event>> {
    let mut here = event(connection, head)?;
    while here.told.step > step {
        // The far link that still does not go past it, else the event before.
        let mut next = None;
        for far in here.told.far.into_iter().rev().filter(|far| *far != 0 && *far != here.prev) {
            let candidate = event(connection, far)?;
            if candidate.told.step >= step {
                next = Some(candidate);
                break;
            }
        }
        here = match next {
            Some(next) => next,
            None if here.prev == 0 => return Ok(None),
            None => event(connection, here.prev)?,
        };
    }
    Ok(Some(here))
}

/// The first of an agent's events that has taken as many steps as this one: the step itself, if it was taken here. Resets
/// take no step, and there may be very many of them after it.
pub(crate) fn first_at(connection: &mut dyn Connection, event: Event) -> Result<Event> {
    let mut here = event;
    while here.prev != 0 && !matches!(here.told.what, What::Stepped(_)) {
        let before = self::event(connection, here.prev)?;
        if before.told.step != here.told.step {
            break;
        }
        here = before;
        for far in here.told.far.into_iter().rev().filter(|far| *far != 0) {
            let candidate = self::event(connection, far)?;
            if candidate.told.step == here.told.step {
                here = candidate;
                break;
            }
        }
    }
    Ok(here)
}

/// The far links of the event after one with this place, revision and links.
pub(crate) fn far_after(seq: u64, revision: u64, mut far: [u64; 2]) -> [u64; 2] {
    for (link, stride) in far.iter_mut().zip(STRIDES) {
        if revision.is_multiple_of(stride) {
            *link = seq;
        }
    }
    far
}

/// Takes a row apart.
pub(crate) fn read(mut row: Row) -> Result<Event> {
    let number = |column| Ok::<_, Error>(row.int(column)?.unsigned_abs());
    let (seq, revision, prev) = (number(0)?, number(3)?, number(4)?);
    let (workspace, agent) = (row.int(1)?, row.int(2)?);
    let (bytes, commitment) = (row.bytes(5)?, row.bytes(6)?);
    let told = Told::decode(&bytes).map_err(|error| Error::Corrupt(format!("event {seq} cannot be read: {error}")))?;
    let commitment = commitment.try_into();
    let commitment =
        commitment.map_err(|_| Error::Corrupt(format!("event {seq} has a commitment of another length")))?;
    Ok(Event { seq, workspace, agent, revision, prev, bytes, commitment, told })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_links_reach_back_to_the_last_multiples_of_their_strides() {
        let mut far = [0, 0];
        for revision in 1..=5000 {
            far = far_after(revision + 10, revision, far);
        }
        assert_eq!(far, [4992 + 10, 4096 + 10]);
    }
}
