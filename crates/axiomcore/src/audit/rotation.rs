//! Another key for checkpoints: the last one under the old key names the new one, so that verification follows.

use super::checkpointing::{self, Signer};
use super::key::{self, PublicKey, SigningKey};
use super::service::PURPOSE;
use super::{AuditError, Entry, sequencer, store};
use crate::clock::Timestamp;
use crate::entropy::Entropy;
use crate::hex;
use crate::sealing::Sealer;
use crate::store::{Connection, Database};

/// Makes a new key and hands over to it, in one transaction: a checkpoint under the old key names it, and the next
/// checkpoint is made with it, by whichever node. Blocks. Other nodes see it when they make theirs. The old key is gone then.
///
/// # Errors
/// If the database fails, there is no key yet or it cannot be opened, or there is no randomness.
pub fn rotate_key(
    database: &Database,
    sealer: &Sealer,
    entropy: &dyn Entropy,
    now: Timestamp,
    principal: &str,
) -> Result<PublicKey, AuditError> {
    let fresh = key::generate(entropy)?;
    let public = SigningKey::read(&fresh)?.public();
    let sealed = sealer.seal(PURPOSE, fresh.expose())?;
    let signer = Signer::new(sealer.clone());
    let hand_over = |connection: &mut dyn Connection| {
        sequencer::lock(connection)?;
        checkpointing::hand_over(connection, &signer, public, now)?;
        store::replace_key(connection, &sealed)?;
        // The new key signs at once, so that whoever knows it can hold everything against it from now on.
        checkpointing::confirm(connection, &signer, now)?;
        let entry = Entry { workspace: FIRST, at: now, principal, action: "audit.rotate" };
        entry.write(connection, "key", &serde_json::json!({ "public_key": hex::encode(&public) }))
    };
    database.write_blocking(hand_over)?;
    Ok(public)
}

/// The workspace whose administrators run the service.
const FIRST: i64 = 1;
