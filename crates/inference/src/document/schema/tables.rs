//! Schemas of distributions, tables and preferences.

use serde_json::{Value, json};

use super::parts::{Definition, any_of, by_case, by_label, by_name, list_of, object, reference, with_one_of};
use crate::document::fields::{CASE, JOINT, LEARNING, LESSON, LIKELIHOOD, TRANSITION};

pub(super) fn definitions() -> Vec<Definition> {
    let names = json!({ "type": "array", "items": reference("name"), "uniqueItems": true });
    let word = json!({ "enum": ["identity", "uniform"] });
    let form = || {
        vec![
            ("table", any_of([reference("word"), list_of(reference("dense"))])),
            ("columns", reference("columns")),
            ("noise", reference("probability")),
        ]
    };
    let cases = || ("cases", by_case(any_of([reference("case"), reference("cases")])));
    let whole = |mut fields: Vec<(&'static str, Value)>| {
        fields.push(cases());
        fields.push(("given", reference("names")));
        fields
    };
    let likelihood = [whole(form()), vec![("initial", reference("step"))]].concat();
    let transition = [whole(form()), vec![("by", reference("names"))]].concat();
    let forms = ["table", "columns", "cases"];
    vec![
        ("names", names),
        ("word", word),
        ("probability", any_of([json!({ "type": "number", "minimum": 0, "maximum": 1 }), reference("fraction")])),
        ("distribution", distribution()),
        ("dense", any_of([reference("weight"), list_of(reference("dense"))])),
        ("columns", any_of([reference("distribution"), by_case(reference("columns"))])),
        (
            "case",
            any_of([reference("word"), reference("label"), with_one_of(object(&CASE, form()), &["table", "columns"])]),
        ),
        ("cases", cases().1),
        ("likelihood", any_of([reference("word"), with_one_of(object(&LIKELIHOOD, likelihood), &forms)])),
        ("transition", any_of([reference("word"), with_one_of(object(&TRANSITION, transition), &forms)])),
        ("preference", preference()),
        ("values", any_of([reference("number"), list_of(reference("values")), by_case(reference("values"))])),
        ("joint", joint()),
        (
            "strengths",
            any_of([reference("strength"), list_of(reference("strengths")), by_case(reference("strengths"))]),
        ),
        ("strength", any_of([json!({ "type": "number", "exclusiveMinimum": 0 }), reference("fraction")])),
        ("lesson", any_of([reference("strength"), lesson()])),
        ("learning", learning()),
    ]
}

fn lesson() -> Value {
    let below_one = json!({ "type": "number", "minimum": 0, "exclusiveMaximum": 1 });
    object(
        &LESSON,
        vec![
            ("strength", reference("strengths")),
            ("rate", reference("weight")),
            ("forgetting", any_of([below_one, reference("fraction")])),
        ],
    )
}

fn learning() -> Value {
    let by_name = || by_name(reference("lesson"));
    object(
        &LEARNING,
        vec![
            ("likelihood", by_name()),
            ("transition", by_name()),
            ("prior", by_name()),
            ("habits", reference("lesson")),
        ],
    )
}

fn distribution() -> Value {
    any_of([
        list_of(reference("weight")),
        by_label(reference("weight")),
        reference("label"),
        json!({ "const": "uniform" }),
    ])
}

fn preference() -> Value {
    let mut preference = by_name(any_of([list_of(reference("number")), by_case(reference("number"))]));
    let step = any_of([list_of(reference("number")), by_case(reference("number"))]);
    preference["properties"] = json!({
        "joint": { "type": "array", "items": reference("joint") },
        "by_step": by_name(list_of(step)),
    });
    preference
}

fn joint() -> Value {
    object(
        &JOINT,
        vec![
            ("over", json!({ "type": "array", "items": reference("name"), "minItems": 1, "uniqueItems": true })),
            ("at", json!({ "enum": ["before", "after"] })),
            ("values", any_of([list_of(reference("values")), by_case(reference("values"))])),
        ],
    )
}
