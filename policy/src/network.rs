//! IP networks.

use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::{IpNet, IpSubnets, Ipv4Net, Ipv4Subnets, Ipv6Subnets};
use thiserror::Error;

/// An IP network in CIDR notation, such as `203.0.113.0/24` or `2001:db8::/32`.
///
/// Host bits are cleared on parsing, so `203.0.113.9/24` equals `203.0.113.0/24`. A bare address
/// is a network of one. A network of IPv4-mapped IPv6 addresses is the IPv4 network it maps; no
/// other IPv6 network, not even `::/0`, contains an IPv4 address.
///
/// # Source
///
/// RFC 4632 §3.1, RFC 4291 §2.3 and §2.5.5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network(IpNet);

/// The text is not a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected an address or a network such as `203.0.113.0/24` or `2001:db8::/32`")]
pub struct InvalidNetwork(());

impl Network {
    /// The first and the last address.
    #[must_use]
    pub fn bounds(&self) -> (IpAddr, IpAddr) {
        (self.0.network(), self.0.broadcast())
    }

    /// The network of a prefix length that an address lies in; one for either family.
    #[must_use]
    pub(crate) fn of(address: IpAddr, v4_prefix: u8, v6_prefix: u8) -> Self {
        let address = address.to_canonical();
        let prefix_len = match address {
            IpAddr::V4(_) => v4_prefix,
            IpAddr::V6(_) => v6_prefix,
        };
        Self(IpNet::new(address, prefix_len).map_or(address.into(), |net| net.trunc()))
    }

    /// The fewest networks that are together all addresses from the first to the last. None where
    /// these are of two families.
    pub(crate) fn of_range(first: IpAddr, last: IpAddr) -> impl Iterator<Item = Self> {
        let subnets = match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                Some(IpSubnets::from(Ipv4Subnets::new(first, last, 0)))
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => {
                Some(IpSubnets::from(Ipv6Subnets::new(first, last, 0)))
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => None,
        };
        subnets.into_iter().flatten().map(Self)
    }

    /// How many leading bits all its addresses share.
    #[must_use]
    pub fn prefix_len(&self) -> u8 {
        self.0.prefix_len()
    }

    /// Whether the address lies in the network.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let net = match text.parse::<IpAddr>() {
            Ok(address) => IpNet::from(address),
            Err(_) => text.parse::<IpNet>().map_err(|_| InvalidNetwork(()))?,
        };
        Ok(Self(unmap(net).trunc()))
    }
}

/// Turns a network inside `::ffff:0:0/96` into the IPv4 network it stands for.
fn unmap(net: IpNet) -> IpNet {
    let IpNet::V6(v6) = net else { return net };
    let mapped = v6.prefix_len().checked_sub(96);
    match (v6.addr().to_ipv4_mapped(), mapped) {
        (Some(address), Some(prefix_len)) => {
            Ipv4Net::new(address, prefix_len).map_or(net, IpNet::V4)
        }
        _ => net,
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let single = self.0.prefix_len() == self.0.max_prefix_len();
        match single {
            true => self.0.addr().fmt(f),
            false => self.0.fmt(f),
        }
    }
}

/// The network an address is logged as: /24 for IPv4, /48 for IPv6, so that a log line never
/// names a person's line.
#[must_use]
pub(crate) fn redacted(address: IpAddr) -> Network {
    Network::of(address, 24, 48)
}

/// Whom a limit on requests takes for one client: an IPv4 address, or an IPv6 /56, which is what a
/// household gets.
///
/// # Source
///
/// RFC 6177 §2: sites get more than one /64.
#[must_use]
pub fn client_network(address: IpAddr) -> Network {
    Network::of(address, 32, 56)
}

#[cfg(test)]
mod tests;
