//! What a server said about an agent, in words: the same odds and actions as here, but told in JSON.

use serde_json::{Map, Value};

use super::amounts::percent;

/// States that are told of each factor; the rest is in the JSON.
const SHOWN: usize = 3;

/// `probe`, or `heat=on fan=off` when there are several controls; nothing for an agent that only watches.
pub(crate) fn action(action: &Value) -> Option<String> {
    let settings = action.as_object().filter(|settings| !settings.is_empty())?;
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(match settings.iter().next() {
        Some((_, only)) if settings.len() == 1 => word(only),
        _ => settings.iter().map(|(name, value)| format!("{name}={}", word(value))).collect::<Vec<_>>().join(" "),
    })
}

/// `probe`, or `[restart, probe ×2]`.
pub(crate) fn plan(steps: &[Value]) -> String {
    let name = |step: &Value| action(step).unwrap_or_default();
    let runs = steps.chunk_by(|one, next| one == next).map(|run| match run {
        [only] => name(only),
        _ => format!("{} ×{}", run.first().map(name).unwrap_or_default(), run.len()),
    });
    let runs = runs.collect::<Vec<_>>().join(", ");
    if steps.len() > 1 { format!("[{runs}]") } else { runs }
}

/// `check=fail deep_probe=dead`; what was not seen is left out.
pub(crate) fn seen(observation: &Value) -> String {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let each = observation.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    each.map(|(name, value)| format!("{name}={}", word(value))).collect::<Vec<_>>().join(" ")
}

/// `blip 42 %, healthy 37 %, hung 13 %`, the likeliest first; with the factors' names when there are several.
pub(crate) fn beliefs(beliefs: &Value) -> Option<String> {
    let factors = beliefs.as_object().filter(|factors| !factors.is_empty())?;
    let several = factors.len() > 1;
    let each = factors.iter().map(|(factor, odds)| {
        let odds = ranked(odds).into_iter().take(SHOWN).filter(|(_, odds)| *odds > 0.0);
        let odds: Vec<String> = odds.map(|(state, odds)| format!("{state} {}", percent(odds))).collect();
        if several { format!("{factor}: {}", odds.join(", ")) } else { odds.join(", ") }
    });
    Some(each.collect::<Vec<_>>().join("; "))
}

/// The states of one factor, the likeliest first.
pub(crate) fn ranked(odds: &Value) -> Vec<(&str, f64)> {
    let states: Option<&Map<String, Value>> = odds.as_object();
    let each = states.into_iter().flatten().map(|(state, odds)| (state.as_str(), odds.as_f64().unwrap_or(0.0)));
    let mut ranked: Vec<(&str, f64)> = each.collect();
    ranked.sort_by(|left, right| right.1.total_cmp(&left.1));
    ranked
}

/// `team=a, world=pump`.
pub(crate) fn labels(labels: &Value) -> String {
    let each = labels.as_object().into_iter().flatten();
    each.map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_reads_like_a_decision_made_here() {
        let answered = json!({ "service": { "healthy": 0.37, "blip": 0.42, "hung": 0.13, "broken": 0.08 } });
        assert_eq!(beliefs(&answered).unwrap(), "blip 42 %, healthy 37 %, hung 13 %");
        let grid = json!({ "row": { "r1": 1.0, "r2": 0.0 }, "column": { "c1": 0.0, "c2": 1.0 } });
        assert_eq!(beliefs(&grid).unwrap(), "row: r1 100 %; column: c2 100 %");
        assert_eq!(action(&json!({ "action": "probe" })).unwrap(), "probe");
        let [restart, probe] = ["restart", "probe"].map(|name| json!({ "action": name }));
        assert_eq!(plan(&[restart, probe.clone(), probe.clone()]), "[restart, probe ×2]");
        assert_eq!(
            (plan(&[probe]), seen(&json!({ "check": "fail", "odds": null }))),
            ("probe".into(), "check=fail".into())
        );
        assert_eq!(action(&json!({ "heat": "on", "fan": "off" })).unwrap(), "heat=on fan=off");
    }

    #[test]
    fn nothing_is_made_up_where_nothing_was_said() {
        assert_eq!((beliefs(&Value::Null), action(&json!({})), labels(&Value::Null)), (None, None, String::new()));
    }
}
