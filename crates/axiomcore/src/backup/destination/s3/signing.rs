//! Signatures of requests to S3: AWS Signature Version 4, forty lines over the HMAC that is here already. Every crate for it
//! brings a client of HTTP or a reader of XML and a calendar of its own.

use ring::digest;
use ring::hmac::{self, HMAC_SHA256};

use crate::clock::Timestamp;
use crate::config::Secret;
use crate::hex;

/// Who signs, for where.
pub(super) struct Signer {
    pub(super) access_key: String,
    pub(super) secret_key: Secret<String>,
    pub(super) region: String,
}

/// What is signed of a request.
pub(super) struct Signed<'r> {
    pub(super) method: &'r str,
    pub(super) host: &'r str,
    /// As it is sent, already escaped.
    pub(super) path: &'r str,
    /// Names in their order, names and values escaped.
    pub(super) query: &'r str,
    pub(super) body: &'r [u8],
}

impl Signer {
    /// The headers that a request needs besides its host.
    pub(super) fn headers(&self, request: &Signed<'_>, now: Timestamp) -> [(&'static str, String); 3] {
        let moment = moment(now);
        let day = moment.get(..8).unwrap_or_default();
        let content = sha256(request.body);
        let Signed { method, host, path, query, .. } = request;
        let canonical = format!(
            "{method}\n{path}\n{query}\nhost:{host}\nx-amz-content-sha256:{content}\nx-amz-date:{moment}\n\n{NAMES}\n{content}"
        );
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let text = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{}", sha256(canonical.as_bytes()));
        let signature = hex::encode(mac(self.key(day).as_ref(), &text).as_ref());
        let credential = format!("{}/{scope}", self.access_key);
        let authorization =
            format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={NAMES}, Signature={signature}");
        [("authorization", authorization), ("x-amz-content-sha256", content), ("x-amz-date", moment)]
    }

    /// The key of a day, a region and the service.
    fn key(&self, day: &str) -> hmac::Tag {
        let secret = format!("AWS4{}", self.secret_key.expose());
        [self.region.as_str(), "s3", "aws4_request"]
            .iter()
            .fold(mac(secret.as_bytes(), day), |key, part| mac(key.as_ref(), part))
    }
}

/// The headers that are signed.
const NAMES: &str = "host;x-amz-content-sha256;x-amz-date";

fn mac(key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(HMAC_SHA256, key), text.as_bytes())
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// `20130524T000000Z`.
fn moment(now: Timestamp) -> String {
    let text = now.to_string();
    let seconds = text.split('.').next().unwrap_or_default();
    seconds.chars().filter(char::is_ascii_alphanumeric).chain(['Z']).collect()
}

/// Everything but letters, digits and `-_.~` as its bytes in hexadecimal digits.
pub(super) fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            escaped.push_str(&hex::encode(&[byte]).to_ascii_uppercase());
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_signed_as_the_examples_of_amazon_are() {
        // "Signature Calculations for the Authorization Header": GET Bucket Lifecycle, and GET Bucket (List Objects).
        let signer = Signer {
            access_key: "AKIAIOSFODNN7EXAMPLE".into(),
            secret_key: Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into()),
            region: "us-east-1".into(),
        };
        let host = "examplebucket.s3.amazonaws.com";
        for (query, signature) in [
            ("lifecycle=", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
            ("max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
        ] {
            let request = Signed { method: "GET", host, path: "/", query, body: b"" };
            let [(_, authorization), ..] = signer.headers(&request, Timestamp(1_369_353_600_000));
            assert!(authorization.ends_with(signature), "{query}: {authorization}");
        }
        assert_eq!(escaped("a/b c~é"), "a%2Fb%20c~%C3%A9");
    }
}
