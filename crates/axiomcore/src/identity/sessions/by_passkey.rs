//! The way in with a passkey and nothing else.

use sha2::{Digest, Sha256};

use super::enter::{Begun, Comer, Ground, account, concluded};
use super::{PasskeySignIn, SignInError, SignedIn};
use crate::identity::Identity;
use crate::identity::key::hex;
use crate::identity::passkeys::store as passkeys;
use crate::identity::users::store as users;
use crate::store::Connection;

impl Identity {
    /// Signs somebody in by a passkey with which their device has verified them: they have it, and it knows them, which is as
    /// much as a password and a second factor. Failures are counted and cost as those of passwords do.
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
        if device.is_none() {
            self.address_may(&origin).await?;
        }
        let (identity, now) = (self.clone(), self.now());
        let (credential, known_by) = (shown.credential.clone(), device.clone());
        let look_up = move |connection: &mut dyn Connection| {
            // What nobody has is counted by itself, as an address that nobody has.
            let nameless = format!("passkey {}", hex(&Sha256::digest(&credential)));
            let nobody = Comer { account: nameless, found: None, device: None };
            let Some(stored) = passkeys::find(connection, &credential)? else { return Ok(nobody) };
            let place = stored.place;
            let Some(found) = users::find(connection, place.workspace, &place.id)? else { return Ok(nobody) };
            let device = identity.device_of(connection, &place, &known_by, now)?;
            let account = account(place.workspace, &found.user.email);
            Ok(Comer { account, found: Some(found), device })
        };
        let comer = self.0.parts.database.read(look_up).await?;
        if comer.device.is_none() {
            self.address_may(&origin).await?;
        }
        let attempt = match self.0.gate.password(comer.tried(&origin)).await {
            Ok(attempt) => attempt,
            Err(blocked) => {
                self.0.metrics.lock(blocked);
                return Err(SignInError::Refused);
            }
        };
        let Some(place) = comer.place() else {
            attempt.failed().await;
            return Err(SignInError::Refused);
        };
        let begun = Begun { place, device, origin, way };
        concluded(attempt, self.begin_session(begun, Ground::Passkey(Box::new(shown))).await).await
    }
}
