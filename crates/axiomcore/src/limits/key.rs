//! Whose bucket it is.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use super::Class;
use crate::identity::Principal;

/// The name of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key<'a> {
    class: Class,
    subject: Subject<'a>,
}

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject<'a> {
    /// Everybody at an address.
    Address(IpAddr),
    /// A principal, whatever address they come from.
    Principal(i64, &'a str),
}

impl<'a> Key<'a> {
    /// The bucket of somebody for a kind of route.
    pub fn new(class: Class, subject: Subject<'a>) -> Self {
        let subject = match subject {
            Subject::Address(address) => Subject::Address(block(address)),
            principal @ Subject::Principal(..) => principal,
        };
        Self { class, subject }
    }

    /// For what kind of route.
    pub const fn class(&self) -> Class {
        self.class
    }
}

impl<'a> From<&'a Principal> for Subject<'a> {
    fn from(principal: &'a Principal) -> Self {
        Self::Principal(principal.workspace, &principal.id)
    }
}

/// As the bucket is named where several nodes find it.
impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.class.name())?;
        match self.subject {
            Subject::Address(address) => write!(f, "{address}"),
            Subject::Principal(workspace, id) => write!(f, "{workspace}:{id}"),
        }
    }
}

/// Of IPv6 a whole /64: that many addresses are one customer's.
pub(crate) fn block(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_customers_addresses_are_one_subject() {
        let key = |text: &str| Key::new(Class::Open, Subject::Address(text.parse().unwrap())).to_string();
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), key("2001:db8:1:2::"));
        assert_ne!(key("2001:db8:1:2::"), key("2001:db8:1:3::"));
        assert_eq!(key("::ffff:192.0.2.1"), "open:192.0.2.1");
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }
}
