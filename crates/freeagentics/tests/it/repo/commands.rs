//! Whatever a page tells people to type is run by a test, or at least exists: blocks of commands, and commands, targets of
//! make and routes of the API that prose names.

use std::collections::BTreeMap;
use std::process::Command;

use super::{Source, assert_none, readme, root, sources_that_end_in};

/// What blocks may be written in. Commands are `sh`; nothing else is taken for something to type.
const LANGUAGES: &[&str] = &["sh", "text", "json", "yaml", "toml"];

/// Pages whose blocks are run against a stack of servers, by `monitoring::existing`.
const RUNBOOKS: &str = "docs/runbooks/";

/// Pages whose blocks are run against the stack of the production Compose file, by `drills/compose`.
const OPERATIONS: &[&str] =
    &["docs/operations/", "docs/PRODUCTION-OPERATIONS.md", "docs/PRODUCTION-DEPLOYMENT-CHECKLIST.md"];

/// Its blocks are run on an installation and what was backed up of it, by `commands::backup`.
const BACKUPS: &str = "docs/backup.md";

/// Its blocks are run on a server's cluster, by `commands::archiving`.
const ARCHIVING: &str = "docs/backup-postgresql.md";

/// Its blocks run the tests; no test can do that.
const OF_THE_TESTS_THEMSELVES: &str = "CONTRIBUTING.md";

/// What is generated shows evidence and plans, in which there may be anything.
const REPORT: &str = "docs/PRODUCTION-READINESS.md";

/// What a line begins with that is to be typed.
const PROGRAMS: &[&str] = &[
    "$",
    "amtool",
    "apt-get",
    "cargo",
    "curl",
    "docker",
    "export",
    "fa",
    "freeagentics",
    "kubectl",
    "make",
    "openssl",
    "promtool",
    "psql",
    "redis-cli",
    "sudo",
    "systemctl",
    "terraform",
];

#[test]
fn every_block_of_commands_is_run_by_a_test() {
    let pages = sources_that_end_in(".md");
    assert!(pages.iter().any(|page| page.path.starts_with(RUNBOOKS)), "there are no runbooks");
    assert_none(&pages.iter().flat_map(run_by_nothing).collect::<Vec<_>>());
}

#[test]
fn a_block_that_nothing_runs_is_found() {
    let on = |path: &str, block: &str| run_by_nothing(&Source::new(path, &format!("# A\n\n{block}\n"))).len();
    assert_eq!(on("docs/new.md", "```sh\nls\n```"), 1, "no test runs this page");
    assert_eq!(on("README.md", "```sh\nls\n```"), 0);
    assert_eq!(on("docs/runbooks/new.md", "```sh\nls\n```"), 0);
    assert_eq!(on("docs/operations/new.md", "```sh\nls\n```"), 0);
    assert_eq!(on("README.md", "```bash\nls\n```"), 1, "hidden by its language");
    assert_eq!(on("README.md", "```\nls\n```"), 1, "hidden by none");
    assert_eq!(on("README.md", "```text\nit says\n  curl --silent x\n```"), 1, "hidden as what is printed");
    assert_eq!(on("README.md", "```text\nmake it so\n```\n```json\n{}\n```"), 1);
    assert_eq!(on("README.md", "```text\nfamous\n```"), 0);
}

/// Blocks that are, or look like, commands that no test runs.
fn run_by_nothing(page: &Source) -> Vec<String> {
    let is_run = readme::PAGES.contains(&&*page.path)
        || page.path.starts_with(RUNBOOKS)
        || OPERATIONS.iter().any(|beginning| page.path.starts_with(beginning))
        || [BACKUPS, ARCHIVING, OF_THE_TESTS_THEMSELVES].contains(&&*page.path);
    let (mut complaints, mut block) = (Vec::new(), None);
    for (at, line) in page.text.lines().enumerate() {
        let Some(told) = line.trim_start().strip_prefix("```") else {
            let to_type = || line.split_whitespace().next().is_some_and(|word| PROGRAMS.contains(&word));
            if block == Some("text") && page.path != REPORT && to_type() {
                complaints
                    .push(page.complaint(at, "this is to be typed and stands among what is printed: write it in `sh`"));
            }
            continue;
        };
        if block.take().is_some() {
            continue;
        }
        block = Some(told);
        if !LANGUAGES.contains(&told) {
            complaints.push(page.complaint(at, &format!("a block in `{told}`, which is none of {LANGUAGES:?}")));
        } else if told == "sh" && !is_run {
            complaints.push(page.complaint(at, "nothing runs these commands: add the page to `repo::readme`"));
        }
    }
    complaints
}

#[test]
fn every_command_that_prose_names_exists_with_its_flags() {
    let pages = sources_that_end_in(".md");
    let named = named(&pages, "freeagentics ");
    assert!(named.len() >= 8, "{named:?}");
    assert_none(&complaints(&named, |command| !is_understood(command)));
    for unknown in ["freeagentics aduit verify", "freeagentics audit verify --dta DIR"] {
        assert!(!is_understood(unknown), "{unknown}");
    }
}

/// Whether the program has such a command, with such flags.
fn is_understood(command: &str) -> bool {
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    let is_plain = |word: &&&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !word.starts_with('-');
    let names: Vec<&str> = words.iter().take_while(is_plain).copied().collect();
    let mut program = Command::new(env!("CARGO_BIN_EXE_freeagentics"));
    let said = program.args(&names).arg("--help").env_remove("COLUMNS").output().unwrap();
    let help = String::from_utf8_lossy(&said.stdout);
    let mut flags = words.iter().filter_map(|word| word.strip_prefix("--")).map(|flag| flag.split('=').next().unwrap());
    said.status.success() && flags.all(|flag| help.contains(&format!("--{flag}")))
}

#[test]
fn every_target_of_make_that_a_page_names_exists() {
    let makefile = std::fs::read_to_string(root().join("Makefile")).unwrap();
    let exists = |target: &str| makefile.lines().any(|line| line.starts_with(&format!("{target}:")));
    let named = named(&sources_that_end_in(".md"), "make ");
    assert!(named.len() >= 5, "{named:?}");
    assert_none(&complaints(&named, |named| !named.split_whitespace().nth(1).is_some_and(exists)));
    assert!(!exists("tset"));
}

#[test]
fn every_route_that_a_page_names_is_one() {
    let document = std::fs::read_to_string(root().join("docs/openapi.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let mut pages = sources_that_end_in(".md");
    pages.retain(|page| page.path != "CHANGELOG.md");
    let methods = ["GET ", "POST ", "PUT ", "DELETE "];
    let mut named: BTreeMap<String, String> = methods.iter().flat_map(|method| named(&pages, method)).collect();
    named.retain(|route, _| route.contains(" /api/"));
    assert!(named.len() >= 20, "{named:?}");
    assert_none(&complaints(&named, |route| !is_route(&document, route)));
    for wrong in ["GET /api/v1/sign-in", "POST /api/v1/nowhere", "POST /api/v1/steps/x"] {
        assert!(!is_route(&document, wrong), "{wrong}");
    }
    assert!(is_route(&document, "DELETE /api/v1/keys/ID?x=y"));
}

/// Whether the document has it; what a template leaves open may be anything.
fn is_route(document: &serde_json::Value, route: &str) -> bool {
    let (method, path) = route.split_once(' ').unwrap();
    let path = path.split(['?', ' ']).next().unwrap();
    let asked: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let there: Vec<&str> = template.split('/').collect();
        let is_same = |(there, asked): (&&str, &&str)| there.starts_with('{') || there == asked;
        there.len() == asked.len() && there.iter().zip(&asked).all(is_same)
    };
    let paths = document["paths"].as_object().unwrap();
    paths.iter().any(|(template, item)| fits(template) && item.get(method.to_lowercase()).is_some())
}

/// Code in running text that begins so, and a page that has it.
fn named(pages: &[Source], beginning: &str) -> BTreeMap<String, String> {
    let named = pages.iter().flat_map(|page| inline(page, beginning).into_iter().map(|code| (code, page.path.clone())));
    named.collect()
}

/// Where that is named which is wrong.
fn complaints(named: &BTreeMap<String, String>, is_wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let wrong = named.iter().filter(|(code, _)| is_wrong(code));
    wrong.map(|(code, page)| format!("{page}: there is no `{code}`")).collect()
}

/// Code in running text that begins so; a line may end in it.
fn inline(page: &Source, beginning: &str) -> Vec<String> {
    if page.path == REPORT {
        return Vec::new();
    }
    let prose: Vec<&str> = super::documents::prose(&page.text).into_iter().map(|(_, line)| line).collect();
    let code = prose.join(" ");
    let code = code.split('`').skip(1).step_by(2).map(|code| code.split_whitespace().collect::<Vec<_>>().join(" "));
    code.filter(|code| code.starts_with(beginning)).collect()
}
