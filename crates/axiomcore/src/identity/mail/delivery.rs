//! Letters on their way: tried until the hook takes them, or their time is over.

use std::time::Duration;

use serde_json::json;
use tokio::task::spawn_blocking;

use super::letter::{Kind, Letter};
use super::{Forgotten, Mail, purpose, store};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::config::Secret;
use crate::lifecycle::Stopping;
use crate::store::{Connection, Result};

/// How often it is looked whether a letter waits.
const PAUSE: Duration = Duration::from_millis(500);

/// The pause after the first try; each is twice as long as the one before, up to the longest.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(900);

/// How much longer than the hook may take to answer a letter is kept from others who would try it.
const MARGIN: Duration = Duration::from_secs(5);

/// Who gives letters up, on the record.
const SERVICE: &str = "service";

impl Mail {
    /// Sends what waits, until a stop is asked for.
    pub async fn run_until_stopped(self, stopping: Stopping) {
        let mut wishes = self.0.waiting.lock().await;
        loop {
            tokio::select! {
                biased;
                () = stopping.requested() => return,
                Some(forgotten) = wishes.recv() => self.grant(&forgotten).await,
                () = tokio::time::sleep(PAUSE) => {}
            }
            while !stopping.is_requested() && self.try_next().await {}
        }
    }

    /// Looks up who still waits to be, and tries each letter whose time it is once: for the end. What is not sent waits for
    /// the next start, or is sent by another node.
    pub async fn finish(&self) {
        let mut wishes = self.0.waiting.lock().await;
        while let Ok(forgotten) = wishes.try_recv() {
            self.grant(&forgotten).await;
        }
        while self.try_next().await {}
    }

    /// Writes to whoever has this address.
    async fn grant(&self, forgotten: &Forgotten) {
        if let Err(error) = self.0.parts.identity.forgotten(forgotten, self.envelope(Kind::NewStart)).await {
            tracing::error!(%error, "nobody was given a new start: {error}");
        }
    }

    /// Tries the letter whose turn it is; says whether there was one.
    async fn try_next(&self) -> bool {
        match self.try_one().await {
            Ok(was_one) => was_one,
            Err(error) => {
                tracing::error!(%error, "letters wait, for the database fails: {error}");
                false
            }
        }
    }

    async fn try_one(&self) -> Result<bool> {
        let (database, now) = (&self.0.parts.database, self.0.parts.clock.now());
        let (due, waiting) = database.read(move |connection| store::due(connection, now)).await?;
        self.0.metrics.wait(waiting);
        let Some(mut due) = due else { return Ok(false) };
        let until = now.plus(self.0.config.hook_timeout.duration().saturating_add(MARGIN));
        let take = move |connection: &mut dyn Connection| Ok((store::take(connection, &due, until)?, due));
        let (is_ours, taken) = database.write(take).await?;
        due = taken;
        if is_ours {
            due.tries += 1;
            self.send(due).await?;
        }
        Ok(true)
    }

    /// Sends a letter that was taken, or lets it wait, or gives it up.
    async fn send(&self, due: store::Stored) -> Result<()> {
        let (kind, user) = (due.kind.name(), due.place.id.clone());
        let why = match self.opened(&due) {
            Ok(letter) => match self.post(letter).await {
                Ok(()) => {
                    self.0.metrics.count(kind, "sent");
                    let remove = move |connection: &mut dyn Connection| store::remove(connection, &due).map(drop);
                    return self.0.parts.database.write(remove).await;
                }
                Err(why) => why,
            },
            Err(why) => why,
        };
        let (now, tries) = (self.0.parts.clock.now(), due.tries);
        let again = now.plus(pause(tries));
        let is_over = tries >= self.0.config.attempts || again >= due.expires_at;
        self.0.metrics.count(kind, if is_over { "failed" } else { "again" });
        tracing::warn!(user, tries, is_over, why, "a letter to {user} was not sent: {why}");
        let note = move |connection: &mut dyn Connection| match is_over {
            true => give_up(connection, &due, now),
            false => store::postpone(connection, &due, again),
        };
        self.0.parts.database.write(note).await
    }

    fn opened(&self, due: &store::Stored) -> std::result::Result<Letter, String> {
        let body = self.0.parts.sealer.open(&purpose(&due.place), &due.sealed).map_err(|error| error.to_string())?;
        let body = String::from_utf8(body.expose().clone()).map_err(|_| "it is no text".to_owned())?;
        Ok(Letter::again(due.id.clone(), due.kind, due.place.id.clone(), Secret::new(body)))
    }

    /// Tries a letter once; why it was not sent.
    async fn post(&self, letter: Letter) -> std::result::Result<(), String> {
        let (mail, now) = (self.clone(), self.0.parts.clock.now());
        let sent = spawn_blocking(move || mail.0.way.send(&letter, now));
        sent.await.unwrap_or_else(|error| Err(error.to_string()))
    }
}

/// How long a letter waits that was tried so often.
fn pause(tries: u32) -> Duration {
    FIRST.saturating_mul(1_u32.checked_shl(tries.saturating_sub(1)).unwrap_or(u32::MAX)).min(LONGEST)
}

/// Nobody tries it any more. Whoever was to get it has to ask for another.
fn give_up(connection: &mut dyn Connection, letter: &store::Stored, at: Timestamp) -> Result<()> {
    if store::remove(connection, letter)? {
        let entry = Entry { workspace: letter.place.workspace, at, principal: SERVICE, action: "letter.give_up" };
        entry.write(connection, &letter.place.id, &json!({ "kind": letter.kind.name(), "tries": letter.tries }))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_quarter_of_an_hour() {
        let pauses: Vec<u64> = [1, 2, 3, 10, 11, 12, 40].map(|tries| pause(tries).as_secs()).into();
        assert_eq!(pauses, [1, 2, 4, 512, 900, 900, 900]);
    }
}
