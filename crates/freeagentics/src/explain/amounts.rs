//! Numbers as people say them.

/// A cost or a worth in nats: two decimals below ten, fewer above, no trailing zeros.
pub(crate) fn amount(value: f64) -> String {
    let size = value.abs();
    if size > 0.0 && size < 0.005 {
        return "almost 0".to_owned();
    }
    let decimals = match size {
        size if size < 10.0 => 2,
        size if size < 1000.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Odds: `60 %`, `2.5 %`, `<0.1 %`. Only what is certain is 0 % or 100 %.
pub(crate) fn percent(probability: f64) -> String {
    let percent = probability * 100.0;
    match percent {
        percent if percent <= 0.0 => "0 %".to_owned(),
        percent if percent < 0.1 => "<0.1 %".to_owned(),
        percent if percent >= 100.0 => "100 %".to_owned(),
        percent if percent > 99.9 => ">99.9 %".to_owned(),
        percent if !(9.95..=99.0).contains(&percent) => {
            let text = format!("{percent:.1}");
            format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
        }
        percent => format!("{percent:.0} %"),
    }
}

/// Differences of sums that should cancel leave a rest in the last digits, which says nothing.
pub(crate) fn without_dust(value: f64) -> f64 {
    if value.abs() < 1e-12 { 0.0 } else { value }
}

/// `1 step`, `3 steps`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// `a`, `a or b`, `a, b or c`.
pub(crate) fn list<S: AsRef<str>>(items: &[S], last: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [front @ .., end] => {
            let front: Vec<&str> = front.iter().map(AsRef::as_ref).collect();
            format!("{} {last} {}", front.join(", "), end.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short_and_never_minus_zero() {
        let said: Vec<String> = [0.4, 10.0, -0.0, 131.64, 6.25, 0.001, -0.001, 1234.5].map(amount).into();
        assert_eq!(said, ["0.4", "10", "0", "131.6", "6.25", "almost 0", "almost 0", "1234"]);
    }

    #[test]
    fn only_certainty_is_zero_or_a_hundred_percent() {
        let said: Vec<String> = [0.0, 1e-9, 0.025, 0.6, 0.996, 1.0 - 1e-9, 1.0].map(percent).into();
        assert_eq!(said, ["0 %", "<0.1 %", "2.5 %", "60 %", "99.6 %", ">99.9 %", "100 %"]);
    }

    #[test]
    fn lists_read_as_a_sentence() {
        assert_eq!(list(&["a"], "or"), "a");
        assert_eq!(list(&["a", "b", "c"], "or"), "a, b or c");
    }
}
