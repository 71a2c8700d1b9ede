//! What was learnt, as few bytes as will do: only what is not zero, and whole numbers short.

use super::super::SavedError;
use super::{Lessons, MOST_COUNT};

const UNFIT: SavedError = SavedError::Damaged("what was learnt does not fit the model");

/// Whole numbers below this are written as such.
const MOST_WHOLE: f64 = 268_435_456.0;

/// Appends the numbers that are not zero: how many, then for each the distance from the one before and its value.
pub(in super::super) fn encode(numbers: &[f64], out: &mut Vec<u8>) {
    let filled = || numbers.iter().enumerate().filter(|(_, number)| **number != 0.0);
    put(out, filled().count() as u64);
    let mut next = 0;
    for (place, number) in filled() {
        let whole = number.fract() == 0.0 && *number < MOST_WHOLE;
        put(out, ((place - next) as u64) << 1 | u64::from(whole));
        if whole {
            put(out, *number as u64);
        } else {
            out.extend(number.to_le_bytes());
        }
        next = place + 1;
    }
}

/// Reads what [`encode`] wrote over `numbers`, and returns the rest; refuses bytes that are not of that form, and counts that
/// no learning comes to.
pub(in super::super) fn decode<'a>(
    mut bytes: &'a [u8],
    lessons: &Lessons,
    numbers: &mut [f64],
) -> Result<&'a [u8], SavedError> {
    numbers.fill(0.0);
    let count = take(&mut bytes).ok_or(UNFIT)?;
    let mut next = 0_usize;
    for _ in 0..count {
        let (place, number) = cell(&mut bytes, next).ok_or(UNFIT)?;
        if number > MOST_COUNT {
            return Err(SavedError::Beyond);
        }
        let to = numbers.get_mut(place).filter(|_| number > 0.0 && lessons.can_grow(place));
        *to.ok_or(UNFIT)? = number;
        next = place + 1;
    }
    Ok(bytes)
}

/// One number that is not zero, and its place.
fn cell(bytes: &mut &[u8], next: usize) -> Option<(usize, f64)> {
    let head = take(bytes)?;
    let place = next.checked_add(usize::try_from(head >> 1).ok()?)?;
    if head & 1 == 1 {
        return Some((place, take(bytes)? as f64));
    }
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    Some((place, f64::from_le_bytes(*number)))
}

/// A number, seven bits a byte, the lowest first.
pub(in super::super) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 128 {
        out.push((number & 127) as u8 | 128);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads what [`put`] wrote.
pub(in super::super) fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 127) << shift;
        if byte & 128 == 0 {
            return Some(number);
        }
    }
    None
}
