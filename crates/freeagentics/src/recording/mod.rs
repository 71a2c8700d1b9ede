//! Recordings: observations line by line, with or without the truth behind them, and how to score by it.
//!
//! A line is either an observation, or an envelope around one that also says what would have been seen after another
//! action, what was really going on, and which action would have mended it. With envelopes one recording can be
//! replayed for several decision makers, each meeting the consequences of its own actions, on the same faults.

mod interval;
mod line;
mod observed;
mod reader;
mod score;
mod scoreboard;
mod track;

pub(crate) use line::Line;
pub(crate) use observed::{Observed, example};
pub(crate) use reader::Reader;
pub(crate) use score::{Judge, Moved, Tally};
pub(crate) use scoreboard::{Contestant, scoreboard, scoreboard_json};
pub(crate) use track::Track;
