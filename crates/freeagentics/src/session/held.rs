//! A session in use: what is shown now, and how the next one is come by.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axiomcore::clock::{Clock, SystemClock};
use axiomcore::config::Secret;
use serde_json::json;

use super::{Kept, Session, Tokens, Unkept};
use crate::client::{Call, Client, Trouble};

/// How long before its end a token is not shown any more: a request takes its time to arrive.
const EARLY: Duration = Duration::from_secs(15);

/// The session of a client.
#[derive(Debug)]
pub(crate) struct Held {
    kept: Kept,
    tokens: Mutex<Tokens>,
}

impl Held {
    /// The one that is kept there, if somebody is signed in.
    pub(crate) fn of(kept: Kept) -> Result<Option<Self>, Unkept> {
        let tokens = kept.read()?.and_then(|session| session.tokens);
        Ok(tokens.map(|tokens| Self { kept, tokens: Mutex::new(tokens) }))
    }

    /// What to show with a request. `stranger` is a client of the same server that shows nothing.
    pub(crate) fn token(&self, stranger: &Client) -> Result<Secret<String>, Trouble> {
        let mut tokens = self.lock();
        if is_over(&tokens) {
            *tokens = self.next(&tokens, stranger)?;
        }
        Ok(tokens.access.clone())
    }

    /// What to show in place of what the server did not take.
    pub(crate) fn renew(&self, refused: &Secret<String>, stranger: &Client) -> Result<Secret<String>, Trouble> {
        let mut tokens = self.lock();
        if tokens.access == *refused {
            *tokens = self.next(&tokens, stranger)?;
        }
        Ok(tokens.access.clone())
    }

    /// The tokens after these: those that another command has taken meanwhile, or new ones.
    fn next(&self, old: &Tokens, stranger: &Client) -> Result<Tokens, Trouble> {
        let place = self.kept.lock()?;
        let session = place.read()?.ok_or_else(|| Trouble::SignedOut(String::new()))?;
        let ended = || Trouble::SignedOut(session.email.clone());
        let current = session.tokens.clone().ok_or_else(ended)?;
        if current.access != old.access && !is_over(&current) {
            return Ok(current);
        }
        let call = Call::post("/token/refresh", &json!({ "refresh_token": current.refresh.expose() }));
        let answer = match stranger.send(&call) {
            Ok(answer) => answer,
            Err(Trouble::Refused(refusal)) if refusal.code == "refresh_refused" => {
                let ended = ended();
                place.write(&Session { tokens: None, ..session })?;
                return Err(ended);
            }
            Err(trouble) => return Err(trouble),
        };
        let strange = || Trouble::Strange("the server gave no tokens for the one of before".to_owned());
        let tokens = Tokens::of(&answer.body, SystemClock.now()).ok_or_else(strange)?;
        place.write(&Session { tokens: Some(tokens.clone()), ..session })?;
        Ok(tokens)
    }

    fn lock(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_over(tokens: &Tokens) -> bool {
    tokens.until <= SystemClock.now().plus(EARLY)
}
