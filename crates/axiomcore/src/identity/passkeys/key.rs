//! Public keys as devices tell them (COSE, RFC 9052), and what they have signed.
//!
//! Which algorithm it is says the key that was stored, never what comes with a signature.

use std::collections::BTreeMap;

use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey as Agreed, agree_ephemeral};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

use super::Flaw;
use super::cbor::Reader;

/// The algorithms that are asked for, the preferred first, by their numbers in COSE.
pub(super) const ALGORITHMS: [i64; 3] = [EDDSA, ES256, RS256];

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// Bytes of the moduli that are accepted: 2048 to 4096 bits.
const MODULI: std::ops::RangeInclusive<usize> = 256..=512;

/// A key that something can be verified by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// A point of P-256, with its two coordinates.
    Es256(Vec<u8>),
    EdDsa(Vec<u8>),
    Rs256 {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
}

/// A member of a key.
enum Member<'b> {
    Integer(i64),
    Bytes(&'b [u8]),
}

impl PublicKey {
    /// Reads the key that is all of these bytes.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Flaw> {
        let mut reader = Reader::new(bytes);
        let key = Self::read(&mut reader)?;
        reader.end().map(|()| key)
    }

    /// Reads a key. It has the members that its kind has, and no others.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Flaw> {
        let mut members = members(reader)?;
        let mut integer = |label| match members.remove(&label) {
            Some(Member::Integer(value)) => Ok(value),
            _ => Err(Flaw::Key),
        };
        let (kind, algorithm) = (integer(1)?, integer(3)?);
        let curve = match algorithm {
            ES256 | EDDSA => Some(integer(-1)?),
            RS256 => None,
            _ => return Err(Flaw::Algorithm),
        };
        let mut bytes = |label| match members.remove(&label) {
            Some(Member::Bytes(value)) => Ok(value.to_vec()),
            _ => Err(Flaw::Key),
        };
        let key = match (algorithm, kind, curve) {
            (ES256, 2, Some(1)) => Self::point(&bytes(-2)?, &bytes(-3)?)?,
            (EDDSA, 1, Some(6)) => Self::EdDsa(bytes(-2)?),
            (RS256, 3, None) => Self::Rs256 { modulus: bytes(-1)?, exponent: bytes(-2)? },
            _ => return Err(Flaw::Key),
        };
        if members.is_empty() && key.is_one() { Ok(key) } else { Err(Flaw::Key) }
    }

    fn point(x: &[u8], y: &[u8]) -> Result<Self, Flaw> {
        if x.len() != 32 || y.len() != 32 {
            return Err(Flaw::Key);
        }
        Ok(Self::Es256([&[4], x, y].concat()))
    }

    /// Whether something could be signed for this key. A point that is not on the curve shows when one tries to agree on
    /// something with its owner: `ring` checks it nowhere else before there is a signature.
    fn is_one(&self) -> bool {
        match self {
            Self::Es256(point) => {
                let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new());
                own.and_then(|own| agree_ephemeral(own, &Agreed::new(&ECDH_P256, point), |_| ())).is_ok()
            }
            Self::EdDsa(point) => point.len() == 32,
            Self::Rs256 { modulus, exponent } => {
                let is_odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
                let leads = |number: &[u8], least: u8| number.first().is_some_and(|first| *first >= least);
                let fits = MODULI.contains(&modulus.len()) && leads(modulus, 0x80) && is_odd(modulus);
                fits && (1..=4).contains(&exponent.len()) && leads(exponent, 1) && is_odd(exponent) && exponent != &[1]
            }
        }
    }

    /// Whether the owner of this key signed it.
    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let verified = match self {
            Self::Es256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature),
            Self::EdDsa(point) => UnparsedPublicKey::new(&ED25519, point).verify(message, signature),
            Self::Rs256 { modulus: n, exponent: e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        };
        verified.is_ok()
    }
}

/// All members of a key, each once.
fn members<'b>(reader: &mut Reader<'b>) -> Result<BTreeMap<i64, Member<'b>>, Flaw> {
    let mut members = BTreeMap::new();
    for _ in 0..reader.map()? {
        let label = reader.integer()?;
        let member = match reader.has_bytes() {
            true => Member::Bytes(reader.bytes()?),
            false => Member::Integer(reader.integer()?),
        };
        if members.insert(label, member).is_some() {
            return Err(Flaw::Form("a key has two of a member"));
        }
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use ring::rsa::{KeyPair, PublicKeyComponents};
    use ring::signature::RSA_PKCS1_SHA256;
    use testbed::Device;

    use super::*;
    use crate::entropy::SeededEntropy;
    use crate::identity::tokens::generate::generate;

    /// A key of three members, and further ones.
    fn key(kind: u8, algorithm: &[u8], members: &[&[u8]]) -> Vec<u8> {
        let count = 0xA2 + u8::try_from(members.len()).unwrap();
        [&[count, 1, kind, 3], algorithm, &members.concat()].concat()
    }

    fn sized(label: u8, bytes: &[u8]) -> Vec<u8> {
        let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
        let head: &[u8] = if length[0] > 0 { &[0x59, length[0], length[1]] } else { &[0x58, length[1]] };
        [&[label], head, bytes].concat()
    }

    #[test]
    fn each_kind_of_key_verifies_what_it_signed_and_nothing_else() {
        for device in [Device::es256("example.org"), Device::eddsa("example.org")] {
            let key = PublicKey::decode(&device.public_key()).unwrap();
            let signature = device.sign(b"message");
            assert!(key.has_signed(b"message", &signature));
            assert!(!key.has_signed(b"another", &signature) && !key.has_signed(b"message", &signature[1..]));
        }
        let pkcs8 = generate(2048, &SeededEntropy::new(5)).unwrap();
        let pair = KeyPair::from_pkcs8(pkcs8.expose()).unwrap();
        let public: PublicKeyComponents<Vec<u8>> = pair.public().into();
        let encoded = key(3, &[0x39, 1, 0], &[&sized(0x20, &public.n), &[0x21, 0x43, 1, 0, 1]]);
        let read = PublicKey::decode(&encoded).unwrap();
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), b"message", &mut signature).unwrap();
        assert!(read.has_signed(b"message", &signature) && !read.has_signed(b"another", &signature));
        for (what, members) in [
            ("short", [sized(0x20, &public.n[..255]), vec![0x21, 0x43, 1, 0, 1]]),
            ("even", [sized(0x20, &[&public.n[..255], &[2]].concat()), vec![0x21, 0x43, 1, 0, 1]]),
            ("one", [sized(0x20, &public.n), vec![0x21, 0x41, 1]]),
            ("led by nought", [sized(0x20, &[&[0], &public.n[..]].concat()), vec![0x21, 0x43, 1, 0, 1]]),
        ] {
            let [n, e] = &members;
            assert_eq!(PublicKey::decode(&key(3, &[0x39, 1, 0], &[n, e])), Err(Flaw::Key), "{what}");
        }
    }

    #[test]
    fn an_algorithm_is_taken_only_with_a_key_of_its_own_kind() {
        let point = [7; 32];
        let (x, y) = (sized(0x21, &point), sized(0x22, &point));
        for (what, bytes, flaw) in [
            ("nothing that was asked for", key(2, &[0x38, 0x22], &[&[0x20, 1], &x, &y]), Flaw::Algorithm),
            ("none at all", vec![0xA1, 1, 2], Flaw::Key),
            ("an elliptic key as RSA", key(2, &[0x39, 1, 0], &[&[0x20, 1], &x, &y]), Flaw::Key),
            ("Ed25519 with two coordinates", key(1, &[0x27], &[&[0x20, 6], &x, &y]), Flaw::Key),
            ("Ed25519 as ES256", key(1, &[0x26], &[&[0x20, 6], &x]), Flaw::Key),
            ("another curve", key(2, &[0x26], &[&[0x20, 2], &x, &y]), Flaw::Key),
            ("short of a byte", key(1, &[0x27], &[&[0x20, 6], &sized(0x21, &point[1..])]), Flaw::Key),
            ("one member too many", key(1, &[0x27], &[&[0x20, 6], &x, &[0x23, 1]]), Flaw::Key),
            ("off the curve", key(2, &[0x26], &[&[0x20, 1], &x, &y]), Flaw::Key),
        ] {
            assert_eq!(PublicKey::decode(&bytes), Err(flaw), "{what}");
        }
        let twice = key(1, &[0x27], &[&[0x20, 6], &x, &x]);
        assert!(matches!(PublicKey::decode(&twice), Err(Flaw::Form(_))), "a member twice");
        let whole = Device::es256("example.org").public_key();
        assert_eq!(PublicKey::decode(&[&whole[..], &[0]].concat()), Err(Flaw::Trailing));
    }
}
