//! What a document says of learning, goals and searches, and what it gets wrong there.

use freeagentics_inference::document::Code;
use freeagentics_inference::engine::{Backup, Engine, Goal, Learns, LookBack, Scheme, Search};
use freeagentics_inference::model::{Learnable, Learning, Model, Preference};

use super::read_text;

/// A lamp whose switch is in the hall.
const LAMP: &str = "
freeagentics: 1
name: lamp
factors: { lamp: [good, dying, dead], place: [bed, door, hall] }
controls: { go: [back, stay, forth] }
modalities: { light: [steady, flicker, dark] }
likelihood:
  light: { given: [lamp, place], columns: { good: { else: steady }, dying: { else: flicker }, dead: { else: dark } } }
transition:
  lamp: identity
  place:
    by: [go]
    cases:
      back: { columns: { bed: bed, door: bed, hall: door } }
      stay: identity
      forth: { columns: { bed: door, door: hall, hall: hall } }
";

const LEARNING: &str = "
learning:
  likelihood: { light: { strength: { good: { hall: 4, else: 2 }, else: 1 }, rate: .5, forgetting: .01 } }
  transition: { place: 20 }
  prior: { lamp: 3 }
  habits: 1
";

fn with(more: &str) -> String {
    format!("{LAMP}{more}")
}

#[test]
fn strengths_are_written_as_one_number_or_by_case() {
    let document = read_text(&with(LEARNING)).unwrap_or_else(|problems| panic!("{problems}"));
    let lesson =
        |what, strength: &[f64], rate, forgetting| Learning { what, strength: strength.to_vec(), rate, forgetting };
    assert_eq!(
        document.spec.learning,
        [
            lesson(Learnable::Likelihood(0), &[2.0, 2.0, 4.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], 0.5, 0.01),
            lesson(Learnable::Transition(1), &[20.0; 9], 1.0, 0.0),
            lesson(Learnable::Prior(0), &[3.0], 1.0, 0.0),
            lesson(Learnable::Habits, &[1.0], 1.0, 0.0),
        ]
    );
    let plain = read_text(LAMP).unwrap_or_else(|problems| panic!("{problems}"));
    let digest = |spec| Model::new(spec).expect("the document is valid").digest();
    assert_ne!(digest(document.spec), digest(plain.spec), "what is learnt is part of the model");
}

#[test]
fn goals_searches_and_preferences_by_step_are_what_the_document_says() {
    let goal = "
preference: { by_step: { light: [{ dark: -1 }, [0, -2, 0]] } }
agent:
  learns: episode
  novelty: ignore
  look_back: { steps: 6, by: marginal }
  goal: { reach: { place: [hall, door] }, within: 6, threshold: .5, weight: .01 }
";
    let document = read_text(&with(goal)).unwrap_or_else(|problems| panic!("{problems}"));
    let values = vec![vec![0.0, 0.0, -1.0], vec![0.0, -2.0, 0.0]];
    assert_eq!(document.spec.preferences, [Preference::Timed { modality: 0, values }]);
    let wanted = Goal { states: vec![vec![], vec![2, 1]], depth: 6, threshold: 0.5, weight: 0.01 };
    assert_eq!((document.options.goal, document.options.learns), (Some(wanted), Learns::Episode));
    assert!(!document.options.novelty && document.options.information);
    assert_eq!(document.options.look_back, Some(LookBack { steps: 6, scheme: Scheme::Marginal }));
    let search = "agent: { information: ignore, search: { depth: 4, nodes: 90, prune_outcomes: .01, backup: best, every: 3, surprise: 2.5 } }";
    let document = read_text(&with(search)).unwrap_or_else(|problems| panic!("{problems}"));
    let wanted = Search {
        depth: 4,
        nodes: 90,
        prune_outcomes: 0.01,
        backup: Backup::Best,
        every: 3,
        surprise: 2.5,
        ..Search::default()
    };
    assert_eq!((document.options.search.clone(), document.options.information), (Some(wanted), false));
    let model = Model::new(document.spec).expect("the document is valid");
    Engine::new(model.into(), document.options).expect("and so are its options");
}

/// Text, code, pointer and mend of the one problem.
const WRONG: [(&str, Code, &str, &str); 26] = [
    ("learning: { likelihood: { light: 0 } }", Code::OutOfRange, "/learning/likelihood/light", "above 0"),
    ("learning: { transition: { lamp: -3 } }", Code::OutOfRange, "/learning/transition/lamp", "above 0"),
    ("learning: { likelihood: { lihgt: 1 } }", Code::UnknownName, "/learning/likelihood/lihgt", "`light`"),
    ("learning: { likelyhood: { light: 1 } }", Code::UnknownKey, "/learning/likelyhood", "`likelihood`"),
    ("learning: { prior: { lamp: { rate: 1 } } }", Code::MissingKey, "/learning/prior/lamp", "`strength`"),
    (
        "learning: { prior: { lamp: { strength: 1, rate: -1 } } }",
        Code::OutOfRange,
        "/learning/prior/lamp/rate",
        "0 to 1e9",
    ),
    (
        "learning: { habits: { strength: 1, forgetting: 1 } }",
        Code::OutOfRange,
        "/learning/habits/forgetting",
        "below 1",
    ),
    (
        "learning: { transition: { lamp: { strength: { good: 2 } } } }",
        Code::MissingEntry,
        "/learning/transition/lamp/strength",
        "`else`",
    ),
    (
        "learning: { transition: { lamp: { strength: { good: 2, dyign: 1, else: 1 } } } }",
        Code::UnknownLabel,
        "/learning/transition/lamp/strength/dyign",
        "`dying`",
    ),
    ("agent: { learns: always }", Code::UnknownWord, "/agent/learns", "`online`"),
    ("agent: { novelty: 1 }", Code::WrongType, "/agent/novelty", "text"),
    ("agent: { goal: { within: 3 } }", Code::MissingKey, "/agent/goal", "`reach`"),
    ("agent: { goal: { reach: { place: haal } } }", Code::UnknownLabel, "/agent/goal/reach/place", "`hall`"),
    ("agent: { goal: { reach: {} } }", Code::NothingDeclared, "/agent/goal/reach", "name a factor"),
    ("agent: { goal: { reach: { place: hall }, weight: 1 } }", Code::OutOfRange, "/agent/goal/weight", "below 1"),
    ("agent: { search: { nodes: 3 } }", Code::MissingKey, "/agent/search", "`depth`"),
    ("agent: { search: { depth: 2.5 } }", Code::NotWhole, "/agent/search/depth", "whole"),
    ("agent: { look_back: { steps: 1 } }", Code::OutOfRange, "/agent/look_back/steps", "2"),
    ("agent: { look_back: { by: marginal } }", Code::MissingKey, "/agent/look_back", "`steps`"),
    ("agent: { look_back: { steps: 3, by: smothing } }", Code::UnknownWord, "/agent/look_back/by", "`smoothing`"),
    ("agent: { search: { depth: 3, every: 4 } }", Code::OutOfRange, "/agent/search/every", "3"),
    (
        "agent: { search: { depth: 3, every: 2, surprise: -1 } }",
        Code::OutOfRange,
        "/agent/search/surprise",
        "0 or more",
    ),
    ("agent: { search: { depth: 3, surprise: 1 } }", Code::ConflictingKeys, "/agent/search", "`every` above 1"),
    ("agent: { policy_length: 2, search: { depth: 3 } }", Code::ConflictingKeys, "/agent/search", "`depth`"),
    (
        "agent: { search: { depth: 3 }, goal: { reach: { place: hall } } }",
        Code::ConflictingKeys,
        "/agent/search",
        "one of the two",
    ),
    ("preference: { by_step: { light: [] } }", Code::NothingDeclared, "/preference/by_step/light", "one step"),
];

#[test]
fn each_mistake_is_one_problem_with_its_place_and_a_mend() {
    for (text, code, pointer, mend) in WRONG {
        let problems = read_text(&with(text)).expect_err(text).problems;
        let [problem] = problems.as_slice() else { panic!("{text}: {problems:#?}") };
        assert_eq!((problem.code, problem.pointer.as_str()), (code, pointer), "{text}: {problem}");
        assert!(problem.mend.contains(mend), "{text}: {problem}");
        assert!(problem.line.is_some(), "{text}");
    }
}
