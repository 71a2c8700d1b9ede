//! One decision maker's way through a recording: what it sees there, and what its actions come to.

use std::borrow::Cow;

use freeagentics_inference::{
    document::{Observations, Problems},
    model::Spec,
};

use crate::{
    exit::Failure,
    recording::{Judge, Line, Moved, Observed, Reader, Tally, Track},
};

/// Where a decision maker stands.
pub(super) struct Way {
    track: Track,
    pub(super) tally: Tally,
}

/// A line as it is met.
pub(super) struct Met<'a, 'r> {
    pub(super) spec: &'a Spec,
    pub(super) observations: &'a Observations,
    pub(super) judge: &'a Judge<'a>,
    pub(super) line: &'a Line,
    pub(super) reader: &'a Reader<'r>,
}

impl Way {
    /// At the beginning.
    pub(super) fn new(judge: &Judge<'_>) -> Self {
        Self { track: Track::default(), tally: judge.start() }
    }

    /// What is seen here, after what was done before.
    pub(super) fn see(&mut self, met: &Met<'_, '_>) -> Result<Observed, Failure> {
        let scene = self.track.scene(met.line).map_err(|nothing| {
            let fault = nothing.fault;
            let message = format!("fault {fault} has been mended, but the line does not say what is seen then");
            met.reader.complain(message, "add `mended` to every line of a fault that has `mended_by`")
        })?;
        let read = |written| {
            Observed::read(met.observations, met.spec, written).map_err(|problems| wrong(met.reader, &problems))
        };
        let plain = read(&scene.observation)?;
        if let Some(executed) = plain.reading.executed.clone() {
            self.track.correct(executed);
        }
        match self.track.seen(met.spec, scene) {
            Cow::Borrowed(_) => Ok(plain),
            Cow::Owned(seen) => read(&seen),
        }
    }

    /// Scores an action and takes it.
    pub(super) fn act(&mut self, met: &Met<'_, '_>, observed: &Observed, action: &[usize]) {
        // A line whose scene is missing has been refused when it was seen.
        if let Ok(scene) = self.track.scene(met.line) {
            let evidence = &observed.reading.evidence;
            let moved = Moved { line: met.line, scene, evidence, before: self.track.last(), action };
            met.judge.score(&mut self.tally, &moved);
        }
        self.track.act(met.spec, met.line, action);
    }
}

fn wrong(reader: &Reader<'_>, problems: &Problems) -> Failure {
    let join = |of: fn(&freeagentics_inference::document::Problem) -> &str| {
        problems.problems.iter().map(of).collect::<Vec<_>>().join("; ")
    };
    reader.complain(join(|problem| &problem.message), join(|problem| &problem.mend))
}
