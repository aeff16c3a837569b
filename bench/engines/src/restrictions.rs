//! The rules that every engine decides by, as plain values, before any of them has its own form of it.

use std::net::IpAddr;

use fastrand::Rng;
use ipnet::IpNet;

/// Networks of each family have one of these lengths: longer than the range they are drawn from, so that
/// few of them overlap.
const LENGTHS_V4: [u8; 5] = [24, 26, 28, 30, 32];
const LENGTHS_V6: [u8; 5] = [48, 52, 56, 60, 64];

/// The first second in which the video plays, and the first in which it no longer does.
pub(crate) const WINDOW: (i64, i64) = (1_767_225_600, 1_798_761_600);

/// In all of these the video plays.
pub(crate) const COUNTRIES: [&str; 40] = [
    "AT", "BE", "BG", "CA", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR",
    "HU", "IE", "IS", "IT", "JP", "KR", "LI", "LT", "LU", "LV", "MT", "MX", "NL", "NO", "NZ", "PL",
    "PT", "RO", "SE", "SG", "SI", "SK", "TW", "US",
];

/// In these parts of the United States it does not.
pub(crate) const SUBDIVISIONS: [&str; 3] = ["US-NY", "US-TX", "US-FL"];
pub(crate) const METROS: [u16; 12] = [602, 618, 623, 641, 751, 753, 803, 807, 819, 825, 839, 862];

/// Nobody comes through these.
pub(crate) const PROXIES: [&str; 3] = ["anonymous", "vpn", "tor"];

/// What one video may not do.
#[derive(Debug)]
pub(crate) struct Restrictions {
    /// Nobody from here.
    pub(crate) denied: Vec<IpNet>,
    /// Everybody from here, wherever that is.
    pub(crate) allowed: Vec<IpNet>,
    /// Sites that may embed it: whole origins, hosts by any scheme, and what lies below a domain.
    pub(crate) origins: Vec<String>,
    pub(crate) hosts: Vec<String>,
    pub(crate) parents: Vec<String>,
}

impl Restrictions {
    /// So many networks, half of each family, one in ten of them allowed; all else is always the same.
    pub(crate) fn random(networks: usize, dice: &mut Rng) -> Self {
        let mut networks: Vec<IpNet> = (0..networks).map(|at| network(at % 2 == 0, dice)).collect();
        let allowed = networks.split_off(networks.len() - networks.len() / 10);
        Self {
            denied: networks,
            allowed,
            origins: (0..8)
                .map(|at| format!("https://www{at}.example.com"))
                .collect(),
            hosts: (0..6).map(|at| format!("player{at}.example.net")).collect(),
            parents: (0..6).map(|at| format!("site{at}.example.org")).collect(),
        }
    }
}

fn network(is_v4: bool, dice: &mut Rng) -> IpNet {
    let lengths = if is_v4 { LENGTHS_V4 } else { LENGTHS_V6 };
    let length = lengths[dice.usize(..lengths.len())];
    let net = IpNet::new(address(is_v4, dice), length).expect("a length of this family");
    net.trunc()
}

/// Somewhere in `10.0.0.0/8` or `2001:db8::/32`.
pub(crate) fn address(is_v4: bool, dice: &mut Rng) -> IpAddr {
    match is_v4 {
        true => IpAddr::V4((0x0a00_0000 | dice.u32(..1 << 24)).into()),
        false => IpAddr::V6((0x2001_0db8_u128 << 96 | dice.u128(..1 << 96)).into()),
    }
}

/// The networks around an address that rules could name, in CIDR notation: what can be looked up in a set.
pub(crate) fn networks_around(address: IpAddr) -> Vec<String> {
    let lengths = if address.is_ipv4() {
        LENGTHS_V4
    } else {
        LENGTHS_V6
    };
    let around = |length| IpNet::new(address, length).expect("a length of this family");
    lengths
        .map(|length| around(length).trunc().to_string())
        .into()
}
