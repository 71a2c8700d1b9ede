//! `freeagentics test MODEL…`: the expectations that travel with a model.

use std::io;

use freeagentics_inference::{
    document::{Claim, Expectation, Reading},
    engine::Decision,
    model::Spec,
};
use serde_json::{Value, json};

use crate::{
    agents::{self, Agent},
    exit::{Exit, Failure},
    explain::{
        amounts::{count, list, percent},
        names, odds, sentence, surprise,
        weighing::Weighing,
    },
    models::{Loaded, read},
    recording::Observed,
    terminal::{Format, Terminal, harmless},
};

/// Tests models.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Model documents (YAML or JSON), or names of built-in models.
    #[arg(value_name = "MODEL", required = true)]
    models: Vec<String>,
    /// Seed of the agent's draws, for models that choose by chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// How one expectation fared.
struct Outcome {
    name: String,
    line: Option<u32>,
    given: Vec<String>,
    /// What the agent did at each of these steps.
    did: Vec<String>,
    /// What of it was not counted, or could not be.
    notes: Vec<String>,
    claims: Vec<Judged>,
    /// Why the agent decided as it did; nothing if it refused to.
    why: Option<String>,
}

/// How one claim fared.
struct Judged {
    holds: bool,
    expected: String,
    found: String,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let (mut told, mut failed) = (Vec::new(), 0);
    for model in &args.models {
        let loaded = read(model, terminal)?;
        let expectations = loaded.document.tests.iter().enumerate();
        let outcomes: Vec<Outcome> =
            expectations.map(|(index, test)| outcome(&loaded, args.seed, index, test)).collect();
        failed += outcomes.iter().filter(|outcome| !outcome.holds()).count();
        match format {
            Format::Text => print(terminal, &loaded, &outcomes)?,
            Format::Json => told.push(json!({
                "model": loaded.origin,
                "name": loaded.document.name,
                "tests": outcomes.iter().map(Outcome::json).collect::<Vec<_>>(),
            })),
        }
    }
    if format == Format::Json {
        terminal.json(&json!({ "ok": failed == 0, "failed": failed, "models": told }))?;
    }
    Ok(if failed == 0 { Exit::Done } else { Exit::Failed })
}

fn outcome(loaded: &Loaded, seed: u64, index: usize, test: &Expectation) -> Outcome {
    let spec = &loaded.document.spec;
    let mut agent = Agent::new(&loaded.engine, seed);
    let mut outcome = Outcome {
        name: test.name.clone().unwrap_or_else(|| format!("test {}", index + 1)),
        line: test.line,
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
                    let weighing = Weighing::of(&loaded.engine, &decision);
                    let surprises = surprise::surprises(&loaded.engine, &decision, evidence, &seen);
                    outcome.why = Some(sentence::why(&loaded.engine, &decision, &weighing, surprises));
                } else {
                    let notes = surprise::not_counted(&loaded.engine, &decision, evidence, &seen);
                    outcome.notes.extend(notes.into_iter().map(|note| format!("step {}: {note}", step + 1)));
                }
            }
            Err(error) => {
                let found = format!("observation {} was refused: {error}; {}", step + 1, agents::mend(&error));
                outcome.claims = vec![Judged { holds: false, expected: "a decision".to_owned(), found }];
                break;
            }
        }
    }
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
            holds: values.contains(&chosen(*control)),
            expected: format!("{}{}", control_name(*control), named(*control, values)),
            found: named(*control, &[chosen(*control)]),
        },
        Claim::NotChosen { control, values } => Judged {
            holds: !values.contains(&chosen(*control)),
            expected: format!("{}not {}", control_name(*control), named(*control, values)),
            found: named(*control, &[chosen(*control)]),
        },
        Claim::MostLikely { factor, state } => {
            let belief = decision.belief(*factor);
            let own = belief.get(*state).copied().unwrap_or(0.0);
            let expected = format!("{} most likely", names::state(spec, *factor, *state));
            Judged { holds: belief.iter().all(|&other| other <= own), expected, found: odds(spec, decision, *factor) }
        }
        Claim::Belief { factor, state, at_least, at_most } => {
            let own = decision.belief(*factor).get(*state).copied().unwrap_or(0.0);
            let bounds = match (*at_least > 0.0, *at_most < 1.0) {
                (true, true) => format!("{} to {}", percent(*at_least), percent(*at_most)),
                (false, _) => format!("at most {}", percent(*at_most)),
                (true, false) => format!("at least {}", percent(*at_least)),
            };
            let expected = format!("{} {bounds}", names::state(spec, *factor, *state));
            Judged { holds: (*at_least..=*at_most).contains(&own), expected, found: percent(own) }
        }
        _ => {
            Judged { holds: false, expected: "something this version does not know".to_owned(), found: "?".to_owned() }
        }
    }
}

fn odds(spec: &Spec, decision: &Decision<'_>, factor: usize) -> String {
    let ranked = odds::ranked(decision.belief(factor)).into_iter().take(3);
    let each = ranked.map(|(state, p)| format!("{} {}", names::state(spec, factor, state), percent(p)));
    each.collect::<Vec<_>>().join(", ")
}

impl Outcome {
    fn holds(&self) -> bool {
        self.claims.iter().all(|claim| claim.holds)
    }

    /// What was given and done, a step a line, then what of it was not counted.
    fn steps(&self) -> impl Iterator<Item = (&'static str, String)> {
        let did = self.did.iter().map(Some).chain(std::iter::repeat(None));
        let steps = self.given.iter().zip(did).enumerate().map(|(step, (given, did))| {
            let did = did.map(|did| format!("  →  {did}")).unwrap_or_default();
            (if step == 0 { "given" } else { "" }, format!("{given}{did}"))
        });
        steps.chain(self.notes.iter().map(|note| ("but", note.clone())))
    }

    fn json(&self) -> Value {
        let claim = |claim: &Judged| json!({ "ok": claim.holds, "expected": claim.expected, "found": claim.found });
        json!({
            "name": self.name,
            "line": self.line,
            "ok": self.holds(),
            "given": self.given,
            "did": self.did,
            "notes": self.notes,
            "claims": self.claims.iter().map(claim).collect::<Vec<_>>(),
            "why": self.why,
        })
    }
}

fn print(terminal: &mut Terminal<'_>, loaded: &Loaded, outcomes: &[Outcome]) -> io::Result<()> {
    let (paint, out) = (terminal.paint, &mut terminal.out);
    writeln!(out, "{}", paint.strong(&harmless(&loaded.document.name)))?;
    if outcomes.is_empty() {
        return writeln!(out, "  no tests; write some under `tests`: given these observations, then this action");
    }
    for outcome in outcomes {
        let mark = if outcome.holds() { paint.good("ok  ") } else { paint.alarm("FAIL") };
        let expected: Vec<&str> = outcome.claims.iter().map(|claim| claim.expected.as_str()).collect();
        writeln!(out, "  {mark}  {} {}", harmless(&outcome.name), paint.faint(&format!("({})", expected.join("; "))))?;
        if outcome.holds() {
            continue;
        }
        let place = outcome.line.map(|line| format!(":{line}")).unwrap_or_default();
        writeln!(out, "        at        {}{place}", harmless(&loaded.origin))?;
        outcome.steps().try_for_each(|(heading, step)| writeln!(out, "        {heading:<8}  {step}"))?;
        for claim in outcome.claims.iter().filter(|claim| !claim.holds) {
            writeln!(out, "        expected  {}", claim.expected)?;
            writeln!(out, "        found     {}", claim.found)?;
        }
        if let Some(why) = &outcome.why {
            writeln!(out, "        why       {why}")?;
        }
    }
    let held = outcomes.iter().filter(|outcome| outcome.holds()).count();
    let hold = if outcomes.len() == 1 { "holds" } else { "hold" };
    writeln!(out, "  {held} of {} {hold}", count(outcomes.len(), "test"))
}
