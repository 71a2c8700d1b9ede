//! One recording, for the agent and for rules beside it, each meeting the consequences of its own actions.

use freeagentics_inference::document::{Observations, Problems};

use super::{Explain, step::Step, strangers};
use crate::{
    agents::{self, Agent},
    exit::Failure,
    explain::{amounts::count, names},
    models::Loaded,
    recording::{Entry, Judge, Line, Moved, Observed, Reader, Tally, Track},
    rules::{Rule, Watch},
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

/// A recording to be replayed.
pub(super) struct Replay<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) rules: &'a [Rule],
    pub(super) seed: u64,
    pub(super) limit: Option<usize>,
    pub(super) show: Show,
}

/// What came of it: the agent's tally, then the rules'.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) tallies: Vec<Tally>,
    pub(super) judges_down: bool,
    pub(super) about: Option<String>,
    pub(super) notes: Vec<String>,
}

/// One decision maker on its way.
struct Way {
    track: Track,
    tally: Tally,
}

impl Replay<'_> {
    /// Plays it to its end, or to the first line that is wrong. `live` answers each line at once.
    pub(super) fn play(
        &self,
        reader: &mut Reader<'_>,
        terminal: &mut Terminal<'_>,
        live: bool,
    ) -> Result<Outcome, Failure> {
        let spec = &self.loaded.document.spec;
        let observations = Observations::of(spec, freeagentics_inference::document::Limits::default());
        let mut judge = Judge::new(spec, None);
        let mut agent = Agent::new(&self.loaded.engine, self.seed);
        let mut watches: Vec<Watch<'_>> = self.rules.iter().map(Rule::watch).collect();
        let mut ways: Vec<Way> = Vec::new();
        let mut teller = Teller { replay: self, live, repeats: 0, last: None };
        teller.begin(reader.name(), terminal)?;
        let mut steps = 0;
        while self.limit.is_none_or(|limit| steps < limit) {
            let line = match reader.next()? {
                None => break,
                Some(Entry::Header(header)) => {
                    judge = Judge::new(spec, Some(header));
                    continue;
                }
                Some(Entry::Line(line)) => line,
            };
            ways.resize_with(self.rules.len() + 1, || Way { track: Track::default(), tally: judge.start() });
            steps += 1;
            let met = Met { observations: &observations, judge: &judge, line: &line, reader };
            let (own, others) =
                ways.split_first_mut().ok_or_else(|| reader.complain("nobody decides", "report this"))?;
            // Rules first: if the line is wrong for one of them, nothing of it has been told yet.
            let mut beside = Vec::with_capacity(others.len());
            for (way, watch) in others.iter_mut().zip(&mut watches) {
                let observed = met.observed(&mut way.track, spec)?;
                beside.push(watch.decide(&observed.reading.evidence));
                met.act(way, spec, &observed, beside.last().map(Vec::as_slice).unwrap_or_default())?;
            }
            let observed = met.observed(&mut own.track, spec)?;
            let decision =
                agent.decide(&observed.reading).map_err(|error| reader.complain(&error, agents::mend(&error)))?;
            met.act(own, spec, &observed, decision.action())?;
            let step = Step {
                number: steps,
                place: (reader.name(), reader.line()),
                engine: &self.loaded.engine,
                observed: &observed,
                decision: &decision,
                rules: self.rules,
                beside: &beside,
            };
            teller.tell(&step, terminal)?;
        }
        teller.end(terminal)?;
        let tallies = if ways.is_empty() {
            vec![judge.start(); self.rules.len() + 1]
        } else {
            ways.into_iter().map(|way| way.tally).collect()
        };
        let (judges_down, about) = (judge.knows_down(), judge.about().map(str::to_owned));
        Ok(Outcome { tallies, judges_down, about, notes: strangers(&judge) })
    }
}

/// A line as it is met.
struct Met<'a, 'r> {
    observations: &'a Observations,
    judge: &'a Judge<'a>,
    line: &'a Line,
    reader: &'a Reader<'r>,
}

impl Met<'_, '_> {
    /// What a decision maker on this track sees.
    fn observed(&self, track: &mut Track, spec: &freeagentics_inference::model::Spec) -> Result<Observed, Failure> {
        let scene = track.scene(self.line).map_err(|nothing| {
            let message =
                format!("fault {} has been mended, but the line does not say what is seen then", nothing.fault);
            self.reader.complain(message, "add `mended` to every line of a fault that has `mended_by`")
        })?;
        let read = |written| Observed::read(self.observations, spec, written).map_err(|problems| self.wrong(&problems));
        let plain = read(&scene.observation)?;
        if let Some(executed) = plain.reading.executed.clone() {
            track.correct(executed);
        }
        match track.seen(spec, scene) {
            std::borrow::Cow::Borrowed(_) => Ok(plain),
            std::borrow::Cow::Owned(seen) => read(&seen),
        }
    }

    /// A decision maker acts.
    fn act(
        &self,
        way: &mut Way,
        spec: &freeagentics_inference::model::Spec,
        observed: &Observed,
        action: &[usize],
    ) -> Result<(), Failure> {
        let Ok(scene) = way.track.scene(self.line) else { return Ok(()) };
        let evidence = &observed.reading.evidence;
        let moved = Moved { line: self.line, scene, evidence, before: way.track.last(), action };
        self.judge.score(&mut way.tally, &moved);
        way.track.act(spec, self.line, action);
        Ok(())
    }

    fn wrong(&self, problems: &Problems) -> Failure {
        let all = problems.problems.iter();
        let message: Vec<&str> = all.clone().map(|problem| problem.message.as_str()).collect();
        let mend: Vec<&str> = all.map(|problem| problem.mend.as_str()).collect();
        self.reader.complain(message.join("; "), mend.join("; "))
    }
}

/// Tells decisions; of those that repeat themselves, in a file, only the first.
struct Teller<'a> {
    replay: &'a Replay<'a>,
    live: bool,
    repeats: usize,
    last: Option<(String, Vec<usize>)>,
}

impl Teller<'_> {
    fn begin(&self, name: &str, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
        let show = self.replay.show;
        if show.several && !show.quiet && show.format == Format::Text {
            writeln!(terminal.out, "{}", terminal.paint.strong(name))?;
        }
        Ok(())
    }

    fn tell(&mut self, step: &Step<'_>, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
        let show = self.replay.show;
        if show.quiet {
            return Ok(());
        }
        if show.format == Format::Json {
            terminal.json(&step.json(show.explain))?;
        } else {
            let before = self.last.clone();
            if self.is_repeat(step) {
                self.repeats += 1;
            } else {
                let now = std::mem::replace(&mut self.last, before);
                self.end(terminal)?;
                self.last = now;
                step.text(show.explain, terminal)?;
            }
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
        alike && !self.live && self.replay.show.explain == Explain::Summary && !step.rule_acts()
    }

    fn end(&mut self, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
        let repeats = std::mem::take(&mut self.repeats);
        if repeats > 0 {
            let done = self.last.as_ref().map(|(_, done)| names::action(&self.replay.loaded.document.spec, done));
            let note = format!("        … {} of {}", count(repeats, "more step"), done.unwrap_or_default());
            writeln!(terminal.out, "{}", terminal.paint.faint(&note))?;
        }
        Ok(())
    }
}
