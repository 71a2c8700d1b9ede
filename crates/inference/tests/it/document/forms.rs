//! What each form of the format stands for.

use std::collections::BTreeSet;

use freeagentics_inference::document::{Claim, Reading};
use freeagentics_inference::engine::{Choice, Impossible, Learns, Mode, Options, Policies};
use freeagentics_inference::model::{Bin, Evidence, Moment, Preference, Table};

use super::{FIXTURES, fixture, read_text, valid};

#[track_caller]
fn assert_table(table: &Table, factors: &[usize], controls: &[usize], values: &[f64]) {
    assert_eq!((table.factors.as_slice(), table.controls.as_slice()), (factors, controls));
    assert_eq!(table.values.len(), values.len(), "{:?}", table.values);
    for (i, (found, expected)) in table.values.iter().zip(values).enumerate() {
        assert!((found - expected).abs() < 1e-12, "entry {i}: {found} is not {expected}");
    }
}

#[test]
fn every_fixture_is_read_without_a_problem() {
    let names: BTreeSet<String> = FIXTURES.iter().map(|(name, _)| valid(name).name).collect();
    assert_eq!(names.len(), FIXTURES.len());
}

#[test]
fn dense_tables_are_taken_as_they_stand() {
    let pump = valid("pump");
    assert_table(&pump.spec.likelihoods[0], &[0], &[], &[0.9, 0.4, 0.1, 0.1, 0.6, 0.9]);
    let next_ok = [0.95, 0.97, 1.0, 0.0, 0.0, 0.9, 0.0, 0.0, 0.8];
    assert_eq!(pump.spec.transitions[0].values[..9], next_ok);
    assert_eq!(pump.spec.transitions[0].controls, [0]);
    assert_eq!(pump.spec.modalities[1].initial, Some(vec![0]));
    assert_eq!(pump.spec.priors, [[0.9, 0.08, 0.02]]);
}

#[test]
fn bins_carry_their_bounds_and_unit() {
    let vibration = &valid("pump").spec.modalities[2];
    assert_eq!(vibration.labels, ["calm", "rough", "alarming"]);
    assert_eq!(vibration.unit.as_deref(), Some("mm/s"));
    let bins = vec![Bin { low: 0.0, high: 2.5 }, Bin { low: 2.5, high: 7.0 }, Bin { low: 7.0, high: f64::INFINITY }];
    assert_eq!(vibration.bins, Some(bins));
    let degrees = valid("heater").spec.modalities[0].bins.clone().unwrap();
    assert_eq!((degrees[0].low, degrees[2].high), (f64::NEG_INFINITY, f64::INFINITY));
}

#[test]
fn cases_by_control_fill_the_axes_in_the_order_of_the_model() {
    let doors = valid("doors");
    // `given` names the control first; the model puts factors first: [observation][tiger][move].
    let silence = [0.0, 1.0, 1.0, 0.0, 1.0, 1.0];
    let on_left = [0.85, 0.0, 0.0, 0.15, 0.0, 0.0];
    let on_right = [0.15, 0.0, 0.0, 0.85, 0.0, 0.0];
    assert_table(&doors.spec.likelihoods[0], &[0], &[0], &[silence, on_left, on_right].concat());
    let left = [1.0, 0.5, 0.5, 0.0, 0.5, 0.5];
    let right = [0.0, 0.5, 0.5, 1.0, 0.5, 0.5];
    assert_table(&doors.spec.transitions[0], &[0], &[0], &[left, right].concat());
}

#[test]
fn columns_by_name_fractions_noise_and_words_stand_for_numbers() {
    let watcher = valid("watcher");
    let third = 1.0 / 3.0;
    assert_table(&watcher.spec.likelihoods[0], &[0], &[], &[0.9, 0.0, third, 0.0, 1.0, third, 0.1, 0.0, third]);
    let same = 0.925;
    let coat: Vec<f64> = (0..48).map(|i| if i / 12 == i % 12 / 3 { same } else { 0.025 }).collect();
    assert_table(&watcher.spec.likelihoods[1], &[1, 0], &[], &coat);
    assert_table(&watcher.spec.likelihoods[2], &[], &[], &[0.5, 0.5]);
    assert_table(&watcher.spec.transitions[0], &[0], &[], &[0.8, 0.0, third, 0.1, 1.0, third, 0.1, 0.0, third]);
    assert_eq!(watcher.spec.priors, [vec![0.5, 0.5, 0.0], vec![0.0, 0.0, 0.0, 1.0]]);
}

#[test]
fn several_factors_and_controls_keep_their_axes_apart() {
    let robot = valid("robot");
    // [camera][room][wheels], written as wheels, then room, with noise.
    let bare = [1.0, 0.9, 0.1, 1.0 / 3.0, 0.0, 1.0 / 3.0].map(|p| 0.95 * p + 0.05 / 3.0);
    assert_table(&first(&robot.spec.likelihoods[0], 6), &[0], &[0], &bare);
    // [arm][arm][room][gripper]: `open` frees; `close` has a table of its own with noise.
    let free = [1.0, 0.9, 1.0, 0.9, 1.0, 0.2, 1.0, 0.0, 1.0, 0.0, 1.0, 0.1];
    let free: Vec<f64> = free.iter().enumerate().map(|(i, p)| if i % 2 == 0 { *p } else { 0.98 * p + 0.01 }).collect();
    assert_table(&first(&robot.spec.transitions[1], 12), &[1, 0], &[1], &free);
}

fn first(table: &Table, n: usize) -> Table {
    Table { values: table.values[..n].to_vec(), ..table.clone() }
}

#[test]
fn preferences_are_zero_where_nothing_is_said() {
    let pump = valid("pump").spec.preferences;
    assert_eq!(pump[0], Preference::Observations { modality: 0, values: vec![0.0, -2.0] });
    let over = |factors: &[usize], controls: &[usize], at: Moment, values: &[f64]| Preference::Joint {
        factors: factors.to_vec(),
        controls: controls.to_vec(),
        at,
        values: values.to_vec(),
    };
    assert_eq!(pump[1], over(&[0], &[], Moment::After, &[0.0, -0.5, -4.0]));
    assert_eq!(pump[2], over(&[], &[0], Moment::After, &[0.0, -0.5, -3.0]));
    let doors = valid("doors").spec.preferences;
    assert_eq!(doors, [over(&[0], &[0], Moment::Before, &[-1.0, -100.0, 10.0, -1.0, 10.0, -100.0])]);
    let robot = valid("robot").spec.preferences;
    assert_eq!(robot[1], over(&[0, 1], &[], Moment::After, &[0.0, 0.0, 0.0, 0.0, 0.0, 2.0]));
    // Written with the control first: [gripper][room].
    assert_eq!(robot[2], over(&[0], &[1], Moment::After, &[0.0, 0.0, 0.0, -1.0, 1.0, 0.0]));
}

#[test]
fn the_agent_is_what_the_document_says() {
    let options = valid("pump").options;
    let expected = Options {
        learns: Learns::Online,
        novelty: true,
        information: true,
        goal: None,
        look_back: None,
        search: None,
        policies: Policies::All { length: 2 },
        habits: Some(vec![1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0]),
        gamma: 8.0,
        alpha: 4.0,
        discount: 0.95,
        mode: Mode::Full,
        choice: Choice::Sampled,
        idle: Some(vec![0]),
        impossible: Impossible::Refuse,
    };
    assert_eq!(options, expected);
    assert_eq!(valid("watcher").options, Options::default());
}

#[test]
fn policies_and_habits_may_be_written_by_name() {
    let doors = valid("doors").options;
    let plans = [[0, 0], [0, 1], [0, 2], [1, 0]].map(|plan| plan.map(|value| vec![value]).to_vec()).to_vec();
    assert_eq!(doors.policies, Policies::Listed(plans));
    assert_eq!(doors.habits, Some(vec![2.0, 2.0, 2.0, 1.0]));
    let robot = valid("robot").options;
    let plans = vec![vec![vec![0, 0], vec![1, 1]], vec![vec![1, 0], vec![0, 1]], vec![vec![1, 1], vec![1, 1]]];
    assert_eq!((robot.policies, robot.mode, robot.idle), (Policies::Listed(plans), Mode::Marginal, Some(vec![0, 0])));
    // 27 plans of three steps: nine begin with each value.
    let heater = valid("heater").options.habits.unwrap();
    assert_eq!(heater, [[1.0; 9], [3.0; 9], [1.0; 9]].concat());
}

#[test]
fn expectations_are_resolved_to_indices() {
    let tests = valid("pump").tests;
    assert_eq!(tests[0].name.as_deref(), Some("quiet"));
    assert_eq!((tests[0].pointer.as_str(), tests[0].line), ("/tests/0", Some(42)));
    let binned = vec![Evidence::Index(0), Evidence::Missing, Evidence::Index(0)];
    assert_eq!(tests[0].given, [Reading { evidence: binned, executed: None, elapsed: 1 }]);
    let chosen = Claim::Chosen { control: 0, values: vec![0, 1] };
    assert_eq!(tests[0].then, [chosen, Claim::NotChosen { control: 0, values: vec![2] }]);
    let soft = vec![Evidence::Index(1), Evidence::Soft(vec![0.0, 0.2, 0.8]), Evidence::Missing];
    assert_eq!(tests[1].given[1], Reading { evidence: soft, executed: Some(vec![1]), elapsed: 2 });
    let claims = [
        Claim::MostLikely { factor: 0, state: 1 },
        Claim::Belief { factor: 0, state: 1, at_least: 0.5, at_most: 1.0 },
        Claim::Belief { factor: 0, state: 0, at_least: 0.0, at_most: 0.3 },
    ];
    assert_eq!(tests[1].then, claims);
}

#[test]
fn an_alias_stands_for_what_its_anchor_marks() {
    let valves = valid("valves");
    assert_eq!(valves.spec.factors[0].labels, valves.spec.factors[1].labels);
    assert_eq!(valves.spec.likelihoods[0].values, valves.spec.likelihoods[1].values);
    assert_table(&valves.spec.transitions[1], &[1], &[], &[0.95, 0.0, 0.0, 0.05, 0.0, 0.0, 0.0, 1.0, 1.0]);
}

#[test]
fn the_same_document_in_yaml_and_in_json_is_the_same() {
    use freeagentics_inference::document::{Format, Limits, to_json};
    for (name, _) in FIXTURES {
        let json = to_json(fixture(name), Format::Auto, &Limits::default()).unwrap();
        let mut again = read_text(&json.to_string()).unwrap_or_else(|problems| panic!("{name}:\n{problems}"));
        let mut document = valid(name);
        document.tests.iter_mut().chain(&mut again.tests).for_each(|test| test.line = None);
        assert_eq!(document, again);
    }
}

#[test]
fn line_endings_of_another_system_change_nothing() {
    for name in ["pump", "robot", "valves"] {
        let text = fixture(name).replace('\n', "\r\n");
        assert_eq!(read_text(&text), Ok(valid(name)));
    }
}

#[test]
fn the_cost_counts_each_beginning_of_a_plan_once() {
    let pump = valid("pump").cost;
    assert_eq!((pump.policies, pump.prefixes, pump.table_entries), (9, 3 + 9, 6 + 27 + 9 + 27 + 2 + 3 + 3));
    // Tables that depend on the control are used one action at a time.
    assert_eq!(pump.operations, 12 * (6 + 9 + 9 + 9 + 8) + 24);
    let doors = valid("doors").cost;
    assert_eq!((doors.policies, doors.prefixes), (4, 2 + 4));
}

#[test]
fn a_name_as_a_case_is_certain() {
    let text = fixture("doors").replacen("else: { columns: { else: silence } }", "else: silence", 1);
    assert_ne!(text, fixture("doors"));
    assert_eq!(read_text(&text).unwrap().spec.likelihoods, valid("doors").spec.likelihoods);
}
