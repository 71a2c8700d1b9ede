//! The password once more, of somebody who is in already: asked for before what a stolen session must not be enough for.

use super::pool::{HashError, Verdict};
use crate::config::Secret;
use crate::identity::Identity;
use crate::identity::attempts::Blocked;
use crate::identity::users::User;
use crate::identity::users::store::{self as users, Place};
use crate::store::Connection;

/// Why a password is not taken for that of somebody who is in already.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// It is not the right one.
    #[error("the password is not right")]
    Wrong,
    /// There were too many wrong ones.
    #[error(transparent)]
    Blocked(#[from] Blocked),
    /// It was not looked at.
    #[error(transparent)]
    Hashing(#[from] HashError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

/// A password that was right when it was looked at, and whose. Hashing takes so long that it may be another by the time that
/// something is done by it: [`settle_by_password`](Identity::settle_by_password) holds it against what is stored then.
#[must_use = "what is done by a password is done while it is still the right one"]
pub(in crate::identity) struct Shown {
    pub(in crate::identity) user: User,
    place: Place,
    hash: String,
}

impl Shown {
    /// What the password was found to be of.
    pub(in crate::identity) fn hash(&self) -> &str {
        &self.hash
    }

    /// Refuses as if it were wrong what is not the password any more.
    pub(in crate::identity) fn is_right_still(&self, connection: &mut dyn Connection) -> Result<(), PasswordError> {
        let found = users::find(connection, self.place.workspace, &self.place.id)?;
        let stored = found.and_then(|found| found.password);
        if stored.as_ref() == Some(&self.hash) { Ok(()) } else { Err(PasswordError::Wrong) }
    }
}

impl Identity {
    /// Lets somebody who is in show their password once more. A wrong one counts, whatever it was asked for.
    pub(in crate::identity) async fn show_password(
        &self,
        place: &Place,
        password: Secret<String>,
    ) -> Result<Shown, PasswordError> {
        let attempt = self.0.gate.again("password", place).await?;
        let wanted = place.clone();
        let find = move |connection: &mut dyn Connection| users::find(connection, wanted.workspace, &wanted.id);
        let stored = self.0.parts.database.read(find).await?.ok_or(PasswordError::Wrong)?;
        let verdict = match self.0.passwords.verify(password, stored.password.clone()).await {
            Ok(verdict) => verdict,
            Err(error) => {
                attempt.not_made().await;
                return Err(error.into());
            }
        };
        match (verdict, stored.password) {
            (Verdict::Right { .. }, Some(hash)) => {
                attempt.succeeded().await;
                Ok(Shown { user: stored.user, place: place.clone(), hash })
            }
            _ => {
                attempt.failed().await;
                Err(PasswordError::Wrong)
            }
        }
    }
}
