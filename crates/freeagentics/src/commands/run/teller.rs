//! Tells decisions as they are made.

use super::{Explain, step::Step};
use crate::{
    exit::Failure,
    explain::{amounts::count, names},
    terminal::{Format, Terminal},
};

/// How decisions are told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Show {
    pub(super) format: Format,
    pub(super) explain: Explain,
    pub(super) quiet: bool,
    /// Whether there are several sources, so that each needs a heading.
    pub(super) several: bool,
}

/// Tells decisions; of those that repeat themselves, in a file, only the first.
pub(super) struct Teller {
    show: Show,
    /// Whether each line is answered at once.
    live: bool,
    repeats: usize,
    /// What was seen and done last.
    last: Option<(String, Vec<usize>)>,
    /// The name of what was done last.
    done: String,
}

impl Teller {
    pub(super) fn new(show: Show, live: bool) -> Self {
        Self { show, live, repeats: 0, last: None, done: String::new() }
    }

    pub(super) fn begin(&self, name: &str, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
        let show = self.show;
        if show.several && !show.quiet && show.format == Format::Text {
            writeln!(terminal.out, "{}", terminal.paint.strong(name))?;
        }
        Ok(())
    }

    pub(super) fn tell(&mut self, step: &Step<'_>, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
        let show = self.show;
        if show.quiet {
            return Ok(());
        }
        if show.format == Format::Json {
            terminal.json(&step.json(show.explain))?;
        } else if self.is_repeat(step) {
            self.repeats += 1;
        } else {
            self.end(terminal)?;
            self.done = names::action(step.spec(), step.decision.action());
            step.text(show.explain, terminal)?;
        }
        if self.live {
            terminal.out.flush()?;
        }
        Ok(())
    }

    /// Whether nothing happens: everyone idles on, or the same is seen and done as before.
    fn is_repeat(&mut self, step: &Step<'_>) -> bool {
        let now = (step.observed.kind(step.spec()), step.decision.action().to_vec());
        let alike = self.last.as_ref().is_some_and(|(seen, done)| *done == now.1 && (step.idles() || *seen == now.0));
        self.last = Some(now);
        alike && !self.live && self.show.explain == Explain::Summary && !step.rule_acts()
    }

    pub(super) fn end(&mut self, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
        let repeats = std::mem::take(&mut self.repeats);
        if repeats > 0 {
            let note = format!("        … {} of {}", count(repeats, "more step"), self.done);
            writeln!(terminal.out, "{}", terminal.paint.faint(&note))?;
        }
        Ok(())
    }
}
