//! Networks one in another, with their answers. A longer prefix is never an exception to a shorter
//! one: in a layer deny wins, and every layer narrows.

use std::collections::BTreeSet;

use playback_policy::{Compiled, LayerKind, Member, Rules, compile};

use crate::{
    dice::Dice,
    layers::{Layer, check, decided, layer},
    table::{Table, network},
};

#[test]
fn the_table_does_not_contradict_itself() {
    let table = Table::read();
    let written = table.written();
    for (address, probe) in table.addresses.iter().zip(&written) {
        let ip = address.ip;
        let by_ends: Vec<_> = table.networks.iter().map(|row| row.has(ip)).collect();
        assert_eq!(probe.is_in, by_ends, "{ip}");
        let named = probe.is_in.iter().filter(|is_in| **is_in).count();
        assert_eq!(
            named,
            address.networks.len(),
            "{ip} names an unknown network"
        );
        let lengths = address
            .networks
            .iter()
            .map(|cidr| network(cidr).prefix_len());
        assert!(lengths.is_sorted_by(|a, b| a > b), "{ip}");
    }
    let innermost = table.addresses.iter().map(|address| &address.networks[0]);
    let innermost: BTreeSet<_> = innermost.collect();
    let lonely = table.networks.iter().map(|row| &row.cidr);
    let lonely: Vec<_> = lonely.filter(|cidr| !innermost.contains(cidr)).collect();
    // Every other address of these two is in a half of them.
    assert_eq!(lonely, ["0.0.0.0/0", "203.0.113.0/24"]);
    let is_sourced = |source: &str| source.starts_with("RFC ");
    assert!(table.networks.iter().all(|row| is_sourced(&row.source)));
}

#[test]
fn a_network_prints_as_it_is_written_and_has_its_ends() {
    for row in Table::read().networks {
        let found = network(&row.cidr);
        assert_eq!(found.to_string(), row.cidr, "{}", row.source);
        assert_eq!(found.bounds(), (row.first, row.last), "{}", row.cidr);
    }
}

#[test]
fn every_spelling_is_the_same_network() {
    for spelling in Table::read().spellings {
        for text in &spelling.also {
            assert_eq!(network(text), network(&spelling.cidr), "{text}");
            assert_eq!(network(text).to_string(), spelling.cidr, "{text}");
        }
    }
}

#[test]
fn an_address_is_in_those_networks_and_in_no_other() {
    let table = Table::read();
    for probe in table.probes() {
        for (row, is_in) in table.networks.iter().zip(probe.is_in) {
            let found = network(&row.cidr).contains(probe.address);
            assert_eq!(found, is_in, "{} in {}", probe.address, row.cidr);
        }
    }
}

#[test]
fn a_mapped_address_is_its_ipv4_address_and_no_other_embedded_one_is() {
    let refusal = |member: &str, named: &str, ip| {
        let rules: Rules = format!(r#"{member}=("{named}")"#).parse().unwrap();
        let bytes = compile(&[(LayerKind::Video, &rules)]);
        let compiled = Compiled::read(&bytes).unwrap();
        decided(&compiled, ip).map(|(_, member)| member)
    };
    for address in Table::read().addresses {
        let ip = address.ip;
        if let Some(same) = address.is {
            let named = same.to_string();
            assert_eq!(refusal("ip-allow", &named, ip), None, "{ip}");
            let refused = refusal("ip-deny", &named, ip);
            assert_eq!(refused, Some(Member::IpDeny), "{ip}");
        }
        let embedded = address.embeds.map(|embedded| embedded.to_string());
        for named in embedded.into_iter().chain(["0.0.0.0/0".to_owned()]) {
            if ip.to_canonical().is_ipv6() {
                let refused = refusal("ip-allow", &named, ip);
                assert_eq!(refused, Some(Member::IpAllow), "{ip}, {named}");
                assert_eq!(refusal("ip-deny", &named, ip), None, "{ip}, {named}");
            }
        }
    }
}

#[test]
fn one_network_allowed_or_denied() {
    let table = Table::read();
    let (lists, probes) = (table.lists(), table.probes());
    for at in 0..lists.len() {
        for kind in LayerKind::ALL {
            let refused = check(&lists, &[layer(kind, &[], &[at])], &probes);
            let admitted = check(&lists, &[layer(kind, &[at], &[])], &probes);
            assert_eq!(refused + admitted, probes.len(), "{}", lists[at].name);
        }
    }
}

#[test]
fn two_networks_in_one_layer_and_in_two() {
    let table = Table::read();
    let (lists, probes) = (table.lists(), table.probes());
    let (account, video) = (LayerKind::Account, LayerKind::Video);
    for a in 0..lists.len() {
        for b in 0..lists.len() {
            check(&lists, &[layer(video, &[a], &[b])], &probes);
            let (allow, deny) = (layer(account, &[a], &[]), layer(video, &[], &[b]));
            check(&lists, &[allow.clone(), deny], &probes);
            check(&lists, &[allow, layer(video, &[b], &[])], &probes);
        }
    }
}

#[test]
fn any_networks_in_any_layers() {
    let table = Table::read();
    let (lists, probes) = (table.lists(), table.probes());
    let mut dice = Dice(7);
    let mut refused = 0;
    let draws = 2_000;
    for _ in 0..draws {
        // Often none, so that not everybody is refused by some layer.
        let mut some = |most: &[usize]| -> Vec<usize> {
            let count = dice.pick(most);
            (0..count).map(|_| dice.below(lists.len())).collect()
        };
        let layers: Vec<Layer> = LayerKind::ALL
            .map(|kind| layer(kind, &some(&[0, 0, 10, 100]), &some(&[0, 0, 1, 4])))
            .into();
        refused += check(&lists, &layers, &probes);
    }
    let share = refused as f64 / (draws * probes.len()) as f64;
    assert!((0.1..0.9).contains(&share), "{share} of them are refused");
}
