//! Sites and the patterns that name them: the host itself, its children, siblings and look-alikes.

use fastrand::Rng;

use super::{chance, one, pool};
use crate::case::RuleSet;

/// What a page sends: the values of `Origin`, and a `Referer`.
pub(super) type Headers = (Vec<String>, Option<String>);

const NO_SITES: [&str; 6] = [
    "null",
    "",
    "not a site",
    "example.com",
    "https://",
    "https://example.com https://example.org",
];

/// A pattern as a rule has it.
pub(super) fn pattern(rng: &mut Rng) -> String {
    match rng.u8(..4) {
        0 => origin(rng),
        1 => spelled(rng, one_host),
        _ => format!("*.{}", spelled(rng, one_host)),
    }
}

/// A whole origin.
pub(super) fn origin(rng: &mut Rng) -> String {
    let host = spelled(rng, one_host);
    at(rng, &host)
}

/// What a page sends, often near a pattern of the rules.
pub(super) fn headers(rng: &mut Rng, rules: &RuleSet) -> Headers {
    let site = site(rng, rules);
    let page = format!("{site}/page?from=https://example.com/#top");
    match rng.u8(..20) {
        0..=2 => (vec![], None),
        3 => (vec![one(rng, &NO_SITES).to_owned()], Some(page)),
        4 => (vec![], Some(one(rng, &NO_SITES).to_owned())),
        5 => (vec![site.clone(), site], None),
        6 => (vec![page], None),
        7..=10 => (vec![], Some(page)),
        11 => (vec![], Some(site)),
        12 => (vec![site], Some("https://example.com/".to_owned())),
        _ => (vec![site], None),
    }
}

fn site(rng: &mut Rng, rules: &RuleSet) -> String {
    let layers = rules.layers();
    let patterns: Vec<_> = layers
        .iter()
        .flat_map(|(_, layer)| [layer.items("domain-allow"), layer.items("domain-deny")])
        .flatten()
        .collect();
    let pattern = match patterns.is_empty() || chance(rng, 20) {
        true => one_host(rng),
        false => one(rng, &patterns).clone(),
    };
    if pattern.contains("://") && chance(rng, 60) {
        return pattern;
    }
    let host = pattern.trim_start_matches("*.");
    let host = host.split("://").last().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_owned();
    let host = spelled(rng, |rng| near(rng, &host));
    at(rng, &host)
}

/// The host, one below it, the one above, a sibling, or one that only looks like it.
fn near(rng: &mut Rng, host: &str) -> String {
    let above = host.split_once('.').map_or(host, |(_, above)| above);
    match rng.u8(..10) {
        0..=2 => host.to_owned(),
        3 | 4 => format!("a.{host}"),
        5 => format!("c.a.{host}"),
        6 => above.to_owned(),
        7 => format!("b.{above}"),
        8 => format!("bad{host}"),
        _ => format!("{}.attacker.example", host.trim_end_matches('.')),
    }
}

fn one_host(rng: &mut Rng) -> String {
    one(rng, &pool::HOSTS).to_owned()
}

/// A host, sometimes in capitals or with a trailing dot.
fn spelled(rng: &mut Rng, host: impl Fn(&mut Rng) -> String) -> String {
    let mut host = host(rng);
    if chance(rng, 10) {
        host.make_ascii_uppercase();
    }
    if chance(rng, 10) && !host.ends_with('.') {
        host.push('.');
    }
    host
}

fn at(rng: &mut Rng, host: &str) -> String {
    let scheme = one(rng, &["https", "https", "http"]);
    let port = one(rng, &["", "", "", ":443", ":80", ":8443"]);
    format!("{scheme}://{host}{port}")
}
