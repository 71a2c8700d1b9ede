//! One-time passwords by the clock (RFC 6238) as every authenticator app makes them: HMAC-SHA-1, six digits, half a minute
//! each. SHA-1's weakness is collisions, which are of no use here; apps that take anything else are few.

use data_encoding::BASE32_NOPAD;
use ring::hmac;
use subtle::ConstantTimeEq;

use crate::clock::Timestamp;

/// Bytes of a secret: what RFC 4226 recommends.
pub(super) const SECRET: usize = 20;

const DIGITS: usize = 6;
const PERIOD: i64 = 30;

/// How many half minutes a clock may be off, either way.
const DRIFT: i64 = 1;

/// The number of the half minute.
const fn step_at(now: Timestamp) -> i64 {
    now.0.div_euclid(PERIOD * 1_000)
}

/// The half minute that a code is of, if it is a right one of a half minute after `last`: a code that was accepted is never
/// accepted again, nor is one from before it.
pub(super) fn step_of(secret: &[u8], code: &str, now: Timestamp, last: i64) -> Option<i64> {
    let told: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let current = step_at(now);
    let steps = (current - DRIFT..=current + DRIFT).filter(|step| *step > last);
    // All are compared, and each whole, so that the time tells nothing.
    steps.fold(None, |found, step| {
        let is_it = code_of(secret, step).as_bytes().ct_eq(told.as_bytes());
        if bool::from(is_it) { Some(step) } else { found }
    })
}

/// The code of a half minute.
fn code_of(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let at = usize::from(tag.as_ref().last().map_or(0, |byte| byte & 0xF));
    let word = tag.as_ref().iter().skip(at).take(4).fold(0, |word: u32, byte| word << 8 | u32::from(*byte));
    format!("{:0DIGITS$}", (word & 0x7FFF_FFFF) % 10_u32.pow(DIGITS as u32))
}

/// What an authenticator app shows at this time for a secret as people type it, in letters of either case and with blanks
/// anywhere; `None` if it is no such secret.
pub fn one_time_code(secret: &str, at: Timestamp) -> Option<String> {
    let letters: String = secret.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let secret = BASE32_NOPAD.decode(letters.trim_end_matches('=').as_bytes()).ok()?;
    (!secret.is_empty()).then(|| code_of(&secret, step_at(at)))
}

/// A secret as people type it.
pub(super) fn spelled(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// What an authenticator app reads from a picture: whose secret it is, and the secret.
pub(super) fn uri(issuer: &str, account: &str, secret: &[u8]) -> String {
    let (issuer, account) = (escaped(issuer), escaped(account));
    let secret = spelled(secret);
    format!(
        "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={PERIOD}"
    )
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of RFC 6238's appendix B, the last six of its eight digits.
    const PUBLISHED: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];
    const SEED: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * 1_000)
    }

    #[test]
    fn the_published_codes_are_right_in_their_half_minute_and_one_beside_it() {
        for (seconds, code) in PUBLISHED {
            let step = seconds / 30;
            for (drift, found) in [(-60, None), (-30, Some(step)), (0, Some(step)), (30, Some(step)), (60, None)] {
                assert_eq!(step_of(SEED, code, at(seconds + drift), 0), found, "{code} {drift}");
            }
        }
    }

    #[test]
    fn a_code_is_good_only_after_the_last_accepted_one() {
        let (seconds, code) = PUBLISHED[1];
        assert_eq!(step_of(SEED, code, at(seconds), seconds / 30 - 1), Some(seconds / 30));
        assert_eq!(step_of(SEED, code, at(seconds), seconds / 30), None);
        assert_eq!(step_of(SEED, code, at(seconds), seconds / 30 + 1), None);
    }

    #[test]
    fn what_is_no_code_is_none() {
        for wrong in ["", "28708", "0287082", "94287082", "28708２", "+87082", "287083"] {
            assert_eq!(step_of(SEED, wrong, at(59), 0), None, "{wrong}");
        }
        assert_eq!(step_of(SEED, " 287 082 ", at(59), 0), Some(1), "as apps show it");
    }

    #[test]
    fn a_secret_as_people_type_it_makes_the_published_codes() {
        for (seconds, code) in PUBLISHED {
            for typed in ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", " gezd gnbv gy3t qojq gezd gnbv gy3t qojq\n"] {
                assert_eq!(one_time_code(typed, at(seconds)).as_deref(), Some(code), "{typed}");
            }
        }
        for none in ["", " ", "GEZDGNBV1", "otpauth://totp/x"] {
            assert_eq!(one_time_code(none, at(59)), None, "{none}");
        }
    }

    #[test]
    fn an_app_is_told_whose_secret_it_is() {
        assert_eq!(
            uri("Grey & Co", "ann+x@example.org", SEED),
            "otpauth://totp/Grey%20%26%20Co:ann%2Bx%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Grey%20%26%20Co&algorithm=SHA1&digits=6&period=30"
        );
    }
}
