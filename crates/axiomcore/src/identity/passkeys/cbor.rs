//! The little of CBOR (RFC 8949) that devices write, in the one form in which they may write it (CTAP2's): lengths are
//! definite, numbers are as short as can be, and there are neither tags nor floats. A library would read more than that, and
//! then what it had read would have to be checked.

use super::Flaw;

/// How deep lists and maps may be in each other; CTAP2 allows for four.
const DEEPEST: usize = 4;

const LONG_WINDED: Flaw = Flaw::Form("a number is not as short as can be, or a length is not definite");
const UNEXPECTED: Flaw = Flaw::Form("something else stands where another thing is expected");

/// Bytes, from what was read to their end.
#[derive(Clone, Copy)]
pub(super) struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    pub(super) const fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    /// What was not read.
    pub(super) const fn rest(&self) -> &'b [u8] {
        self.0
    }

    /// That many bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<&'b [u8], Flaw> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Flaw::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A number of so many bytes, the highest first.
    pub(super) fn number(&mut self, bytes: usize) -> Result<u64, Flaw> {
        Ok(self.take(bytes)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// That there is nothing more.
    pub(super) const fn end(&self) -> Result<(), Flaw> {
        if self.0.is_empty() { Ok(()) } else { Err(Flaw::Trailing) }
    }

    /// How many pairs a map has that follow.
    pub(super) fn map(&mut self) -> Result<u64, Flaw> {
        self.expect(5)
    }

    pub(super) fn bytes(&mut self) -> Result<&'b [u8], Flaw> {
        let length = self.expect(2)?;
        self.take(usize::try_from(length).map_err(|_| Flaw::Truncated)?)
    }

    pub(super) fn text(&mut self) -> Result<&'b str, Flaw> {
        let length = self.expect(3)?;
        let taken = self.take(usize::try_from(length).map_err(|_| Flaw::Truncated)?)?;
        std::str::from_utf8(taken).map_err(|_| Flaw::Form("a text is no UTF-8"))
    }

    pub(super) fn integer(&mut self) -> Result<i64, Flaw> {
        let (major, number) = self.head()?;
        let number = i64::try_from(number).map_err(|_| UNEXPECTED)?;
        match major {
            0 => Ok(number),
            1 => Ok(-1 - number),
            _ => Err(UNEXPECTED),
        }
    }

    /// Whether bytes follow.
    pub(super) fn has_bytes(&self) -> bool {
        self.0.first().is_some_and(|first| first >> 5 == 2)
    }

    /// Passes over whatever it is, if it has the form.
    pub(super) fn skip(&mut self) -> Result<(), Flaw> {
        self.skip_within(DEEPEST)
    }

    fn skip_within(&mut self, depth: usize) -> Result<(), Flaw> {
        let mut ahead = *self;
        let (major, number) = ahead.head()?;
        match (major, number) {
            (0 | 1, _) | (7, 20..=22) => *self = ahead,
            (2, _) => drop(self.bytes()?),
            (3, _) => drop(self.text()?),
            (4 | 5, _) if depth > 0 => {
                *self = ahead;
                let items = if major == 5 { number.saturating_mul(2) } else { number };
                // Each takes a byte at least, so that a number that lies ends soon.
                for _ in 0..items {
                    self.skip_within(depth - 1)?;
                }
            }
            _ => return Err(UNEXPECTED),
        }
        Ok(())
    }

    fn expect(&mut self, wanted: u8) -> Result<u64, Flaw> {
        let (major, number) = self.head()?;
        if major == wanted { Ok(number) } else { Err(UNEXPECTED) }
    }

    /// What follows, and its number or length.
    fn head(&mut self) -> Result<(u8, u64), Flaw> {
        let first = self.number(1)?;
        let (major, short) = ((first >> 5) as u8, first & 0x1F);
        let (bytes, least) = match short {
            0..=23 => return Ok((major, short)),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return Err(LONG_WINDED),
        };
        let number = self.number(bytes)?;
        if number < least { Err(LONG_WINDED) } else { Ok((major, number)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(bytes: &[u8]) -> Result<(), Flaw> {
        let mut reader = Reader::new(bytes);
        reader.skip()?;
        reader.end()
    }

    #[test]
    fn what_devices_write_is_read() {
        assert_eq!(Reader::new(&[0x38, 0xFF]).integer(), Ok(-256));
        assert_eq!(Reader::new(&[0x26]).integer(), Ok(-7));
        assert_eq!(Reader::new(&[0x42, 1, 2]).bytes(), Ok(&[1, 2][..]));
        assert_eq!(Reader::new(&[0x63, b'f', b'm', b't']).text(), Ok("fmt"));
        assert_eq!(Reader::new(&[0xA3]).map(), Ok(3));
        // {"a": [1, h'02', {}], "b": true}
        assert_eq!(skipped(&[0xA2, 0x61, b'a', 0x83, 1, 0x41, 2, 0xA0, 0x61, b'b', 0xF5]), Ok(()));
    }

    #[test]
    fn what_can_be_written_in_two_ways_is_read_in_one() {
        for (bytes, flaw) in [
            (&[0x18, 23][..], LONG_WINDED),
            (&[0x19, 0, 255], LONG_WINDED),
            (&[0x58, 1, 0], LONG_WINDED),
            (&[0x5F, 0x41, 1, 0xFF], LONG_WINDED),
            (&[0xBF, 0xFF], LONG_WINDED),
            (&[0xC0, 0x61, b'a'], UNEXPECTED),
            (&[0xF9, 0x3C, 0], UNEXPECTED),
            (&[0xF7], UNEXPECTED),
            (&[0x61, 0xFF], Flaw::Form("a text is no UTF-8")),
            (&[0x81, 0x81, 0x81, 0x81, 0x81, 0], UNEXPECTED),
            (&[0, 0], Flaw::Trailing),
        ] {
            assert_eq!(skipped(bytes), Err(flaw), "{bytes:?}");
        }
    }

    #[test]
    fn whatever_breaks_off_is_refused_and_a_length_that_lies_costs_nothing() {
        let whole = [0xA1, 0x61, b'a', 0x82, 0x19, 1, 0, 0x42, 1, 2];
        assert_eq!(skipped(&whole), Ok(()));
        for end in 0..whole.len() {
            assert_eq!(skipped(&whole[..end]), Err(Flaw::Truncated), "{end}");
        }
        for lie in [0x5B, 0x7B, 0x9B, 0xBB] {
            assert_eq!(skipped(&[lie, 255, 255, 255, 255, 255, 255, 255, 255]), Err(Flaw::Truncated), "{lie:x}");
        }
    }
}
