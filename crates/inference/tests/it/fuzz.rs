//! Documents that went through a mangle, and agents that are told anything: nothing panics, what is read can be run, and
//! what is refused changes nothing.
//!
//! `FREEAGENTICS_FUZZ=100000 cargo nextest run -p freeagentics-inference fuzz --no-capture` tries as many as one likes.

use std::sync::Arc;

use freeagentics_inference::document::{Format, Limits, read};
use freeagentics_inference::engine::{Engine, Input, MOST_ELAPSED};
use freeagentics_inference::model::{Evidence, Model, Spec};

use crate::bench_models::world::Generator;

const TRIES: u64 = 400;

/// What is mangled.
const TEXTS: [&str; 7] = [
    include_str!("document/fixtures/learner.yaml"),
    include_str!("document/fixtures/seeker.yaml"),
    include_str!("document/fixtures/robot.yaml"),
    include_str!("document/fixtures/pump.yaml"),
    include_str!("../../../../models/tiger.yaml"),
    include_str!("../../../../models/tmaze.yaml"),
    include_str!("../../../../models/watchdog.yaml"),
];

/// What is put in the place of a word.
const WORDS: [&str; 22] = [
    "0",
    "1",
    "-1",
    "1e308",
    "1e-320",
    ".5",
    ".nan",
    ".inf",
    "~",
    "[]",
    "{}",
    "else",
    "uniform",
    "identity",
    "&a",
    "*a",
    "\"",
    "\u{202e}",
    "4294967296",
    "strength",
    "1/3",
    "never",
];

fn mangled(g: &mut Generator) -> String {
    let text = TEXTS[g.index(TEXTS.len())];
    let mut pieces: Vec<String> = text.split_inclusive([' ', '\n', ',', ':']).map(str::to_owned).collect();
    for _ in 0..1 + g.index(4) {
        let (at, other) = (g.index(pieces.len()), g.index(pieces.len()));
        match g.index(6) {
            0 => drop(pieces.remove(at)),
            1 => pieces.insert(at, pieces[other].clone()),
            2 => pieces.swap(at, other),
            _ => {
                let end: String = pieces[at].chars().last().filter(|c| !c.is_alphanumeric()).into_iter().collect();
                pieces[at] = format!("{}{end}", WORDS[g.index(WORDS.len())]);
            }
        }
    }
    pieces.concat()
}

#[test]
fn mangled_documents_and_any_input_are_answered_without_panic() {
    let tries = std::env::var("FREEAGENTICS_FUZZ").ok().and_then(|tries| tries.parse().ok()).unwrap_or(TRIES);
    let (mut valid, mut steps, mut refused, mut damaged) = (0, 0, 0, 0);
    for number in 0..tries {
        let mut g = Generator::new(number);
        let text = mangled(&mut g);
        let limits = Limits { operations: 2_000_000, bytes: 8 << 20, ..Limits::default() };
        let document = match read(&text, Format::Auto, &limits) {
            Ok(document) => document,
            Err(problems) => {
                assert!(
                    !problems.problems.is_empty() && problems.problems.iter().all(|p| !p.mend.is_empty()),
                    "{text}"
                );
                continue;
            }
        };
        valid += 1;
        let model = Model::new(document.spec).unwrap_or_else(|faults| panic!("{number}: {faults:?}\n{text}"));
        let engine = Engine::new(Arc::new(model), document.options);
        let engine = engine.unwrap_or_else(|faults| panic!("{number}: {faults:?}\n{text}"));
        let (mut state, mut scratch, mut batch) = (engine.start(), engine.scratch(), engine.batch());
        for _ in 0..6 {
            let (evidence, executed) = anything(engine.model().spec(), &mut g);
            let elapsed = [0, 1, 1, 1, 2, 30, MOST_ELAPSED + 1][g.index(7)];
            let input = Input { evidence: &evidence, executed: executed.as_deref(), elapsed };
            let taken = if g.index(2) == 0 {
                engine.step(&mut state, &input, 1, &mut scratch).is_ok()
            } else {
                engine.step_shared(&mut state, &input, 1, &mut batch).is_ok()
            };
            (steps, refused) = (steps + u64::from(taken), refused + u64::from(!taken));
            let mut bytes = Vec::new();
            engine.save(&state, &mut bytes).expect("the state is its own");
            let (loaded, mut again) = (engine.load(&bytes).expect("what was saved can be loaded"), Vec::new());
            engine.save(&loaded, &mut again).expect("the state is its own");
            assert_eq!(again, bytes, "{number}: what was saved is not what is loaded");
            let at = g.index(bytes.len());
            bytes[at] ^= 1 << g.index(8);
            bytes.truncate(bytes.len() - [0, 0, 1][g.index(3)]);
            match engine.load(&bytes) {
                Ok(mut other) => {
                    drop(engine.step(&mut other, &input, 1, &mut scratch).map(|decision| decision.digest()))
                }
                Err(_) => damaged += 1,
            }
            if g.index(3) == 0 {
                state.reset();
            }
        }
    }
    println!(
        "{tries} mangled documents, {valid} valid; {steps} steps taken, {refused} refused; {damaged} damaged states found"
    );
    assert!(valid * 20 > tries && refused > 0 && steps > valid);
}

/// Mostly what fits.
fn anything(spec: &Spec, g: &mut Generator) -> (Vec<Evidence>, Option<Vec<usize>>) {
    let evidence = spec.modalities.iter().map(|modality| {
        let size = modality.labels.len();
        match g.index(20) {
            0 => Evidence::Missing,
            1 => Evidence::Index(size),
            2 => Evidence::Soft(vec![f64::NAN; size]),
            3 => Evidence::Soft(vec![1.0 / size as f64; size]),
            4 => Evidence::Soft(vec![0.5]),
            _ => Evidence::Index(g.index(size)),
        }
    });
    let evidence: Vec<Evidence> = evidence.collect();
    let value = |g: &mut Generator, size: usize| if g.index(30) == 0 { size } else { g.index(size) };
    let executed = spec.controls.iter().map(|control| value(g, control.labels.len())).collect();
    (evidence, (g.index(3) == 0).then_some(executed))
}
