//! What a device is asked to sign, so that what it signed for something else, or before, is worth nothing.
//!
//! A challenge is not stored when it is made, or anybody could fill the database by asking to sign in. It says itself when it
//! was made, and bears our seal, which also holds what it is for: only whoever it was put to can answer it, and only there.
//! What is stored is that it was answered, until it would have expired anyway.

use std::time::Duration;

use ring::hmac;

use crate::clock::Timestamp;
use crate::config::Secret;
use crate::entropy::{Entropy, Unavailable};
use crate::identity::key::{Fingerprint, hex};
use crate::identity::users::store::Place;

const NONCE: usize = 16;
const TIME: usize = 8;

/// What a challenge is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::identity) struct Purpose(String);

impl Purpose {
    /// To make a passkey, within a session, by who has these factors and this password.
    pub(super) fn making(place: &Place, session: Option<&str>, Standing(standing): &Standing) -> Self {
        Self(format!("make {} {} {} {standing}", place.workspace, place.id, session.unwrap_or_default()))
    }

    /// To show a passkey by somebody who is in, within a session.
    pub(in crate::identity) fn showing(place: &Place, session: Option<&str>) -> Self {
        Self(format!("show {} {} {}", place.workspace, place.id, session.unwrap_or_default()))
    }

    /// To answer what is asked after a password.
    pub(in crate::identity) fn answering(asked: &Fingerprint) -> Self {
        Self(format!("answer {}", hex(asked.bytes())))
    }

    /// To sign in with nothing else.
    pub(in crate::identity) fn alone() -> Self {
        Self("sign in".into())
    }
}

/// What somebody's account rests on: their password and their factors, as a digest. Whatever was begun by one of them is worth
/// nothing when it is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing(String);

impl Standing {
    pub(super) fn of(password: &str, app_since: Option<Timestamp>, passkeys: &[String]) -> Self {
        let app = app_since.map_or_else(String::new, |at| at.0.to_string());
        let all = format!("{password}\n{app}\n{}", passkeys.join("\n"));
        Self(hex(Fingerprint::of(&all).bytes()))
    }
}

/// Makes challenges, and recognises them. Clones of its key are on all nodes.
pub(in crate::identity) struct Challenger {
    key: hmac::Key,
    lasting: Duration,
}

impl Challenger {
    /// `secret` is what all nodes have in common.
    pub(in crate::identity) fn new(secret: &Secret<Vec<u8>>, lasting: Duration) -> Self {
        let own = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.expose()), b"challenges of passkeys");
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, own.as_ref()), lasting }
    }

    /// How long one is good.
    pub(super) const fn lasting(&self) -> Duration {
        self.lasting
    }

    pub(super) fn make(
        &self,
        purpose: &Purpose,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, Unavailable> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce)?;
        let said = [&nonce[..], &now.0.to_be_bytes()].concat();
        let seal = hmac::sign(&self.key, &sealed(&said, purpose));
        Ok([&said, seal.as_ref()].concat())
    }

    /// Until when it can be answered, if it is one of ours for this purpose that can.
    pub(super) fn good_until(&self, challenge: &[u8], purpose: &Purpose, now: Timestamp) -> Option<Timestamp> {
        let (said, seal) = challenge.split_at_checked(NONCE + TIME)?;
        hmac::verify(&self.key, &sealed(said, purpose), seal).ok()?;
        let made_at = i64::from_be_bytes(said.get(NONCE..)?.try_into().ok()?);
        Some(Timestamp(made_at).plus(self.lasting)).filter(|until| now < *until)
    }
}

/// What is sealed: what is said has always the same length, so that nobody moves where the purpose begins.
fn sealed(said: &[u8], Purpose(purpose): &Purpose) -> Vec<u8> {
    [said, purpose.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn a_challenge_is_good_for_one_purpose_and_for_a_while() {
        let challenger = Challenger::new(&Secret::new(vec![7; 32]), Duration::from_secs(300));
        let ann = Place { workspace: 1, id: "ann".into() };
        let standing = |password| Standing::of(password, None, &[]);
        let purpose = Purpose::making(&ann, Some("s1"), &standing("a"));
        let now = Timestamp(1_000_000);
        let challenge = challenger.make(&purpose, now, &SeededEntropy::new(3)).unwrap();
        let until =
            |challenge: &[u8], purpose: &Purpose, at: i64| challenger.good_until(challenge, purpose, Timestamp(at));
        assert_eq!(until(&challenge, &purpose, now.0), Some(Timestamp(1_300_000)));
        assert_eq!(until(&challenge, &purpose, 1_299_999), Some(Timestamp(1_300_000)));
        assert_eq!(until(&challenge, &purpose, 1_300_000), None, "too late");
        let bob = Place { id: "bob".into(), ..ann };
        for other in [
            Purpose::making(&bob, Some("s1"), &standing("a")),
            Purpose::making(&ann, Some("s2"), &standing("a")),
            Purpose::making(&ann, None, &standing("a")),
            Purpose::making(&ann, Some("s1"), &standing("b")),
            Purpose::making(&ann, Some("s1"), &Standing::of("a", Some(now), &[])),
            Purpose::making(&ann, Some("s1"), &Standing::of("a", None, &["p1".into()])),
            Purpose::showing(&ann, Some("s1")),
            Purpose::answering(&Fingerprint::of("challenge_x")),
            Purpose::alone(),
        ] {
            assert_eq!(until(&challenge, &other, now.0), None, "{other:?}");
        }
        for at in 0..challenge.len() {
            let mut forged = challenge.clone();
            forged[at] ^= 1;
            assert_eq!(until(&forged, &purpose, now.0), None, "byte {at}");
        }
        assert_eq!(until(&challenge[..10], &purpose, now.0), None);
        assert_eq!(until(&[&challenge[..], &[0]].concat(), &purpose, now.0), None);
        let other = Challenger::new(&Secret::new(vec![8; 32]), Duration::from_secs(300));
        assert_eq!(other.good_until(&challenge, &purpose, now), None, "another installation's");
    }
}
