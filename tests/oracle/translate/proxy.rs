//! Proxies: the classes that labels and data stand for.

use std::collections::BTreeSet;

use super::policy::{Policy, strings};
use crate::case::{Layer, Who};

pub(super) fn policies(layer: &Layer) -> Vec<Policy> {
    let denied = layer.items("proxy-deny");
    if denied.is_empty() {
        return Vec::new();
    }
    let is_denied = format!("context.proxies.containsAny({})", strings(denied));
    vec![Policy::forbid("proxy", "proxy-deny").when(is_denied)]
}

/// The classes a viewer is in. A privacy relay is nothing else.
///
/// # Source
///
/// DESIGN.md, "Proxies" and "Relays".
pub(super) fn classes(who: &Who) -> BTreeSet<&'static str> {
    let of_type = who
        .record
        .proxy_type
        .as_deref()
        .and_then(|label| match label {
            "anonymous" => Some("anonymous"),
            "public" => Some("public"),
            "corporate" => Some("corporate"),
            "transparent" => Some("transparent"),
            "hosting" => Some("hosting"),
            "edu" => Some("edu"),
            "consumer-privacy" => Some("relay"),
            _ => None,
        });
    let of_description = who
        .record
        .proxy_description
        .as_deref()
        .and_then(|label| match label {
            "vpn" => Some("vpn"),
            "tor-exit" | "tor-relay" => Some("tor"),
            "dns" => Some("smart-dns"),
            "cloud" => Some("hosting"),
            "cloud-security" => Some("corporate"),
            "apple" | "google" => Some("relay"),
            _ => None,
        });
    let of_data = who.vpn.iter().flat_map(|fact| match fact.as_str() {
        "anonymous" => vec!["anonymous"],
        "public_proxy" => vec!["public"],
        "hosting_provider" => vec!["hosting"],
        "anonymous_vpn" | "proxy_over_vpn" => vec!["vpn"],
        "vpn_datacenter" => vec!["vpn", "hosting"],
        "tor_exit_node" => vec!["tor"],
        "residential_proxy" => vec!["residential"],
        "smart_dns_proxy" => vec!["smart-dns"],
        "relay_proxy" => vec!["relay"],
        other => panic!("no fact about an address: `{other}`"),
    });
    let classes: BTreeSet<_> = of_type
        .into_iter()
        .chain(of_description)
        .chain(of_data)
        .collect();
    match classes.contains("relay") {
        true => BTreeSet::from(["relay"]),
        false => classes,
    }
}
