//! Transactions that may refuse, and that somebody may lose something by.

use super::passwords::{PasswordError, Shown};
use super::settled::Lapsed;
use super::{Identity, Principal, changes, store};
use crate::store::{Connection, Error};

/// Whom a transaction has taken something away from: principals of one workspace, to be forgotten wherever they are
/// remembered.
#[derive(Debug, Default)]
pub(super) struct Losers(Vec<String>);

impl Losers {
    /// One more.
    pub(super) fn add(&mut self, principal: &str) {
        self.0.push(principal.to_owned());
    }
}

impl Identity {
    /// Does what somebody asked for in one transaction, which a refusal undoes. Whatever changes who may what goes through
    /// here. Such transactions take place one after the other on all nodes: what one of them has found, such as another
    /// administrator, is so until its end. So whoever asked is looked up in it once more: who has lost what they could when
    /// their request came gets nothing done, however far it had come by then.
    pub(super) async fn settle<T, E>(
        &self,
        asked: &Principal,
        workspace: i64,
        work: impl FnOnce(&mut dyn Connection, &mut Losers) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + From<Lapsed> + Send + 'static,
    {
        let (identity, asked) = (self.clone(), asked.clone());
        let work =
            move |connection: &mut dyn Connection, losers: &mut Losers| match identity.lapsed(connection, &asked)? {
                Some(lapsed) => Err(lapsed.into()),
                None => work(connection, losers),
            };
        self.settle_for_anybody(workspace, work).await
    }

    /// The same for what somebody has shown their password for, if it takes that: while it was hashed it may have been replaced,
    /// and whoever knows the one of before gets nothing done by it.
    pub(super) async fn settle_by_password<T, E>(
        &self,
        asked: &Principal,
        shown: Option<Shown>,
        work: impl FnOnce(&mut dyn Connection, &mut Losers) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + From<Lapsed> + From<PasswordError> + Send + 'static,
    {
        let work = move |connection: &mut dyn Connection, losers: &mut Losers| {
            if let Some(shown) = shown {
                shown.is_right_still(connection)?;
            }
            work(connection, losers)
        };
        self.settle(asked, asked.workspace, work).await
    }

    /// The same for who shows no credential, such as the holder of a ticket.
    pub(super) async fn settle_for_anybody<T, E>(
        &self,
        workspace: i64,
        work: impl FnOnce(&mut dyn Connection, &mut Losers) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (database, now) = (self.0.parts.database.clone(), self.now());
        let mut losers = Losers::default();
        let done = tokio::task::spawn_blocking(move || {
            let mut refusal = None;
            let written = database.write_blocking(|connection| {
                store::lock_default_workspace(connection)?;
                let done = work(connection, &mut losers).map_err(|why| {
                    refusal = Some(why);
                    Error::Refused("undone".into())
                })?;
                losers.0.iter().try_for_each(|loser| changes::revoked(connection, workspace, loser, now))?;
                Ok(done)
            });
            match refusal {
                Some(why) => Err(why),
                None => written.map(|done| (done, losers)).map_err(E::from),
            }
        });
        let (done, losers) = done.await.map_err(|error| E::from(Error::Failed(error.to_string())))??;
        // After the commit: who reads the database from here on sees it, and who read before is not remembered.
        losers.0.iter().for_each(|principal| self.0.cache.remove(workspace, principal));
        Ok(done)
    }
}
