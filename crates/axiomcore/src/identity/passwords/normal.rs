//! One form of a password, however it was typed.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfkc};

use super::policy::LONGEST;

/// The form in which a password is hashed and compared: two keyboards write `ü` in two ways, and it is one letter (NFKC, as
/// NIST SP 800-63B has it). Nothing for what is no password here: it is too long, or has in it a NUL, at which bcrypt begins
/// over again.
pub(crate) fn normal(password: &str) -> Option<Cow<'_, str>> {
    if password.len() > LONGEST || password.contains('\0') {
        return None;
    }
    Some(if is_nfkc(password) { password.into() } else { password.nfkc().collect::<String>().into() })
}

/// Whether two passwords are one, however each was typed.
pub(crate) fn are_same(one: &str, other: &str) -> bool {
    normal(one).is_some_and(|one| normal(other).is_some_and(|other| one == other))
}
