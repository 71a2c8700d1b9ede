//! What an installation says about its chains, signed, for whoever does not trust the database.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use sha2::{Digest, Sha256};

use super::chain::Hash;
use super::key::{PublicKey, SigningKey, is_signed};
use crate::hex;

/// What a checkpoint says. It names the one before it, so that none can be taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Its number, from 1 and without gaps.
    pub number: u64,
    /// When it was made, in milliseconds since 1970.
    pub at: i64,
    /// SHA-256 of what the checkpoint before says; zeros for the first.
    #[serde(with = "as_hex")]
    pub previous: Hash,
    /// The chains that have changed since.
    pub chains: Vec<Chain>,
    /// What the service's own log has got since.
    pub log: LogRange,
    /// The key that checkpoints after this one are signed with, if that changes here.
    #[serde(default, with = "as_optional_hex", skip_serializing_if = "Option::is_none")]
    pub next_key: Option<PublicKey>,
}

/// How far a chain reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// Whose it is.
    pub workspace: i64,
    /// The last entry that is no longer kept; 0 if all are.
    pub after: u64,
    /// Its hash.
    #[serde(with = "as_hex")]
    pub after_hash: Hash,
    /// The last entry.
    pub seq: u64,
    /// Its hash.
    #[serde(with = "as_hex")]
    pub hash: Hash,
}

/// Rows of the service's own log, as [`CommittedLog`](super::CommittedLog) lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogRange {
    /// The last row before them.
    pub after: u64,
    /// The last of them.
    pub to: u64,
    /// How many there are.
    pub rows: u64,
    /// The root of the Merkle tree of their commitments; zeros if there are none.
    #[serde(with = "as_hex")]
    pub root: Hash,
}

/// A statement that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signed {
    pub(super) statement: Statement,
    pub(super) public_key: PublicKey,
    /// SHA-256 of what was signed: what the next one names.
    pub(super) digest: Hash,
}

/// As it is kept: what is signed is the member `checkpoint`, byte for byte.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    checkpoint: Box<RawValue>,
    public_key: String,
    signature: String,
}

impl Statement {
    /// The line that is kept.
    pub(super) fn sign(&self, key: &SigningKey) -> serde_json::Result<String> {
        let checkpoint = to_raw_value(self)?;
        let signature = hex::encode(&key.sign(checkpoint.get().as_bytes()));
        serde_json::to_string(&Line { checkpoint, public_key: hex::encode(&key.public()), signature })
    }
}

impl Signed {
    /// Reads a line and checks its signature by the key that it names itself; says what is wrong with it.
    pub(super) fn read(line: &str) -> Result<Self, String> {
        let Line { checkpoint, public_key, signature } =
            serde_json::from_str(line).map_err(|error| format!("it cannot be read: {error}"))?;
        let text = checkpoint.get();
        let public_key = bytes(&public_key).ok_or("its public key is none")?;
        let signature = hex::decode(&signature).ok_or("its signature is none")?;
        if !is_signed(text.as_bytes(), &signature, &public_key) {
            return Err("its signature does not fit what it says".to_owned());
        }
        let statement = serde_json::from_str(text).map_err(|error| format!("it cannot be read: {error}"))?;
        Ok(Self { statement, public_key, digest: Sha256::digest(text).into() })
    }
}

/// Thirty-two bytes.
fn bytes(text: &str) -> Option<[u8; 32]> {
    hex::decode(text)?.try_into().ok()
}

mod as_hex {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use super::{Hash, bytes};
    use crate::hex;

    pub(super) fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(hash))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        let text = String::deserialize(deserializer)?;
        bytes(&text).ok_or_else(|| de::Error::custom("expected 64 hexadecimal digits"))
    }
}

mod as_optional_hex {
    use serde::{Deserializer, Serializer};

    use super::{Hash, as_hex};

    pub(super) fn serialize<S: Serializer>(hash: &Option<Hash>, serializer: S) -> Result<S::Ok, S::Error> {
        match hash {
            Some(hash) => as_hex::serialize(hash, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Hash>, D::Error> {
        as_hex::deserialize(deserializer).map(Some)
    }
}
