//! One recording, for the agent and for rules beside it, each meeting the consequences of its own actions.

use freeagentics_inference::document::{Limits, Observations};

use super::{
    step::Step,
    strangers,
    teller::{Show, Teller},
    way::{Met, Way},
};
use crate::{
    agents::{self, Agent},
    exit::Failure,
    models::Loaded,
    recording::{Judge, Reader, Tally},
    rules::{Rule, Watch},
    terminal::Terminal,
};

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

/// Everyone who decides.
struct Players<'a> {
    agent: Agent<'a>,
    own: Way,
    others: Vec<(Watch<'a>, Way)>,
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
        let observations = Observations::of(spec, Limits::default());
        let judge = Judge::new(spec, reader.header()?);
        let mut players = Players {
            agent: Agent::new(&self.loaded.engine, self.seed),
            own: Way::new(&judge),
            others: self.rules.iter().map(|rule| (rule.watch(), Way::new(&judge))).collect(),
        };
        let mut teller = Teller::new(self.show, live);
        teller.begin(reader.name(), terminal)?;
        let mut steps = 0;
        while self.limit.is_none_or(|limit| steps < limit) {
            let Some(line) = reader.next()? else { break };
            steps += 1;
            let met = Met { spec, observations: &observations, judge: &judge, line: &line, reader };
            self.step(steps, &met, &mut players, &mut teller, terminal)?;
        }
        teller.end(terminal)?;
        let tallies = std::iter::once(players.own).chain(players.others.into_iter().map(|(_, way)| way));
        Ok(Outcome {
            tallies: tallies.map(|way| way.tally).collect(),
            judges_down: judge.knows_down(),
            about: judge.about().map(str::to_owned),
            notes: strangers(&judge),
        })
    }

    fn step(
        &self,
        number: usize,
        met: &Met<'_, '_>,
        players: &mut Players<'_>,
        teller: &mut Teller,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Failure> {
        // Rules first: if the line is wrong for one of them, nothing of it has been told yet.
        let mut beside = Vec::with_capacity(players.others.len());
        for (watch, way) in &mut players.others {
            let observed = way.see(met)?;
            let action = watch.decide(&observed.reading.evidence);
            way.act(met, &observed, &action);
            beside.push(action);
        }
        let observed = players.own.see(met)?;
        let refused = |error| met.reader.complain(&error, agents::mend(&error));
        let decision = players.agent.decide(&observed.reading).map_err(refused)?;
        players.own.act(met, &observed, decision.action());
        let step = Step {
            number,
            place: (met.reader.name(), met.reader.line()),
            engine: &self.loaded.engine,
            observed: &observed,
            decision: &decision,
            rules: self.rules,
            beside: &beside,
        };
        teller.tell(&step, terminal)
    }
}
