//! Networks as a setting: single addresses and ranges of them.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

use crate::config::{Raw, Setting};

/// Addresses, each alone or as a range such as `10.0.0.0/8`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// This machine's own addresses.
    pub fn loopback() -> Self {
        Self(["127.0.0.0/8", "::1/128"].iter().filter_map(|text| network(text)).collect())
    }

    /// Whether the address is in one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address.to_canonical()))
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// A text that is neither an address nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an address nor a network such as 10.0.0.0/8")]
pub struct NoNetwork(String);

impl FromStr for Networks {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(|part| network(part).ok_or_else(|| NoNetwork(part.to_owned()))).collect::<Result<_, _>>().map(Self)
    }
}

impl Setting for Networks {
    const FORM: &'static str = "a list of addresses and networks, such as 10.0.0.0/8 or fd00::/8 (in the environment with commas between them)";

    fn read(raw: &Raw) -> Option<Self> {
        Vec::<String>::read(raw)?.iter().map(|text| network(text)).collect::<Option<_>>().map(Self)
    }

    fn show(&self) -> String {
        self.0.iter().map(ToString::to_string).collect::<Vec<_>>().show()
    }
}
