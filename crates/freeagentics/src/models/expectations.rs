//! The expectations that travel with a model, put to the test.

use freeagentics_inference::{
    document::{Claim, Document, Expectation, Reading},
    engine::{Decision, Engine},
    model::Spec,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    agents::{self, Agent},
    explain::{
        amounts::{list, percent},
        names, odds, sentence, surprise,
        weighing::Weighing,
    },
    recording::Observed,
};

/// How one expectation fared.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestOutcome)]
pub(crate) struct Outcome {
    pub(crate) name: String,
    /// Its line in the document.
    #[schema(minimum = 1)]
    pub(crate) line: Option<u32>,
    /// Whether all of it came true.
    pub(crate) ok: bool,
    /// What was given, a step each.
    given: Vec<String>,
    /// What the agent did at each of these steps.
    did: Vec<String>,
    /// What of it was not counted, or could not be.
    notes: Vec<String>,
    /// How each claim fared.
    pub(crate) claims: Vec<Judged>,
    /// Why the agent decided as it did; nothing if it refused to.
    pub(crate) why: Option<String>,
}

/// How one claim fared.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestClaim)]
pub(crate) struct Judged {
    /// Whether it came true.
    pub(crate) ok: bool,
    pub(crate) expected: String,
    pub(crate) found: String,
}

/// Multiply-adds that putting all of them to the test would take, about.
pub(crate) fn effort(document: &Document) -> u64 {
    let steps: usize = document.tests.iter().map(|test| test.given.len()).sum();
    document.cost.operations.saturating_mul(steps as u64)
}

/// Puts all of them to the test, each with an agent of its own that draws from this seed.
pub(crate) fn outcomes(document: &Document, engine: &Engine, seed: u64) -> Vec<Outcome> {
    let tests = document.tests.iter().enumerate();
    tests.map(|(index, test)| outcome(&document.spec, engine, seed, index, test)).collect()
}

impl Outcome {
    /// What was given and done, a step a line, then what of it was not counted.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (&'static str, String)> {
        let did = self.did.iter().map(Some).chain(std::iter::repeat(None));
        let steps = self.given.iter().zip(did).enumerate().map(|(step, (given, did))| {
            let did = did.map(|did| format!("  →  {did}")).unwrap_or_default();
            (if step == 0 { "given" } else { "" }, format!("{given}{did}"))
        });
        steps.chain(self.notes.iter().map(|note| ("but", note.clone())))
    }
}

fn outcome(spec: &Spec, engine: &Engine, seed: u64, index: usize, test: &Expectation) -> Outcome {
    let mut agent = Agent::new(engine, seed);
    let mut outcome = Outcome {
        name: test.name.clone().unwrap_or_else(|| format!("test {}", index + 1)),
        line: test.line,
        ok: false,
        given: test.given.iter().map(|reading| told(spec, reading)).collect(),
        did: Vec::new(),
        notes: Vec::new(),
        claims: Vec::new(),
        why: None,
    };
    for (step, reading) in test.given.iter().enumerate() {
        let observed = Observed::of(reading.clone());
        match agent.decide(reading) {
            Ok(decision) => {
                let last = step + 1 == test.given.len();
                outcome.did.push(names::action(spec, decision.action()));
                let (evidence, seen) = (&reading.evidence, observed.seen_plainly(spec));
                if last {
                    outcome.claims = test.then.iter().map(|claim| judge(spec, &decision, claim)).collect();
                    let weighing = Weighing::of(engine, &decision);
                    let surprises = surprise::surprises(engine, &decision, evidence, &seen);
                    outcome.why = Some(sentence::why(engine, &decision, &weighing, surprises));
                } else {
                    let notes = surprise::not_counted(engine, &decision, evidence, &seen);
                    outcome.notes.extend(notes.into_iter().map(|note| format!("step {}: {note}", step + 1)));
                }
            }
            Err(error) => {
                let found = format!("observation {} was refused: {error}; {}", step + 1, agents::mend(&error));
                outcome.claims = vec![Judged { ok: false, expected: "a decision".to_owned(), found }];
                break;
            }
        }
    }
    outcome.ok = outcome.claims.iter().all(|claim| claim.ok);
    outcome
}

/// What is given at one step: what was really done before it, if that is said, and what was seen.
fn told(spec: &Spec, reading: &Reading) -> String {
    let seen = Observed::of(reading.clone()).line(spec);
    match &reading.executed {
        Some(executed) => format!("executed={}  {seen}", names::action(spec, executed).replace(' ', ",")),
        None => seen,
    }
}

fn judge(spec: &Spec, decision: &Decision<'_>, claim: &Claim) -> Judged {
    let named = |control: usize, values: &[usize]| {
        let labels = spec.controls.get(control).map(|axis| axis.labels.as_slice()).unwrap_or_default();
        list(&values.iter().map(|&value| names::label(labels, value)).collect::<Vec<_>>(), "or")
    };
    let chosen = |control: usize| decision.action().get(control).copied().unwrap_or(0);
    let control_name = |control: usize| match spec.controls.get(control) {
        Some(axis) if spec.controls.len() > 1 => format!("{} ", axis.name),
        _ => String::new(),
    };
    match claim {
        Claim::Chosen { control, values } => Judged {
            ok: values.contains(&chosen(*control)),
            expected: format!("{}{}", control_name(*control), named(*control, values)),
            found: named(*control, &[chosen(*control)]),
        },
        Claim::NotChosen { control, values } => Judged {
            ok: !values.contains(&chosen(*control)),
            expected: format!("{}not {}", control_name(*control), named(*control, values)),
            found: named(*control, &[chosen(*control)]),
        },
        Claim::MostLikely { factor, state } => {
            let belief = decision.belief(*factor);
            let own = belief.get(*state).copied().unwrap_or(0.0);
            let expected = format!("{} most likely", names::state(spec, *factor, *state));
            Judged { ok: belief.iter().all(|&other| other <= own), expected, found: odds(spec, decision, *factor) }
        }
        Claim::Belief { factor, state, at_least, at_most } => {
            let own = decision.belief(*factor).get(*state).copied().unwrap_or(0.0);
            let bounds = match (*at_least > 0.0, *at_most < 1.0) {
                (true, true) => format!("{} to {}", percent(*at_least), percent(*at_most)),
                (false, _) => format!("at most {}", percent(*at_most)),
                (true, false) => format!("at least {}", percent(*at_least)),
            };
            let expected = format!("{} {bounds}", names::state(spec, *factor, *state));
            Judged { ok: (*at_least..=*at_most).contains(&own), expected, found: percent(own) }
        }
        _ => Judged { ok: false, expected: "something this version does not know".to_owned(), found: "?".to_owned() },
    }
}

fn odds(spec: &Spec, decision: &Decision<'_>, factor: usize) -> String {
    let ranked = odds::ranked(decision.belief(factor)).into_iter().take(3);
    let each = ranked.map(|(state, p)| format!("{} {}", names::state(spec, factor, state), percent(p)));
    each.collect::<Vec<_>>().join(", ")
}
