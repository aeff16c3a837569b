//! Networks, their numbers and times, and what lies on their borders.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use fastrand::Rng;

use super::{chance, one, pool};
use crate::case::{Layer, RuleSet};

/// A network of either family, written in one of the ways there are.
pub(super) fn network(rng: &mut Rng) -> String {
    if rng.bool() {
        let length = one(rng, &[0, 1, 8, 15, 23, 24, 25, 28, 30, 31, 32, 32]);
        let address = v4(rng);
        return match rng.u8(..10) {
            0 => format!("::ffff:{address}/{}", 96 + length),
            1 => address.to_string(),
            _ => format!("{address}/{length}"),
        };
    }
    let length = one(rng, &[0, 16, 32, 47, 48, 56, 64, 65, 96, 112, 127, 128]);
    match rng.u8(..12) {
        // Holds the mapped addresses and as many others.
        0 => "::ffff:0:0/95".to_owned(),
        1 => v6(rng).to_string(),
        2 => format!("{}/{length}", v6(rng)).to_uppercase(),
        _ => format!("{}/{length}", v6(rng)),
    }
}

/// An address on, or just beyond, the border of one of the rules' networks.
pub(super) fn address(rng: &mut Rng, rules: &RuleSet) -> IpAddr {
    let layers = rules.layers();
    let networks: Vec<_> = layers
        .iter()
        .flat_map(|(_, layer)| [layer.items("ip-allow"), layer.items("ip-deny")])
        .flatten()
        .collect();
    let address = match networks.is_empty() || chance(rng, 20) {
        true if rng.bool() => v4(rng).into(),
        true => v6(rng).into(),
        false => {
            let network = networks[rng.usize(..networks.len())];
            at_border(rng, network)
        }
    };
    match address {
        IpAddr::V4(address) if chance(rng, 15) => address.to_ipv6_mapped().into(),
        address => address,
    }
}

fn at_border(rng: &mut Rng, network: &str) -> IpAddr {
    let (address, length) = match network.split_once('/') {
        Some((address, length)) => (address, length.parse().ok()),
        None => (network, None),
    };
    // Of either family as the last of 128 bits, so that one arithmetic serves both.
    match address.parse().expect("a network has an address") {
        IpAddr::V4(address) => {
            let bits = beside(rng, u32::from(address).into(), 32 - length.unwrap_or(32));
            Ipv4Addr::from(bits as u32).into()
        }
        IpAddr::V6(address) => {
            let bits = beside(rng, address.into(), 128 - length.unwrap_or(128));
            Ipv6Addr::from(bits).into()
        }
    }
}

/// The first or last address of so many host bits, one beyond, or any within.
fn beside(rng: &mut Rng, address: u128, host_bits: u32) -> u128 {
    let hosts = u128::MAX.checked_shr(128 - host_bits).unwrap_or(0);
    let (first, last) = (address & !hosts, address | hosts);
    match rng.u8(..6) {
        0 => first,
        1 => last,
        2 => first.wrapping_sub(1),
        3 => last.wrapping_add(1),
        _ => first | (rng.u128(..) & hosts),
    }
}

fn v4(rng: &mut Rng) -> Ipv4Addr {
    let net = one(rng, &[[192, 0, 2], [198, 51, 100], [203, 0, 113]]);
    let host = one(rng, &[0, 1, 7, 127, 128, 254, 255]);
    Ipv4Addr::new(net[0], net[1], net[2], host)
}

fn v6(rng: &mut Rng) -> Ipv6Addr {
    let part = |rng: &mut Rng| one(rng, &[0, 0, 1, 0x7fff, 0x8000, 0xffff]);
    Ipv6Addr::new(0x2001, 0xdb8, part(rng), part(rng), 0, 0, 0, part(rng))
}

/// The number of an autonomous system, or one beside it.
pub(super) fn system(rng: &mut Rng) -> u32 {
    let number = one(rng, &pool::SYSTEMS);
    match rng.u8(..8) {
        0 => number.saturating_add(1),
        1 => number.saturating_sub(1),
        _ => number,
    }
}

/// A time on, or a second before or after, something the rules name.
pub(super) fn time(rng: &mut Rng, rules: &RuleSet) -> i64 {
    let named: Vec<_> = rules
        .layers()
        .iter()
        .flat_map(|(_, layer)| seconds(rng, layer))
        .collect();
    let second = match named.is_empty() || chance(rng, 25) {
        true => one(rng, &pool::EPOCHS) + rng.i64(-400_000..400_000),
        false => one(rng, &named),
    };
    second + rng.i64(-1..=1)
}

/// The ends of a layer's windows, those of its hours on some day.
fn seconds(rng: &mut Rng, layer: &Layer) -> Vec<i64> {
    let ends = ["from", "until", "applies-from", "applies-until"];
    let ends = ends.into_iter().filter_map(|member| layer.second(member));
    let midnight = one(rng, &pool::EPOCHS) + 86_400 * rng.i64(-4..4);
    let hours = layer
        .items("hours")
        .iter()
        .flat_map(|range| range.split('-'));
    let hours = hours.filter_map(|hour| Some(midnight + 3600 * hour.parse::<i64>().ok()?));
    let days = layer.items("days").first().map(|_| midnight);
    ends.chain(hours).chain(days).collect()
}
