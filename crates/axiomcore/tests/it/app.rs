//! An authenticator app, as people have one: computes codes from the secret of an `otpauth:` address, independently of what
//! it is tested against.

use data_encoding::BASE32_NOPAD;
use ring::hmac;

pub(crate) struct App {
    secret: Vec<u8>,
}

impl App {
    pub(crate) fn scan(uri: &str) -> Self {
        let (_, rest) = uri.split_once("secret=").unwrap();
        let text = rest.split('&').next().unwrap();
        Self { secret: BASE32_NOPAD.decode(text.as_bytes()).unwrap() }
    }

    pub(crate) fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// What it shows at this moment, in milliseconds since 1970.
    pub(crate) fn code(&self, at: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let tag = hmac::sign(&key, &(at / 30_000).to_be_bytes());
        let bytes = tag.as_ref();
        let at = usize::from(bytes[19] & 0xF);
        let word = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) & 0x7FFF_FFFF;
        format!("{:06}", word % 1_000_000)
    }
}
