//! The password once more, of somebody who is in already: asked for before what a stolen session must not be enough for.

use super::pool::{HashError, Verdict};
use crate::config::Secret;
use crate::identity::Identity;
use crate::identity::attempts::Blocked;
use crate::identity::users::store::{self as users, Place, Stored};
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

impl Identity {
    /// Lets somebody who is in show their password once more; who they are. A wrong one counts, whatever it was asked for.
    pub(in crate::identity) async fn show_password(
        &self,
        place: &Place,
        password: Secret<String>,
    ) -> Result<Stored, PasswordError> {
        let attempt = self.0.gate.again("password", place).await?;
        let wanted = place.clone();
        let find = move |connection: &mut dyn Connection| users::find(connection, wanted.workspace, &wanted.id);
        let stored = self.0.parts.database.read(find).await?.ok_or(PasswordError::Wrong)?;
        match self.0.passwords.verify(password, stored.password.clone()).await {
            Ok(Verdict::Right { .. }) => attempt.succeeded().await,
            Ok(Verdict::Wrong) => {
                attempt.failed().await;
                return Err(PasswordError::Wrong);
            }
            Err(error) => {
                attempt.not_made().await;
                return Err(error.into());
            }
        }
        Ok(stored)
    }
}
