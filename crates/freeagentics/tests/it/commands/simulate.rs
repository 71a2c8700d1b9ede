//! `freeagentics simulate`.

use super::freeagentics;

#[test]
fn the_same_seed_says_the_same_on_any_number_of_threads() {
    let run = |threads: &str| {
        freeagentics(&["simulate", "tmaze", "--agents", "20", "--steps", "12", "--episode", "3", "--threads", threads])
    };
    let (one, three) = (run("1"), run("3"));
    assert_eq!((one.code, one.err.as_str()), (0, ""));
    assert_eq!(one.out, three.out);
    assert!(
        one.out.starts_with("tmaze: 20 agents in worlds as it believes them to be, 12 steps each, seed 1"),
        "{}",
        one.out
    );
    assert!(one.out.contains("episodes    100"), "{}", one.out);
    assert!(one.out.contains("impossible  0 observations"), "{}", one.out);
    let other =
        freeagentics(&["simulate", "tmaze", "--agents", "20", "--steps", "12", "--episode", "3", "--seed", "2"]);
    assert_ne!(other.out.lines().last(), one.out.lines().last(), "another seed is another life");
}

#[test]
fn a_world_that_the_model_does_not_speak_of_is_refused_with_everything_that_differs() {
    let said = freeagentics(&["simulate", "tiger", "--world", "bandit"]);
    assert_eq!(said.code, 2);
    for expected in
        ["the model has no control", "the world has no control `command`", "mend: let the model and the world"]
    {
        assert!(said.err.contains(expected), "{}", said.err);
    }
    let said = freeagentics(&["simulate", "tiger", "--discount", "1.5"]);
    assert_eq!(said.code, 2, "{}", said.err);
}

#[test]
fn a_named_world_is_told_as_data_for_programs() {
    let said =
        freeagentics(&["--output", "json", "simulate", "tiger", "--world", "tiger", "--agents", "5", "--steps", "9"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let told: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!((told["agents"].as_u64(), told["world"].as_str()), (Some(5), Some("tiger")));
    assert!(told["reward"]["mean"].is_f64() && told["digest"].as_str().is_some_and(|digest| digest.len() == 64));
}
