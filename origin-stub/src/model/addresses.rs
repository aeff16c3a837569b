//! Addresses, in the notations people keep their lists in.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    str::FromStr,
};

use ipnet::{IpNet, IpSubnets, Ipv4Subnets, Ipv6Net, Ipv6Subnets};
use playback_policy::Network;
use thiserror::Error;

/// One item of a list of addresses, v4 or v6: an address, a range, or a network. It prints as it was
/// written.
///
/// | written | is |
/// |---|---|
/// | `203.0.113.7` | an address |
/// | `203.0.113.7-203.0.113.20` | a range, both ends in it; spaces around the hyphen do not count |
/// | `203.0.113.0/255.255.255.0` `203.0.113.0 255.255.255.0` | a network by its mask, v4 only |
/// | `203.0.113.0/24` `203.0.113.0\|24` | a network by its prefix |
///
/// A network's host bits do not count, as [`Network`] has it. A range stays in one family.
///
/// # Source
///
/// Playback API contract, the account's list of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    written: String,
    /// Of a range, the fewest networks that are exactly it.
    networks: Vec<Network>,
    is_single: bool,
}

/// The text is no item of a list of addresses.
#[derive(Clone, Copy, Debug, Error)]
#[error(
    "expected an address, a range `203.0.113.7-203.0.113.20`, or a network as \
     `203.0.113.0/24`, `203.0.113.0|24` or `203.0.113.0/255.255.255.0`"
)]
pub(crate) struct InvalidAddresses(());

const INVALID: InvalidAddresses = InvalidAddresses(());

impl Addresses {
    /// Exactly these addresses, as networks.
    pub(crate) fn networks(&self) -> &[Network] {
        &self.networks
    }

    /// Whether a single address was written, without a prefix.
    pub(crate) fn is_single(&self) -> bool {
        self.is_single
    }
}

impl FromStr for Addresses {
    type Err = InvalidAddresses;

    fn from_str(text: &str) -> Result<Self, InvalidAddresses> {
        let is_single = text.parse::<IpAddr>().is_ok();
        let networks = match text.split_once('-') {
            Some((first, last)) => range(first.trim_end(), last.trim_start())?,
            None => vec![network(text)?],
        };
        Ok(Self {
            written: text.to_owned(),
            networks,
            is_single,
        })
    }
}

impl fmt::Display for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

fn network(text: &str) -> Result<Network, InvalidAddresses> {
    let prefixed = |address: &str, prefix_len: &str| {
        let text = format!("{address}/{prefix_len}");
        text.parse().map_err(|_| INVALID)
    };
    let masked = |address: &str, mask: &str| {
        let prefix_len = prefix_len_of(address, mask)?;
        prefixed(address, &prefix_len.to_string())
    };
    if let Some((address, prefix_len)) = text.split_once('|') {
        return prefixed(address, prefix_len);
    }
    if let Some((address, mask)) = text.split_once(' ') {
        return masked(address, mask);
    }
    match text.split_once('/') {
        Some((address, mask)) if mask.contains('.') => masked(address, mask),
        Some((address, prefix_len)) => prefixed(address, prefix_len),
        None => text.parse().map_err(|_| INVALID),
    }
}

/// The prefix that a mask stands for: ones, and from there on zeros.
fn prefix_len_of(address: &str, mask: &str) -> Result<u32, InvalidAddresses> {
    address.parse::<Ipv4Addr>().map_err(|_| INVALID)?;
    let bits = mask.parse::<Ipv4Addr>().map_err(|_| INVALID)?.to_bits();
    match bits.count_ones() == bits.leading_ones() {
        true => Ok(bits.leading_ones()),
        false => Err(INVALID),
    }
}

fn range(first: &str, last: &str) -> Result<Vec<Network>, InvalidAddresses> {
    let end = |text: &str| text.parse::<IpAddr>().map(|address| address.to_canonical());
    match (end(first), end(last)) {
        (Ok(first), Ok(last)) if first <= last => between(first, last).ok_or(INVALID),
        _ => Err(INVALID),
    }
}

/// The fewest networks that are exactly the addresses from `first` to `last`; none where these are
/// of two families.
///
/// IPv4-mapped addresses are no IPv6 ones, so an IPv6 range passes over them.
pub(crate) fn between(first: IpAddr, last: IpAddr) -> Option<Vec<Network>> {
    let subnets = match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => IpSubnets::V4(Ipv4Subnets::new(first, last, 0)),
        (IpAddr::V6(first), IpAddr::V6(last)) => IpSubnets::V6(Ipv6Subnets::new(first, last, 0)),
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => return None,
    };
    subnets
        .filter(|subnet| !is_mapped(subnet))
        .map(|subnet| subnet.to_string().parse().ok())
        .collect()
}

fn is_mapped(subnet: &IpNet) -> bool {
    match subnet {
        IpNet::V4(_) => false,
        IpNet::V6(subnet) => MAPPED.contains(subnet),
    }
}

/// `::ffff:0:0/96`.
const MAPPED: Ipv6Net = Ipv6Net::new_assert(Ipv4Addr::UNSPECIFIED.to_ipv6_mapped(), 96);

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(text: &str) -> Vec<String> {
        let parsed: Addresses = text.parse().unwrap_or_else(|_| panic!("{text}"));
        assert_eq!(parsed.to_string(), text);
        parsed.networks().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_notation_is_exactly_its_networks() {
        for (text, want) in [
            ("203.0.113.7", vec!["203.0.113.7"]),
            ("2001:db8::7", vec!["2001:db8::7"]),
            ("203.0.113.9/24", vec!["203.0.113.0/24"]),
            ("203.0.113.9|24", vec!["203.0.113.0/24"]),
            ("2001:db8::/32", vec!["2001:db8::/32"]),
            ("2001:db8::|32", vec!["2001:db8::/32"]),
            ("203.0.113.0/255.255.255.0", vec!["203.0.113.0/24"]),
            ("203.0.113.0 255.255.255.0", vec!["203.0.113.0/24"]),
            ("203.0.113.7/255.255.255.255", vec!["203.0.113.7"]),
            ("203.0.113.7/0.0.0.0", vec!["0.0.0.0/0"]),
            ("203.0.113.7-203.0.113.7", vec!["203.0.113.7"]),
            ("203.0.113.0-203.0.113.255", vec!["203.0.113.0/24"]),
            (
                "203.0.113.7 - 203.0.113.12",
                vec!["203.0.113.7", "203.0.113.8/30", "203.0.113.12"],
            ),
            ("0.0.0.0-255.255.255.255", vec!["0.0.0.0/0"]),
            ("::ffff:192.0.2.0-::ffff:192.0.2.3", vec!["192.0.2.0/30"]),
            (
                "2001:db8::-2001:db8::1:0",
                vec!["2001:db8::/112", "2001:db8::1:0"],
            ),
            (
                "::fffe:ffff:ffff-::1:0:0:0",
                vec!["::fffe:ffff:ffff", "::1:0:0:0"],
            ),
        ] {
            assert_eq!(networks(text), want, "{text}");
        }
        let all = "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        assert_eq!(networks(all), ["::/0"]);
    }

    #[test]
    fn a_range_is_no_more_and_no_less_than_it_says() {
        for (first, last) in [(1_u32, 254), (0, 1), (127, 128), (5, 5), (3, 200)] {
            let address = |low: u32| Ipv4Addr::from_bits(0xcb00_7100 + low);
            let text = format!("{}-{}", address(first), address(last));
            let parsed: Addresses = text.parse().expect("a range");
            for low in 0..256 {
                let is_in = |network: &Network| network.contains(address(low).into());
                let found = parsed.networks().iter().filter(|one| is_in(one)).count();
                let want = usize::from((first..=last).contains(&low));
                assert_eq!(found, want, "{text}: {low}");
            }
        }
    }

    #[test]
    fn only_an_address_alone_is_single() {
        for (text, want) in [
            ("192.0.2.1", true),
            ("2001:db8::1", true),
            ("192.0.2.1/32", false),
            ("192.0.2.1-192.0.2.1", false),
        ] {
            assert_eq!(text.parse::<Addresses>().expect(text).is_single(), want);
        }
    }

    #[test]
    fn err_what_is_no_list_of_addresses() {
        for text in [
            "",
            " ",
            "-",
            "a",
            "203.0.113",
            "203.0.113.256",
            "010.0.0.1",
            " 203.0.113.7",
            "203.0.113.7 ",
            "203.0.113.0/33",
            "203.0.113.0/-1",
            "203.0.113.0/+8",
            "203.0.113.0/",
            "203.0.113.0|",
            "203.0.113.0 24",
            "203.0.113.0|255.255.255.0",
            "203.0.113.0/255.0.255.0",
            "203.0.113.0/0.0.0.255",
            "203.0.113.0/255.255.255",
            "203.0.113.0  255.255.255.0",
            "2001:db8::/255.255.0.0",
            "2001:db8::/129",
            "fe80::1%eth0",
            "203.0.113.9-203.0.113.7",
            "203.0.113.7-",
            "-203.0.113.7",
            "203.0.113.7-9",
            "203.0.113.7-203.0.113.8-203.0.113.9",
            "203.0.113.0/24-203.0.114.0/24",
            "192.0.2.1-2001:db8::1",
            "::-::ffff:192.0.2.1",
            "example.com",
            "*",
        ] {
            assert!(text.parse::<Addresses>().is_err(), "{text}");
        }
    }
}
