//! What an expression of Prometheus names: metrics, and the labels it expects of them.

use std::collections::BTreeSet;

/// A metric with the labels by which it is selected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selector {
    /// The metric's name.
    pub metric: String,
    /// The labels' names.
    pub labels: BTreeSet<String>,
}

/// Words of the language that may stand where a metric could.
const WORDS: [&str; 15] = [
    "and",
    "or",
    "unless",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "bool",
    "offset",
    "inf",
    "nan",
    "start",
    "end",
];

/// Words behind which names of labels stand in parentheses.
const GROUPING: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];

/// All that an expression selects, in the order in which it does.
pub fn selectors(expression: &str) -> Vec<Selector> {
    let mut found = Vec::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        if first == '"' || first == '\'' {
            rest = behind(&rest[1..], first);
        } else if first == '[' {
            rest = behind(rest, ']');
        } else if first.is_ascii_digit() {
            // A number, with what may be its unit or exponent.
            rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '.');
        } else if is_of_name(first) {
            let end = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            rest = named(name, after, &mut found);
        } else {
            rest = &rest[first.len_utf8()..];
        }
    }
    found
}

/// Goes on behind a name, which may be that of a function, of labels that group, or of a metric.
fn named<'e>(name: &str, after: &'e str, found: &mut Vec<Selector>) -> &'e str {
    let next = after.trim_start();
    if GROUPING.contains(&name) {
        return if next.starts_with('(') { behind(next, ')') } else { after };
    }
    // `sum by (a) (b)` is a function too.
    let is_function =
        next.starts_with('(') || ["by", "without"].iter().any(|word| next.starts_with(&format!("{word} (")));
    if WORDS.contains(&name.to_lowercase().as_str()) || is_function {
        return after;
    }
    let (matchers, rest) = match next.strip_prefix('{') {
        Some(inside) => inside.split_at(closing(inside)),
        None => ("", after),
    };
    found.push(Selector { metric: name.to_owned(), labels: labels(matchers) });
    rest
}

const fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == ':'
}

/// What follows the first of these; nothing if there is none.
fn behind(text: &str, end: char) -> &str {
    text.find(end).and_then(|at| text.get(at + end.len_utf8()..)).unwrap_or_default()
}

/// Where the brace closes that is open already.
fn closing(text: &str) -> usize {
    let mut quoted = false;
    let closes = |c: char| {
        quoted ^= c == '"';
        c == '}' && !quoted
    };
    text.find(closes).unwrap_or(text.len())
}

/// The names in `a="b", c=~"d"`.
fn labels(matchers: &str) -> BTreeSet<String> {
    // What is quoted is every second piece.
    let outside = matchers.split('"').step_by(2);
    let names = outside.map(|piece| piece.trim_matches(|c: char| !is_of_name(c)));
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_found_with_their_labels_and_nothing_else_is() {
        let expression = r#"sum by (route, le) (rate(a_bucket{job="x{}", le=~"0.2|a"}[5m] offset 1h)) / on (job) group_left
            histogram_quantile(0.95, sum without (x) (b:c)) > 1e3 and bool_metric unless time() - d{e!="f"} == bool 1
            or label_replace(g, "h", "$1", "i", "(.*)")"#;
        let found: Vec<(String, Vec<String>)> = selectors(expression)
            .into_iter()
            .map(|selector| (selector.metric, selector.labels.into_iter().collect()))
            .collect();
        let of = |metric: &str, labels: &[&str]| (metric.to_owned(), labels.iter().map(|&l| l.to_owned()).collect());
        assert_eq!(
            found,
            [of("a_bucket", &["job", "le"]), of("b:c", &[]), of("bool_metric", &[]), of("d", &["e"]), of("g", &[])]
        );
    }
}
