//! What a patch must not promise, and numbers and texts that no model may hold.

use freeagentics_inference::document::{Code, Format, Limits, Problems, read, to_json};

/// A lamp with one of its lines replaced.
fn lamp(old: &str, new: &str) -> String {
    let text = "freeagentics: 1\nname: lamp\nfactors: { lamp: [good, dying] }\ncontrols: { do: [leave, change] }\n\
        modalities: { light: { bins: { dim: [0, 5], bright: [5, 9] }, unit: lux } }\n\
        likelihood: { light: { given: [lamp], table: [[.1, .6], [.9, .4]] } }\n\
        transition: { lamp: { given: [lamp], table: identity } }\n\
        preference: { lamp: { dying: -2 }, do: { change: -1 } }\nprior: { lamp: [.9, .1] }\n\
        agent: { policy_length: 2, gamma: 4 }\ntests: [ { given: [{ light: 1 }], then: { action: leave } } ]\n";
    assert!(text.contains(old), "{old}");
    text.replace(old, new)
}

fn problems(text: &str) -> Problems {
    read(text, Format::Yaml, &Limits::default()).expect_err("the document is wrong")
}

#[test]
fn where_every_problem_has_a_patch_the_mended_document_is_sound() {
    let many = "[ { given: [{ ligth: 1 }], then: { action: leave } } ".to_owned()
        + &", { given: [{ ligth: 1 }], then: { action: leave } }".repeat(150)
        + "]";
    let wrong = [
        lamp("[good, dying]", "[good, unknown_one]"),
        lamp("{ action: leave }", "{ action: \"\" }"),
        lamp("lamp: [.9, .1] }", "lamp: [1e308, 1e308] }"),
        lamp("[ { given: [{ light: 1 }], then: { action: leave } } ]", &many),
        lamp("[[.1, .6], [.9, .4]]", "[[.1, .6], [.8, .4]]"),
    ];
    let mut wholly_patched = 0;
    for text in wrong {
        let found = problems(&text);
        if found.problems.iter().any(|problem| problem.patch.is_none()) {
            continue;
        }
        wholly_patched += 1;
        let json = to_json(&text, Format::Yaml, &Limits::default()).expect("the text is YAML");
        let mended = found.mend(&json).expect("the patch fits").to_string();
        assert!(read(&mended, Format::Json, &Limits::default()).is_ok(), "{text}\n{mended}");
    }
    assert!(wholly_patched >= 2, "the sum of one column and the misspelt name can be patched");
}

#[test]
fn numbers_that_would_overflow_are_out_of_range() {
    for (old, new) in [("gamma: 4", "gamma: 1e10"), ("gamma: 4", "alpha: 1e308"), ("dying: -2", "dying: -1e10")] {
        let codes: Vec<Code> = problems(&lamp(old, new)).problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [Code::OutOfRange], "{new}");
    }
}

#[test]
fn a_name_or_unit_that_a_terminal_would_obey_is_refused() {
    for (old, new) in
        [("name: lamp", "name: \"la\\emp\""), ("unit: lux", "unit: \"l\\nux\""), ("unit: lux", "unit: \"\\u202el\"")]
    {
        let codes: Vec<Code> = problems(&lamp(old, new)).problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [Code::InvalidName], "{new}");
    }
}
