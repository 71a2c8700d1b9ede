//! Between two backups: commits are shipped as they happen, every few seconds, so that little is lost with a machine, and so
//! that an installation can be restored as it was at any moment.
//!
//! A line goes on over a restart if the file of the database is the one in which it ended, bit for bit; else another one
//! begins, with another backup below it.
//!
//! What is shipped without a break is a *line* of numbered segments, each sealed with its number and time. A backup that is made
//! meanwhile says which segments belong over it. It holds some of what they hold as well; to apply that again changes
//! nothing, if all of them are applied that were shipped before the backup was complete.

use std::fmt;
use std::io::Cursor;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ring::aead::{Aad, LessSafeKey, Nonce};
use serde::{Deserialize, Serialize};

use super::create::name_of;
use super::manifest::{self, FORMAT, signed};
use super::{BackupError, Damage, Manifest, Vault};
use crate::clock::Timestamp;
use crate::hex;
use crate::store::{Database, Follower, Still};

/// zstd's fastest of those that are no gamble: it is done all the time.
const LEVEL: i32 = 1;

/// How much may wait for a destination that is gone. Then the line ends, and another one begins with another backup.
const MOST_WAITING: usize = 256 << 20;

/// What a line says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    format: u32,
    id: String,
    key: String,
    salt: String,
    begun_at: i64,
}

/// Which segments belong over a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnLine {
    /// The line.
    pub line: String,
    /// The first segment that may hold what the backup does not.
    pub from: u64,
    /// The first one after the backup was complete: all before it are applied, or none.
    pub until: u64,
}

/// A segment by its name: number and time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Segment {
    pub(super) number: u64,
    pub(super) at: Timestamp,
    name: String,
}

/// What is done with a segment.
type Each<'e> = dyn FnMut(&mut Cursor<Vec<u8>>) -> Result<(), BackupError> + 'e;

/// Where a line has ended, with all that was committed in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// The line.
    pub line: String,
    next: u64,
    still: Still,
}

/// Ships what is committed in a database, from when it was begun.
pub struct Shipper {
    vault: Vault,
    line: String,
    cipher: LessSafeKey,
    state: Mutex<State>,
}

struct State {
    /// None once the line has ended.
    follower: Option<Follower>,
    next: u64,
    /// What the destination has not taken yet, with the moment at which all of it was on disk here.
    waiting: Vec<(Timestamp, Vec<u8>)>,
}

impl Shipper {
    /// Begins a line; blocks. Only SQLite is followed: `None` for a server, which has ways of its own.
    ///
    /// # Errors
    /// If the database or the destination fails.
    pub fn begin(vault: &Vault, database: &Database) -> Result<Option<Self>, BackupError> {
        let Some(follower) = database.follow()? else { return Ok(None) };
        let now = vault.0.clock.now();
        let (mut salt, mut tail) = ([0; 32], [0; 4]);
        vault.0.entropy.fill(&mut salt)?;
        vault.0.entropy.fill(&mut tail)?;
        let id = format!("{}-{}", name_of(now), hex::encode(&tail));
        let (key, salted) = (vault.public_key().to_owned(), hex::encode(&salt));
        let line = Line { format: FORMAT, id: id.clone(), key, salt: salted, begun_at: now.0 };
        vault.destination().put(&line_name(&id), &signed(&line, &vault.0.key)?)?;
        Ok(Some(Self::on(vault, id, vault.0.key.cipher(&salt)?, (follower, 0))))
    }

    fn on(vault: &Vault, line: String, cipher: LessSafeKey, (follower, next): (Follower, u64)) -> Self {
        let state = State { follower: Some(follower), next, waiting: Vec::new() };
        Self { vault: vault.clone(), line, cipher, state: Mutex::new(state) }
    }

    /// Goes on with a line where it has ended; blocks. It cannot (`None`) if anything was written in the database since, or
    /// the destination has not all of the line, more than it, or no backup below it. Call it before anything is written.
    ///
    /// # Errors
    /// If the database or the destination fails.
    pub fn resume(vault: &Vault, database: &Database, ended: &Ended) -> Result<Option<Self>, BackupError> {
        let Some(follower) = database.follow()? else { return Ok(None) };
        // In this order: what is written after this look is followed.
        if database.still()?.as_ref() != Some(&ended.still) {
            return Ok(None);
        }
        let names = vault.destination().list(&segments_folder(&ended.line))?;
        let last = names.iter().filter_map(|name| Segment::of_name(name)).map(|segment| segment.number + 1).max();
        let is_below = |manifest: &Manifest| manifest.line.as_ref().is_some_and(|on| on.line == ended.line);
        let has_base = vault.list(0)?.kept.iter().any(|kept| kept.manifest.as_ref().is_ok_and(is_below));
        // A number that was used is never used for anything else, for it is a nonce.
        if last.unwrap_or(0) != ended.next || !has_base {
            return Ok(None);
        }
        let cipher = vault.cipher_of(&ended.line)?;
        Ok(Some(Self::on(vault, ended.line.clone(), cipher, (follower, ended.next))))
    }

    /// Ships all that was committed, and ends; blocks. Says where the line can be resumed, if it can.
    ///
    /// # Errors
    /// If the database or the destination fails; then it cannot.
    pub fn finish(&self) -> Result<Option<Ended>, BackupError> {
        self.ship()?;
        let mut state = self.state();
        let Some(follower) = state.follower.take() else { return Ok(None) };
        let (rest, still) = follower.end()?;
        let now = self.vault.0.clock.now();
        state.waiting.extend(Some((now, rest)).filter(|(_, rest)| !rest.is_empty()));
        let next = self.send(&mut state)?;
        Ok(still.map(|still| Ended { line: self.line.clone(), next, still }))
    }

    /// The line's name.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Ships everything that was committed before the call; blocks. Says the number of the next segment.
    ///
    /// # Errors
    /// If the database or the destination fails; it can be called again, unless too much waits.
    pub fn ship(&self) -> Result<u64, BackupError> {
        let mut state = self.state();
        let pieces = state.follower.as_mut().map_or(Ok(Vec::new()), Follower::copied)?;
        // After it was copied: nothing in it is later than the time that it bears.
        let now = self.vault.0.clock.now();
        state.waiting.extend(pieces.into_iter().map(|piece| (now, piece)));
        self.send(&mut state)
    }

    fn send(&self, state: &mut State) -> Result<u64, BackupError> {
        while let Some((at, piece)) = state.waiting.first() {
            let segment = Segment::new(state.next, *at);
            let mut bytes = zstd::bulk::compress(piece, LEVEL).map_err(BackupError::Compression)?;
            let (nonce, bound) = (nonce(segment.number), bound(&self.line, &segment));
            self.cipher.seal_in_place_append_tag(nonce, bound, &mut bytes).map_err(|_| BackupError::Sealing)?;
            // The same again after a failure: number, time and content are the same.
            self.vault.destination().put(&segment.path(&self.line), &bytes)?;
            state.waiting.remove(0);
            state.next += 1;
        }
        Ok(state.next)
    }

    /// Whether so much waits that the line has to end.
    pub fn is_overwhelmed(&self) -> bool {
        self.state().waiting.iter().map(|(_, piece)| piece.len()).sum::<usize>() > MOST_WAITING
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Shipper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shipper({})", self.line)
    }
}

impl Segment {
    fn new(number: u64, at: Timestamp) -> Self {
        Self { number, at, name: format!("{number:010}-{}", at.0) }
    }

    fn of_name(name: &str) -> Option<Self> {
        let (number, at) = name.split_once('-')?;
        let segment = Self::new(number.parse().ok()?, Timestamp(at.parse().ok()?));
        (segment.name == name).then_some(segment)
    }

    fn path(&self, line: &str) -> String {
        format!("{}/{}", segments_folder(line), self.name)
    }
}

impl Vault {
    /// The segments over a backup, up to a moment, in order. All that were shipped before it was complete have to be there.
    pub(super) fn segments(&self, manifest: &Manifest, until: Option<Timestamp>) -> Result<Vec<Segment>, BackupError> {
        let Some(OnLine { line, from, until: least }) = &manifest.line else { return Ok(Vec::new()) };
        let names = self.destination().list(&segments_folder(line))?;
        let mut found: Vec<Segment> = names.iter().filter_map(|name| Segment::of_name(name)).collect();
        found.retain(|segment| segment.number >= *from);
        found.sort();
        let is_wanted = |segment: &Segment| segment.number < *least || until.is_none_or(|until| segment.at <= until);
        let wanted = found.iter().filter(|segment| is_wanted(segment)).count();
        // Unless the last of them is of that very moment, the first one after them shows whether it is the last.
        let is_last = wanted.checked_sub(1).and_then(|last| found.get(last)).is_some_and(|last| Some(last.at) == until);
        for (segment, number) in found.iter().take(wanted + usize::from(!is_last)).zip(*from..) {
            if segment.number != number {
                return Err(Damage::SegmentMissing { line: line.clone(), number }.into());
            }
        }
        let last = from + wanted as u64;
        if last < *least {
            return Err(Damage::SegmentMissing { line: line.clone(), number: last }.into());
        }
        found.truncate(wanted);
        Ok(found)
    }

    /// What a segment holds, for each of them in turn.
    pub(super) fn read_segments(
        &self,
        line: &str,
        segments: &[Segment],
        each: &mut Each<'_>,
    ) -> Result<(), BackupError> {
        if segments.is_empty() {
            return Ok(());
        }
        let cipher = self.cipher_of(line)?;
        for segment in segments {
            let number = segment.number;
            let altered = || BackupError::from(Damage::SegmentAltered { line: line.to_owned(), number });
            let sealed = self.destination().get(&segment.path(line))?;
            let mut sealed = sealed.ok_or_else(|| Damage::SegmentMissing { line: line.to_owned(), number })?;
            let plain =
                cipher.open_in_place(nonce(number), bound(line, segment), &mut sealed).map_err(|_| altered())?;
            let piece = zstd::stream::decode_all(&*plain).map_err(|_| altered())?;
            each(&mut Cursor::new(piece))?;
        }
        Ok(())
    }

    fn cipher_of(&self, line: &str) -> Result<LessSafeKey, BackupError> {
        let missing = || Damage::ManifestMissing { id: line.to_owned() };
        let bytes = self.destination().get(&line_name(line))?.ok_or_else(missing)?;
        let about: Line = manifest::read(line, &bytes, &self.0.key)?;
        if about.id != line {
            return Err(Damage::ManifestOfAnother { id: line.to_owned(), found: about.id }.into());
        }
        Ok(self.0.key.cipher(&hex::decode(&about.salt).unwrap_or_default())?)
    }

    /// Removes lines, and parts of lines, that no backup needs which is kept. Those that were begun after `since` may be of
    /// somebody who has not made a backup yet.
    pub(super) fn prune_lines(&self, kept: &[Manifest], since: Timestamp) -> Result<(), BackupError> {
        for name in self.destination().list(LINES)? {
            let Some(line) = name.strip_suffix(".json") else { continue };
            let needed = kept.iter().filter_map(|manifest| manifest.line.as_ref());
            let first = needed.filter(|on| on.line == line).map(|on| on.from).min();
            if first.is_none() && *line >= *name_of(since) {
                continue;
            }
            let folder = segments_folder(line);
            for name in self.destination().list(&folder)? {
                let segment = Segment::of_name(&name);
                if segment.is_none_or(|segment| first.is_none_or(|first| segment.number < first)) {
                    self.destination().remove(&format!("{folder}/{name}"))?;
                }
            }
            if first.is_none() {
                self.destination().remove(&line_name(line))?;
            }
        }
        Ok(())
    }
}

const LINES: &str = "lines";

fn line_name(line: &str) -> String {
    format!("{LINES}/{line}.json")
}

fn segments_folder(line: &str) -> String {
    format!("segments/{line}")
}

fn nonce(number: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
    Nonce::assume_unique_for_key(nonce)
}

/// What a segment is bound to.
fn bound(line: &str, segment: &Segment) -> Aad<Vec<u8>> {
    Aad::from(segment.path(line).into_bytes())
}
