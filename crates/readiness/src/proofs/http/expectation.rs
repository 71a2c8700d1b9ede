//! What an answer has to look like.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::profile::Pattern;
use crate::service::Answer;

/// Everything that is said has to be so.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Expectation {
    status: Statuses,
    /// Headers that have to be there, in lower case, each with what its value has to match.
    pub(super) headers: BTreeMap<String, Pattern>,
    /// Headers whose value must not match.
    without: BTreeMap<String, Pattern>,
    /// Headers that must not be there.
    absent: Vec<String>,
    body: Option<Pattern>,
    /// JSON pointers, each with what has to stand there.
    json: BTreeMap<String, Value>,
    /// JSON pointers at which something has to stand.
    has: Vec<String>,
}

/// The status of the answer, or those that are equally good.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Statuses {
    One(u16),
    AnyOf(Vec<u16>),
}

impl Statuses {
    fn include(&self, status: u16) -> bool {
        match self {
            Self::One(one) => *one == status,
            Self::AnyOf(several) => several.contains(&status),
        }
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(one) => one.fmt(f),
            Self::AnyOf(several) => {
                let several: Vec<String> = several.iter().map(u16::to_string).collect();
                f.write_str(&several.join(" or "))
            }
        }
    }
}

impl Default for Expectation {
    fn default() -> Self {
        Self {
            status: Statuses::One(200),
            headers: BTreeMap::new(),
            without: BTreeMap::new(),
            absent: Vec::new(),
            body: None,
            json: BTreeMap::new(),
            has: Vec::new(),
        }
    }
}

impl Expectation {
    /// Everything that is not as it has to be.
    pub(super) fn faults(&self, answer: &Answer) -> Vec<String> {
        let status =
            (!self.status.include(answer.status)).then(|| format!("answered {}, not {}", answer.status, self.status));
        let headers = self.headers.iter().filter_map(|(name, expected)| header_fault(answer, name, expected));
        let without = self.without.iter().filter(|(name, bad)| answer.header(name).is_some_and(|it| bad.is_match(&it)));
        let without = without.map(|(name, bad)| format!("the header {name} matches `{}`", bad.as_str()));
        let absent = self.absent.iter().filter(|name| answer.header(name).is_some());
        let absent = absent.map(|name| format!("the header {name} must not be there"));
        let body = self.body.as_ref().filter(|expected| !expected.is_match(&answer.body));
        let body = body.map(|expected| format!("the body does not match `{}`", expected.as_str()));
        let of_headers = headers.chain(without).chain(absent);
        status.into_iter().chain(of_headers).chain(body).chain(self.json_faults(&answer.body)).collect()
    }

    fn json_faults(&self, body: &str) -> Vec<String> {
        if self.json.is_empty() && self.has.is_empty() {
            return Vec::new();
        }
        let Ok(document) = serde_json::from_str::<Value>(body) else { return vec!["the body is not JSON".into()] };
        let differs = self.json.iter().filter_map(|(pointer, expected)| {
            let found = document.pointer(pointer);
            let told = || format!("at `{pointer}` stands {}, not {expected}", found.unwrap_or(&Value::Null));
            (found != Some(expected)).then(told)
        });
        let missing = self.has.iter().filter(|pointer| document.pointer(pointer).is_none());
        differs.chain(missing.map(|pointer| format!("nothing stands at `{pointer}`"))).collect()
    }
}

fn header_fault(answer: &Answer, name: &str, expected: &Pattern) -> Option<String> {
    match answer.header(name) {
        None => Some(format!("the header {name} is missing")),
        Some(value) if !expected.is_match(&value) => {
            Some(format!("the header {name} is `{value}`, which does not match `{}`", expected.as_str()))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_that_is_not_as_expected_is_one_fault() {
        let answer = Answer {
            status: 200,
            headers: vec![("server".into(), "x/1".into()), ("x-frame-options".into(), "SAMEORIGIN".into())],
            body: r#"{"status":"up","checks":[{"name":"database"}]}"#.into(),
            took: std::time::Duration::ZERO,
        };
        let faults = |text: &str| toml::from_str::<Expectation>(text).unwrap().faults(&answer).len();
        for (expected, n_faults) in [
            ("", 0),
            ("status = 204", 1),
            ("status = [200, 201]", 0),
            ("status = [201, 204]", 1),
            ("headers = { x-frame-options = '^DENY$', strict-transport-security = '.' }", 2),
            ("without = { x-frame-options = 'ORIGIN', server = '^y', x-powered-by = '.' }", 1),
            ("absent = ['server', 'x-powered-by']", 1),
            ("body = 'down'", 1),
            ("json = { '/status' = 'up', '/checks/0/name' = 'cache' }", 1),
            ("has = ['/checks/0', '/checks/1']", 1),
        ] {
            assert_eq!(faults(expected), n_faults, "{expected}");
        }
    }

    #[test]
    fn a_page_is_not_taken_for_json() {
        let answer = Answer { status: 200, headers: vec![], body: "<p>up".into(), took: std::time::Duration::ZERO };
        assert_eq!(toml::from_str::<Expectation>("has = ['/a']").unwrap().faults(&answer), ["the body is not JSON"]);
    }
}
