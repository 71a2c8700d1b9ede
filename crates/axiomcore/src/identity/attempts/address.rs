//! The block of addresses that one client has at its disposal.

use std::net::{IpAddr, Ipv6Addr};

/// An IPv4 address by itself, of an IPv6 address the first 64 bits: a household has all of the rest. What is no address is
/// a block of its own.
pub(super) fn block_of(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.to_string(),
        Ok(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_block_and_its_neighbour_another() {
        assert_eq!(block_of("192.0.2.7"), "192.0.2.7");
        assert_eq!(block_of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(block_of("2001:db8:1:2:3:4:5:6"), block_of("2001:db8:1:2::"));
        assert_ne!(block_of("2001:db8:1:2:3:4:5:6"), block_of("2001:db8:1:3:3:4:5:6"));
        assert_eq!(block_of(""), "");
    }
}
