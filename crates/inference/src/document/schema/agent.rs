//! Schemas of the agent and of the tests.

use serde_json::{Value, json};

use super::parts::{Definition, any_of, by_case, by_label, by_name, list_of, object, reference};
use crate::document::agent::{BACKUPS, CHOICES, COUNTS, IMPOSSIBLE, LEARNS, MODES, SCHEMES};
use crate::document::fields::{AGENT, BOUNDS, GOAL, LOOK_BACK, SEARCH, TEST, THEN};

pub(super) fn definitions() -> Vec<Definition> {
    let step = any_of([reference("label"), by_name(reference("label"))]);
    let labels = any_of([reference("label"), list_of(reference("label"))]);
    let test = vec![
        ("name", json!({ "type": "string" })),
        ("given", list_of(reference("observation"))),
        ("then", reference("then")),
    ];
    vec![
        ("step", step),
        ("choices", any_of([labels.clone(), by_name(labels)])),
        ("agent", agent()),
        ("observation", observation()),
        ("test", object(&TEST, test)),
        ("then", then()),
    ]
}

fn words<T>(choices: &[(&str, T)]) -> Value {
    json!({ "enum": choices.iter().map(|(word, _)| *word).collect::<Vec<_>>() })
}

fn agent() -> Value {
    let mut agent = object(
        &AGENT,
        vec![
            ("policy_length", json!({ "type": "integer", "minimum": 1 })),
            ("policies", list_of(list_of(reference("step")))),
            ("habits", any_of([list_of(reference("weight")), by_case(reference("weight"))])),
            ("gamma", reference("weight")),
            ("alpha", reference("weight")),
            (
                "discount",
                any_of([json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1 }), reference("fraction")]),
            ),
            ("mode", words(&MODES)),
            ("selection", words(&CHOICES)),
            ("idle", reference("step")),
            ("impossible", words(&IMPOSSIBLE)),
            ("learns", words(&LEARNS)),
            ("novelty", words(&COUNTS)),
            ("information", words(&COUNTS)),
            ("goal", goal()),
            ("look_back", look_back()),
            ("search", search()),
        ],
    );
    agent["not"] = json!({ "required": ["policy_length", "policies"] });
    agent
}

fn share() -> Value {
    any_of([json!({ "type": "number", "minimum": 0, "exclusiveMaximum": 1 }), reference("fraction")])
}

fn goal() -> Value {
    let states = any_of([reference("label"), list_of(reference("label"))]);
    let between = json!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 });
    object(
        &GOAL,
        vec![
            ("reach", by_name(states)),
            ("within", json!({ "type": "integer", "minimum": 1 })),
            ("threshold", share()),
            ("weight", any_of([between, reference("fraction")])),
        ],
    )
}

fn look_back() -> Value {
    object(&LOOK_BACK, vec![("steps", json!({ "type": "integer", "minimum": 2 })), ("by", words(&SCHEMES))])
}

fn search() -> Value {
    object(
        &SEARCH,
        vec![
            ("depth", json!({ "type": "integer", "minimum": 1 })),
            ("nodes", json!({ "type": "integer", "minimum": 1 })),
            ("prune_actions", share()),
            ("prune_outcomes", share()),
            ("backup", words(&BACKUPS)),
            ("sure", reference("weight")),
            ("every", json!({ "type": "integer", "minimum": 1 })),
            ("surprise", reference("weight")),
        ],
    )
}

fn observation() -> Value {
    let odds = [list_of(reference("weight")), by_label(reference("weight"))];
    let one = [json!({ "type": ["number", "null"] }), reference("label")];
    let mut observation = by_name(any_of(one.into_iter().chain(odds)));
    observation["properties"] = json!({
        "executed": reference("step"),
        "elapsed": { "type": "integer", "minimum": 1 },
    });
    observation
}

fn then() -> Value {
    let probability = || reference("probability");
    let mut bounds = object(&BOUNDS, vec![("at_least", probability()), ("at_most", probability())]);
    bounds["minProperties"] = json!(1);
    let mut then = object(
        &THEN,
        vec![
            ("action", reference("choices")),
            ("not", reference("choices")),
            ("most_likely", by_name(reference("label"))),
            ("beliefs", by_name(by_label(bounds))),
        ],
    );
    then["minProperties"] = json!(1);
    then
}
