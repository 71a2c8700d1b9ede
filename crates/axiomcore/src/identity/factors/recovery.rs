//! Recovery codes: what lets somebody in who has lost what makes their codes, each once.
//!
//! A code is 80 bits at random, such as `mzxw-6ytb-oi4a-kq2p`. Nobody guesses those, so a fast hash is enough to store; the
//! hash has in it whose code it is, so that two people's codes cannot be told to be the same.

use data_encoding::BASE32_NOPAD;

use crate::config::Secret;
use crate::entropy::{Entropy, Unavailable};
use crate::identity::key::Fingerprint;
use crate::identity::users::store::Place;

/// How many somebody gets.
pub(super) const CODES: usize = 10;

const BYTES: usize = 10;
const LETTERS: usize = 16;
const GROUP: usize = 4;

/// New codes, as they are told.
pub(super) fn make(entropy: &dyn Entropy) -> Result<Vec<Secret<String>>, Unavailable> {
    let one = |_| {
        let mut bytes = [0; BYTES];
        entropy.fill(&mut bytes)?;
        let letters: Vec<char> = BASE32_NOPAD.encode(&bytes).to_ascii_lowercase().chars().collect();
        let groups: Vec<String> = letters.chunks(GROUP).map(|group| group.iter().collect()).collect();
        Ok(Secret::new(groups.join("-")))
    };
    (0..CODES).map(one).collect()
}

/// What is stored of a code; nothing if it has not the form of one. Case, hyphens and blanks do not count.
pub(super) fn fingerprint(place: &Place, code: &str) -> Option<Fingerprint> {
    let letters: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let letters = letters.to_ascii_lowercase();
    let is_code = letters.len() == LETTERS && letters.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_code.then(|| Fingerprint::of(&format!("{}/{}/{letters}", place.workspace, place.id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn codes_are_read_as_people_type_them_and_are_their_owners_alone() {
        let ann = Place { workspace: 1, id: "ann".into() };
        let codes = make(&SeededEntropy::new(7)).unwrap();
        let mut different: Vec<&str> = codes.iter().map(|code| code.expose().as_str()).collect();
        different.sort_unstable();
        different.dedup();
        assert_eq!((codes.len(), different.len(), different[0].len()), (CODES, CODES, LETTERS + 3));
        let code = codes[0].expose();
        let stored = fingerprint(&ann, code).unwrap();
        assert_eq!(fingerprint(&ann, &format!(" {} ", code.to_uppercase().replace('-', " "))), Some(stored));
        assert_ne!(fingerprint(&ann, codes[1].expose()), Some(stored));
        assert_ne!(fingerprint(&Place { id: "bob".into(), ..ann }, code), Some(stored));
        for wrong in ["", "123456", &code[1..], &format!("{code}a"), "é".repeat(8).as_str()] {
            assert_eq!(fingerprint(&ann, wrong), None, "{wrong}");
        }
    }
}
