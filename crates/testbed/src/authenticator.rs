//! An authenticator app, as people have one: computes codes (RFC 6238) from the secret of an `otpauth:` address, independently
//! of what it is tested against.

use data_encoding::BASE32_NOPAD;
use ring::hmac;

/// An app that holds one secret.
#[derive(Debug)]
pub struct Authenticator {
    secret: Vec<u8>,
}

impl Authenticator {
    /// Reads what a picture (QR code) says.
    pub fn scan(uri: &str) -> Self {
        let (_, rest) = uri.split_once("secret=").expect("an address of an authenticator has a secret");
        let text = rest.split('&').next().unwrap_or_default();
        Self { secret: BASE32_NOPAD.decode(text.as_bytes()).expect("a secret is base32") }
    }

    /// Looks at such a picture itself: rows of `#` where it is dark, of anything else where it is light.
    pub fn look_at(rows: &[&str]) -> Self {
        // As a camera has it: some points for each cell, and something light around.
        const POINTS: usize = 4;
        const MARGIN: usize = 4;
        let size = (rows.len() + 2 * MARGIN) * POINTS;
        let is_dark = |x: usize, y: usize| {
            let [x, y] = [x, y].map(|at| (at / POINTS).checked_sub(MARGIN));
            let cell = y.zip(x).and_then(|(y, x)| rows.get(y)?.as_bytes().get(x).copied());
            cell == Some(b'#')
        };
        let shade = |x, y| if is_dark(x, y) { 0 } else { 255 };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(size, size, shade);
        let found = image.detect_grids();
        let (_, text) = found.first().expect("it is a picture that can be read").decode().expect("it is not damaged");
        Self::scan(&text)
    }

    /// What codes are made of.
    pub fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// What it shows at this moment, in milliseconds since 1970.
    pub fn code(&self, at: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let tag = hmac::sign(&key, &(at / 30_000).to_be_bytes());
        let at = tag.as_ref().last().map_or(0, |byte| usize::from(byte & 0xF));
        let word = tag.as_ref().iter().skip(at).take(4).fold(0, |word: u32, byte| word << 8 | u32::from(*byte));
        format!("{:06}", (word & 0x7FFF_FFFF) % 1_000_000)
    }
}
