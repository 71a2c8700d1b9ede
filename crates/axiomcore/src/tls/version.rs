//! Versions of the protocol that are still spoken.

use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};

use crate::config::{Raw, Setting};

/// A version of TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Of 2008: sound with the suites that are left of it, for clients that know no newer one.
    Tls12,
    /// Of 2018.
    #[default]
    Tls13,
}

static SINCE_12: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];
static SINCE_13: [&SupportedProtocolVersion; 1] = [&TLS13];

impl Version {
    /// This one and those that are newer, as rustls names them.
    pub(super) const fn and_newer(self) -> &'static [&'static SupportedProtocolVersion] {
        match self {
            Self::Tls12 => &SINCE_12,
            Self::Tls13 => &SINCE_13,
        }
    }
}

impl Setting for Version {
    const FORM: &'static str = "1.2 or 1.3";

    fn read(raw: &Raw) -> Option<Self> {
        // In a file somebody may well write it as a number.
        let text = match raw {
            Raw::Text(text) | Raw::Typed(toml::Value::String(text)) => text.clone(),
            Raw::Typed(value) => value.as_float()?.to_string(),
            Raw::Secret(_) => return None,
        };
        match text.as_str() {
            "1.2" => Some(Self::Tls12),
            "1.3" => Some(Self::Tls13),
            _ => None,
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Tls12 => "\"1.2\"".into(),
            Self::Tls13 => "\"1.3\"".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_text_and_as_number_and_nothing_older_is_one() {
        for raw in [Raw::Text("1.2".into()), Raw::Typed("1.2".into()), Raw::Typed(1.2.into())] {
            assert_eq!(Version::read(&raw), Some(Version::Tls12), "{raw:?}");
        }
        for text in ["1.0", "1.1", "1.4", "3", "TLSv1.2", ""] {
            assert_eq!(Version::read(&Raw::Text(text.into())), None, "{text}");
        }
    }
}
