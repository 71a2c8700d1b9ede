//! Faults are planted, one by one, and each is found: by its own requirement, in words that say what it is.

use readiness::{Deployment, Format, Report};

use crate::kiosk::{Kiosk, SERVICE, standings, why};

/// A requirement with one proof, of which the lines are given.
fn requirement(id: &str, kind: &str, proof: &str) -> String {
    format!(
        "[requirement.{id}]\ntext = \"It holds.\"\ncategory = \"Security\"\npriority = \"critical\"\n\
         [[requirement.{id}.{kind}]]\nshows = \"that it holds\"\n{proof}\n"
    )
}

fn profile(kind: &str, proofs: &[(&str, &str)]) -> String {
    proofs.iter().fold(SERVICE.to_owned(), |profile, (id, proof)| profile + &requirement(id, kind, proof))
}

/// Each proof came out as it should: the words are in what is said of it.
fn assert_found(report: &Report, expected: &[(&str, &str)]) {
    for (id, words) in expected {
        let said = why(report, id);
        assert!(said.contains(words), "{id}: `{words}` in `{said}`");
    }
}

#[test]
fn tests_that_fail_are_gone_or_too_few_prove_nothing() {
    let tests = |named: &str| format!("package = \"kiosk\"\nnamed = '{named}'");
    let proofs = [
        ("GOOD", tests("^sums::two")),
        ("FAILS", tests("^sums::")),
        ("RENAMED", tests("^sums::three")),
        ("FEW", tests("^sums::two") + "\nat_least = 2"),
        ("ELSEWHERE", "package = \"booth\"\nnamed = '.'".into()),
        (
            "SLOW",
            tests("^sums::two") + "\nmeasure = [{ name = \"sums\", pattern = 'checked (\\S+) sums', at_least = 5e3 }]",
        ),
        ("MUTE", tests("^sums::two") + "\nmeasure = [{ name = \"sums\", pattern = 'added (\\S+) sums' }]"),
    ];
    let proofs: Vec<(&str, &str)> = proofs.iter().map(|(id, proof)| (*id, proof.as_str())).collect();
    let report = Kiosk::new().examine(&profile("tests", &proofs), Deployment::None);
    assert_found(
        &report,
        &[
            ("GOOD", "held"),
            ("FAILS", "failed 1 of 2 tests failed"),
            ("RENAMED", "failed no test matches `^sums::three`"),
            ("FEW", "failed there are 1 tests, not 2"),
            ("ELSEWHERE", "failed there is no package booth"),
            ("SLOW", "failed sums is 1200, not at least 5000"),
            ("MUTE", "failed no figure for sums"),
        ],
    );
    let page = report.render(Format::Markdown);
    assert!(page.contains("FAILED sums::five_is_even") && page.contains("five is odd"), "{page}");
}

#[test]
fn a_repository_that_does_not_compile_proves_nothing_and_shows_why() {
    let kiosk = Kiosk::new();
    kiosk.write("src/lib.rs", "fn broken( {}");
    let profile = profile("tests", &[("T", "package = \"kiosk\"\nnamed = '.'")]);
    let report = kiosk.examine(&profile, Deployment::None);
    assert_found(&report, &[("T", "failed the tests came to no results")]);
    assert!(report.render(Format::Json).contains("src/lib.rs:1"), "{}", report.render(Format::Json));
}

#[test]
fn commands_that_fail_hang_or_say_something_else_are_found() {
    let report = Kiosk::new().examine(
        &profile("command", &[
            ("GOOD", "run = [\"echo\", \"P95 12 ms\"]\nmeasure = [{ name = \"P95\", pattern = 'P95 (\\d+)', at_most = 12 }]"),
            ("FAILS", "run = [\"sh\", \"-c\", \"echo because >&2; exit 3\"]"),
            ("HANGS", "run = [\"sleep\", \"63\"]\nlimit = \"200ms\""),
            ("DIFFERS", "run = [\"echo\", \"2 lost\"]\nexpect = '^0 lost'"),
            ("SLOW", "run = [\"echo\", \"P95 13 ms\"]\nmeasure = [{ name = \"P95\", pattern = 'P95 (\\d+)', at_most = 12 }]"),
            ("ABSENT", "run = [\"no-such-program\"]"),
            ("NEEDS", "run = [\"curl\", \"{url}\"]"),
        ]),
        Deployment::None,
    );
    assert_found(
        &report,
        &[
            ("GOOD", "held"),
            ("FAILS", "failed it ended with 3"),
            ("HANGS", "failed it did not end within 0.2 s"),
            ("DIFFERS", "failed its output does not match"),
            ("SLOW", "failed P95 is 13, not at most 12"),
            ("ABSENT", "not_run there is no program `no-such-program`"),
            ("NEEDS", "not_run no service was given"),
        ],
    );
    assert!(report.has_failures());
    assert!(report.render(Format::Json).contains("because"), "the last lines are the evidence");
}

#[test]
fn answers_that_are_not_as_required_are_found() {
    let report = Kiosk::new().examine(
        &profile(
            "http",
            &[
                ("GOOD", "path = \"/up\"\nrepeat = 20\np99 = \"10s\"\nexpect = { json = { \"/up\" = true } }"),
                ("HEADER", "path = \"/up\"\nexpect = { headers = { strict-transport-security = '.' } }"),
                ("TELLS", "path = \"/up\"\nexpect = { absent = [\"server\"] }"),
                ("OPEN", "path = \"/up\"\nexpect = { status = 401 }"),
                ("JSON", "path = \"/up\"\nexpect = { json = { \"/up\" = false } }"),
                ("SLOW", "path = \"/slow\"\nrepeat = 2\np50 = \"5ms\""),
            ],
        ),
        Deployment::Started,
    );
    assert_found(
        &report,
        &[
            ("GOOD", "held"),
            ("HEADER", "failed the header strict-transport-security is missing"),
            ("TELLS", "failed the header server must not be there"),
            ("OPEN", "failed answered 200, not 401"),
            ("JSON", "failed at `/up` stands true, not false"),
            ("SLOW", "failed P50 of 2 requests to /slow"),
        ],
    );
    assert!(report.render(Format::Markdown).contains("P99 of 20 requests to /up"));
}

#[test]
fn a_metric_that_is_not_there_is_found() {
    let proofs = [
        ("GOOD", "names = [\"kiosk_orders_total\"]"),
        ("GONE", "names = [\"kiosk_orders_total\", \"kiosk_errors_total\"]"),
    ];
    let report = Kiosk::new().examine(&profile("metrics", &proofs), Deployment::Started);
    assert_found(&report, &[("GOOD", "held"), ("GONE", "failed there is no metric kiosk_errors_total")]);
}

#[test]
fn a_service_that_does_not_start_fails_whatever_needs_it_and_says_what_it_said() {
    let kiosk = Kiosk::new();
    kiosk.write("src/main.rs", "fn main() { eprintln!(\"the till is missing\"); std::process::exit(7) }");
    let report = kiosk.examine(&profile("http", &[("UP", "path = \"/up\"")]), Deployment::Started);
    assert_found(&report, &[("UP", "failed the service did not start"), ("UP", "the till is missing")]);
    assert_eq!(standings(&report), [("UP".to_owned(), "failed".to_owned())]);
}

#[test]
fn one_failed_part_fails_the_requirement_and_takes_its_whole_score() {
    let proofs = "run = [\"true\"]\n[[requirement.A.command]]\nshows = \"the other\"\nrun = [\"false\"]";
    let report =
        Kiosk::new().examine(&profile("command", &[("A", proofs), ("B", "run = [\"true\"]")]), Deployment::None);
    assert_eq!(standings(&report).iter().map(|(_, status)| status.as_str()).collect::<Vec<_>>(), ["failed", "proved"]);
    assert!(
        report.summary().starts_with("50 %: of 2 requirements 1 proved, 0 validated offline, 0 not proved, 1 failed")
    );
    assert_eq!(report.failures(), ["A: the other: it ended with 1, not with 0"]);
}

#[test]
fn a_planted_fault_is_in_the_report_of_every_format() {
    let report = Kiosk::new()
        .examine(&profile("command", &[("A", "run = [\"false\"]"), ("B", "run = [\"true\"]")]), Deployment::None);
    for format in [Format::Markdown, Format::Html, Format::Json, Format::Sarif] {
        let text = report.render(format);
        assert!(text.contains("it ended with 1, not with 0"), "{format:?}: {text}");
    }
    let sarif: serde_json::Value = serde_json::from_str(&report.render(Format::Sarif)).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!((results.len(), &results[0]["ruleId"], &results[0]["level"]), (1, &"A".into(), &"error".into()));
}
