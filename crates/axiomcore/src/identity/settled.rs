//! Who asks is settled when the headers of a request are there; its body may come long after.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::ended::unauthenticated;
use super::{Identity, Principal, codes};
use crate::http::Problem;

/// How late a body may come without anybody being asked again. What is taken away is taken away everywhere within a second,
/// and nobody keeps it by sending slowly.
const LATE: Duration = Duration::from_millis(500);

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
    pub(crate) async fn still_holds(&self) -> Result<(), Problem> {
        if self.at.elapsed() < LATE {
            return Ok(());
        }
        let now = self.identity.authenticate_unless(&self.credential, || Ok::<(), Problem>(())).await?;
        let now = now.ok_or_else(unauthenticated)?;
        if now == self.principal {
            return Ok(());
        }
        let why = "what the credential may has changed while the body was on its way";
        Err(Problem::new(&codes::FORBIDDEN).detail(why).mend("send it again, and without a pause"))
    }
}

impl fmt::Debug for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Settled({})", self.principal.id)
    }
}
