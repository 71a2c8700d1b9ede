//! A figure in what a proof says: `1,204 requests/s`.

use serde::Deserialize;

use super::Figure;
use crate::profile::Pattern;

/// Where the figure stands, and between which bounds it has to be.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Measure {
    name: String,
    /// Its first group is the number.
    pattern: Pattern,
    /// Which number counts where there are several.
    #[serde(default)]
    of_several: Choice,
    #[serde(default)]
    unit: String,
    at_least: Option<f64>,
    at_most: Option<f64>,
}

/// What becomes of several numbers.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Choice {
    #[default]
    Last,
    Largest,
    Smallest,
    Sum,
}

impl Measure {
    /// The figure, or why there is none.
    fn take(&self, text: &str) -> Result<Figure, String> {
        let values: Result<Vec<f64>, String> = self.pattern.all(text).map(|digits| self.number(digits)).collect();
        let values = values?.into_iter();
        let value = match self.of_several {
            Choice::Last => values.last(),
            Choice::Largest => values.reduce(f64::max),
            Choice::Smallest => values.reduce(f64::min),
            Choice::Sum => values.reduce(|sum, value| sum + value),
        };
        let value = value.ok_or_else(|| format!("no figure for {}", self.name))?;
        let (at_least, at_most) = (self.at_least, self.at_most);
        Ok(Figure { name: self.name.clone(), value, unit: self.unit.clone(), at_least, at_most })
    }

    fn number(&self, digits: &str) -> Result<f64, String> {
        let digits = digits.replace([',', '_', ' '], "");
        digits.parse().map_err(|_| format!("the figure for {} is no number: `{digits}`", self.name))
    }
}

/// All figures that are there, and a fault for each that is not or is out of its bounds.
pub(super) fn take_all(measures: &[Measure], text: &str) -> (Vec<Figure>, Vec<String>) {
    let (mut figures, mut faults) = (Vec::new(), Vec::new());
    for measure in measures {
        match measure.take(text) {
            Ok(figure) => figures.push(figure),
            Err(fault) => faults.push(fault),
        }
    }
    faults.extend(figures.iter().filter_map(out_of_bounds));
    (figures, faults)
}

/// A fault if the figure is out of its bounds.
pub(super) fn out_of_bounds(figure: &Figure) -> Option<String> {
    let bound = figure.bound().filter(|_| !figure.is_within())?;
    Some(format!("{} is {}, not {bound}", figure.name, figure.amount()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_numbers_the_one_that_was_asked_for_counts() {
        let taken = |choice: &str| {
            let text = format!("name = \"n\"\npattern = 'n=([0-9.e-]+)'\nof_several = \"{choice}\"");
            take_all(&[toml::from_str(&text).unwrap()], "n=3 n=4e-1 n=2").0[0].value
        };
        assert_eq!(["last", "largest", "smallest", "sum"].map(taken), [2.0, 3.0, 0.4, 5.4]);
    }

    #[test]
    fn the_last_number_counts_and_has_to_be_within_its_bounds() {
        let measure = |bounds: &str| {
            let text = format!("name = \"rate\"\nunit = \"/s\"\npattern = 'rate ([0-9.,]+)'\n{bounds}");
            [toml::from_str::<Measure>(&text).unwrap()]
        };
        let said = "rate 7\nrate 1,204.5 requests";
        let (figures, faults) = take_all(&measure("at_least = 1000"), said);
        assert_eq!((figures[0].value, faults.len()), (1204.5, 0));
        assert_eq!(take_all(&measure("at_least = 2000"), said).1, ["rate is 1204 /s, not at least 2000"]);
        assert_eq!(take_all(&measure("at_most = 7"), "nothing").1, ["no figure for rate"]);
        assert_eq!(take_all(&measure(""), "rate .").1, ["the figure for rate is no number: `.`"]);
    }
}
