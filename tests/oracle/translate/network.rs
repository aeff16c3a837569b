//! Addresses, access control lists and autonomous systems.

use std::net::IpAddr;

use super::{chain::Level, policy::any};
use crate::case::Layer;

/// The levels of addresses, written and listed, and of autonomous systems.
pub(super) fn levels(layer: &Layer) -> Vec<Level> {
    let address = |member| any(layer.items(member).iter().map(|network| in_range(network)));
    let listed = |member| any(layer.items(member).iter().map(|list| on_list(list)));
    let addresses = Level {
        deny: [
            ("ip-deny", address("ip-deny")),
            ("ip-deny-list", listed("ip-deny-list")),
        ]
        .into_iter()
        .filter_map(|(member, matches)| Some((member, matches?)))
        .collect(),
        allow: [address("ip-allow"), listed("ip-allow-list")]
            .into_iter()
            .flatten()
            .collect(),
    };
    let systems = Level {
        deny: announced_by(layer.items("asn-deny"))
            .map(|matches| ("asn-deny", matches))
            .into_iter()
            .collect(),
        allow: announced_by(layer.items("asn-allow")).into_iter().collect(),
    };
    vec![addresses, systems]
}

/// Cedar's own comparison, which keeps the families apart as the rules do.
fn in_range(network: &str) -> String {
    format!("context.ip.isInRange(ip(\"{}\"))", unmapped(network))
}

fn on_list(list: &str) -> String {
    format!("context.acls.contains(\"{list}\")")
}

fn announced_by(numbers: &[String]) -> Option<String> {
    let numbers = (!numbers.is_empty()).then(|| numbers.join(", "))?;
    Some(format!(
        "context has asn && [{numbers}].contains(context.asn)"
    ))
}

/// A network of IPv4-mapped IPv6 addresses as what it is, a network of IPv4; any other as it is
/// written.
///
/// # Source
///
/// DESIGN.md, "Addresses"; RFC 4291 §2.5.5.2: the last 32 of 128 bits.
pub(super) fn unmapped(network: &str) -> String {
    let (address, length) = match network.split_once('/') {
        Some((address, length)) => (address, length.parse().expect("a prefix length")),
        None => (network, 128_u8),
    };
    let address: IpAddr = address.parse().expect("an address");
    match (address, address.to_canonical(), length.checked_sub(96)) {
        (IpAddr::V6(_), IpAddr::V4(mapped), Some(length)) => format!("{mapped}/{length}"),
        _ => network.to_owned(),
    }
}
