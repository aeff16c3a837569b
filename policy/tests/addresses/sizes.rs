//! Lists compile to the ranges that are left when networks in, on and beside each other are one.

use std::{collections::BTreeSet, net::IpAddr};

use playback_policy::{LayerKind, Network, Rules, compile};

use crate::{
    cidr::{Cidr, before},
    dice::Dice,
    random::cidrs,
    table::network,
};

fn compiled(networks: Vec<Network>) -> Vec<u8> {
    let rules = Rules {
        ip_deny: networks,
        ..Rules::default()
    };
    compile(&[(LayerKind::Video, &rules)])
}

fn compiled_texts<T: AsRef<str>>(texts: &[T]) -> Vec<u8> {
    compiled(texts.iter().map(|text| network(text.as_ref())).collect())
}

/// The bytes of a layer with so many ranges: two addresses each, behind a head for the layer and
/// where each family begins.
fn size(v4_ranges: usize, v6_ranges: usize) -> usize {
    let section = |ranges: usize, size: usize| match ranges {
        0 => 0,
        _ => 4 + ranges * 2 * size,
    };
    5 + 8 + 4 + section(v4_ranges, 4) + section(v6_ranges, 16)
}

#[test]
fn adjacent_networks_become_one_range() {
    let mut dice = Dice(2);
    let mut v4 = |count: u32| {
        let mut hosts: Vec<_> = (0..count)
            .map(|at| format!("10.0.{}.{}", at / 256, at % 256))
            .collect();
        dice.shuffle(&mut hosts);
        compiled_texts(&hosts)
    };
    assert_eq!(v4(256), compiled_texts(&["10.0.0.0/24"]));
    assert_eq!(v4(65_536), compiled_texts(&["10.0.0.0/16"]));
    assert_eq!(v4(255).len(), size(1, 0));
    let v6: Vec<_> = (0..256).map(|at| format!("2001:db8::{at:x}")).collect();
    assert_eq!(compiled_texts(&v6), compiled_texts(&["2001:db8::/120"]));
    // Beside each other across the middle of the bits, where no CIDR is both.
    let middle = ["2001:db8:0:0:8000::/65", "2001:db8:0:1::/65"];
    assert_eq!(compiled_texts(&middle).len(), size(0, 1));
}

#[test]
fn a_gap_of_one_address_keeps_two_ranges() {
    let even: Vec<_> = (0..128)
        .map(|at| format!("192.0.2.{}", 2 * at))
        .chain((0..128).map(|at| format!("2001:db8::{:x}", 2 * at)))
        .collect();
    assert_eq!(compiled_texts(&even).len(), size(128, 128));
    let odd = (0..128).map(|at| format!("192.0.2.{}", 2 * at + 1));
    let all: Vec<_> = even.into_iter().chain(odd).collect();
    assert_eq!(compiled_texts(&all).len(), size(1, 128));
}

#[test]
fn nothing_is_adjacent_across_the_ends_of_the_families() {
    let last = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    let ends = ["0.0.0.0", "255.255.255.255", "::", last];
    assert_eq!(compiled_texts(&ends).len(), size(2, 2));
    let halves = ["128.0.0.0/1", "0.0.0.0/1", "8000::/1", "::/1"];
    assert_eq!(
        compiled_texts(&halves),
        compiled_texts(&["0.0.0.0/0", "::/0"])
    );
    // The mapped addresses are IPv4, and no part of the range around them.
    let around = ["::/80", "::ffff:0:0/96"];
    assert_eq!(compiled_texts(&around).len(), size(1, 1));
}

#[test]
fn as_many_ranges_are_left_as_begin_where_nothing_ends() {
    let cidrs = cidrs(10_000, &mut Dice(3));
    let is_named = |address| cidrs.iter().any(|cidr| cidr.contains(address));
    let firsts: BTreeSet<IpAddr> = cidrs.iter().map(Cidr::first).collect();
    let (v4, v6): (Vec<IpAddr>, Vec<IpAddr>) = firsts
        .into_iter()
        .filter(|first| !before(*first).is_some_and(is_named))
        .partition(|first| first.is_ipv4());
    let networks: Vec<_> = cidrs.iter().map(|cidr| cidr.to_network()).collect();
    assert_eq!(compiled(networks).len(), size(v4.len(), v6.len()));
}

#[test]
fn order_and_repetition_do_not_matter_and_a_whole_family_swallows_its_networks() {
    let mut dice = Dice(4);
    let cidrs = cidrs(100_000, &mut dice);
    let mut networks: Vec<_> = cidrs.iter().map(|cidr| cidr.to_network()).collect();
    let once = compiled(networks.clone());
    networks.extend_from_within(..networks.len() / 2);
    dice.shuffle(&mut networks);
    assert!(compiled(networks.clone()) == once, "another order");
    networks.push(network("0.0.0.0/0"));
    let v6: Vec<_> = networks.iter().copied().filter(is_v6).collect();
    let v6_size = compiled(v6).len();
    assert_eq!(compiled(networks.clone()).len(), v6_size + 12);
    networks.push(network("::/0"));
    dice.shuffle(&mut networks);
    assert_eq!(compiled(networks), compiled_texts(&["0.0.0.0/0", "::/0"]));
}

fn is_v6(network: &Network) -> bool {
    network.bounds().0.is_ipv6()
}
