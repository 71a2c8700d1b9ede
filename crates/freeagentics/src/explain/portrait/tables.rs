//! Likelihoods and transitions in words.

use freeagentics_inference::model::{Spec, Table};

use super::{
    Detail, Line,
    cases::{Case, Dependency, cases},
    shares, values,
};
use crate::explain::{amounts::list, names::label};

/// Lines of one table that are said before the rest is only counted.
const SHOWN: usize = 12;

/// What each modality shows, and when.
pub(super) fn sees(spec: &Spec, detail: Detail) -> Vec<Line> {
    let mut lines = Vec::new();
    for (modality, table) in spec.modalities.iter().zip(&spec.likelihoods) {
        lines.push(Line::new(0, format!("{}: {}", modality.name, values(modality))));
        let groups = grouped(spec, table, None);
        for (heading, group) in &groups {
            say(&mut lines, heading, &shown(spec, &modality.labels, group), detail);
        }
    }
    lines
}

/// How each factor moves, by itself and by what is done.
pub(super) fn moves(spec: &Spec, detail: Detail) -> Vec<Line> {
    let mut lines = Vec::new();
    for (index, (factor, table)) in spec.factors.iter().zip(&spec.transitions).enumerate() {
        lines.push(Line::new(0, factor.name.clone()));
        for (heading, group) in &grouped(spec, table, Some(index)) {
            say(&mut lines, heading, &moved(spec, index, group), detail);
        }
    }
    lines
}

/// The cases under the conditions that they share, all but the innermost factor.
fn grouped(spec: &Spec, table: &Table, own: Option<usize>) -> Vec<(String, Vec<Case>)> {
    let innermost = own.or_else(|| table.factors.last().copied());
    let mut groups: Vec<(String, Vec<Case>)> = Vec::new();
    for mut case in cases(spec, table, innermost) {
        let is_subject = |of: Dependency| matches!(of, Dependency::Factor(factor) if Some(factor) == innermost);
        let (subject, shared): (Vec<_>, Vec<_>) = case.when.into_iter().partition(|(of, _)| is_subject(*of));
        let heading = shared.iter().map(|(of, values)| condition(spec, *of, values)).collect::<Vec<_>>().join(", ");
        case.when = subject;
        match groups.last_mut() {
            Some((known, group)) if *known == heading => group.push(case),
            _ => groups.push((heading, vec![case])),
        }
    }
    groups
}

fn condition(spec: &Spec, of: Dependency, values: &[usize]) -> String {
    match of {
        Dependency::Control(index) => {
            let control = spec.controls.get(index);
            let labels = control.map(|control| control.labels.as_slice()).unwrap_or_default();
            let named = some_of(labels, values);
            let control = control.filter(|_| spec.controls.len() > 1).map(|control| format!("{} ", control.name));
            format!("after {}{named}", control.unwrap_or_default())
        }
        Dependency::Factor(index) => {
            let factor = spec.factors.get(index);
            let labels = factor.map(|factor| factor.labels.as_slice()).unwrap_or_default();
            format!("when {} is {}", factor.map_or("", |factor| factor.name.as_str()), some_of(labels, values))
        }
    }
}

fn some_of(labels: &[String], values: &[usize]) -> String {
    if values.len() > 4 && values.len() + 2 >= labels.len() {
        let others: Vec<&str> = (0..labels.len()).filter(|v| !values.contains(v)).map(|v| label(labels, v)).collect();
        return format!("anything but {}", list(&others, "and"));
    }
    let names: Vec<String> = values.iter().map(|&value| label(labels, value).to_owned()).collect();
    super::some(&names, "or")
}

/// `when worn: rattle 60 %, quiet 40 %`.
fn shown(spec: &Spec, labels: &[String], group: &[Case]) -> Vec<String> {
    if exact(labels.len(), group) {
        return vec!["shows exactly which".to_owned()];
    }
    let each = group.iter().map(|case| match case.when.first() {
        Some((Dependency::Factor(factor), values)) => {
            let axis = spec.factors.get(*factor);
            let states = some_of(axis.map(|axis| axis.labels.as_slice()).unwrap_or_default(), values);
            let name = axis.filter(|_| spec.factors.len() > 1).map(|axis| format!("{} is ", axis.name));
            format!("when {}{states}: {}", name.unwrap_or_default(), shares(labels, &case.column))
        }
        _ => shares(labels, &case.column),
    });
    each.collect()
}

/// `hung: healthy 95 %, overloaded 3 %`; a list of arrows when nothing is left to chance.
fn moved(spec: &Spec, own: usize, group: &[Case]) -> Vec<String> {
    let labels = spec.factors.get(own).map(|factor| factor.labels.as_slice()).unwrap_or_default();
    if exact(labels.len(), group) {
        return vec!["stays as it is".to_owned()];
    }
    let certain = group.iter().all(|case| case.column.contains(&1.0));
    let [_, _, ..] = group else {
        let whatever = |case: &Case| match case.column.iter().position(|&p| p == 1.0) {
            Some(to) => format!("becomes {}, whatever it was", label(labels, to)),
            None => format!("whatever it was: {}", shares(labels, &case.column)),
        };
        return group.iter().map(whatever).collect();
    };
    let from = |case: &Case| case.when.first().map(|(_, values)| values.clone()).unwrap_or_default();
    if certain {
        let each = group.iter().map(|case| {
            let to = case.column.iter().position(|&p| p == 1.0).unwrap_or(0);
            if from(case) == [to] {
                format!("{} stays", label(labels, to))
            } else {
                format!("{} → {}", some_of(labels, &from(case)), label(labels, to))
            }
        });
        return each.collect::<Vec<_>>().chunks(6).map(|chunk| chunk.join(", ")).collect();
    }
    group
        .iter()
        .map(|case| format!("{}: {}", some_of(labels, &from(case)), stays(labels, &from(case), &case.column)))
        .collect()
}

/// Like [`shares`], but a state that keeps itself "stays".
fn stays(labels: &[String], from: &[usize], column: &[f64]) -> String {
    let [only] = from else { return shares(labels, column) };
    if column.get(*only) == Some(&1.0) {
        return "always stays".to_owned();
    }
    let mut labels = labels.to_vec();
    if let Some(own) = labels.get_mut(*only) {
        *own = "stays".to_owned();
    }
    shares(&labels, column)
}

/// Whether outcome `n` belongs to state `n` alone, with certainty: a copy.
fn exact(outcomes: usize, group: &[Case]) -> bool {
    let copies = |(state, case): (usize, &Case)| {
        case.when.first().is_some_and(|(_, values)| *values == [state]) && case.column.get(state) == Some(&1.0)
    };
    group.len() == outcomes && group.iter().enumerate().all(copies)
}

fn say(lines: &mut Vec<Line>, heading: &str, said: &[String], detail: Detail) {
    let depth = if heading.is_empty() { 1 } else { 2 };
    match said {
        [only] if depth == 2 => lines.push(Line::new(1, format!("{heading}: {only}"))),
        _ => {
            if depth == 2 {
                lines.push(Line::new(1, heading));
            }
            let shown = if detail == Detail::All { said.len() } else { SHOWN };
            lines.extend(said.iter().take(shown).map(|text| Line::new(depth, text.as_str())));
            if said.len() > shown {
                lines.push(Line::new(depth, format!("… and {} more (--all)", said.len() - shown)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::example::watchdog;

    fn text(lines: &[Line]) -> String {
        lines.iter().map(|line| format!("{}{}\n", "  ".repeat(line.depth), line.text)).collect()
    }

    #[test]
    fn what_is_seen_reads_by_case() {
        insta::assert_snapshot!(text(&sees(&watchdog(), Detail::Some)), @r#"
        check: ok, slow or fail
          when healthy: ok 97 %, slow 2.5 %, fail 0.5 %
          when blip: fail 70 %, ok 15 %, slow 15 %
          when overloaded: slow 60 %, ok 25 %, fail 15 %
          when hung: fail 95 %, slow 3 %, ok 2 %
        deep_probe: none, fine, unreachable, busy or dead
          after wait, restart or page: always none
          after probe
            when healthy: fine 94 %, unreachable 3 %, busy 2 %, dead 1 %
            when blip: unreachable 84 %, fine 8 %, busy 4 %, dead 4 %
            when overloaded: busy 80 %, fine 10 %, unreachable 5 %, dead 5 %
            when hung: dead 85 %, busy 7 %, unreachable 6 %, fine 2 %
        "#);
    }

    #[test]
    fn what_moves_reads_by_action() {
        insta::assert_snapshot!(text(&moves(&watchdog(), Detail::Some)), @r#"
        service
          after wait or probe
            healthy: stays 98 %, blip 0.8 %, overloaded 0.5 %, hung 0.3 %
            blip: stays 64 %, healthy 35 %, hung 1 %
            overloaded: stays 90 %, healthy 6 %, blip 2 %, hung 2 %
            hung: always stays
          after restart
            healthy or hung: healthy 95 %, overloaded 3 %, blip 1 %, hung 1 %
            blip: stays 53 %, healthy 45 %, overloaded 1 %, hung 1 %
            overloaded: healthy 55 %, stays 42 %, blip 2 %, hung 1 %
          after page
            healthy: stays 98 %, blip 0.8 %, overloaded 0.5 %, hung 0.3 %
            blip: stays 59 %, healthy 40 %, hung 1 %
            overloaded: stays 71 %, healthy 25 %, blip 2 %, hung 2 %
            hung: stays 85 %, healthy 15 %
        "#);
    }
}
