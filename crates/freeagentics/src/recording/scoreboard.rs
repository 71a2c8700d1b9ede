//! Decision makers side by side.

use std::io::{self, Write};

use freeagentics_inference::model::Spec;
use serde_json::{Map, Value, json};

use super::{interval::Interval, score::Tally};
use crate::{
    explain::amounts::{amount, count},
    tables::{Align, Table},
};

/// With more recordings than this, means and intervals are told instead of sums.
const FEW: usize = 5;

/// One decision maker's scores, recording by recording.
#[derive(Clone, Debug)]
pub(crate) struct Contestant {
    /// `agent`, or the rule as it was written.
    pub(crate) name: String,
    /// One tally per recording.
    pub(crate) tallies: Vec<Tally>,
}

/// A column of the scoreboard.
struct Measure {
    heading: String,
    key: String,
    of: Box<Score>,
}

/// What a tally says of one measure, if it is known.
type Score = dyn Fn(&Tally) -> Option<f64>;

/// With more time than this in a recording, what an hour came to is told as well.
const HOUR: f64 = 3600.0;

/// Writes the scoreboard as a table.
pub(crate) fn scoreboard(out: &mut dyn Write, spec: &Spec, who: &[Contestant], down: bool) -> io::Result<()> {
    let measures = measures(spec, who, down);
    let recordings = who.first().map_or(0, |first| first.tallies.len());
    table(&measures, who, cell).write(out, "  ")?;
    if recordings > FEW {
        writeln!(out, "  (mean of {recordings} recordings ± half of its 95 % interval)")?;
        differences(out, &measures, who)?;
    } else if recordings > 1 {
        writeln!(out, "  (sum of {recordings} recordings)")?;
    }
    let hours = who.first().map_or(0.0, |first| sum(first).seconds / HOUR);
    if recordings <= FEW && hours > 1.001 {
        writeln!(out, "  per hour ({} hours)", amount(hours))?;
        table(&measures, who, |who, measure| (measure.of)(&sum(who)).map_or("?".to_owned(), |sum| amount(sum / hours)))
            .write(out, "  ")?;
    }
    let tallies = who.iter().flat_map(|contestant| &contestant.tallies);
    let unknown = tallies.map(|tally| tally.unknown).max().unwrap_or(0);
    if unknown > 0 && measures.iter().any(|measure| measure.key == "cost") {
        let lines = count(unknown, "line");
        writeln!(out, "  The cost is not known: the recording does not tell the state of every factor in {lines}.")?;
    }
    Ok(())
}

fn table(measures: &[Measure], who: &[Contestant], cell: impl Fn(&Contestant, &Measure) -> String) -> Table {
    let headings = measures.iter().map(|measure| (measure.heading.as_str(), Align::Right));
    let mut table = Table::new(std::iter::once(("", Align::Left)).chain(headings));
    for contestant in who {
        let cells = measures.iter().map(|measure| cell(contestant, measure));
        table.row(std::iter::once(contestant.name.clone()).chain(cells));
    }
    table
}

/// The same as data.
pub(crate) fn scoreboard_json(spec: &Spec, who: &[Contestant], down: bool) -> Value {
    let measures = measures(spec, who, down);
    let each = who.iter().map(|contestant| {
        let mut recordings = contestant.tallies.iter();
        let scores = |tally: &Tally| {
            let scores = measures.iter().map(|measure| (measure.key.clone(), number((measure.of)(tally))));
            Value::Object(
                std::iter::once(("steps".to_owned(), json!(tally.steps)))
                    .chain([("seconds".to_owned(), number(Some(tally.seconds)))])
                    .chain(scores)
                    .collect(),
            )
        };
        let intervals = measures.iter().map(|measure| (measure.key.clone(), json!(interval(contestant, measure))));
        json!({
            "who": contestant.name,
            "sum": scores(&sum(contestant)),
            "interval": (contestant.tallies.len() > FEW).then(|| intervals.collect::<Map<_, _>>()),
            "recordings": recordings.by_ref().map(scores).collect::<Vec<_>>(),
        })
    });
    Value::Array(each.collect())
}

/// A whole number without a point: counts are counts.
fn number(value: Option<f64>) -> Value {
    match value {
        Some(value) if value.fract() == 0.0 && (0.0..1e15).contains(&value) => json!(value as u64),
        value => json!(value),
    }
}

/// Every decision maker met the same faults, so the differences are surer than the means they come from.
fn differences(out: &mut dyn Write, measures: &[Measure], who: &[Contestant]) -> io::Result<()> {
    let Some((first, others)) = who.split_first() else { return Ok(()) };
    for other in others {
        let said = measures.iter().filter_map(|measure| {
            let pairs = first.tallies.iter().zip(&other.tallies);
            let each: Option<Vec<f64>> = pairs.map(|(a, b)| Some((measure.of)(a)? - (measure.of)(b)?)).collect();
            let interval = Interval::of(&each?)?;
            let sign = if interval.mean > 0.0 { "+" } else { "" };
            Some(format!("{} {sign}{} ± {}", measure.heading, amount(interval.mean), amount(interval.half_width)))
        });
        let said: Vec<String> = said.collect();
        writeln!(out, "  {} against {}, recording by recording: {}", first.name, other.name, said.join(", "))?;
    }
    Ok(())
}

fn cell(contestant: &Contestant, measure: &Measure) -> String {
    if contestant.tallies.len() > FEW {
        let said = |interval: Interval| format!("{} ± {}", amount(interval.mean), amount(interval.half_width));
        return interval(contestant, measure).map_or("?".to_owned(), said);
    }
    (measure.of)(&sum(contestant)).map_or("?".to_owned(), amount)
}

fn interval(contestant: &Contestant, measure: &Measure) -> Option<Interval> {
    let each: Option<Vec<f64>> = contestant.tallies.iter().map(&measure.of).collect();
    Interval::of(&each?)
}

fn sum(contestant: &Contestant) -> Tally {
    let mut sum = Tally::default();
    contestant.tallies.iter().for_each(|tally| sum.add(tally));
    sum
}

fn measures(spec: &Spec, who: &[Contestant], down: bool) -> Vec<Measure> {
    let mut measures = Vec::new();
    for (control, axis) in spec.controls.iter().enumerate() {
        for (value, label) in axis.labels.iter().enumerate() {
            let heading = if spec.controls.len() > 1 { format!("{}={label}", axis.name) } else { label.clone() };
            let of = move |tally: &Tally| tally.actions.get(control)?.get(value).map(|&count| count as f64);
            measures.push(Measure { key: heading.clone(), heading, of: Box::new(of) });
        }
    }
    let needless = who.first().and_then(|first| first.tallies.first()).map(|tally| tally.needless.keys());
    for action in needless.into_iter().flatten() {
        let name = action.clone();
        let of = move |tally: &Tally| tally.needless.get(&name).map(|&count| count as f64);
        let key = format!("needless_{action}");
        measures.push(Measure { heading: format!("needless {action}"), key, of: Box::new(of) });
    }
    if down {
        let of = |tally: &Tally| Some(tally.down);
        measures.push(Measure { heading: "seconds down".to_owned(), key: "seconds_down".to_owned(), of: Box::new(of) });
    }
    // Without any truth there is no cost to tell; with gaps in it, there is one to ask for.
    let known = who.iter().flat_map(|contestant| &contestant.tallies).any(|tally| tally.unknown < tally.steps);
    if known && !spec.preferences.is_empty() {
        measures.push(Measure { heading: "cost".to_owned(), key: "cost".to_owned(), of: Box::new(Tally::known_cost) });
    }
    measures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::example::watchdog;

    fn tally(restarts: usize, cost: f64) -> Tally {
        let needless = [("restart".to_owned(), restarts / 2)].into();
        Tally { steps: 10, actions: vec![vec![10 - restarts, 0, restarts, 0]], needless, cost, ..Tally::default() }
    }

    fn board(recordings: usize) -> String {
        let each = |restarts| (0..recordings).map(|n| tally(restarts, n as f64)).collect();
        let who = [
            Contestant { name: "agent".to_owned(), tallies: each(2) },
            Contestant { name: "rule".to_owned(), tallies: each(4) },
        ];
        let mut out = Vec::new();
        scoreboard(&mut out, &watchdog(), &who, false).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn few_recordings_are_summed() {
        insta::assert_snapshot!(board(2), @r#"
               wait  probe  restart  page  needless restart  cost
        agent    16      0        4     0                 2     1
        rule     12      0        8     0                 4     1
        (sum of 2 recordings)
        "#);
    }

    #[test]
    fn many_recordings_are_told_with_their_spread_and_compared_pair_by_pair() {
        insta::assert_snapshot!(board(6), @r#"
                wait  probe  restart   page  needless restart        cost
        agent  8 ± 0  0 ± 0    2 ± 0  0 ± 0             1 ± 0  2.5 ± 1.96
        rule   6 ± 0  0 ± 0    4 ± 0  0 ± 0             2 ± 0  2.5 ± 1.96
        (mean of 6 recordings ± half of its 95 % interval)
        agent against rule, recording by recording: wait +2 ± 0, probe 0 ± 0, restart -2 ± 0, page 0 ± 0, needless restart -1 ± 0, cost 0 ± 0
        "#);
    }
}
