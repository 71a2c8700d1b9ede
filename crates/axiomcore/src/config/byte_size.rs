//! A number of bytes.

use super::{Raw, Setting};

/// A number of bytes, written as `512B`, `16KiB`, `1MiB` or `2GiB`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(u64);

const UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

impl ByteSize {
    /// So many times 1024 bytes.
    pub const fn kib(kib: u64) -> Self {
        Self(kib << 10)
    }

    /// So many times 1024 × 1024 bytes.
    pub const fn mib(mib: u64) -> Self {
        Self(mib << 20)
    }

    /// The number of bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }

    /// The number of bytes, as a length in memory.
    pub fn len(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// Whether it is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl Setting for ByteSize {
    const FORM: &'static str = "a number of bytes, such as 512B, 16KiB, 1MiB or 2GiB";

    fn read(raw: &Raw) -> Option<Self> {
        let text = match raw {
            Raw::Text(text) | Raw::Typed(toml::Value::String(text)) => text,
            Raw::Typed(value) => return value.as_integer()?.try_into().ok().map(Self),
            Raw::Secret(_) => return None,
        };
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(end)?;
        let unit = if unit.is_empty() { "B" } else { unit.trim() };
        let (_, size) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
        number.parse::<u64>().ok()?.checked_mul(*size).map(Self)
    }

    fn show(&self) -> String {
        let fits = |(_, unit): &&(&str, u64)| self.0 >= *unit && self.0.is_multiple_of(*unit);
        let (name, unit) = UNITS.iter().find(fits).unwrap_or(&("B", 1));
        format!("\"{}{name}\"", self.0 / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_shown_in_the_largest_unit_that_fits_and_read_back() {
        for (bytes, shown) in [(0, "\"0B\""), (1_000, "\"1000B\""), (16 << 10, "\"16KiB\""), (3 << 30, "\"3GiB\"")] {
            let size = ByteSize(bytes);
            assert_eq!(size.show(), shown);
            assert_eq!(ByteSize::read(&Raw::Text(shown.trim_matches('"').into())), Some(size));
        }
        assert_eq!(ByteSize::read(&Raw::Typed((-1).into())), None);
        assert_eq!(ByteSize::read(&Raw::Text("1MB of it".into())), None);
    }
}
