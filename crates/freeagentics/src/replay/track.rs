//! What is known of an agent on the way through the log.

use crate::agents::Stored;
use crate::log::commitment::{BEGINNING, Row, commitment};
use crate::log::{Event, What, history};

use super::{Fault, Report};

/// An agent as far as the log has been read.
pub(super) struct Track {
    pub(super) name: Box<str>,
    pub(super) seed: u64,
    salt: [u8; 16],
    last: u64,
    revision: u64,
    step: u64,
    episode: u64,
    far: [u64; 2],
    keyed: u64,
    commitment: [u8; 32],
    /// As saved by the engine; nothing before the first step of an episode, unless it has learnt something.
    pub(super) state: Option<Box<[u8]>>,
    pub(super) deleted: bool,
    /// Its last event that the table of heads must know.
    pub(super) head: u64,
}

impl Track {
    pub(super) fn of(stored: Stored) -> Self {
        Self {
            name: stored.name.into(),
            seed: stored.seed,
            salt: stored.salt,
            last: 0,
            revision: 0,
            step: 0,
            episode: 0,
            far: [0; 2],
            keyed: 0,
            commitment: BEGINNING,
            state: None,
            deleted: false,
            head: 0,
        }
    }

    /// Steps before the event that comes.
    pub(super) const fn steps(&self) -> u64 {
        self.step
    }

    /// Holds an event against what went before it.
    pub(super) fn check(&self, event: &Event, report: &mut Report) {
        let (seq, told) = (event.seq, &event.told);
        let mut found = |fault, detail: String| report.add(seq, Some(&self.name), fault, detail);
        if event.prev != self.last {
            found(
                Fault::Link,
                format!("it follows event {}, but the agent's event before it is {}", event.prev, self.last),
            );
        }
        if event.revision != self.revision + 1 {
            found(Fault::Number, format!("its revision is {}, after {}", event.revision, self.revision));
        }
        let (step, episode) = match told.what {
            What::Stepped(_) => (self.step + 1, self.episode),
            What::Reset { .. } => (self.step, self.episode + 1),
            What::Deleted => (self.step, self.episode),
            What::Created => (0, 1),
            What::Imported { .. } => (told.step, told.episode),
        };
        if (told.step, told.episode) != (step, episode) {
            let (found_step, found_episode) = (told.step, told.episode);
            let detail = format!("it is step {found_step} of episode {found_episode}; {step} of {episode} comes next");
            found(Fault::Number, detail);
        }
        if (told.far, told.keyed) != (self.far, self.keyed) {
            found(Fault::Link, "its far links point at other events".into());
        }
        if self.deleted {
            found(Fault::Agent, "it follows the agent's deletion".into());
        }
        let (workspace, agent, revision) = (event.workspace, event.agent, event.revision);
        let row = Row { salt: &self.salt, before: &self.commitment, workspace, agent, revision };
        if commitment(row, &event.bytes) != event.commitment {
            found(Fault::Commitment, "it is not what was committed, or what went before it has changed".into());
        }
    }

    /// Moves on over an event, whatever was found, so that one fault is not reported again by all that follows.
    pub(super) fn advance(&mut self, event: &Event, heads_complete: u64) {
        let told = &event.told;
        self.far = history::far_after(event.seq, event.revision, told.far);
        self.keyed = if told.what.key().is_some() { event.seq } else { told.keyed };
        (self.last, self.revision) = (event.seq, event.revision);
        (self.step, self.episode) = (told.step, told.episode);
        self.commitment = event.commitment;
        self.deleted |= matches!(told.what, What::Deleted);
        if event.seq <= heads_complete {
            self.head = event.seq;
        }
        match &told.what {
            What::Created | What::Reset { .. } => self.state = None,
            What::Imported { state } => self.state = state.as_deref().map(Into::into),
            What::Stepped(_) | What::Deleted => {}
        }
    }

    /// Moves on over a row that cannot be read: only its place is known.
    pub(super) fn skip(&mut self, seq: u64, revision: u64, commitment: Option<[u8; 32]>, heads_complete: u64) {
        (self.last, self.revision) = (seq, revision);
        self.far = history::far_after(seq, revision, self.far);
        self.commitment = commitment.unwrap_or(self.commitment);
        if seq <= heads_complete {
            self.head = seq;
        }
    }
}
