//! Which passwords are accepted: long ones that are not among those everybody tries first. What characters they are made
//! of is not asked (NIST SP 800-63B: such rules make passwords worse).

use super::Algorithm;
use super::algorithm::BCRYPT_READS;
use super::normal::normal;

/// Those that are tried first, of at least eight characters, in the order of their bytes.
const COMMON: &str = include_str!("common.txt");

/// Longer ones would only cost time to hash.
pub(super) const LONGEST: usize = 1024;

/// Why a password is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It has fewer characters than this.
    #[error("it is too short: at least {0} characters; a few words are easy to remember")]
    Short(usize),
    /// It has more bytes than this.
    #[error("it is too long: at most {0} bytes")]
    Long(usize),
    /// It has characters in it that nobody sees, such as a NUL.
    #[error("it has control characters in it")]
    Control,
    /// It is one of those that are tried first.
    #[error("it is among the passwords that are tried first")]
    Common,
    /// It is made of the name of its owner.
    #[error("it is made of the email address or the name of its owner")]
    Own,
    /// It is the one that its owner has already.
    #[error("it is the password that you have now")]
    Same,
    /// It repeats a character or two.
    #[error("it has fewer than five different characters")]
    Uniform,
    /// Its characters count up or down.
    #[error("its characters count up or down")]
    Counting,
}

/// Whether a password is good enough; `own` are words about its owner.
pub(crate) fn check(password: &str, least: usize, algorithm: Algorithm, own: &[&str]) -> Result<(), Unfit> {
    let most = if algorithm == Algorithm::Bcrypt { BCRYPT_READS } else { LONGEST };
    if password.chars().any(char::is_control) {
        return Err(Unfit::Control);
    }
    // What is hashed is what counts, which may be longer than what was typed.
    let normal = normal(password).filter(|normal| normal.len() <= most).ok_or(Unfit::Long(most))?;
    let password = &*normal;
    if password.chars().count() < least {
        return Err(Unfit::Short(least));
    }
    let lower = password.to_lowercase();
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < 5 {
        return Err(Unfit::Uniform);
    }
    if counts(&lower) {
        return Err(Unfit::Counting);
    }
    if is_common(&lower) {
        return Err(Unfit::Common);
    }
    // Their own words with something short around them are guessed as well.
    let is_own =
        |word: &&str| word.chars().count() > 3 && lower.contains(&word.to_lowercase()) && lower.len() < word.len() + 8;
    if own.iter().any(is_own) { Err(Unfit::Own) } else { Ok(()) }
}

/// Whether three of four characters follow the one before by one; after 9 comes 0.
fn counts(lower: &str) -> bool {
    let codes: Vec<u32> = lower.chars().map(u32::from).collect();
    let follows = |pair: &&[u32]| match pair {
        [one, next] => one.abs_diff(*next) == 1 || [*one, *next] == [0x39, 0x30] || [*one, *next] == [0x30, 0x39],
        _ => false,
    };
    codes.windows(2).filter(follows).count() * 4 >= codes.len() * 3
}

/// As it stands, or with digits and marks at its end.
fn is_common(lower: &str) -> bool {
    let stem = lower.trim_end_matches(|c: char| !c.is_alphabetic());
    [lower, stem].into_iter().any(|word| word.len() >= 8 && is_listed(word))
}

fn is_listed(word: &str) -> bool {
    COMMON.lines().any(|line| line == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(password: &str) -> Result<(), Unfit> {
        check(password, 12, Algorithm::Argon2id, &["grace.hopper@example.org", "grace.hopper", "Grace Hopper"])
    }

    #[test]
    fn long_and_unlikely_passwords_are_accepted_whatever_they_are_made_of() {
        for good in ["correct horse battery", "vier grüne Tassen", "沈黙は金なり雄弁は銀という", "kx7-qm2-zz9-w"]
        {
            assert_eq!(judge(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn others_are_refused_with_the_reason() {
        assert_eq!(judge("kx7-qm2-zz9"), Err(Unfit::Short(12)));
        assert_eq!(judge(&"kx7-qm2-zz9-".repeat(100)), Err(Unfit::Long(1024)));
        assert_eq!(judge("abababababababab"), Err(Unfit::Uniform));
        assert_eq!(judge("correct\0horse battery"), Err(Unfit::Control));
        for counting in ["123456789012", "abcdefghijklm", "9876543210987", "x1234567890abcdef"] {
            assert_eq!(judge(counting), Err(Unfit::Counting), "{counting}");
        }
        for common in ["1q2w3e4r5t6y", "Telechargement", "qwerty123456", "basketball2024!"] {
            assert_eq!(judge(common), Err(Unfit::Common), "{common}");
        }
        for own in ["Grace.Hopper1906", "grace.hopper@example.org", "grace hopper!!"] {
            assert_eq!(judge(own), Err(Unfit::Own), "{own}");
        }
        assert_eq!(check(&"kx7-".repeat(19), 12, Algorithm::Bcrypt, &[]), Err(Unfit::Long(72)));
        // One character that stands for eighteen.
        assert_eq!(check("kx7-qm2-zz9-\u{fdfa}\u{fdfa}", 12, Algorithm::Bcrypt, &[]), Err(Unfit::Long(72)));
    }
}
