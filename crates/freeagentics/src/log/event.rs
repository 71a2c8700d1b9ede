//! What an event holds, and how it is written down.

use axiomcore::clock::Timestamp;
use freeagentics_inference::model::Evidence;
use serde::{Deserialize, Serialize};

/// First byte of a body: the format of the rest.
const FORMAT: u8 = 1;

/// A row of the log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    /// Its place in the log.
    pub(crate) seq: u64,
    pub(crate) workspace: i64,
    /// The agent's key.
    pub(crate) agent: i64,
    /// How many events the agent has, this one included.
    pub(crate) revision: u64,
    /// The agent's event before this one; 0 if there is none.
    pub(crate) prev: u64,
    /// The body as stored: what the commitment is about.
    pub(crate) bytes: Vec<u8>,
    /// Over this event and the commitment before it.
    pub(crate) commitment: [u8; 32],
    /// The body.
    pub(crate) told: Told,
}

/// The body of an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    /// Who caused it.
    pub(crate) principal: String,
    /// Key of the model version that was in force.
    pub(crate) model: i64,
    /// Counts from 1; every reset begins another.
    pub(crate) episode: u64,
    /// Steps taken so far, this one included.
    pub(crate) step: u64,
    /// The last events before this one whose revision is a multiple of [`STRIDES`]; 0 if there is none.
    pub(crate) far: [u64; 2],
    /// The agent's last event before this one that has an idempotency key; 0 if there is none.
    pub(crate) keyed: u64,
    pub(crate) what: What,
}

/// The strides of far links: a history of a million events is walked in some four hundred reads.
pub(crate) const STRIDES: [u64; 2] = [64, 4096];

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum What {
    /// The agent was made.
    Created,
    /// It saw, believed and chose.
    Stepped(Step),
    /// A new episode begins with the next step.
    Reset {
        /// The idempotency key of the request, if it had one.
        key: Option<[u8; 16]>,
    },
    /// It was deleted. Nothing follows.
    Deleted,
    /// It was brought from another server, with what it believed there.
    Imported {
        /// The saved state; nothing before the first step of an episode.
        state: Option<Vec<u8>>,
    },
}

/// One step: everything that is needed to decide it again, and what was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Step {
    /// What each modality brought.
    pub(crate) seen: Vec<Seen>,
    /// What was in fact executed before, if that was said.
    pub(crate) executed: Option<Vec<u16>>,
    /// Ticks since the step before.
    pub(crate) elapsed: u32,
    /// What was chosen, one value per control.
    pub(crate) action: Vec<u16>,
    /// The numerics that decided it.
    pub(crate) numerics: u32,
    /// The decision's digest.
    pub(crate) digest: [u8; 32],
    /// The idempotency key and what was asked with it, both hashed.
    pub(crate) key: Option<([u8; 16], [u8; 16])>,
    /// The best plans, best first.
    pub(crate) plans: Vec<Plan>,
    /// The saved state after the step, unless it is large and another step nearby has it.
    pub(crate) state: Option<Vec<u8>>,
}

/// A plan in the compact explanation; its numbers are for reading, not for computing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) policy: u32,
    pub(crate) odds: f32,
    pub(crate) utility: f32,
    pub(crate) information_gain: f32,
}

/// What a modality brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Seen {
    Missing,
    Index(u32),
    Soft(Vec<f64>),
}

impl Told {
    /// When it was recorded.
    pub(crate) fn recorded_at(&self) -> Timestamp {
        Timestamp(self.at)
    }

    /// The body as bytes.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_extend(self, vec![FORMAT])
    }

    /// Reads a body.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, BodyError> {
        match bytes.split_first() {
            Some((&FORMAT, rest)) => match postcard::take_from_bytes(rest) {
                Ok((told, [])) => Ok(told),
                Ok(_) => Err(BodyError::Damaged("more bytes than an event has".into())),
                Err(error) => Err(BodyError::Damaged(error.to_string())),
            },
            format => Err(BodyError::Format(format.map(|(format, _)| *format))),
        }
    }
}

/// Why bytes are not the body of an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("its format is {0:?}; this version reads format {FORMAT}")]
    Format(Option<u8>),
    #[error("it is damaged: {0}")]
    Damaged(String),
}

impl What {
    /// As people call it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Stepped(_) => "step",
            Self::Reset { .. } => "reset",
            Self::Deleted => "deleted",
            Self::Imported { .. } => "imported",
        }
    }

    /// The idempotency key of the request that caused it.
    pub(crate) const fn key(&self) -> Option<[u8; 16]> {
        match self {
            Self::Stepped(Step { key: Some((key, _)), .. }) | Self::Reset { key: Some(key) } => Some(*key),
            _ => None,
        }
    }
}

impl Seen {
    pub(crate) fn of(evidence: &Evidence) -> Self {
        match evidence {
            Evidence::Missing => Self::Missing,
            Evidence::Index(index) => Self::Index(u32::try_from(*index).unwrap_or(u32::MAX)),
            Evidence::Soft(weights) => Self::Soft(weights.clone()),
        }
    }

    pub(crate) fn evidence(&self) -> Evidence {
        match self {
            Self::Missing => Evidence::Missing,
            Self::Index(index) => Evidence::Index(*index as usize),
            Self::Soft(weights) => Evidence::Soft(weights.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step() -> Told {
        let what = What::Stepped(Step {
            seen: vec![Seen::Missing, Seen::Index(2), Seen::Soft(vec![0.25, 0.75])],
            executed: Some(vec![3]),
            elapsed: 2,
            action: vec![1],
            numerics: 1,
            digest: [7; 32],
            key: Some(([1; 16], [2; 16])),
            plans: vec![Plan { policy: 9, odds: 0.5, utility: -1.0, information_gain: 0.25 }],
            state: Some(vec![1, 2, 3]),
        });
        Told { at: 5, principal: "p".into(), model: 3, episode: 2, step: 9, far: [64, 0], keyed: 8, what }
    }

    #[test]
    fn a_body_is_read_back_as_it_was_written() {
        let told = step();
        assert_eq!(Told::decode(&told.encode().unwrap()).unwrap(), told);
    }

    #[test]
    fn a_body_of_another_format_or_length_is_refused() {
        let mut bytes = step().encode().unwrap();
        bytes.push(0);
        assert!(matches!(Told::decode(&bytes), Err(BodyError::Damaged(_))));
        bytes[0] = 9;
        assert_eq!(Told::decode(&bytes), Err(BodyError::Format(Some(9))));
        assert_eq!(Told::decode(&[]), Err(BodyError::Format(None)));
    }
}
