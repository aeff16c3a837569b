//! From a playback right's lists of addresses and places to the chain of a layer.
//!
//! Both ask in the same order: addresses, postal codes, metros, countries; at one level what is
//! denied before what is allowed; and an allow ends the asking. So a list becomes the member of its
//! level, and only two things need care: an address is more specific than a network there, and
//! what comes of a viewer whom no list names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use playback_policy::{Network, Rules, Verdict};

use super::{RightFields, geo::GlobalRule, reading::Reading};
use crate::model::{
    addresses::{Addresses, between},
    chain::set_default,
};

/// Lays the lists into a layer that has no chain yet.
///
/// # Source
///
/// Playback API contract, order of validation; the vendor's flow diagrams for the three values of
/// `geo_global_rule`.
pub(super) fn lay(rules: &mut Rules, right: &RightFields, reading: &Reading) {
    let heeds =
        |one: GlobalRule| right.geo_global_rule == one || reading.global_rules_heed_both_lists;
    let is_global = right.geo_global_rule != GlobalRule::None;
    if !is_global || heeds(GlobalRule::BlockAll) {
        rules.ip_allow = networks(&right.allowed_ips);
        rules.geo_allow = right.geo.allowed();
    }
    if !is_global || heeds(GlobalRule::AllowAll) {
        rules.ip_deny = match reading.addresses_precede_networks && !rules.ip_allow.is_empty() {
            true => without_allowed(&right.blocked_ips, &right.allowed_ips),
            false => networks(&right.blocked_ips),
        };
        rules.geo_deny = right.geo.blocked();
    }
    let allows_any = !rules.ip_allow.is_empty() || !rules.geo_allow.is_empty();
    match right.geo_global_rule {
        GlobalRule::AllowAll => set_default(rules, Verdict::Allow),
        GlobalRule::BlockAll => set_default(rules, Verdict::Deny),
        GlobalRule::None if allows_any && reading.any_allowed_list_refuses_the_rest => {
            set_default(rules, Verdict::Deny);
        }
        GlobalRule::None => {}
    }
}

fn networks(list: &[Addresses]) -> Vec<Network> {
    let networks = list.iter().flat_map(Addresses::networks);
    networks.copied().collect()
}

/// What is blocked, with those addresses cut out of the networks that are allowed one by one.
fn without_allowed(blocked: &[Addresses], allowed: &[Addresses]) -> Vec<Network> {
    let singles = allowed.iter().filter(|item| item.is_single());
    let mut holes: Vec<IpAddr> = singles
        .flat_map(Addresses::networks)
        .map(|network| network.bounds().0)
        .collect();
    holes.sort_unstable();
    holes.dedup();
    let cut = |item: &Addresses| -> Vec<Network> {
        match item.is_single() {
            // As specific as the other, and what is blocked is asked first.
            true => item.networks().to_vec(),
            false => item
                .networks()
                .iter()
                .flat_map(|network| without(*network, &holes))
                .collect(),
        }
    };
    blocked.iter().flat_map(cut).collect()
}

/// The network without these addresses, which are in ascending order.
fn without(network: Network, holes: &[IpAddr]) -> Vec<Network> {
    let mut rest = Vec::new();
    let (first, last) = network.bounds();
    let mut next = Some(first);
    for &hole in holes.iter().filter(|hole| network.contains(**hole)) {
        if let (Some(from), Some(until)) = (next, before(hole))
            && from <= until
        {
            rest.extend(between(from, until).unwrap_or_default());
        }
        next = after(hole);
    }
    if let Some(from) = next.filter(|from| *from <= last) {
        match from == first {
            true => rest.push(network),
            false => rest.extend(between(from, last).unwrap_or_default()),
        }
    }
    rest
}

fn before(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(own) => own
            .to_bits()
            .checked_sub(1)
            .map(|bits| Ipv4Addr::from_bits(bits).into()),
        IpAddr::V6(own) => own
            .to_bits()
            .checked_sub(1)
            .map(|bits| Ipv6Addr::from_bits(bits).into()),
    }
}

fn after(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(own) => own
            .to_bits()
            .checked_add(1)
            .map(|bits| Ipv4Addr::from_bits(bits).into()),
        IpAddr::V6(own) => own
            .to_bits()
            .checked_add(1)
            .map(|bits| Ipv6Addr::from_bits(bits).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_cut_exactly() {
        for (network, holes, want) in [
            ("192.0.2.0/30", vec![], vec!["192.0.2.0/30"]),
            ("192.0.2.0/30", vec!["198.51.100.1"], vec!["192.0.2.0/30"]),
            (
                "192.0.2.0/30",
                vec!["192.0.2.0"],
                vec!["192.0.2.1", "192.0.2.2/31"],
            ),
            (
                "192.0.2.0/30",
                vec!["192.0.2.3"],
                vec!["192.0.2.0/31", "192.0.2.2"],
            ),
            ("192.0.2.0/31", vec!["192.0.2.0", "192.0.2.1"], vec![]),
            ("192.0.2.1", vec!["192.0.2.1"], vec![]),
            ("0.0.0.0/31", vec!["0.0.0.0"], vec!["0.0.0.1"]),
            (
                "255.255.255.254/31",
                vec!["255.255.255.255"],
                vec!["255.255.255.254"],
            ),
            (
                "2001:db8::/126",
                vec!["2001:db8::1"],
                vec!["2001:db8::", "2001:db8::2/127"],
            ),
        ] {
            let holes: Vec<IpAddr> = holes.iter().map(|hole| hole.parse().expect(hole)).collect();
            let rest = without(network.parse().expect(network), &holes);
            let rest: Vec<String> = rest.iter().map(ToString::to_string).collect();
            assert_eq!(rest, want, "{network} without {holes:?}");
        }
    }
}
