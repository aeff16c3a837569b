//! Rules → bytes, once per cached answer.

use std::net::IpAddr;

use super::table::{CountrySet, Numbers, Ranges, Stored, Texts, write_len};
use crate::{
    domain::DomainPattern,
    network::Network,
    place::Place,
    rules::{LayerKind, Member, Rules, Verdict},
};

/// What a section holds. A new member gets a new tag; a tag's meaning never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tag {
    V4Deny = 1,
    V4Allow,
    V6Deny,
    V6Allow,
    MetroDeny,
    MetroAllow,
    SubdivisionDeny,
    SubdivisionAllow,
    CountryDeny,
    CountryAllow,
    /// A verdict and the member that set it.
    PlaceDefault,
    ProxyDeny,
    OriginDeny,
    OriginAllow,
    HostDeny,
    HostAllow,
    BelowDeny,
    BelowAllow,
    /// The verdict for an unnamed site, the verdict for a missing one.
    SiteDefault,
    From,
    Until,
}

impl Tag {
    pub(super) const ALL: [Self; 21] = [
        Self::V4Deny,
        Self::V4Allow,
        Self::V6Deny,
        Self::V6Allow,
        Self::MetroDeny,
        Self::MetroAllow,
        Self::SubdivisionDeny,
        Self::SubdivisionAllow,
        Self::CountryDeny,
        Self::CountryAllow,
        Self::PlaceDefault,
        Self::ProxyDeny,
        Self::OriginDeny,
        Self::OriginAllow,
        Self::HostDeny,
        Self::HostAllow,
        Self::BelowDeny,
        Self::BelowAllow,
        Self::SiteDefault,
        Self::From,
        Self::Until,
    ];
}

/// Compiles layers into the bytes a cached entry carries.
#[must_use]
pub fn compile(layers: &[(LayerKind, &Rules)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (kind, rules) in layers {
        let mut layer = Vec::new();
        write_layer(rules, &mut layer);
        bytes.push(*kind as u8);
        write_len(layer.len(), &mut bytes);
        bytes.append(&mut layer);
    }
    bytes
}

fn write_layer(rules: &Rules, to: &mut Vec<u8>) {
    write_networks(Tag::V4Deny, Tag::V6Deny, &rules.ip_deny, to);
    write_networks(Tag::V4Allow, Tag::V6Allow, &rules.ip_allow, to);
    write_places(
        [Tag::MetroDeny, Tag::SubdivisionDeny, Tag::CountryDeny],
        &rules.geo_deny,
        to,
    );
    write_places(
        [Tag::MetroAllow, Tag::SubdivisionAllow, Tag::CountryAllow],
        &rules.geo_allow,
        to,
    );
    let (verdict, member) = rules.place_default();
    if verdict == Verdict::Deny {
        section(Tag::PlaceDefault, to, |to| {
            to.extend([verdict_byte(verdict), member as u8]);
        });
    }
    if !rules.proxy_deny.is_empty() {
        section(Tag::ProxyDeny, to, |to| rules.proxy_deny.bits().write(to));
    }
    write_sites(rules, to);
    if let Some(from) = rules.from {
        section(Tag::From, to, |to| from.write(to));
    }
    if let Some(until) = rules.until {
        section(Tag::Until, to, |to| until.write(to));
    }
}

fn write_networks(v4: Tag, v6: Tag, networks: &[Network], to: &mut Vec<u8>) {
    let mut v4_ranges = Vec::new();
    let mut v6_ranges = Vec::new();
    for network in networks {
        match network.bounds() {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                v4_ranges.push((first.to_bits(), last.to_bits()));
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => {
                v6_ranges.push((first.to_bits(), last.to_bits()));
            }
            // Both ends of a network are of one family.
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => {}
        }
    }
    if !v4_ranges.is_empty() {
        section(v4, to, |to| Ranges::write(v4_ranges, to));
    }
    if !v6_ranges.is_empty() {
        section(v6, to, |to| Ranges::write(v6_ranges, to));
    }
}

fn write_places(tags: [Tag; 3], places: &[Place], to: &mut Vec<u8>) {
    let (mut metros, mut subdivisions, mut countries) = (Vec::new(), Vec::new(), Vec::new());
    for place in places {
        match place {
            Place::Metro(metro) => metros.push(metro.code()),
            Place::Subdivision(subdivision) => subdivisions.push(subdivision.packed()),
            Place::Country(country) => countries.push(*country),
        }
    }
    let [metro, subdivision, country] = tags;
    if !metros.is_empty() {
        section(metro, to, |to| Numbers::write(metros, to));
    }
    if !subdivisions.is_empty() {
        section(subdivision, to, |to| Numbers::write(subdivisions, to));
    }
    if !countries.is_empty() {
        section(country, to, |to| CountrySet::write(countries, to));
    }
}

fn write_sites(rules: &Rules, to: &mut Vec<u8>) {
    let deny = [Tag::OriginDeny, Tag::HostDeny, Tag::BelowDeny];
    let allow = [Tag::OriginAllow, Tag::HostAllow, Tag::BelowAllow];
    write_patterns(deny, &rules.domain_deny, to);
    write_patterns(allow, &rules.domain_allow, to);
    let has_allow = !rules.domain_allow.is_empty();
    let has_any = has_allow || !rules.domain_deny.is_empty() || rules.domain_missing.is_some();
    if has_any {
        let unnamed = if has_allow {
            Verdict::Deny
        } else {
            Verdict::Allow
        };
        let missing = rules.site_default();
        section(Tag::SiteDefault, to, |to| {
            to.extend([verdict_byte(unnamed), verdict_byte(missing)]);
        });
    }
}

fn write_patterns(tags: [Tag; 3], patterns: &[DomainPattern], to: &mut Vec<u8>) {
    let (mut origins, mut hosts, mut parents) = (Vec::new(), Vec::new(), Vec::new());
    for pattern in patterns {
        match pattern {
            DomainPattern::Origin(origin) => origins.push(origin.as_str()),
            DomainPattern::Host(host) => hosts.push(host.as_str()),
            DomainPattern::Below(parent) => parents.push(parent.as_str()),
        }
    }
    for (tag, texts) in tags.into_iter().zip([origins, hosts, parents]) {
        if !texts.is_empty() {
            section(tag, to, |to| Texts::write(texts, to));
        }
    }
}

fn section(tag: Tag, to: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let mut content = Vec::new();
    write(&mut content);
    to.push(tag as u8);
    write_len(content.len(), to);
    to.append(&mut content);
}

fn verdict_byte(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Deny => 0,
        Verdict::Allow => 1,
    }
}

/// The member as a byte is its position in [`Member::ALL`]; the reader looks it up there.
const _: () =
    assert!(Member::IpAllow as u8 == 0 && Member::Until as usize == Member::ALL.len() - 1);
