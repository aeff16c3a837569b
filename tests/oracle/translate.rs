//! Rules and viewers in Cedar: each rule a policy that forbids, each viewer a request's context.
//!
//! Written from DESIGN.md alone. A policy is annotated with the check, the layer and the member that
//! it stands for, so that Cedar's reasons for a refusal tell whose rule it was.

mod chain;
mod network;
mod place;
mod policy;
mod proxy;
mod schedule;
mod site;
mod viewer;

use cedar_policy::{PolicySet, Schema};

use crate::case::{Layer, RuleSet, Who};
use policy::Policy;

pub(crate) use place::distance_m;
pub(crate) use viewer::{context, country};

/// The checks in their order.
///
/// # Source
///
/// DESIGN.md, "Order of checks". What comes before, credential and playable, is no rule.
pub(crate) const CHECKS: [&str; 6] = [
    "revoked key",
    "token",
    "network and place",
    "schedule",
    "proxy",
    "site",
];

/// Everybody may, whom no rule forbids it.
const ANYBODY: &str = "permit (principal, action, resource);";

/// What a request tells of a viewer.
pub(crate) fn schema() -> Schema {
    let text = include_str!("translate/schema.cedarschema");
    text.parse()
        .unwrap_or_else(|error| panic!("no schema: {error:?}"))
}

/// All rules as policies.
pub(crate) fn policies(rules: &RuleSet) -> PolicySet {
    let layers = rules.layers();
    let forbid = layers
        .iter()
        .flat_map(|(kind, layer)| of_layer(kind, layer));
    let text: String = forbid.map(|policy| policy.to_string()).collect();
    let text = format!("{ANYBODY}\n{text}");
    text.parse()
        .unwrap_or_else(|error| panic!("no policies: {error:?}\n{text}"))
}

/// The rules of one layer, which exist only while it applies.
fn of_layer(kind: &'static str, layer: &Layer) -> Vec<Policy> {
    let mut policies = chain::policies(layer);
    policies.extend(schedule::policies(layer));
    policies.extend(proxy::policies(layer));
    policies.extend(site::policies(layer));
    policies.extend(key_and_token(layer));
    for policy in &mut policies {
        policy.layer = kind;
        let from = layer.second("applies-from");
        policy
            .when
            .extend(from.map(|from| format!("context.now >= {from}")));
        let until = layer.second("applies-until");
        policy
            .when
            .extend(until.map(|until| format!("context.now < {until}")));
    }
    policies
}

fn key_and_token(layer: &Layer) -> Vec<Policy> {
    let mut policies = Vec::new();
    if layer.has_any(["revoked-keys"]) {
        let ids = policy::strings(layer.items("revoked-keys"));
        let revoked = format!("context has key_id && {ids}.contains(context.key_id)");
        policies.push(Policy::forbid("revoked key", "revoked-keys").when(revoked));
    }
    if layer.has_any(["token"]) {
        let good = "context.token == \"valid\"".to_owned();
        policies.push(Policy::forbid("token", "token").unless(good));
    }
    policies
}

/// Whether it can be told apart whether the viewer is in the circles of the rules: an answer within a
/// metre of a border is a matter of rounding.
pub(crate) fn is_clear(rules: &RuleSet, who: &Who) -> bool {
    place::circles(rules)
        .iter()
        .all(|circle| place::is_clear(circle, who))
}
