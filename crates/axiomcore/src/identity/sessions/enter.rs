//! The way in: the gate, the password, the second factor, the session.
//!
//! What is told from outside is little: whether there is no such account, it is disabled, the password is wrong or the
//! account is being guessed at, the answer is the same and takes as long. An address that guesses at many accounts is told
//! so, for it learns nothing by it.

use std::future::Future;

use super::sign_in::still;
use super::{Answer, Origin, SignIn, SignInError, SignInOutcome, SignedIn, Way};
use crate::config::Secret;
use crate::identity::attempts::{Attempt, Blocked, Tried};
use crate::identity::key::Fingerprint;
use crate::identity::passkeys::Assertion;
use crate::identity::passwords::{Lane, Verdict};
use crate::identity::users::store::{self as users, Place, Stored};
use crate::identity::workspaces::store as workspaces;
use crate::identity::{Challenge, Device, Identity, Proof, Status};
use crate::store::Connection;

/// Who wants to come in, as far as that is known before they are let try.
struct Comer {
    /// Under what their failures are counted: their address in their workspace.
    account: String,
    found: Option<Stored>,
    device: Option<Device>,
}

impl Comer {
    fn tried<'t>(&'t self, origin: &'t Origin) -> Tried<'t> {
        let device = self.device.as_ref().map(|device| &*device.id);
        Tried { account: &self.account, address: &origin.address, device }
    }

    /// Who they would be.
    fn place(&self) -> Option<Place> {
        let active = self.found.as_ref().filter(|found| found.user.status == Status::Active);
        active.map(|found| Place { workspace: found.workspace, id: found.user.id.clone() })
    }
}

impl Identity {
    /// Signs somebody in, or asks for their second factor.
    ///
    /// # Errors
    /// If they may not, or too many passwords are being hashed; if the database fails.
    pub async fn sign_in(&self, wanted: SignIn) -> Result<SignInOutcome, SignInError> {
        let identity = self.clone();
        self.counted(async move { identity.enter(wanted).await }).await
    }

    /// Signs somebody in who was asked for their second factor.
    ///
    /// # Errors
    /// If the challenge is none, or what is shown is wrong; if the database fails.
    pub async fn answer_challenge(&self, wanted: Answer) -> Result<SignedIn, SignInError> {
        let identity = self.clone();
        self.counted_in(async move { identity.show(wanted).await }).await
    }

    /// The same for what nothing more is asked after.
    pub(super) async fn counted_in(
        &self,
        work: impl Future<Output = Result<SignedIn, SignInError>> + Send + 'static,
    ) -> Result<SignedIn, SignInError> {
        let outcome = self.counted(async move { Ok(SignInOutcome::SignedIn(Box::new(work.await?))) });
        match outcome.await? {
            SignInOutcome::SignedIn(signed_in) => Ok(*signed_in),
            SignInOutcome::FactorNeeded(_) => Err(SignInError::Challenge),
        }
    }

    /// Goes on to its end and is counted, whether or not anybody still waits: who hangs up has tried all the same.
    async fn counted(
        &self,
        work: impl Future<Output = Result<SignInOutcome, SignInError>> + Send + 'static,
    ) -> Result<SignInOutcome, SignInError> {
        let done = tokio::spawn(work).await;
        let outcome = done.unwrap_or_else(|error| Err(crate::store::Error::Failed(error.to_string()).into()));
        self.0.metrics.outcome(match &outcome {
            Ok(SignInOutcome::SignedIn(_)) => "signed_in",
            Ok(SignInOutcome::FactorNeeded(_)) => "factor_needed",
            Err(SignInError::Refused | SignInError::Challenge) => "refused",
            Err(SignInError::Throttled(_)) => "throttled",
            Err(SignInError::Busy) => "busy",
            Err(SignInError::Token(_) | SignInError::Entropy(_) | SignInError::Store(_)) => "failed",
        });
        outcome
    }

    async fn enter(
        &self,
        SignIn { workspace, email, password, proof, device, origin, way }: SignIn,
    ) -> Result<SignInOutcome, SignInError> {
        let email = email.trim().to_lowercase();
        if device.is_none() {
            self.address_may(&origin).await?;
        }
        let (identity, now) = (self.clone(), self.now());
        let (wanted, shown) = (email, device.clone());
        let look_up = move |connection: &mut dyn Connection| {
            let workspace = workspaces::number(connection, workspace.as_deref())?;
            let found = users::find_by_email(connection, workspace, &wanted)?;
            let device = match &found {
                Some(found) => identity.device_of(connection, &place_of(found), &shown, now)?,
                None => None,
            };
            Ok((account(workspace, &wanted), found, device))
        };
        let (account, found, known) = self.0.parts.database.read(look_up).await?;
        let comer = Comer { account, found, device: known };
        let (place, verified, attempt) = self.verified(&comer, password, &origin).await?;
        let begun = Begun { place, device, origin, way };
        let asked = begun.place.clone();
        let identity = self.clone();
        let has_factor = self.0.parts.database.read(move |connection| identity.has_factor(connection, &asked)).await?;
        if !has_factor {
            let signed_in = concluded(attempt, self.begin_session(begun, Ground::Password { verified }).await).await?;
            return Ok(SignInOutcome::SignedIn(Box::new(signed_in)));
        }
        attempt.not_made().await;
        let challenge = self.challenge(&begun.place, verified).await?;
        let Some(proof) = proof else { return Ok(SignInOutcome::FactorNeeded(challenge)) };
        let Begun { device, origin, .. } = begun;
        let answered = self.show(Answer { challenge: challenge.text, proof, device, origin, way }).await?;
        Ok(SignInOutcome::SignedIn(Box::new(answered)))
    }

    /// Asks whoever has shown the right password for their second factor, if it is still right: a challenge stands for it.
    async fn challenge(&self, place: &Place, verified: String) -> Result<Challenge, SignInError> {
        let now = self.now();
        let (challenge, fingerprint) = self.new_challenge(now)?;
        let (identity, place) = (self.clone(), place.clone());
        let put = move |connection: &mut dyn Connection| {
            if still(connection, &place, Some(&verified))?.is_none() {
                return Ok(None);
            }
            identity.put_challenge(connection, &place, (challenge, &fingerprint), now).map(Some)
        };
        self.0.parts.database.write(put).await?.ok_or(SignInError::Refused)
    }

    /// Whom the password belongs to, if to somebody who may sign in, and the hash that it was found to be of.
    async fn verified(
        &self,
        comer: &Comer,
        password: Secret<String>,
        origin: &Origin,
    ) -> Result<(Place, String, Attempt), SignInError> {
        if comer.device.is_none() {
            self.address_may(origin).await?;
        }
        let attempt = match self.0.gate.password(comer.tried(origin)).await {
            Ok(attempt) => attempt,
            Err(blocked) => return Err(self.turned_away(blocked).await),
        };
        let lane = match &comer.device {
            Some(_) => Lane::Known,
            None if self.0.gate.is_crowded().await => Lane::Crowd,
            None => Lane::Stranger,
        };
        let stored = comer.found.as_ref().and_then(|found| found.password.clone());
        let verdict = match self.0.passwords.verify_in(lane, password.clone(), stored.clone()).await {
            Ok(verdict) => verdict,
            Err(error) => {
                attempt.not_made().await;
                return Err(error.into());
            }
        };
        match (verdict, comer.place(), stored) {
            (Verdict::Right { outdated: false }, Some(place), Some(verified)) => Ok((place, verified, attempt)),
            (Verdict::Right { .. }, Some(place), Some(old)) => match self.rehash(&place, old, password).await {
                Ok(verified) => Ok((place, verified, attempt)),
                Err(error) => {
                    attempt.not_made().await;
                    Err(error)
                }
            },
            _ => {
                attempt.failed().await;
                Err(SignInError::Refused)
            }
        }
    }

    /// The second factor.
    async fn show(&self, wanted: Answer) -> Result<SignedIn, SignInError> {
        let Answer { challenge, proof, device, origin, way } = wanted;
        let (fingerprint, now) = (Fingerprint::of(challenge.expose()), self.now());
        let (identity, shown) = (self.clone(), device.clone());
        let look_up = move |connection: &mut dyn Connection| {
            let Some(place) = identity.challenged(connection, &fingerprint, now)? else { return Ok(None) };
            let found = users::find(connection, place.workspace, &place.id)?;
            let Some(found) = found.filter(|found| found.user.status == Status::Active) else { return Ok(None) };
            let device = identity.device_of(connection, &place, &shown, now)?;
            let account = account(place.workspace, &found.user.email);
            Ok(Some((place, Comer { account, found: Some(found), device })))
        };
        let found = self.0.parts.database.read(look_up).await?;
        let (place, comer) = found.ok_or(SignInError::Challenge)?;
        let attempt = self.try_factor(&comer, &proof, &origin).await?;
        let ground = Ground::Answer { fingerprint, proof };
        concluded(attempt, self.begin_session(Begun { place, device, origin, way }, ground).await).await
    }

    /// Lets somebody try a second factor. Codes are guessed, as passwords are; a passkey is not.
    async fn try_factor(&self, comer: &Comer, proof: &Proof, origin: &Origin) -> Result<Attempt, SignInError> {
        if let Proof::Passkey(shown) = proof {
            return self.try_passkey(shown, comer.device.as_ref(), origin).await.map_err(|_| SignInError::Refused);
        }
        if comer.device.is_none() {
            self.address_may(origin).await?;
        }
        match self.0.gate.factor(comer.tried(origin)).await {
            Ok(attempt) => Ok(attempt),
            Err(blocked) => Err(self.turned_away(blocked).await),
        }
    }

    /// Refuses an address that has guessed at too many accounts; it is told so at once.
    async fn address_may(&self, origin: &Origin) -> Result<(), SignInError> {
        self.0.gate.address(&origin.address).await.map_err(|blocked| {
            self.0.metrics.lock(blocked);
            SignInError::Throttled(blocked.wait)
        })
    }

    /// Nothing was tried, and nobody can tell.
    async fn turned_away(&self, blocked: Blocked) -> SignInError {
        self.0.metrics.lock(blocked);
        self.0.passwords.pretend().await;
        SignInError::Refused
    }
}

/// Under what failures of somebody are counted, whether or not there is such an account: by the workspace's number, so that
/// to name the default one or not to name it is the same.
fn account(workspace: i64, email: &str) -> String {
    format!("{workspace} {email}")
}

fn place_of(found: &Stored) -> Place {
    Place { workspace: found.workspace, id: found.user.id.clone() }
}

/// Says of a try what came of it.
pub(super) async fn concluded(
    attempt: Attempt,
    outcome: Result<SignedIn, SignInError>,
) -> Result<SignedIn, SignInError> {
    match &outcome {
        Ok(_) => attempt.succeeded().await,
        Err(SignInError::Refused) => attempt.failed().await,
        Err(_) => attempt.not_made().await,
    }
    outcome
}

/// Somebody of whom only the session is missing.
pub(super) struct Begun {
    pub(super) place: Place,
    pub(super) device: Option<Secret<String>>,
    pub(super) origin: Origin,
    pub(super) way: Way,
}

/// What they have shown.
pub(super) enum Ground {
    /// Their password, which is of this hash.
    Password { verified: String },
    /// Their second factor, with a challenge that stands for the password: it is gone with the password.
    Answer { fingerprint: Fingerprint, proof: Proof },
    /// A passkey, and nothing else.
    Passkey(Box<Assertion>),
}

impl Ground {
    /// The hash that has to be stored still.
    pub(super) fn verified(&self) -> Option<&str> {
        match self {
            Self::Password { verified } => Some(verified),
            Self::Answer { .. } | Self::Passkey(_) => None,
        }
    }
}
