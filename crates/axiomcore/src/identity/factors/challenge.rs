//! What is asked after the right password. The text that the holder gets is good for answering it and for nothing else; what
//! is stored is its hash.

use super::{Challenge, Proof, Proved, store};
use crate::clock::Timestamp;
use crate::config::Secret;
use crate::entropy::Unavailable;
use crate::identity::Identity;
use crate::identity::key::{Fingerprint, hex};
use crate::identity::passkeys::Purpose;
use crate::identity::users::store::Place;
use crate::store::{Connection, Result};

/// What the text of a challenge begins with, so that it is recognised.
const CHALLENGE: &str = "challenge_";

/// How often one can be answered wrongly.
const TRIES: i64 = 5;

impl Identity {
    pub(in crate::identity) fn new_challenge(
        &self,
        now: Timestamp,
    ) -> std::result::Result<(Challenge, Fingerprint), Unavailable> {
        let mut secret = [0; 32];
        self.0.parts.entropy.fill(&mut secret)?;
        let text = Secret::new(format!("{CHALLENGE}{}", hex(&secret)));
        let fingerprint = Fingerprint::of(text.expose());
        let expires_at = now.plus(self.0.challenge_time);
        Ok((Challenge { text, expires_at, has_app: false, passkeys: None }, fingerprint))
    }

    /// Writes down that the challenge was put to this user, and notes in it with what they can answer.
    pub(in crate::identity) fn put_challenge(
        &self,
        connection: &mut dyn Connection,
        place: &Place,
        (challenge, fingerprint): (Challenge, &Fingerprint),
        now: Timestamp,
    ) -> Result<Challenge> {
        store::insert_challenge(connection, place, fingerprint, now, challenge.expires_at)?;
        let has_app = self.has_app(connection, place)?;
        let passkeys = self.passkeys_that_answer(connection, place, &Purpose::answering(fingerprint), now)?;
        Ok(Challenge { has_app, passkeys, ..challenge })
    }

    /// To whom the challenge was put, if it can be answered.
    pub(in crate::identity) fn challenged(
        &self,
        connection: &mut dyn Connection,
        fingerprint: &Fingerprint,
        now: Timestamp,
    ) -> Result<Option<Place>> {
        store::find_challenge(connection, fingerprint, now, TRIES)
    }

    /// Answers it. A wrong answer counts; after a right one the challenge is gone. What was read of it before may have been
    /// used up meanwhile: it is decided here.
    pub(in crate::identity) fn answer(
        &self,
        connection: &mut dyn Connection,
        place: &Place,
        fingerprint: &Fingerprint,
        proof: &Proof,
        now: Timestamp,
    ) -> Result<Option<Proved>> {
        if !store::try_challenge(connection, fingerprint, now, TRIES)? {
            return Ok(None);
        }
        let proved = self.prove(connection, place, &(proof.clone(), Purpose::answering(fingerprint)), now)?;
        if proved.is_some() {
            store::delete_challenge(connection, fingerprint)?;
        }
        Ok(proved)
    }
}
