//! What a scalar without quotes means in YAML 1.2, and what some other reader of YAML would make of it.

use super::Value;

/// The value of a plain scalar.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::Text(text.into()), Value::Number),
    }
}

/// Whether a plain scalar is a text for some readers of YAML and something else for others.
pub(super) fn is_ambiguous(text: &str) -> bool {
    !matches!(resolve(text), Value::Text(_))
        || ["on", "off", "yes", "no"].iter().any(|word| word.eq_ignore_ascii_case(text))
        || is_old_number(text)
}

/// Numbers of YAML 1.1 and of the wider core schema: `0x1f`, `0o17`, `1_000`, `1:30`.
fn is_old_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let prefixed = ["0x", "0o", "0b"].iter().any(|prefix| digits.starts_with(prefix));
    let is_digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit() || c == '_');
    digits.starts_with(|c: char| c.is_ascii_digit())
        && ((prefixed && digits.chars().skip(2).all(|c| c.is_ascii_hexdigit() || c == '_'))
            || digits.split([':', '.']).all(is_digits))
}

fn number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned {
        ".inf" | ".Inf" | ".INF" if text.starts_with('-') => Some(f64::NEG_INFINITY),
        ".inf" | ".Inf" | ".INF" => Some(f64::INFINITY),
        ".nan" | ".NaN" | ".NAN" if unsigned == text => Some(f64::NAN),
        _ => decimal(text),
    }
}

/// Rust's own parser also takes `inf` and `nan`, which are names here.
fn decimal(text: &str) -> Option<f64> {
    let looks_like_one = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E'))
        && text.trim_start_matches(['+', '-', '.']).starts_with(|c: char| c.is_ascii_digit());
    looks_like_one.then(|| text.parse().ok()).flatten()
}

/// The value of a fraction such as `1/3`.
pub(in super::super) fn fraction(text: &str) -> Option<f64> {
    let (numerator, denominator) = text.split_once('/')?;
    Some(decimal(numerator.trim())? / decimal(denominator.trim())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_some_readers_take_for_other_things_are_ambiguous() {
        for text in ["on", "Off", "YES", "no", "true", "null", "~", "", "1e3", "012", "1_000", "0x1f", "1:30", ".inf"] {
            assert!(is_ambiguous(text), "{text:?}");
        }
        for text in ["one", "nope", "inf", "nan", "e3", "r1", "1st", "a:1", "-", "1-2"] {
            assert!(!is_ambiguous(text), "{text:?}");
        }
    }

    #[test]
    fn fractions_are_divided() {
        assert_eq!(fraction("1/4"), Some(0.25));
        assert_eq!(fraction("-1 / 8"), Some(-0.125));
        assert_eq!(fraction("a/4"), None);
        assert_eq!(fraction("1/2/3"), None);
    }
}
