//! How long something may take: `500ms`, `30s`, `10m`, `1h`.

use std::time::Duration;

use serde::Deserialize;

/// A duration in a profile.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Limit(pub(crate) Duration);

impl TryFrom<String> for Limit {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let unit = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => 0,
        };
        let millis =
            number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit)).filter(|&millis| millis > 0);
        let millis = millis.ok_or_else(|| format!("`{text}` is no duration: write `500ms`, `30s`, `10m` or `1h`"))?;
        Ok(Self(Duration::from_millis(millis)))
    }
}

pub(crate) fn thirty_seconds() -> Limit {
    Limit(Duration::from_secs(30))
}

pub(crate) fn five_minutes() -> Limit {
    Limit(Duration::from_secs(300))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_needs_a_number_and_a_unit() {
        let read = |text: &str| Limit::try_from(text.to_owned()).map(|limit| limit.0.as_millis());
        assert_eq!([read("500ms"), read("30s"), read("10m")], [Ok(500), Ok(30_000), Ok(600_000)]);
        assert!(
            ["", "10", "ten minutes", "0s", "1.5h", "99999999999999999999h"].into_iter().all(|it| read(it).is_err())
        );
    }
}
