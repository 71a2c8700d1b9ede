//! A device with a passkey, as people have one: makes it and shows it as a browser would have it done (WebAuthn), independently
//! of what it is tested against. Everything that it says can be told to be something else.

use data_encoding::BASE64URL_NOPAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

/// A device that holds one passkey.
#[derive(Debug)]
pub struct Device {
    key: Key,
    domain: String,
    /// The passkey's id among all there are.
    pub credential: Vec<u8>,
    /// Whose it is, as the service said when it was made.
    pub owner: Vec<u8>,
    counter: u32,
}

#[derive(Debug)]
enum Key {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

/// What a browser and a device are to say.
#[derive(Clone, Debug)]
pub struct Ceremony {
    /// `webauthn.create` or `webauthn.get`.
    pub kind: &'static str,
    /// The challenge.
    pub challenge: Vec<u8>,
    /// The page that asks.
    pub origin: String,
    /// Whether it stands within another's.
    pub is_framed: bool,
    /// For which domain.
    pub domain: String,
    /// Bits: 1 somebody was there, 4 the device knows who, 8 it may be copied, 16 it is.
    pub flags: u8,
    /// How often it has signed.
    pub counter: u32,
}

/// A passkey as it was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// What the browser says.
    pub client_data: Vec<u8>,
    /// What the device says.
    pub object: Vec<u8>,
}

/// A passkey as it was shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Which.
    pub credential: Vec<u8>,
    /// What the browser says.
    pub client_data: Vec<u8>,
    /// What the device says.
    pub authenticator_data: Vec<u8>,
    /// What it has signed both with.
    pub signature: Vec<u8>,
    /// Whose it is.
    pub owner: Vec<u8>,
}

const KNOWN_AND_THERE: u8 = 1 | 4;
const HAS_CREDENTIAL: u8 = 1 << 6;

impl Device {
    /// With a key of P-256, as most have.
    pub fn es256(domain: &str) -> Self {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_ASN1_SIGNING);
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("keys can be made");
        let key = EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random).expect("it was made so");
        Self::new(Key::Es256(key), domain)
    }

    /// With a key of Ed25519.
    pub fn eddsa(domain: &str) -> Self {
        let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("keys can be made");
        Self::new(Key::EdDsa(Ed25519KeyPair::from_pkcs8(made.as_ref()).expect("it was made so")), domain)
    }

    fn new(key: Key, domain: &str) -> Self {
        let mut credential = vec![0; 32];
        SystemRandom::new().fill(&mut credential).expect("there is randomness");
        Self { key, domain: domain.into(), credential, owner: Vec::new(), counter: 0 }
    }

    /// Its public key in COSE.
    pub fn public_key(&self) -> Vec<u8> {
        match &self.key {
            Key::Es256(pair) => {
                let (_, point) = pair.public_key().as_ref().split_at(1);
                let (x, y) = point.split_at(32);
                [&[0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32], x, &[0x22, 0x58, 32], y].concat()
            }
            Key::EdDsa(pair) => [&[0xA4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32], pair.public_key().as_ref()].concat(),
        }
    }

    /// Signs it.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.key {
            Key::Es256(pair) => pair.sign(&SystemRandom::new(), message).expect("it can sign").as_ref().to_vec(),
            Key::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// What an honest browser and this device say when the passkey is made.
    pub fn making(&self, challenge: &[u8], origin: &str) -> Ceremony {
        Ceremony {
            kind: "webauthn.create",
            challenge: challenge.into(),
            origin: origin.into(),
            is_framed: false,
            domain: self.domain.clone(),
            flags: KNOWN_AND_THERE,
            counter: 0,
        }
    }

    /// What they say when it is shown. It counts.
    pub fn showing(&mut self, challenge: &[u8], origin: &str) -> Ceremony {
        self.counter += 1;
        Ceremony { kind: "webauthn.get", counter: self.counter, ..self.making(challenge, origin) }
    }

    /// Makes the passkey.
    pub fn make(&self, ceremony: &Ceremony) -> Made {
        let length = u16::try_from(self.credential.len()).expect("an id is short").to_be_bytes();
        let said = said(ceremony, HAS_CREDENTIAL);
        let said = [&said[..], &[0; 16], &length, &self.credential, &self.public_key()].concat();
        Made { client_data: client_data(ceremony), object: object_of(&said) }
    }

    /// Shows it.
    pub fn show(&self, ceremony: &Ceremony) -> Shown {
        let (client_data, authenticator_data) = (client_data(ceremony), said(ceremony, 0));
        let signed = [&authenticator_data[..], digest(&SHA256, &client_data).as_ref()].concat();
        let (credential, owner) = (self.credential.clone(), self.owner.clone());
        Shown { credential, client_data, authenticator_data, signature: self.sign(&signed), owner }
    }
}

impl Made {
    /// As a browser writes it.
    pub fn json(&self) -> String {
        let [client, object] = [&self.client_data, &self.object].map(|bytes| BASE64URL_NOPAD.encode(bytes));
        let response =
            format!(r#"{{"clientDataJSON":"{client}","attestationObject":"{object}","transports":["internal"]}}"#);
        format!(r#"{{"type":"public-key","response":{response},"clientExtensionResults":{{}}}}"#)
    }
}

impl Shown {
    /// As a browser writes it.
    pub fn json(&self) -> String {
        let parts = [&self.credential, &self.client_data, &self.authenticator_data, &self.signature, &self.owner];
        let [id, client, said, signature, owner] = parts.map(|bytes| BASE64URL_NOPAD.encode(bytes));
        let response = format!(
            r#"{{"clientDataJSON":"{client}","authenticatorData":"{said}","signature":"{signature}","userHandle":"{owner}"}}"#
        );
        format!(
            r#"{{"id":"{id}","rawId":"{id}","type":"public-key","response":{response},"clientExtensionResults":{{}}}}"#
        )
    }
}

/// An attestation of none of what a device says.
fn object_of(said: &[u8]) -> Vec<u8> {
    let length = u16::try_from(said.len()).expect("it is short").to_be_bytes();
    let head: &[u8] = if length[0] == 0 { &[0x58, length[1]] } else { &[0x59, length[0], length[1]] };
    [b"\xA3\x63fmt\x64none\x67attStmt\xA0\x68authData", head, said].concat()
}

fn said(ceremony: &Ceremony, further: u8) -> Vec<u8> {
    let party = digest(&SHA256, ceremony.domain.as_bytes());
    [party.as_ref(), &[ceremony.flags | further], &ceremony.counter.to_be_bytes()].concat()
}

fn client_data(Ceremony { kind, challenge, origin, is_framed, .. }: &Ceremony) -> Vec<u8> {
    let challenge = BASE64URL_NOPAD.encode(challenge);
    format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}","crossOrigin":{is_framed}}}"#)
        .into_bytes()
}
