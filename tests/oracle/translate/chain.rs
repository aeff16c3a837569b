//! Network and place: one chain, most specific first.
//!
//! # Source
//!
//! DESIGN.md, "Precedence": the first level with a match ends the chain, deny wins over allow at one
//! level, and an allow exempts from all broader ones.

use super::{
    network, place,
    policy::{Policy, any},
};
use crate::case::Layer;

const CHECK: &str = "network and place";

/// Conditions of one level, each with the member that says so.
pub(super) struct Level {
    pub(super) deny: Vec<(&'static str, String)>,
    pub(super) allow: Vec<String>,
}

pub(super) fn policies(layer: &Layer) -> Vec<Policy> {
    let levels = network::levels(layer)
        .into_iter()
        .chain(place::levels(layer));
    let mut policies = Vec::new();
    // Whether a narrower level has a match, in which case the chain does not come as far as here.
    let mut narrower: Vec<String> = Vec::new();
    for Level { deny, allow } in levels {
        for (member, matches) in &deny {
            let mut policy = Policy::forbid(CHECK, member).when(matches.clone());
            policy.unless.extend(any(narrower.clone()));
            policies.push(policy);
        }
        narrower.extend(deny.into_iter().map(|(_, matches)| matches));
        narrower.extend(allow);
    }
    for member in refusing_where_nothing_matched(layer) {
        let mut policy = Policy::forbid(CHECK, member);
        policy.unless.extend(any(narrower.clone()));
        policies.push(policy);
    }
    policies
}

/// The members that make the last level refuse; none where it lets pass.
///
/// # Source
///
/// DESIGN.md, "What can a rule say?": `geo-default`, by default `deny` if there is any `geo-allow`, else
/// `allow`; "Precedence": lists of allowed networks without any place rule mean "only these".
fn refusing_where_nothing_matched(layer: &Layer) -> Vec<&'static str> {
    match layer.item("geo-default") {
        Some("deny") => vec!["geo-default"],
        Some(_) => vec![],
        None if layer.has_any(["geo-allow"]) => vec!["geo-allow"],
        None if layer.has_any(["geo-deny"]) => vec![],
        None => ["ip-allow", "ip-allow-list", "asn-allow"]
            .into_iter()
            .filter(|member| layer.has_any([*member]))
            .collect(),
    }
}
