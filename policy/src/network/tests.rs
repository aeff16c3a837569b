use serde::Deserialize;

use super::*;
use crate::{Compiled, Decision, LayerKind, Member, Rules, Viewer, compile, decide};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn network(text: &str) -> Network {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

#[test]
fn ok_networks_print_in_canonical_form() {
    for (text, printed) in [
        ("203.0.113.9/24", "203.0.113.0/24"),
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9/32", "203.0.113.9"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:DB8::1/32", "2001:db8::/32"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
    ] {
        assert_eq!(network(text).to_string(), printed, "{text}");
        assert_eq!(network(printed), network(text), "{text}");
    }
}

#[test]
fn err_networks() {
    for text in [
        "",
        "203.0.113.0/33",
        "2001:db8::/129",
        "203.0.113",
        "203.0.113.0/",
        "a",
        "1.2.3.4/-1",
        "203.0.113.0-203.0.113.9",
        "fe80::1%eth0",
        " 203.0.113.9",
        "010.0.0.1",
    ] {
        assert!(text.parse::<Network>().is_err(), "{text}");
    }
}

#[test]
fn an_address_family_never_contains_the_other() {
    assert!(!network("::/0").contains([203, 0, 113, 7].into()));
    assert!(!network("0.0.0.0/0").contains("2001:db8::1".parse().unwrap()));
    assert!(network("0.0.0.0/0").contains("::ffff:203.0.113.7".parse().unwrap()));
}

#[test]
fn an_address_is_redacted_to_its_network() {
    let cases = [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
    ];
    for (address, want) in cases {
        assert_eq!(redacted(address.parse().unwrap()).to_string(), want);
    }
}

#[test]
fn a_client_is_an_address_or_a_household() {
    let client = |text: &str| client_network(text.parse().unwrap()).to_string();
    assert_eq!(client("203.0.113.7"), "203.0.113.7");
    assert_eq!(client("::ffff:203.0.113.7"), "203.0.113.7");
    assert_eq!(client("2001:db8:1:2ff:3::4"), "2001:db8:1:200::/56");
}

#[test]
fn a_network_of_an_address_has_one_length_for_each_family() {
    for (address, want, prefix_len) in [
        ("203.0.113.77", "203.0.113.0/24", 24),
        ("::ffff:203.0.113.77", "203.0.113.0/24", 24),
        ("2001:db8:1:2ff:3::4", "2001:db8:1:200::/56", 56),
    ] {
        let found = Network::of(address.parse().unwrap(), 24, 56);
        assert_eq!((found, found.prefix_len()), (network(want), prefix_len));
    }
}

/// The table of networks one in another, with their answers. What rules say of several of them is
/// tried natively, in `tests/addresses`; here is as much as shows that Wasm counts alike.
const NESTED: &str = include_str!("../../tests/addresses/nested.json");

#[derive(Deserialize)]
struct Nested {
    networks: Vec<Row>,
    addresses: Vec<Address>,
}

#[derive(Deserialize)]
struct Row {
    cidr: String,
    first: IpAddr,
    last: IpAddr,
}

#[derive(Deserialize)]
struct Address {
    ip: IpAddr,
    #[serde(rename = "in")]
    networks: Vec<String>,
}

/// The member that refuses, of rules that say nothing else.
fn refusal(allow: &[Network], deny: &[Network], ip: IpAddr) -> Option<Member> {
    let rules = Rules {
        ip_allow: allow.to_vec(),
        ip_deny: deny.to_vec(),
        ..Rules::default()
    };
    let bytes = compile(&[(LayerKind::Video, &rules)]);
    match decide(&Compiled::read(&bytes).unwrap(), &Viewer::new(ip, 0)) {
        Decision::Allow => None,
        Decision::Deny(denial) => Some(denial.member),
    }
}

#[test]
fn nested_networks_have_their_ends_and_their_addresses() {
    let nested: Nested = serde_json::from_str(NESTED).unwrap();
    for row in &nested.networks {
        let found = network(&row.cidr);
        assert_eq!(found.bounds(), (row.first, row.last), "{}", row.cidr);
        for address in &nested.addresses {
            let (ip, is_in) = (address.ip, address.networks.contains(&row.cidr));
            assert_eq!(found.contains(ip), is_in, "{ip} in {}", row.cidr);
            let denied = is_in.then_some(Member::IpDeny);
            assert_eq!(refusal(&[], &[found], ip), denied, "{ip}, {}", row.cidr);
            let missed = (!is_in).then_some(Member::IpAllow);
            assert_eq!(refusal(&[found], &[], ip), missed, "{ip}, {}", row.cidr);
        }
    }
}
