//! Tokens and sessions: forged, stolen, replayed, outlived.

mod algorithm_confusion;
mod algorithm_none;
mod audience_swap;
mod cookie_flags;
mod credential_confusion;
mod csrf;
mod expired;
mod expiry_mid_stream;
mod issuer_swap;
mod key_injection;
mod key_rotation;
mod kid_injection;
mod late_bodies;
mod not_yet_valid;
mod refresh_race;
mod refresh_reuse;
mod replay_after_sign_out;
mod requests_in_flight;
mod session_fixation;
mod session_swap;
mod signature_forgery;
mod websocket_origin;

use axiomcore::clock::{Clock, SystemClock};
use axiomcore::entropy::SystemEntropy;
use axiomcore::sealing::{self, Sealer};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::RSA_PKCS1_SHA256;
use rsa::pkcs8::EncodePrivateKey;
use serde_json::{Value, json};

use crate::api::sessions::{sign_in, text, with_ann};
use crate::api::{Installation, Server};

/// A key to sign with.
struct Key(KeyPair);

impl Key {
    /// One of the attacker's own.
    fn new() -> Self {
        let made = rsa::PrivateKey::new(&mut Seed(7), 2048).unwrap();
        Self(KeyPair::from_pkcs8(made.to_pkcs8_der().unwrap().as_bytes()).unwrap())
    }

    fn sign(&self, unsigned: &str) -> String {
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), unsigned.as_bytes(), &mut signature).unwrap();
        format!("{unsigned}.{}", encoded(&signature))
    }

    fn jwk(&self) -> Value {
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(self.0.public());
        json!({ "kty": "RSA", "n": encoded(&n), "e": encoded(&e) })
    }
}

/// Numbers for a key that nobody relies on.
struct Seed(u64);

impl rsa::rand_core::TryRng for Seed {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.try_next_u64().map(|word| word as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Ok(self.0 ^ self.0 >> 29)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.iter_mut().try_for_each(|byte| {
            *byte = (self.try_next_u64()? >> 32) as u8;
            Ok(())
        })
    }
}

impl rsa::rand_core::TryCryptoRng for Seed {}

/// A server, somebody who has signed in, and the installation's own key, so that all can be right but one thing.
struct Forge {
    server: Server,
    kid: String,
    key: Key,
    token: String,
    _installation: Installation,
}

impl Forge {
    fn new() -> Self {
        let installation = Installation::sqlite();
        let (server, _) = with_ann(&installation);
        let token = text(&sign_in(&server), "access_token").to_owned();
        let mut rows = installation.beside().rows("SELECT id, private FROM signing_keys");
        let (kid, sealed) = (rows[0].text(0).unwrap(), rows[0].bytes(1).unwrap());
        let keys =
            sealing::keys(&sealing::Config::default(), &installation.folder().join("data"), &SystemEntropy).unwrap();
        let sealer = Sealer::new(keys, std::sync::Arc::new(SystemEntropy));
        let opened = sealer.open(&format!("signing key {kid}"), &sealed).unwrap();
        let key = Key(KeyPair::from_pkcs8(opened.expose()).unwrap());
        Self { server, kid, key, token, _installation: installation }
    }

    /// A token as the server gives it.
    fn honest(&self) -> String {
        text(&sign_in(&self.server), "access_token").to_owned()
    }

    fn header(&self) -> Value {
        json!({ "alg": "RS256", "typ": "at+jwt", "kid": self.kid })
    }

    /// What a good token says.
    fn claims(&self) -> Value {
        serde_json::from_slice(&decoded(self.token.split('.').nth(1).unwrap())).unwrap()
    }

    fn unsigned(&self, header: &Value, claims: &Value) -> String {
        format!("{}.{}", encoded(header.to_string().as_bytes()), encoded(claims.to_string().as_bytes()))
    }

    /// With the installation's own signature.
    fn signed(&self, header: &Value, claims: &Value) -> String {
        self.key.sign(&self.unsigned(header, claims))
    }

    fn now(&self) -> i64 {
        SystemClock.now().0 / 1000
    }

    #[track_caller]
    fn accepts(&self, token: String) {
        self.server.client_with(&token).get("/api/v1/whoami").expect(200);
    }

    #[track_caller]
    fn refuses(&self, token: &str, what: &str) {
        let answer = self.server.client_with(token).get("/api/v1/whoami");
        assert_eq!(answer.status, 401, "{what}: {}", answer.text);
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}
