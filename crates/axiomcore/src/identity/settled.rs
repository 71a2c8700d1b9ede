//! Who asks is settled when the headers of a request are there; its body may come long after, and what it asks for is done
//! later still.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::ended::unauthenticated;
use super::{Identity, Principal, codes};
use crate::http::Problem;
use crate::store::{Connection, Result};

/// How late a body may come without anybody being asked again. What is taken away is taken away everywhere within a second,
/// and nobody keeps it by sending slowly.
const LATE: Duration = Duration::from_millis(500);

/// Why what somebody asked for is not done any more, who could do it when their request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lapsed {
    /// Their credential has ended.
    #[error("the credential has ended while the request was on its way")]
    Ended,
    /// They may other things than before.
    #[error("what the credential may has changed while the request was on its way")]
    Changed,
}

impl Lapsed {
    fn of(before: &Principal, now: Option<&Principal>) -> Option<Self> {
        match now {
            None => Some(Self::Ended),
            Some(now) => (now != before).then_some(Self::Changed),
        }
    }
}

impl From<Lapsed> for Problem {
    fn from(lapsed: Lapsed) -> Self {
        match lapsed {
            Lapsed::Ended => unauthenticated(),
            Lapsed::Changed => {
                Self::new(&codes::FORBIDDEN).detail(lapsed.to_string()).mend("send it again, and without a pause")
            }
        }
    }
}

impl Identity {
    /// What has become of who asked, in the transaction that is to do what they ask for; nothing, if they are who they were.
    /// Who came by no credential, such as the service itself, has none that could end.
    pub(super) fn lapsed(&self, connection: &mut dyn Connection, asked: &Principal) -> Result<Option<Lapsed>> {
        if asked.session.is_none() && asked.key.is_none() {
            return Ok(None);
        }
        let now = self.current_in(connection, asked)?;
        Ok(Lapsed::of(asked, now.as_ref()))
    }
}

/// Who asked, and by what.
#[derive(Clone)]
pub(crate) struct Settled {
    identity: Identity,
    credential: String,
    principal: Arc<Principal>,
    at: Instant,
}

impl Settled {
    pub(super) fn now(identity: &Identity, credential: &str, principal: &Arc<Principal>) -> Self {
        Self {
            identity: identity.clone(),
            credential: credential.to_owned(),
            principal: principal.clone(),
            at: Instant::now(),
        }
    }

    /// Refuses whose credential has ended, or may other things than before, if the body was late.
    ///
    /// # Errors
    /// If it does not hold any more; if the database fails.
    pub(crate) async fn still_holds(&self) -> std::result::Result<(), Problem> {
        if self.at.elapsed() < LATE {
            return Ok(());
        }
        let now = self.identity.authenticate_unless(&self.credential, || Ok::<(), Problem>(())).await?;
        Lapsed::of(&self.principal, now.as_deref()).map_or(Ok(()), |lapsed| Err(lapsed.into()))
    }
}

impl fmt::Debug for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Settled({})", self.principal.id)
    }
}
