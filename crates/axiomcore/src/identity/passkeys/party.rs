//! Whom passkeys are for: the service, by the name under which people reach it.
//!
//! A browser makes a passkey for a domain and shows it only to pages of that. So the service has to know its own: from the
//! settings, from the address that letters lead to, or because it is on the reader's own machine.

use std::net::IpAddr;

use sha2::{Digest, Sha256};

use super::authenticator::Said;
use super::client::{self, Kind};
use super::key::PublicKey;
use super::{Assertion, Attestation, Flaw, store};
use crate::identity::Config;

/// The service, as browsers and devices know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::identity) struct Party {
    /// The domain that passkeys belong to.
    pub(super) id: String,
    /// What people call it.
    pub(super) name: &'static str,
    /// The pages that may ask for them.
    origins: Vec<String>,
}

/// A passkey that was made, as far as that can be told without the database.
pub(super) struct Registered {
    pub(super) challenge: Vec<u8>,
    pub(super) passkey: store::New,
}

/// A passkey that was shown, as far as that can be told without the database.
pub(super) struct Shown {
    pub(super) challenge: Vec<u8>,
    pub(super) counter: i64,
    pub(super) is_copied: bool,
}

/// What somebody is shown who is to be let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// Whether it is all that is asked: then the device has to have verified who it was, and to say whose passkey it is.
    pub(super) alone: bool,
}

impl Party {
    /// Nothing if it is not known where people reach the service.
    pub(in crate::identity) fn of(config: &Config, reached_at: Option<&str>, name: &'static str) -> Option<Self> {
        let origins = match (config.passkey_origins.as_slice(), &config.passkey_domain) {
            ([], Some(domain)) => vec![format!("https://{domain}")],
            ([], None) => vec![origin_of(reached_at?)],
            (origins, _) => origins.to_vec(),
        };
        let id = config.passkey_domain.clone().or_else(|| domain_of(origins.first()?))?;
        Some(Self { id, name, origins })
    }

    /// Holds what a device says that made a passkey against what was asked.
    pub(super) fn registered(&self, answer: &Attestation) -> Result<Registered, Flaw> {
        let challenge = client::challenge_of(&answer.client_data, Kind::Create, &self.origins)?;
        let said = Said::read_made(&answer.object)?;
        self.is_for_us(&said)?;
        let made = said.made.as_ref().ok_or(Flaw::Form("there is no passkey in it"))?;
        let passkey = store::New {
            credential: made.credential.to_vec(),
            public_key: made.public_key.to_vec(),
            counter: said.counter.into(),
            may_be_copied: said.may_be_copied(),
            is_copied: said.is_copied(),
            transports: transports(&answer.transports),
        };
        Ok(Registered { challenge, passkey })
    }

    /// Holds what a device says that showed a passkey against what is stored of it.
    pub(super) fn shown(&self, stored: &store::Stored, answer: &Assertion, asked: Asked) -> Result<Shown, Flaw> {
        let challenge = client::challenge_of(&answer.client_data, Kind::Get, &self.origins)?;
        let said = Said::read(&answer.authenticator_data)?;
        self.is_for_us(&said)?;
        if said.made.is_some() {
            return Err(Flaw::Form("a passkey is made in it, where one should be shown"));
        }
        if asked.alone && !said.is_verified() {
            return Err(Flaw::Unverified);
        }
        let own = handle(&stored.place);
        let is_theirs = match &answer.user_handle {
            Some(told) => *told == own,
            None => !asked.alone,
        };
        if !is_theirs {
            return Err(Flaw::Owner);
        }
        if said.may_be_copied() != stored.may_be_copied {
            return Err(Flaw::Copies);
        }
        let key = PublicKey::decode(&stored.public_key)?;
        let signed = [&answer.authenticator_data[..], &Sha256::digest(&answer.client_data)].concat();
        if !key.has_signed(&signed, &answer.signature) {
            return Err(Flaw::Signature);
        }
        Ok(Shown { challenge, counter: said.counter.into(), is_copied: said.is_copied() })
    }

    /// Whether a device speaks to us, and somebody was there.
    fn is_for_us(&self, said: &Said<'_>) -> Result<(), Flaw> {
        if said.party != Sha256::digest(&self.id).as_slice() {
            return Err(Flaw::Party);
        }
        if said.is_present() { Ok(()) } else { Err(Flaw::Absent) }
    }
}

/// What a device knows a user by. It says nothing about them to who finds the device.
pub(super) fn handle(place: &crate::identity::users::store::Place) -> Vec<u8> {
    format!("{}/{}", place.workspace, place.id).into_bytes()
}

/// The ways to a device that browsers are told of, as far as they can be names of such.
fn transports(told: &[String]) -> String {
    let is_one =
        |name: &&String| (1..=16).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    told.iter().filter(is_one).take(8).map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// The origin of an address, such as `https://example.org:8443` of `https://example.org:8443/agents`.
fn origin_of(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("https", address));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let standard = if scheme == "http" { ":80" } else { ":443" };
    format!("{scheme}://{}", authority.strip_suffix(standard).unwrap_or(&authority))
}

/// The domain of an origin that browsers give passkeys to: over TLS, or on the reader's own machine; not a bare address.
pub(in crate::identity) fn domain_of(origin: &str) -> Option<String> {
    let (scheme, authority) = origin.split_once("://")?;
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let is_local = host == "localhost" || host.ends_with(".localhost");
    let is_open = scheme == "https" || scheme == "http" && is_local;
    let has_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    (is_open && has_port && is_domain(host)).then(|| host.to_owned())
}

/// Whether a text is a domain as browsers write it.
pub(in crate::identity) fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.len() <= 253 && text.split('.').all(is_label) && text.parse::<IpAddr>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(domain: Option<&str>, origins: &[&str], reached_at: Option<&str>) -> Option<(String, Vec<String>)> {
        let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        let config = Config { passkey_domain: domain.map(Into::into), passkey_origins: origins, ..Config::default() };
        Party::of(&config, reached_at, "Things").map(|party| (party.id, party.origins))
    }

    #[test]
    fn the_service_is_known_by_what_is_set_or_by_where_it_is_reached() {
        let known = |id: &str, origin: &str| Some((id.to_owned(), vec![origin.to_owned()]));
        let public = Some("https://Agents.example.org:443/x");
        assert_eq!(party(None, &[], public), known("agents.example.org", "https://agents.example.org"));
        assert_eq!(party(None, &[], Some("http://localhost:8080")), known("localhost", "http://localhost:8080"));
        assert_eq!(party(Some("example.org"), &[], public), known("example.org", "https://example.org"));
        let origins = &["https://a.example.org:8443"];
        assert_eq!(party(None, origins, public), known("a.example.org", origins[0]));
        assert_eq!(party(Some("example.org"), origins, None), known("example.org", origins[0]));
        assert_eq!(party(None, &[], None), None);
        for nowhere in ["http://192.0.2.7:8080", "https://[2001:db8::1]", "http://example.org", "https://"] {
            assert_eq!(party(None, &[], Some(nowhere)), None, "{nowhere}");
        }
    }
}
