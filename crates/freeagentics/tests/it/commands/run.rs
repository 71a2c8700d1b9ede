//! `freeagentics run`: decisions and their reasons.

use super::{fed, file, freeagentics};
use crate::lamp::LAMP;

const FLICKERS: &str = "{\"light\": \"steady\"}\n{\"light\": \"flicker\"}\n{\"light\": \"flicker\"}\n";

#[test]
fn each_decision_is_told_with_its_reason() {
    let model = file("run-lamp.yaml", LAMP);
    let said = fed(&["run", &model], FLICKERS);
    insta::assert_snapshot!(said.out, @r#"
         1  light=steady  →  leave
            Very probably good (97 %). change would cost 1.5, learn 0.16 less and save 0.13. Not worth it: leave.
         2  light=flicker  →  leave
            Probably good (61 %). change would cost 1.5, learn 0.72 less and save 1.17. Not worth it: leave.
         3  light=flicker  →  change
            Very probably dying (90 %). change costs 1.5, learns 0.21 less and should save 2.68; [leave, change] would cost 1.5, learn 0.15 less and save 1.8. So: change.
    After 3 steps
             leave  change
      agent      2       1
    "#);
    assert_eq!((said.err.as_str(), said.code), ("", 0));
}

#[test]
fn everything_can_be_told_in_tables() {
    let model = file("run-full.yaml", LAMP);
    let said = fed(&["run", &model, "--explain", "full", "--limit", "1"], FLICKERS);
    insta::assert_snapshot!(said.out, @r#"
         1  light=steady  →  leave
            Very probably good (97 %). change would cost 1.5, learn 0.16 less and save 0.13. Not worth it: leave.
              lamp   before    now
              good     90 %   97 %  ███████████████████
              dying    10 %  3.4 %  █
              against leave  chosen with  costs  is worth as a look  saves  in all
              leave ←             99.8 %      0                   0      0       0
              change               0.2 %    1.5               -0.16   0.13   -1.54
              plan (policy)            chosen with  utility  information gain   risk  ambiguity     -G
              leave                         99.3 %    -0.16              0.21  -0.71       0.66   0.05
              [leave ×2, change]             0.2 %     -1.6              0.13   0.83       0.64  -1.47
              [leave, change]                0.2 %    -1.55              0.07   0.86       0.62  -1.48
              change                         0.2 %    -1.53              0.04   0.88       0.61  -1.49
              [leave, change ×2]            <0.1 %    -3.04              0.06   2.37       0.61  -2.99
              [change, leave, change]       <0.1 %    -3.01              0.01    2.4        0.6     -3
              [change ×2]                   <0.1 %    -3.01              0.01    2.4        0.6     -3
              [change ×3]                   <0.1 %     -4.5                 0    3.9        0.6   -4.5
              free energy (how badly the model fits) 0.12
    After 1 step
             leave  change
      agent      1       0
    "#);
}

#[test]
fn the_least_is_a_line_per_decision() {
    let model = file("run-none.yaml", LAMP);
    let said = fed(&["run", &model, "--explain", "none"], FLICKERS);
    assert_eq!(said.out.lines().take_while(|line| !line.starts_with("After")).count(), 3, "{}", said.out);
}

#[test]
fn as_json_each_line_is_a_decision_and_the_last_one_the_summary() {
    let model = file("run-json.yaml", LAMP);
    let said = fed(&["run", &model, "--output", "json", "--explain", "full"], FLICKERS);
    let told = said.json();
    assert_eq!(told.len(), 4);
    assert_eq!((told[2]["step"].as_u64(), told[2]["action"]["action"].as_str()), (Some(3), Some("change")));
    assert_eq!(told[2]["plans"].as_array().unwrap().len(), 8);
    let best = &told[2]["plans"][4];
    let parts = best["utility"].as_f64().unwrap() + best["information_gain"].as_f64().unwrap();
    assert!((best["neg_efe"].as_f64().unwrap() - parts).abs() < 1e-9, "{best}");
    assert_eq!(told[3]["summary"]["scores"][0]["sum"]["steps"], 3);
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let digests = || -> Vec<String> {
        let said =
            freeagentics(&["run", "watchdog", "--observations", "watchdog-hour", "--limit", "80", "--output", "json"]);
        said.json().iter().filter_map(|told| told["digest"].as_str().map(str::to_owned)).collect()
    };
    let once = digests();
    assert_eq!((once.len(), &once), (80, &digests()));
}

#[test]
fn what_was_really_done_and_how_long_ago_changes_the_odds() {
    let model = file("run-executed.yaml", LAMP);
    let last = |line: &str| {
        let said = fed(&["run", &model, "--output", "json"], &format!("{{\"light\": \"flicker\"}}\n{line}\n"));
        said.json()[1]["beliefs"]["lamp"]["good"].as_f64().unwrap()
    };
    assert!(last(r#"{"executed": "change"}"#) > 0.99);
    assert!(last(r#"{"executed": "leave", "elapsed": 50}"#) < last(r#"{"executed": "leave"}"#));
}

#[test]
fn a_bad_line_is_named_and_neither_it_nor_a_later_one_is_executed() {
    let model = file("run-bad.yaml", LAMP);
    let cases = [
        ("{\"light\": \"flikcer\"}", "`flikcer` is not an observation of `light`"),
        ("{\"lihgt\": \"flicker\"}", "`lihgt` is not a modality"),
        ("{\"light\": flicker}", "not JSON at column 12"),
        ("[1, 2]", r#"write an observation as {"light": "steady"}"#),
        ("{\"light\": {\"steady\": 0.5}}", "sums to 0.5, not 1"),
        ("{\"light\": \"steady\", \"executed\": \"kick\"}", "`kick` is not a value of `action`"),
        ("{\"light\": \"steady\", \"elapsed\": -1}", "`elapsed`"),
    ];
    for (line, complaint) in cases {
        let recording =
            file("run-bad.jsonl", &format!("{{\"light\": \"steady\"}}\n\n{line}\n{{\"light\": \"steady\"}}\n"));
        let said = freeagentics(&["run", &model, "--observations", &recording, "--explain", "none"]);
        assert_eq!(said.code, 4, "{line}");
        assert!(said.err.starts_with("error: run-bad.jsonl:3: "), "{line}: {}", said.err);
        assert!(said.err.contains(complaint) && said.err.contains("mend:"), "{line}: {}", said.err);
        assert_eq!(said.out.lines().count(), 1, "{line}: {}", said.out);
    }
}

#[test]
fn an_empty_recording_is_no_error_and_says_what_a_line_looks_like() {
    let model = file("run-empty.yaml", LAMP);
    let said = freeagentics(&["run", &model, "--observations", &file("run-empty.jsonl", "")]);
    assert_eq!(said.code, 0);
    let example = "no observations; write one JSON object a line, such as {\"light\": \"steady\"}\n";
    assert_eq!(said.out, example);
}

#[test]
fn an_observation_that_cannot_be_is_refused_if_the_model_says_so() {
    let strict =
        LAMP.replace("gamma: 4", "gamma: 4, impossible: refuse").replace("steady: .95, flicker: .05", "steady: 1");
    let strict = strict.replace("steady: .3, flicker: .7", "steady: 1").split("tests:").next().unwrap().to_owned();
    let said = fed(&["run", &file("run-strict.yaml", &strict)], "{\"light\": \"flicker\"}\n");
    assert_eq!(said.code, 4);
    assert!(said.err.contains("cannot happen") && said.err.contains("impossible: warn"), "{}", said.err);
}

#[test]
fn an_agent_without_controls_only_watches() {
    let watcher = "freeagentics: 1\nname: w\nfactors: { s: [a, b] }\nmodalities: { m: [x, y] }\n\
        likelihood: { m: { given: [s], table: [[.9, .2], [.1, .8]] } }\ntransition: { s: identity }\n";
    let said = fed(&["run", &file("run-watcher.yaml", watcher)], "{\"m\": \"x\"}\n");
    assert_eq!(said.out, "     1  m=x\n        Probably a (82 %).\n");
}

#[test]
fn several_controls_are_named_and_a_draw_says_so() {
    let said = fed(&["run", &file("run-greenhouse.yaml", GREENHOUSE)], "{\"thermometer\": 10, \"drops\": \"none\"}\n");
    insta::assert_snapshot!(said.out, @r#"
         1  thermometer=low (10 °C)  drops=none  →  heater=heat water=shut
            air: very probably cold (93 %); soil: probably dry (89 %). [heater=heat water=shut, heater=idle water=open] costs 0.7, is a look worth 0.59 and should save 3.52; heater=heat water=open would cost 0.7, be a look worth 0.48 and save 4.41. Drawn: heater=heat water=shut.
    After 1 step
             heater=idle  heater=heat  water=shut  water=open
      agent            0            1           1           0
    "#);
}

/// Two controls, drawn one by one.
const GREENHOUSE: &str = "\
freeagentics: 1
name: greenhouse
factors: { air: [cold, fine, hot], soil: [dry, wet] }
controls: { heater: [idle, heat], water: [shut, open] }
modalities: { thermometer: { bins: { low: [-40, 15], mid: [15, 28], high: [28, 60] }, unit: °C }, drops: [none, some] }
likelihood:
  thermometer: { given: [air], table: identity, noise: 0.1 }
  drops: { given: [soil], table: [[.8, .1], [.2, .9]] }
transition:
  air:
    given: [air]
    by: [heater]
    cases:
      heat: { columns: { cold: { fine: .8, cold: .2 }, fine: { fine: .6, hot: .4 }, hot: hot } }
      idle: { columns: { cold: cold, fine: { fine: .8, cold: .2 }, hot: { hot: .5, fine: .5 } } }
  soil: { given: [soil], by: [water], cases: { open: { columns: { else: wet } }, shut: identity } }
preference: { air: { cold: -2, hot: -2 }, soil: { dry: -1 }, heater: { heat: -.5 }, water: { open: -.2 } }
agent: { policy_length: 2, gamma: 2, mode: marginal, selection: sampled }
";
