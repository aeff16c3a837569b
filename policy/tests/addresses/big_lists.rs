//! Lists of many networks, each decision against a walk over the bits of all of them.

use std::net::IpAddr;

use playback_policy::{Compiled, LayerKind, Member, Rules, compile};

use crate::{
    cidr::Cidr,
    dice::Dice,
    layers::{Layer, List, Probe, check, decided, layer},
    random::{addresses, cidrs},
};

/// The positions of the parts that are whole families.
const V4: usize = 4;
const V6: usize = 5;

/// The networks in four parts, and each family whole.
fn parts(cidrs: &[Cidr]) -> Vec<Vec<Cidr>> {
    let whole = [IpAddr::from([0; 4]), IpAddr::from([0; 16])].map(|address| Cidr {
        address,
        prefix_len: 0,
    });
    cidrs
        .chunks(cidrs.len() / 4)
        .chain(whole.chunks(1))
        .map(<[Cidr]>::to_vec)
        .collect()
}

/// The parts in one list, in both lists of a layer, and in several layers.
fn arrangements() -> Vec<Vec<Layer>> {
    let [account, video, right, key] = LayerKind::ALL;
    vec![
        vec![layer(video, &[], &[0, 1, 2, 3])],
        vec![layer(video, &[0, 1, 2, 3], &[])],
        vec![layer(account, &[0, 1, 2], &[3])],
        vec![layer(account, &[0, 1, 2], &[]), layer(key, &[], &[3])],
        vec![layer(account, &[0, 1], &[2]), layer(right, &[1, 0, 3], &[])],
        vec![
            layer(account, &[], &[0]),
            layer(video, &[1, 2, 3], &[]),
            layer(right, &[], &[1]),
            layer(key, &[3, 2, 1], &[0]),
        ],
        vec![layer(right, &[V4, 0], &[1]), layer(key, &[3, V4], &[])],
        vec![layer(account, &[2, V6], &[]), layer(right, &[V6, V4], &[0])],
        vec![layer(video, &[0, 1, 2, 3], &[V6])],
    ]
}

fn every_decision_is_the_naive_one(count: usize, samples: usize) {
    let mut dice = Dice(count as u64);
    let cidrs = cidrs(count, &mut dice);
    let parts = parts(&cidrs);
    let list = |(at, part): (usize, &Vec<Cidr>)| List {
        name: format!("part {at}"),
        networks: part.iter().map(|cidr| cidr.to_network()).collect(),
    };
    let lists: Vec<_> = parts.iter().enumerate().map(list).collect();
    let has = |part: &[Cidr], address| part.iter().any(|cidr| cidr.contains(address));
    let probe = |address| Probe {
        address,
        is_in: parts.iter().map(|part| has(part, address)).collect(),
    };
    let addresses = addresses(&cidrs, samples, &mut dice);
    let probes: Vec<_> = addresses.into_iter().map(probe).collect();
    for layers in arrangements() {
        let refused = check(&lists, &layers, &probes);
        let share = refused as f64 / probes.len() as f64;
        let is_telling = (0.1..0.95).contains(&share);
        assert!(is_telling, "{share} of them are refused by {layers:?}");
    }
}

#[test]
fn every_decision_of_10_000_networks_is_the_naive_one() {
    every_decision_is_the_naive_one(10_000, 1_000);
}

#[test]
fn every_decision_of_100_000_networks_is_the_naive_one() {
    every_decision_is_the_naive_one(100_000, 300);
}

#[test]
fn no_network_of_100_000_is_lost() {
    let cidrs = cidrs(100_000, &mut Dice(1));
    let rules = Rules {
        ip_deny: cidrs.iter().map(|cidr| cidr.to_network()).collect(),
        ..Rules::default()
    };
    let bytes = compile(&[(LayerKind::Account, &rules)]);
    let compiled = Compiled::read(&bytes).unwrap();
    for cidr in &cidrs {
        for address in [cidr.first(), cidr.last()] {
            let refusal = decided(&compiled, address);
            let want = Some((LayerKind::Account, Member::IpDeny));
            assert_eq!(refusal, want, "{address} of {cidr}");
        }
    }
}
