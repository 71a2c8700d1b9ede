//! The way in with a passkey and nothing else.

use sha2::{Digest, Sha256};

use super::enter::{Begun, Ground, concluded};
use super::{Origin, PasskeySignIn, SignInError, SignedIn};
use crate::identity::attempts::{Attempt, Blocked, Tried};
use crate::identity::key::hex;
use crate::identity::passkeys::{Assertion, store as passkeys};
use crate::identity::users::store as users;
use crate::identity::{Device, Identity, Status};
use crate::store::Connection;

impl Identity {
    /// Signs somebody in by a passkey with which their device has verified them: they have it, and it knows them, which is as
    /// much as a password and a second factor. Failures make the passkey wait where they come from; what others fail at, or
    /// somebody fails at with passwords, costs it nothing.
    ///
    /// # Errors
    /// If nobody has such a passkey, or what is shown is not accepted; if the database fails.
    pub async fn sign_in_with_passkey(&self, wanted: PasskeySignIn) -> Result<SignedIn, SignInError> {
        let identity = self.clone();
        self.counted_in(async move { identity.enter_by_passkey(wanted).await }).await
    }

    async fn enter_by_passkey(
        &self,
        PasskeySignIn { shown, device, origin, way }: PasskeySignIn,
    ) -> Result<SignedIn, SignInError> {
        let (identity, now) = (self.clone(), self.now());
        let (credential, known_by) = (shown.credential.clone(), device.clone());
        let look_up = move |connection: &mut dyn Connection| {
            let Some(stored) = passkeys::find(connection, &credential)? else { return Ok(None) };
            let place = stored.place;
            let found = users::find(connection, place.workspace, &place.id)?;
            if !found.is_some_and(|found| found.user.status == Status::Active) {
                return Ok(None);
            }
            let device = identity.device_of(connection, &place, &known_by, now)?;
            Ok(Some((place, device)))
        };
        let found = self.0.parts.database.read(look_up).await?;
        let known = found.as_ref().and_then(|(_, device)| device.as_ref());
        let attempt = self.try_passkey(&shown, known, &origin).await.map_err(|_| SignInError::Refused)?;
        let Some((place, _)) = found else {
            attempt.failed().await;
            return Err(SignInError::Refused);
        };
        let begun = Begun { place, device, origin, way };
        concluded(attempt, self.begin_session(begun, Ground::Passkey(Box::new(shown))).await).await
    }

    /// Lets somebody try a passkey, whether or not anybody has it.
    pub(super) async fn try_passkey(
        &self,
        shown: &Assertion,
        device: Option<&Device>,
        origin: &Origin,
    ) -> Result<Attempt, Blocked> {
        let name = hex(&Sha256::digest(&shown.credential));
        let device = device.map(|device| &*device.id);
        let tried = self.0.gate.passkey(Tried { account: &name, address: &origin.address, device }).await;
        tried.inspect_err(|blocked| self.0.metrics.lock(*blocked))
    }
}
