//! What whoever follows has missed, from the log.

use axiomcore::store::{Connection, Result};
use tokio::task::spawn_blocking;

use super::following::{Following, Phase};
use super::target::{Target, joined};
use super::teller::{Teller, Telling};
use crate::log::{Event, history};

/// So many events are read at once.
const PAGE: usize = 500;

/// Where catching up begins, and for one agent the places of its events from there on, newest first.
type Missed = (u64, Option<Vec<u64>>);

impl Following {
    /// Looks how much there is to catch up with. What is too much is left out, and that is told.
    pub(super) async fn look_back(&mut self) -> Result<Vec<Telling>> {
        let (teller, workspace) = (self.teller.clone(), self.workspace);
        let (target, position) = (self.target.clone(), self.position);
        let look = move || missed(&teller, workspace, &target, position);
        let (from, places) = joined(spawn_blocking(look).await)?;
        self.phase = Phase::CatchingUp(places);
        if from == self.position {
            return Ok(Vec::new());
        }
        let gap = Telling::gap(self.position, from);
        self.position = from;
        Ok(vec![gap])
    }

    /// The next page of what was missed.
    pub(super) async fn catch_up(&mut self) -> Result<Vec<Telling>> {
        let (teller, workspace) = (self.teller.clone(), self.workspace);
        let (target, position) = (self.target.clone(), self.position);
        let places = match &self.phase {
            Phase::CatchingUp(Some(places)) => Some(places.iter().rev().take(PAGE).copied().collect()),
            _ => None,
        };
        let read = move || {
            let events = page(&teller, position, places)?;
            let tellings = target.tell_blocking(&teller, workspace, &events)?;
            Ok((tellings, events.last().map(|event| event.seq), events.len() < PAGE))
        };
        let (tellings, reached, is_last) = joined(spawn_blocking(read).await)?;
        self.position = self.position.max(reached.unwrap_or(0));
        if is_last {
            self.phase = Phase::Live;
        } else if let Phase::CatchingUp(Some(places)) = &mut self.phase {
            places.truncate(places.len().saturating_sub(PAGE));
        }
        Ok(tellings)
    }
}

fn missed(teller: &Teller, workspace: i64, target: &Target, position: u64) -> Result<Missed> {
    let database = teller.log().database();
    let newest = database.read_blocking(history::newest)?;
    if position > newest {
        // Whoever is ahead of the log has seen another one.
        return Ok((newest, matches!(target, Target::Agent { .. }).then(Vec::new)));
    }
    let Target::Agent { key, .. } = target else {
        return Ok((newest.saturating_sub(teller.reach().of_all).max(position), None));
    };
    // Not in the view of the database in which events are read: what is committed later is not in that.
    let head = database.read_blocking(|connection| teller.log().head(connection, workspace, *key))?;
    let head = head.map_or(0, |head| head.seq);
    database.read_blocking(|connection| back_to(connection, head, position, teller.reach().of_one))
}

/// The places of an agent's events after a position, from its last one backwards.
fn back_to(connection: &mut dyn Connection, head: u64, position: u64, most: usize) -> Result<Missed> {
    let (mut places, mut seq) = (Vec::new(), head);
    while seq > position {
        if places.len() == most {
            return Ok((seq, Some(places)));
        }
        places.push(seq);
        seq = history::event(connection, seq)?.prev;
    }
    Ok((position, Some(places)))
}

fn page(teller: &Teller, position: u64, places: Option<Vec<u64>>) -> Result<Vec<Event>> {
    teller.log().database().read_blocking(|connection| match places {
        Some(places) => places.iter().map(|seq| history::event(connection, *seq)).collect(),
        None => history::after(connection, position, PAGE),
    })
}
