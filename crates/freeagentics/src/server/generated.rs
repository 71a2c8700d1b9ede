//! The pages and files that are rendered from what the code declares say what the code says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use axiomcore::config::{Settings, Sources};
use axiomcore::http::{Access, Route};
use serde_json::Value;
use tempfile::TempDir;

use super::documentation;
use super::permissions;
use super::settings::schema;
use super::start::{Started, build, served};

/// Set in the environment, it makes these tests write what they would compare.
const UPDATE: &str = "UPDATE_DOCS";

/// Routes that serve pages for browsers and their parts.
const PAGES: [&str; 7] = ["/", "/account.js", "/own.js", "/page.css", "/page.js", "/page.svg", "/errors/style.css"];

pub(super) fn started() -> (TempDir, Settings, Started) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let values = [("server.data", data.as_str()), ("http.listen", "127.0.0.1:0"), ("http.metrics_listen", "")];
    let flags = values.map(|(key, value)| (key.to_owned(), key.to_owned(), value.to_owned()));
    let settings = schema().load(&Sources { flags: flags.into(), ..Sources::default() }).unwrap();
    let started = build(&settings).unwrap();
    (folder, settings, started)
}

fn table() -> Vec<Route> {
    let (_folder, settings, started) = started();
    let (platform, catalogue) = (started.platform, documentation::catalogue().unwrap());
    platform.application(&settings, catalogue, (served(), platform.clone())).table
}

/// Compares a committed file with what it has to be.
fn assert_is_fresh(path: &str, expected: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&file, expected).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == expected, "{path} is stale; run with {UPDATE}=1 and commit what it writes");
}

/// A page: what stands above, how it is made, and what was rendered.
fn page(title: &str, about: &str, rendered: &str) -> String {
    let how = format!("Written by a test from the code: {UPDATE}=1 cargo nextest run -p freeagentics generated");
    format!("# {title}\n\n{about}\n\n<!-- {how} -->\n\n{}\n", rendered.trim_end())
}

#[test]
fn the_committed_document_of_the_api_is_the_one_that_is_served() {
    assert_is_fresh("docs/openapi.json", &format!("{:#}\n", documentation::document()));
}

#[test]
fn every_route_is_in_the_document_and_nothing_else_is() {
    let document = documentation::document();
    let paths = document["paths"].as_object().unwrap();
    let named = |path: &str, method: &str| format!("{} {path}", method.to_ascii_uppercase());
    let documented: BTreeSet<String> = paths
        .iter()
        .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(move |method| named(path, method)))
        .collect();
    let is_api = |route: &&Route| !PAGES.contains(&route.path);
    let routed: BTreeSet<String> =
        table().iter().filter(is_api).map(|route| named(route.path, route.method.as_str())).collect();
    assert_eq!(documented, routed);
}

/// All operations of the document.
fn operations(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    document["paths"].as_object().unwrap().values().flat_map(|methods| methods.as_object().unwrap())
}

#[test]
fn every_operation_has_a_name_of_its_own_a_group_and_a_summary() {
    let document = documentation::document();
    let tags = document["tags"].as_array().unwrap();
    let tags: BTreeSet<Option<&str>> = tags.iter().map(|tag| tag["name"].as_str()).collect();
    let mut names = BTreeSet::new();
    for (_, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name), "{name} stands for two operations");
        assert!(
            tags.contains(&operation["tags"][0].as_str()),
            "{name} belongs to no group that is explained: {}",
            operation["tags"]
        );
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{name} has no summary");
    }
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    let document = documentation::document();
    let mut targets = BTreeSet::new();
    references(&document, &mut targets);
    assert!(targets.len() > 10, "there are references");
    for target in targets {
        let pointer = target.strip_prefix('#').unwrap_or_else(|| panic!("{target} is not inside the document"));
        assert!(document.pointer(pointer).is_some(), "{target} leads nowhere");
    }
}

fn references(value: &Value, targets: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            targets.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| references(value, targets));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, targets)),
        _ => {}
    }
}

#[test]
fn every_permission_is_needed_somewhere_and_only_declared_ones_are() {
    let needed: BTreeSet<_> = table()
        .iter()
        .filter_map(|route| if let Access::Needs(permission) = route.access { Some(permission.name) } else { None })
        .collect();
    let declared: BTreeSet<_> = permissions::all().map(|permission| permission.name).collect();
    assert!(needed.is_subset(&declared), "{needed:?}");
}

#[test]
fn the_page_of_permissions_is_fresh() {
    let listed = permissions::all()
        .fold("| permission | what it lets one do |\n|---|---|\n".to_owned(), |page, one| {
            page + &format!("| `{}` | {} |\n", one.name, one.meaning)
        });
    let about = "Every API key has permissions; the administrator's has all of them. A handler's permission stands in its \
                 signature, so there is no route without one.";
    let (table, roles) = (table(), permissions::ROLES);
    let matrix = Route::matrix(&table, roles);
    let told = "What each role may call that every workspace has, apart from what everybody may. Roles that a workspace makes \
                itself may call what their permissions are asked for. A test calls every route as every role.";
    let rendered =
        format!("{listed}\n## Routes\n\n{}\n## Routes and roles\n\n{told}\n\n{matrix}", Route::reference(&table));
    assert_is_fresh("docs/permissions.md", &page("Permissions", about, &rendered));
}

#[test]
fn the_page_of_errors_is_fresh() {
    let about = "What fails is answered with problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)): a JSON \
                 object with `type`, `title`, `status`, `code` and `request_id`, and where it helps `detail`, `pointer` and \
                 `mend`. Programs decide by `code`, which never changes. The server has the same pages under `/errors`.";
    let rendered = documentation::catalogue().unwrap().reference();
    assert_is_fresh("docs/errors.md", &page("Errors", about, &rendered));
}

#[test]
fn the_page_of_the_configuration_is_fresh() {
    let about = "Values come from the program's defaults, the profile's, a TOML file (`--config FILE`), the environment and \
                 the command line (`--set section.key=value`); the later ones win. A key that does not exist and a value that \
                 does not fit are refused at the start, by name. `profile` is `development` unless it is set to `staging` or \
                 `production`, which refuses what would be unsafe. A secret is better given as a file: the same key with \
                 `_file` at its end.";
    assert_is_fresh("docs/configuration.md", &page("Configuration", about, &schema().reference()));
}

#[test]
fn the_example_of_an_environment_is_fresh() {
    let head =
        "# Every setting as a variable of the environment, with its default. docs/configuration.md explains them.\n\n";
    assert_is_fresh(".env.example", &format!("{head}{}\n", schema().env_example().trim_end()));
}

#[test]
fn the_page_of_metrics_is_fresh() {
    let (_folder, settings, started) = started();
    // The middleware has registered its own by now, once.
    drop(settings);
    let about =
        "They are served on an address of their own (`http.metrics_listen`), in the text format that Prometheus reads.";
    assert_is_fresh("docs/metrics.md", &page("Metrics", about, &started.platform.metrics.reference()));
}
