//! Listing sessions and ending them: one's own, and those of people whom one rules over.

use std::time::Duration;

use serde_json::json;

use super::{Session, store};
use crate::audit::Entry;
use crate::clock::Timestamp;
use crate::identity::transaction::Losers;
use crate::identity::users::store::{self as users, Place};
use crate::identity::{Identity, Principal, UserError};
use crate::store::{Connection, Result};

/// How many sessions are forgotten in one transaction.
const PAGE: usize = 1_000;

impl Identity {
    /// The caller's own sessions that go on, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_sessions(&self, caller: &Principal) -> Result<Vec<Session>> {
        let place = own(caller);
        let listed = self.0.parts.database.read(move |connection| store::list(connection, &place)).await?;
        Ok(self.going_on(listed))
    }

    /// The sessions of somebody in the principal's workspace that go on, newest first; nothing if there is nobody of that
    /// id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_sessions_of(&self, principal: &Principal, id: &str) -> Result<Option<Vec<Session>>> {
        let place = Place { workspace: principal.workspace, id: id.to_owned() };
        let list = move |connection: &mut dyn Connection| match users::find(connection, place.workspace, &place.id)? {
            Some(_) => store::list(connection, &place).map(Some),
            None => Ok(None),
        };
        let listed = self.0.parts.database.read(list).await?;
        Ok(listed.map(|listed| self.going_on(listed)))
    }

    /// Ends one of the caller's own sessions: on this node from now on, on others within a second. Says whether there was
    /// one.
    ///
    /// # Errors
    /// If the caller's own has ended, or the database fails.
    pub async fn end_session(&self, caller: &Principal, id: &str) -> std::result::Result<bool, UserError> {
        let (place, id, now) = (own(caller), id.to_owned(), self.now());
        let end = move |connection: &mut dyn Connection, losers: &mut Losers| {
            let ended = store::end(connection, &place, &id, now)?;
            if ended {
                losers.add(&place.id);
                record(connection, &place, &place.id, Some(&id), now)?;
            }
            Ok(ended)
        };
        self.settle(caller, caller.workspace, end).await
    }

    /// Ends all of the caller's own sessions, this one too.
    ///
    /// # Errors
    /// If the caller's own has ended, or the database fails.
    pub async fn end_sessions(&self, caller: &Principal) -> std::result::Result<(), UserError> {
        let (place, now) = (own(caller), self.now());
        let end = move |connection: &mut dyn Connection, losers: &mut Losers| {
            store::end_all(connection, &place, now)?;
            losers.add(&place.id);
            Ok(record(connection, &place, &place.id, None, now)?)
        };
        self.settle(caller, caller.workspace, end).await
    }

    /// Ends a session of somebody who may no more than the maker. Says whether there was one.
    ///
    /// # Errors
    /// If there is no such user, or they may more than the maker; if the database fails.
    pub async fn end_session_of(
        &self,
        maker: &Principal,
        id: &str,
        session: &str,
    ) -> std::result::Result<bool, UserError> {
        let (by, session, now) = (maker.id.clone(), session.to_owned(), self.now());
        let end = move |connection: &mut dyn Connection, place: &Place, _: &users::Stored, losers: &mut Losers| {
            let ended = store::end(connection, place, &session, now)?;
            if ended {
                losers.add(&place.id);
                record(connection, place, &by, Some(&session), now)?;
            }
            Ok(ended)
        };
        self.change(maker, id, end).await
    }

    /// Ends all sessions of somebody who may no more than the maker.
    ///
    /// # Errors
    /// If there is no such user, or they may more than the maker; if the database fails.
    pub async fn end_sessions_of(&self, maker: &Principal, id: &str) -> std::result::Result<(), UserError> {
        let (by, now) = (maker.id.clone(), self.now());
        let end = move |connection: &mut dyn Connection, place: &Place, _: &users::Stored, losers: &mut Losers| {
            store::end_all(connection, place, now)?;
            losers.add(&place.id);
            Ok(record(connection, place, &by, None, now)?)
        };
        self.change(maker, id, end).await
    }

    /// Forgets sessions that nobody can go on with. Every session is as good as ended when it has rested for too long, however
    /// it ended, so the moment of its last use decides; what is left over is for the next time.
    pub(in crate::identity) async fn prune_sessions(&self) -> Result<()> {
        let resting = self.0.session_idle_time.saturating_add(self.0.session_kept_time);
        let before = self.now().minus(resting);
        let is_there = move |connection: &mut dyn Connection| store::has_older(connection, before);
        if self.0.parts.database.read(is_there).await? {
            self.0.parts.database.write(move |connection| store::prune(connection, before, PAGE)).await?;
        }
        Ok(())
    }

    fn going_on(&self, sessions: Vec<Session>) -> Vec<Session> {
        let (now, idle): (Timestamp, Duration) = (self.now(), self.0.session_idle_time);
        let goes_on = |session: &Session| now < session.expires_at && now < session.last_used_at.plus(idle);
        sessions.into_iter().filter(goes_on).collect()
    }
}

fn own(caller: &Principal) -> Place {
    Place { workspace: caller.workspace, id: caller.id.clone() }
}

/// Puts on record that one session of somebody's was ended, or all of them.
fn record(
    connection: &mut dyn Connection,
    place: &Place,
    by: &str,
    session: Option<&str>,
    at: Timestamp,
) -> Result<()> {
    let (action, subject) = match session {
        Some(session) => ("session.end", session),
        None => ("session.end_all", &*place.id),
    };
    let detail = if by == place.id { json!({}) } else { json!({ "user": place.id }) };
    Entry { workspace: place.workspace, at, principal: by, action }.write(connection, subject, &detail)
}
