//! What proxies say about whom they speak for: `X-Forwarded-For` with `X-Forwarded-Proto`, or `Forwarded` (RFC 7239).
//!
//! Each proxy adds one hop at the end, so the chain is read from there, and only as far as proxies are trusted: whatever
//! a client wrote into it itself stands further left.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::FORWARDED;
use axum::http::{HeaderMap, HeaderName};

use super::Networks;
use crate::config::{Raw, Setting};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The header in which proxies name the client. Only one is read: a proxy that writes one of them passes the other on as
/// the client sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, and `X-Forwarded-Proto` for how the client came.
    XForwardedFor,
    /// `Forwarded`.
    Forwarded,
}

impl Setting for ForwardedHeader {
    const FORM: &'static str = "x-forwarded-for or forwarded";

    fn read(raw: &Raw) -> Option<Self> {
        match String::read(raw)?.to_ascii_lowercase().as_str() {
            "x-forwarded-for" => Some(Self::XForwardedFor),
            "forwarded" => Some(Self::Forwarded),
            _ => None,
        }
    }

    fn show(&self) -> String {
        let name = match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        };
        format!("\"{name}\"")
    }
}

/// One hop: who spoke to a proxy, and whether over TLS. `None` for what cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) address: Option<IpAddr>,
    pub(super) secure: bool,
}

impl ForwardedHeader {
    /// The client that trusted proxies speak for; `None` if they name none, or what they name cannot be read.
    pub(super) fn client(self, headers: &HeaderMap, trusted: &Networks) -> Option<(IpAddr, bool)> {
        let hops = match self {
            Self::XForwardedFor => x_forwarded(headers),
            Self::Forwarded => forwarded(headers),
        };
        let mut client = None;
        for hop in hops.into_iter().rev() {
            let address = hop.address?;
            client = Some((address, hop.secure));
            if !trusted.contain(address) {
                break;
            }
        }
        client
    }
}

/// The addresses, and the schemes beside them: counted from the end, as both are written. A proxy that writes one scheme
/// for the whole chain means the client's.
fn x_forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let addresses: Vec<&str> = elements(headers, &X_FORWARDED_FOR);
    let schemes: Vec<&str> = elements(headers, &X_FORWARDED_PROTO);
    let scheme = |from_end: usize| schemes.iter().rev().nth(from_end).or(schemes.first());
    let n = addresses.len();
    let hop = |(at, text): (usize, &&str)| Hop {
        address: address(text),
        secure: scheme(n - 1 - at).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")),
    };
    addresses.iter().enumerate().map(hop).collect()
}

fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    elements(headers, &FORWARDED).into_iter().map(element).collect()
}

/// `for=192.0.2.43;proto=https`; names are in any case, values may be quoted.
fn element(text: &str) -> Hop {
    text.split(';').fold(Hop::default(), |hop, pair| {
        let Some((name, value)) = pair.split_once('=') else { return hop };
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => Hop { address: address(value), ..hop },
            "proto" => Hop { secure: value.eq_ignore_ascii_case("https"), ..hop },
            _ => hop,
        }
    })
}

/// What stands between commas, over all lines of the header. A line that is no text cannot be read. No address and no
/// scheme has a comma in it, so one within quotes only makes an element that names nobody.
fn elements<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Vec<&'h str> {
    let lines = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default());
    lines.flat_map(|line| line.split(',').map(str::trim)).collect()
}

/// An address, with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text).parse::<IpAddr>();
    bare().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip())).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    /// Who is found, where 10.0.0.0/8 is trusted; lines of headers are separated by `|`.
    fn found(header: ForwardedHeader, name: HeaderName, lines: &str) -> Option<(String, bool)> {
        let trusted = Networks::read(&Raw::Text("10.0.0.0/8".into())).unwrap();
        let mut headers = HeaderMap::new();
        for line in lines.split('|').filter(|line| !line.is_empty()) {
            let proto = line.strip_prefix("proto:").map(|line| (X_FORWARDED_PROTO, line));
            let (name, line) = proto.unwrap_or((name.clone(), line));
            headers.append(name, HeaderValue::from_str(line).unwrap());
        }
        header.client(&headers, &trusted).map(|(address, secure)| (address.to_string(), secure))
    }

    #[test]
    fn the_client_is_the_right_most_address_that_no_proxy_has() {
        for (lines, client) in [
            ("", None),
            ("203.0.113.7", Some(("203.0.113.7", false))),
            ("203.0.113.7, 10.0.0.2", Some(("203.0.113.7", false))),
            // What a client wrote itself stands to the left of what the proxy saw.
            ("192.0.2.1, 203.0.113.7", Some(("203.0.113.7", false))),
            ("192.0.2.1|203.0.113.7, 10.0.0.2", Some(("203.0.113.7", false))),
            ("rubbish, 203.0.113.7", Some(("203.0.113.7", false))),
            // All of them proxies: one of them asks on its own.
            ("10.0.0.3, 10.0.0.2", Some(("10.0.0.3", false))),
            ("203.0.113.7, rubbish", None),
            ("203.0.113.7, ", None),
            ("203.0.113.7:4711", Some(("203.0.113.7", false))),
            ("2001:db8::1", Some(("2001:db8::1", false))),
            ("[2001:db8::1]:4711", Some(("2001:db8::1", false))),
            ("::ffff:203.0.113.7", Some(("203.0.113.7", false))),
            ("203.0.113.7|proto:https", Some(("203.0.113.7", true))),
            // Two proxies, the outer one with TLS.
            ("203.0.113.7, 10.0.0.2|proto:https, http", Some(("203.0.113.7", true))),
            ("203.0.113.7, 10.0.0.2|proto:https", Some(("203.0.113.7", true))),
            ("192.0.2.1, 203.0.113.7|proto:https, http", Some(("203.0.113.7", false))),
        ] {
            let expected = client.map(|(address, secure)| (address.to_owned(), secure));
            assert_eq!(found(ForwardedHeader::XForwardedFor, X_FORWARDED_FOR, lines), expected, "{lines}");
        }
    }

    #[test]
    fn the_standard_header_is_read_with_all_its_forms() {
        for (lines, client) in [
            ("for=203.0.113.7;proto=https;by=10.0.0.2", Some(("203.0.113.7", true))),
            ("For=\"[2001:db8::1]:4711\"; Proto=HTTP", Some(("2001:db8::1", false))),
            ("for=192.0.2.1, for=203.0.113.7, for=10.0.0.2", Some(("203.0.113.7", false))),
            ("for=203.0.113.7|for=\"10.0.0.2\"", Some(("203.0.113.7", false))),
            ("for=unknown", None),
            ("for=_hidden, for=10.0.0.2", None),
            ("by=10.0.0.2", None),
            ("for=\"203.0.113.7, 10.0.0.2\"", None),
        ] {
            let expected = client.map(|(address, secure)| (address.to_owned(), secure));
            assert_eq!(found(ForwardedHeader::Forwarded, FORWARDED, lines), expected, "{lines}");
        }
    }

    #[test]
    fn the_header_that_proxies_do_not_write_says_nothing() {
        assert_eq!(found(ForwardedHeader::XForwardedFor, FORWARDED, "for=203.0.113.7"), None);
        assert_eq!(found(ForwardedHeader::Forwarded, X_FORWARDED_FOR, "203.0.113.7"), None);
    }
}
