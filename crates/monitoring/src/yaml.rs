//! Writing YAML, as far as what is rendered here needs it.

use serde_json::Value;

/// A document in block style.
pub(crate) fn document(head: &str, value: &Value) -> String {
    let mut text = head.lines().map(|line| format!("# {line}\n")).collect::<String>();
    node(value, 0, false, &mut text);
    text
}

/// Writes a value at an indentation; `inside` says that the line has begun already, behind a dash.
fn node(value: &Value, indent: usize, inside: bool, text: &mut String) {
    let mut first = inside;
    let mut begin = |text: &mut String| {
        if !std::mem::take(&mut first) {
            text.push_str(&" ".repeat(indent));
        }
    };
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                begin(text);
                text.push_str(&plain(key));
                text.push(':');
                member(value, indent, text);
            }
        }
        Value::Array(items) => {
            for item in items {
                begin(text);
                text.push_str("- ");
                if is_nested(item) {
                    node(item, indent + 2, true, text);
                } else {
                    text.push_str(&scalar(item, indent + 2));
                    text.push('\n');
                }
            }
        }
        scalar_value => {
            begin(text);
            text.push_str(&scalar(scalar_value, indent));
            text.push('\n');
        }
    }
}

fn member(value: &Value, indent: usize, text: &mut String) {
    if is_nested(value) {
        text.push('\n');
        node(value, indent + 2, false, text);
    } else {
        text.push(' ');
        text.push_str(&scalar(value, indent + 2));
        text.push('\n');
    }
}

fn is_nested(value: &Value) -> bool {
    match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

fn scalar(value: &Value, indent: usize) -> String {
    match value {
        Value::String(words) if words.contains('\n') => {
            let lines = words.lines().map(|line| format!("\n{}{line}", " ".repeat(indent)));
            format!("|-{}", lines.collect::<String>())
        }
        Value::String(words) => plain(words),
        other => other.to_string(),
    }
}

/// Without quotes only where nobody can take it for anything but words.
fn plain(words: &str) -> String {
    let tame = |c: char| c.is_ascii_alphanumeric() || "_-./:$".contains(c);
    let is_word = words.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && words.chars().all(tame)
        && !words.ends_with(':')
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&words.to_lowercase().as_str());
    if is_word { words.to_owned() } else { format!("'{}'", words.replace('\'', "''")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_could_be_taken_for_something_else_is_quoted() {
        let value = json!({
            "name": "up", "for": "5m", "on": "no", "says": "it's: 1", "empty": [], "many": "a\nb",
            "list": [{ "a": 1, "b": ["x", 0.5] }, "word"],
        });
        let expected = "# Head.\nname: up\nfor: '5m'\n'on': 'no'\nsays: 'it''s: 1'\nempty: []\nmany: |-\n  a\n  b\n\
                        list:\n  - a: 1\n    b:\n      - x\n      - 0.5\n  - word\n";
        assert_eq!(document("Head.", &value), expected);
    }
}
