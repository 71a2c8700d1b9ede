//! A belief in words: "probably blip (81 %)".

use freeagentics_inference::model::Spec;

use super::{
    amounts::{list, percent},
    names::label,
};

/// The states of one factor, most likely first.
pub(crate) fn ranked(belief: &[f64]) -> Vec<(usize, f64)> {
    let mut ranked: Vec<(usize, f64)> = belief.iter().copied().enumerate().collect();
    ranked.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    ranked
}

/// All factors in one phrase; factors are named when there are several.
pub(crate) fn phrase(spec: &Spec, beliefs: &[&[f64]]) -> String {
    let several = spec.factors.len() > 1;
    let each = spec.factors.iter().zip(beliefs).map(|(factor, belief)| {
        let (manner, states) = of_factor(&factor.labels, belief);
        if several {
            return format!("{}: {} {states}", factor.name, manner.to_lowercase()).replace(":  ", ": ");
        }
        format!("{manner} {states}").trim_start().to_owned()
    });
    each.collect::<Vec<_>>().join("; ")
}

/// How sure it is, and of what.
fn of_factor(labels: &[String], belief: &[f64]) -> (&'static str, String) {
    let ranked = ranked(belief);
    let Some(&(first, most)) = ranked.first() else { return ("", String::new()) };
    let likely: Vec<String> = ranked
        .iter()
        .take_while(|(_, odds)| *odds >= 0.2 && *odds > most / 2.0)
        .map(|&(state, odds)| format!("{} ({})", label(labels, state), percent(odds)))
        .collect();
    let even = ranked.last().is_some_and(|(_, least)| most - least < 1e-9);
    let only = || format!("{} ({})", label(labels, first), percent(most));
    match most {
        _ if belief.len() == 1 => ("Always", label(labels, first).to_owned()),
        _ if even && belief.len() > 2 => ("Could be", format!("any of the {}", belief.len())),
        most if most >= 1.0 => ("Certainly", only()),
        most if most >= 0.99 => ("Almost certainly", only()),
        most if most >= 0.9 => ("Very probably", only()),
        most if most >= 0.6 => ("Probably", only()),
        _ if likely.len() > 1 => ("Either", list(&likely, "or")),
        _ => ("Perhaps", only()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::example::watchdog;

    fn said(belief: &[f64]) -> String {
        phrase(&watchdog(), &[belief])
    }

    #[test]
    fn the_words_follow_the_odds() {
        assert_eq!(said(&[1.0, 0.0, 0.0, 0.0]), "Certainly healthy (100 %)");
        assert_eq!(said(&[0.995, 0.005, 0.0, 0.0]), "Almost certainly healthy (99.5 %)");
        assert_eq!(said(&[0.1, 0.81, 0.05, 0.04]), "Probably blip (81 %)");
        assert_eq!(said(&[0.1, 0.5, 0.0, 0.4]), "Either blip (50 %) or hung (40 %)");
        assert_eq!(said(&[0.18, 0.44, 0.19, 0.19]), "Perhaps blip (44 %)");
        assert_eq!(said(&[0.25; 4]), "Could be any of the 4");
    }
}
