//! Networks and addresses, bit by bit: slow, and so simple that they can be seen to be right.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use playback_policy::Network;

/// A network as somebody may write it: bits behind the prefix may be set, and mean nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cidr {
    pub(crate) address: IpAddr,
    pub(crate) prefix_len: u8,
}

impl Cidr {
    /// Whether the address is of the same family and begins with the same bits.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let begins_so = |network: &[u8], address: &[u8]| {
            (0..self.prefix_len).all(|at| bit(network, at) == bit(address, at))
        };
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                begins_so(&network.octets(), &address.octets())
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                begins_so(&network.octets(), &address.octets())
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    pub(crate) fn first(&self) -> IpAddr {
        (self.prefix_len..width(self.address)).fold(self.address, |address, at| {
            if is_set(address, at) {
                flipped(address, at)
            } else {
                address
            }
        })
    }

    pub(crate) fn last(&self) -> IpAddr {
        (self.prefix_len..width(self.address)).fold(self.address, |address, at| {
            if is_set(address, at) {
                address
            } else {
                flipped(address, at)
            }
        })
    }

    /// The program's own, by way of its text.
    pub(crate) fn to_network(self) -> Network {
        let text = self.to_string();
        text.parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix_len)
    }
}

/// The bit at a position, counted from the first of the first octet.
fn bit(octets: &[u8], at: u8) -> bool {
    octets[usize::from(at / 8)] & (0b1000_0000 >> (at % 8)) != 0
}

fn is_set(address: IpAddr, at: u8) -> bool {
    match address {
        IpAddr::V4(v4) => bit(&v4.octets(), at),
        IpAddr::V6(v6) => bit(&v6.octets(), at),
    }
}

/// How many bits an address of this family has.
pub(crate) fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// The address that differs in the bit at a position, and in no other.
pub(crate) fn flipped(address: IpAddr, at: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => Ipv4Addr::from_bits(v4.to_bits() ^ (1 << (31 - at))).into(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() ^ (1 << (127 - at))).into(),
    }
}

/// The address one before, if there is one.
pub(crate) fn before(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(v4) => Some(Ipv4Addr::from_bits(v4.to_bits().checked_sub(1)?).into()),
        IpAddr::V6(v6) => Some(Ipv6Addr::from_bits(v6.to_bits().checked_sub(1)?).into()),
    }
}

/// The address one after, if there is one.
pub(crate) fn after(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(v4) => Some(Ipv4Addr::from_bits(v4.to_bits().checked_add(1)?).into()),
        IpAddr::V6(v6) => Some(Ipv6Addr::from_bits(v6.to_bits().checked_add(1)?).into()),
    }
}

/// Both ends of a network, and the addresses that just miss it.
pub(crate) fn borders(first: IpAddr, last: IpAddr) -> impl Iterator<Item = IpAddr> {
    [before(first), Some(first), Some(last), after(last)]
        .into_iter()
        .flatten()
}
