//! `freeagentics explain`.

use super::{file, freeagentics};
use crate::lamp::LAMP;

#[test]
fn a_model_reads_in_plain_words() {
    let said = freeagentics(&["explain", &file("explain-lamp.yaml", LAMP)]);
    insta::assert_snapshot!(said.out, @r#"
    lamp

    What may be going on (hidden states)
      lamp: good or dying

    What it sees of that (observations)
      light: steady or flicker
        when good: steady 95 %, flicker 5 %
        when dying: flicker 70 %, steady 30 %

    What happens from one step to the next (transitions)
      lamp
        after leave
          good: stays 99 %, dying 1 %
          dying: always stays
        after change: becomes good, whatever it was

    What it wants (preferences; the unit is the nat, only differences count)
      each step in which lamp is: dying costs 1, the rest is free
      each action: change costs 1.5, the rest is free

    What it believes before it has seen anything (prior)
      lamp: good 90 %, dying 10 %

    How it plans and chooses
      it weighs all 8 plans (policies) of 3 steps against each other, at every step anew
      a plan counts for what it should cost or bring, plus what its looks are worth (information gain)
      it does the first step of the best plan
      an observation that the model calls impossible is taken and flagged

    When it would do what
      leave: 99 % of the steps of simulated runs; at the start; when sure of good
        whenever good is above 30 %, and only then
      change: 1.1 % of the steps of simulated runs; when sure of dying
        whenever dying is above 69 %, and only then
        it takes plans of 2 steps; with plans of 1 step it never would, because its cost, 1.5, is paid at once and what it saves comes later (at best 1 in 1 step and 2.97 in 3)
      Found by trying 1141 beliefs, so bounds are near, not exact.
    "#);
    assert_eq!(said.code, 0);
}

#[test]
fn it_says_what_it_would_never_do_and_that_longer_plans_would() {
    let short = LAMP.replace("policy_length: 3", "policy_length: 1");
    let said = freeagentics(&["explain", &file("explain-short.yaml", &short)]);
    let change = said.out.lines().skip_while(|line| !line.starts_with("  change: never")).take(2).collect::<Vec<_>>();
    insta::assert_snapshot!(change.join("\n"), @r#"
    change: never (at none of 1133 beliefs tried), because it costs more than it brings: where it comes closest, with dying 100 %, change would cost 1.5 and save 1; leave does better by 0.5
      with plans of 2 steps it would, because its cost, 1.5, is paid at once and what it saves comes later (at best 1 in 1 step and 1.99 in 2)
    "#);
}

#[test]
fn the_watchdog_restarts_only_with_plans_of_three_steps() {
    let said = freeagentics(&["explain", "watchdog"]);
    let mut restart = said.out.lines().skip_while(|line| !line.starts_with("  restart:")).skip(1);
    let restart: Vec<&str> = restart.by_ref().take_while(|line| line.starts_with("    ")).collect();
    assert!(restart[1].contains("it takes plans of 3 steps; with plans of 1 or 2 it never would"), "{restart:?}");
    assert!(restart[1].contains("its cost, 10, is paid at once and what it saves comes later"), "{restart:?}");
}

#[test]
fn every_built_in_model_can_be_explained_the_same_way_twice() {
    for model in ["pump", "tiger", "bandit", "tmaze", "grid"] {
        let once = freeagentics(&["explain", model]);
        assert_eq!(once.code, 0, "{model}: {}", once.err);
        assert_eq!(once.out, freeagentics(&["explain", model]).out, "{model}");
    }
}

#[test]
fn as_json_each_action_says_whether_it_is_ever_chosen() {
    let short = LAMP.replace("policy_length: 3", "policy_length: 1");
    let said = freeagentics(&["explain", &file("explain-json.yaml", &short), "--output", "json"]);
    let [told] = said.json().try_into().unwrap();
    let chosen: Vec<_> = told["actions"].as_array().unwrap().iter().map(|a| (&a["action"], &a["chosen"])).collect();
    assert_eq!(chosen, [(&"leave".into(), &true.into()), (&"change".into(), &false.into())]);
    assert_eq!(told["actions"][1]["lengths"][0]["chosen"], true, "{told}");
}

#[test]
fn an_escape_sequence_in_a_description_is_refused_and_not_passed_on() {
    let tricky = LAMP.replace("name: lamp", "name: lamp\ndescription: \"\\e[31mred\"");
    let said = freeagentics(&["explain", &file("explain-escape.yaml", &tricky), "--brief"]);
    assert!(said.code != 0 && said.err.contains("description"), "{}", said.err);
    assert!(!said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'));
}
