//! The walk through the log.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axiomcore::store::{Cell, Connection, Database, Dialect, Error, Result, Row};
use freeagentics_inference::engine::{Scratch, State};
use freeagentics_inference::numerics::{Digest, VERSION, self_check};

use super::track::Track;
use super::{Fault, Report};
use crate::agents;
use crate::decisions::replay;
use crate::log::{Event, Step, What, history};
use crate::models::{Compiled, Library};

/// Events that are read at once.
const PAGE: usize = 5_000;

/// Decides the whole log again. `progress` is told how many events have been read.
pub(crate) fn verify(database: &Database, library: &Library, progress: &mut dyn FnMut(u64)) -> Report {
    let mut walk =
        Walk { library, report: Report::default(), tracks: HashMap::new(), seats: HashMap::new(), heads_complete: 0 };
    if let Err(kernels) = self_check() {
        let detail = format!("the {kernels} kernels do not compute what numerics version {VERSION} computes");
        walk.report.add(0, None, Fault::Kernels, detail);
    }
    if let Err(error) = walk.all(database, progress) {
        let detail = format!("after {} events the database could not be read: {error}", walk.report.events);
        walk.report.add(0, None, Fault::Database, detail);
    }
    walk.report
}

/// A compiled model with working memory.
struct Seat {
    compiled: Arc<Compiled>,
    state: State,
    scratch: Scratch,
    saved: Vec<u8>,
}

struct Walk<'a> {
    library: &'a Library,
    report: Report,
    tracks: HashMap<(i64, i64), Track>,
    /// `None` for a model that cannot be compiled; that was reported.
    seats: HashMap<(i64, i64), Option<Seat>>,
    heads_complete: u64,
}

impl Walk<'_> {
    fn all(&mut self, database: &Database, progress: &mut dyn FnMut(u64)) -> Result<()> {
        database.read_blocking(|connection| {
            self.heads_complete = heads_complete(connection)?;
            integrity(connection, &mut self.report)
        })?;
        let mut after = 0;
        loop {
            // One transaction a page: a server that goes on writing is not held up.
            let last = database.read_blocking(|connection| self.page(connection, after))?;
            progress(self.report.events);
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
        self.report.agents = self.tracks.len() as u64;
        database.read_blocking(|connection| self.heads(connection))
    }

    fn page(&mut self, connection: &mut dyn Connection, after: u64) -> Result<Option<u64>> {
        let rows = history::rows_after(connection, after, PAGE)?;
        let mut last = None;
        for row in rows {
            last = Some(row.int(0)?.unsigned_abs());
            self.report.events += 1;
            self.row(connection, row)?;
        }
        Ok(last)
    }

    fn row(&mut self, connection: &mut dyn Connection, row: Row) -> Result<()> {
        let (seq, revision) = (row.int(0)?.unsigned_abs(), row.int(3)?.unsigned_abs());
        let key = (row.int(1)?, row.int(2)?);
        if !self.tracks.contains_key(&key) {
            let Some(stored) = agents::store::find_by_key(connection, key.0, key.1)? else {
                let detail = format!("there is no agent with key {} in workspace {}", key.1, key.0);
                self.report.add(seq, None, Fault::Agent, detail);
                return Ok(());
            };
            self.tracks.insert(key, Track::of(stored));
        }
        let Some(track) = self.tracks.get_mut(&key) else { return Ok(()) };
        let commitment = row.0.get(6).and_then(|cell| match cell {
            Cell::Bytes(bytes) => bytes.as_slice().try_into().ok(),
            _ => None,
        });
        match history::read(row) {
            Ok(event) => self.event(key, &event),
            Err(error) => {
                self.report.add(seq, Some(&track.name), Fault::Unreadable, error.to_string());
                track.skip(seq, revision, commitment, self.heads_complete);
                Ok(())
            }
        }
    }

    fn event(&mut self, key: (i64, i64), event: &Event) -> Result<()> {
        let Some(track) = self.tracks.get_mut(&key) else { return Ok(()) };
        track.check(event, &mut self.report);
        let mut goes_on = None;
        let is_step = matches!(event.told.what, What::Stepped(_));
        let ends = matches!(event.told.what, What::Reset { .. }) && track.state.is_some();
        self.report.steps += u64::from(is_step);
        if (is_step || ends) && seat(&mut self.seats, self.library, event, &mut self.report)? {
            let seat = self.seats.get_mut(&(event.workspace, event.told.model)).and_then(Option::as_mut);
            match (seat, &event.told.what) {
                (Some(seat), What::Stepped(step)) => decide(seat, track, event, step, &mut self.report),
                (Some(seat), _) => goes_on = end_episode(seat, track, event, &mut self.report),
                (None, _) => {}
            }
        }
        track.advance(event, self.heads_complete);
        if ends {
            track.state = goes_on;
        }
        Ok(())
    }

    /// Holds the table of heads against the log.
    fn heads(&mut self, connection: &mut dyn Connection) -> Result<()> {
        let sql = "SELECT workspace, agent, seq FROM heads WHERE workspace > $1 OR (workspace = $1 AND agent > $2) \
                   ORDER BY workspace, agent LIMIT $3";
        let mut after = (i64::MIN, i64::MIN);
        let mut listed: BTreeMap<(i64, i64), u64> = BTreeMap::new();
        loop {
            let rows = connection.query(sql, &[after.0.into(), after.1.into(), (PAGE as i64).into()])?;
            let Some(last) = rows.last() else { break };
            after = (last.int(0)?, last.int(1)?);
            for row in &rows {
                listed.insert((row.int(0)?, row.int(1)?), row.int(2)?.unsigned_abs());
            }
        }
        for (key, track) in &self.tracks {
            let head = listed.remove(key).unwrap_or(0);
            // While a segment is on its way into the table, some of its heads are newer than the mark.
            let is_behind = head < track.head;
            if is_behind {
                let detail = format!("the table of heads says event {head}; it is {}", track.head);
                self.report.add(track.head, Some(&track.name), Fault::Head, detail);
            }
        }
        for ((_, agent), seq) in listed {
            self.report.add(seq, None, Fault::Head, format!("a head of an agent without events (key {agent})"));
        }
        Ok(())
    }
}

/// Compiles the model of an event at its first use; says whether it can decide.
fn seat(
    seats: &mut HashMap<(i64, i64), Option<Seat>>,
    library: &Library,
    event: &Event,
    report: &mut Report,
) -> Result<bool> {
    let key = (event.workspace, event.told.model);
    if let Some(known) = seats.get(&key) {
        return Ok(known.is_some());
    }
    let made = match library.compiled_blocking(key.0, key.1) {
        Ok(compiled) => {
            let (state, scratch) = (compiled.engine.start(), compiled.engine.scratch());
            Some(Seat { compiled, state, scratch, saved: Vec::new() })
        }
        Err(Error::Corrupt(why)) => {
            report.add(event.seq, None, Fault::Model, why);
            None
        }
        Err(error) => return Err(error),
    };
    let can = made.is_some();
    // What was compiled is kept within a bound, however many models the log names.
    let held: u64 = seats.values().flatten().map(|seat| seat.compiled.weight).sum();
    if held > library.room() {
        seats.retain(|_, seat| seat.is_none());
    }
    seats.insert(key, made);
    Ok(can)
}

/// What an agent carries into its next episode.
fn end_episode(seat: &Seat, track: &Track, event: &Event, report: &mut Report) -> Option<Box<[u8]>> {
    let saved = track.state.as_deref()?;
    if replay::is_beyond(&seat.compiled, Some(saved)) {
        return Some(saved.into());
    }
    let ended = replay::after_episode(&seat.compiled, saved, track.steps());
    ended.map(|ended| ended.map(Into::into)).unwrap_or_else(|error| {
        let detail = format!("the state before it cannot be read: {error}");
        report.add(event.seq, Some(&track.name), Fault::Snapshot, detail);
        None
    })
}

fn decide(seat: &mut Seat, track: &mut Track, event: &Event, step: &Step, report: &mut Report) {
    let Seat { compiled, state, scratch, saved } = seat;
    let (seq, name) = (event.seq, track.name.clone());
    let mut found = |fault, detail: String| report.add(seq, Some(&name), fault, detail);
    let before = replay::restored_into(compiled, track.state.as_deref(), track.steps(), state);
    if let Err(error) = before {
        if replay::is_beyond(compiled, track.state.as_deref()) {
            report.by_another_engine += 1;
            track.state = step.state.as_deref().map(Into::into).or_else(|| track.state.take());
            return;
        }
        found(Fault::Snapshot, format!("the state before it cannot be read: {error}"));
        track.state = step.state.as_deref().map(Into::into);
        return;
    }
    let reading = replay::reading(step);
    let decided = compiled.engine.step(state, &replay::input(&reading), track.seed, scratch);
    let (digest, action) = match decided {
        Ok(decision) => (decision.digest(), decision.action().to_vec()),
        Err(error) => {
            found(Fault::Decision, format!("it cannot be decided again: {error}"));
            track.state = step.state.as_deref().map(Into::into);
            return;
        }
    };
    if step.numerics != VERSION {
        report.by_another_engine += 1;
    } else if digest != Digest(step.digest) || action != replay::wide(&step.action) {
        found(Fault::Decision, format!("its digest is {}; deciding it again gives {digest}", Digest(step.digest)));
    }
    match compiled.engine.save(state, saved) {
        Ok(()) => {}
        Err(error) => return report.add(seq, Some(&name), Fault::Snapshot, error.to_string()),
    }
    match &step.state {
        Some(carried) if carried != saved && step.numerics == VERSION => {
            report.add(
                seq,
                Some(&name),
                Fault::Snapshot,
                "the beliefs that it carries are not those that follow from it",
            );
            // What follows was decided from what the log says.
            track.state = Some(carried.as_slice().into());
        }
        Some(carried) => track.state = Some(carried.as_slice().into()),
        None => track.state = Some(saved.as_slice().into()),
    }
}

fn heads_complete(connection: &mut dyn Connection) -> Result<u64> {
    if connection.dialect() == Dialect::Postgres {
        return Ok(u64::MAX);
    }
    let rows = connection.query("SELECT value FROM counters WHERE name = 'heads_complete'", &[])?;
    rows.first().map_or(Ok(0), |row| Ok(row.int(0)?.unsigned_abs()))
}

/// What the database says of itself.
fn integrity(connection: &mut dyn Connection, report: &mut Report) -> Result<()> {
    if connection.dialect() == Dialect::Sqlite {
        for mut row in connection.query("PRAGMA quick_check(10)", &[])? {
            let said = row.text(0)?;
            if said != "ok" {
                report.add(0, None, Fault::Database, said);
            }
        }
    }
    Ok(())
}
