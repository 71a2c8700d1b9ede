//! Any repository, any service: the profile is all that differs.

use readiness::{Deployment, Format};

use crate::kiosk::{Kiosk, SERVICE, data, standings, why};

const REQUIREMENTS: &str = "
[requirement.K1]
text = \"It adds up.\"
category = \"Infrastructure\"
priority = \"critical\"
[[requirement.K1.tests]]
shows = \"sums\"
package = \"kiosk\"
named = \"^sums::two\"
measure = [{ name = \"sums\", pattern = 'checked ([0-9,]+) sums', at_least = 1000 }]

[requirement.K2]
text = \"It takes orders from who has the key.\"
category = \"Security\"
priority = \"high\"
missing = [\"it notices a stolen key\"]
[[requirement.K2.http]]
shows = \"a stranger is turned away\"
path = \"/orders\"
expect = { status = 401, headers = { x-content-type-options = \"^nosniff$\" } }
[[requirement.K2.http]]
shows = \"an order is taken\"
method = \"POST\"
path = \"/orders\"
credential = true
body = '{\"tea\": 2}'
expect = { status = 201, json = { \"/tea\" = 2 } }

[requirement.K10]
text = \"It can be watched.\"
category = \"Monitoring\"
priority = \"normal\"
[[requirement.K10.metrics]]
shows = \"orders are counted\"
names = [\"kiosk_orders_total\"]
[[requirement.K10.command]]
shows = \"its address can be resolved\"
run = [\"sh\", \"-c\", \"echo {url} in {repo} with $(cat {token_file})\"]
expect = 'http://127\\.0\\.0\\.1'
offline = \"nobody asked from outside\"

[requirement.K9]
text = \"It has a manual.\"
category = \"Documentation\"
priority = \"normal\"
see = [\"Cargo.toml\", \"MANUAL.md\"]
";

fn profile() -> String {
    format!("{SERVICE}{REQUIREMENTS}")
}

fn pairs(standings: &[(String, String)]) -> Vec<(&str, &str)> {
    standings.iter().map(|(id, status)| (id.as_str(), status.as_str())).collect()
}

#[test]
fn a_strangers_repository_and_service_are_judged_by_their_own_profile() {
    let kiosk = Kiosk::new();
    let report = kiosk.examine(&profile(), Deployment::Started);
    let standings = standings(&report);
    let expected = [("K1", "proved"), ("K2", "not proved"), ("K9", "not proved"), ("K10", "validated offline")];
    assert_eq!(pairs(&standings), expected, "{}", report.render(Format::Json));
    let told = data(&report);
    assert_eq!((&told["product"], &told["revision"]["version"]), (&"Kiosk".into(), &"3.1.4".into()));
    assert_eq!(told["requirements"][0]["parts"][0]["evidence"]["figures"][0]["value"], 1200.0);
    assert_eq!(
        (&told["requirements"][1]["parts_held"], &told["requirements"][1]["parts_declared"]),
        (&2.into(), &3.into())
    );
    // 3 of 3, 2/3 of 2, 0 of 1 and 3/4 of 1, of 7.
    assert_eq!(told["scores"][0]["percent"], 72);
    assert_eq!(told["service_figures"][0]["unit"], "ms");
    assert!(!report.has_failures());
    assert!(kiosk.has_ended(), "the service still runs");
}

#[test]
fn no_report_carries_the_credential_or_the_places_of_the_machine() {
    let kiosk = Kiosk::new();
    let report = kiosk.examine(&profile(), Deployment::Started);
    for format in [Format::Markdown, Format::Html, Format::Json, Format::Sarif] {
        let text = report.render(format);
        assert!(!text.contains(&kiosk.path().display().to_string()), "{text}");
        let is_secret = |word: &str| word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit());
        let secret = text.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| is_secret(word));
        assert_eq!(secret, None);
    }
    assert!(report.render(Format::Json).contains("***"), "the command printed it");
}

#[test]
fn a_running_service_is_judged_and_nothing_in_it_is_changed() {
    let kiosk = Kiosk::new();
    let open = kiosk.open("a-key-of-its-owner");
    let deployment = |token: Option<&str>| Deployment::At {
        url: format!("http://{}/", open.address),
        metrics_url: Some(format!("http://{}/metrics", open.address)),
        token: token.map(Into::into),
        token_file: None,
    };
    let count = "
[[requirement.K2.http]]
shows = \"there are no orders\"
path = \"/orders\"
credential = true
expect = { json = { \"/orders\" = 0 } }
";
    let report = kiosk.examine(&format!("{}{count}", profile()), deployment(Some("a-key-of-its-owner")));
    let parts = data(&report)["requirements"][1]["parts"].clone();
    assert_eq!([&parts[0]["verdict"], &parts[1]["verdict"], &parts[2]["verdict"]], ["held", "not_run", "held"]);
    assert!(parts[1]["why"].as_str().unwrap().contains("may change something"));
    let stranger = kiosk.examine(&format!("{}{count}", profile()), deployment(None));
    assert!(data(&stranger)["requirements"][1]["parts"][2]["why"].as_str().unwrap().contains("--token-file"));
}

#[test]
fn without_a_service_what_needs_one_is_not_run_and_says_so() {
    let kiosk = Kiosk::new();
    let report = kiosk.examine(&profile(), Deployment::None);
    assert_eq!(why(&report, "K1"), "held");
    assert!(why(&report, "K2").starts_with("not_run no service was given"), "{}", why(&report, "K2"));
    assert!(why(&report, "K10").starts_with("not_run"));
    assert!(!report.has_failures(), "what was not run has not failed");
    assert!(report.render(Format::Markdown).contains("no service was given"));
}
