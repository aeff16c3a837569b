//! Rules → bytes, once per cached answer.

use std::{collections::BTreeMap, net::IpAddr};

use super::{
    sections::bounds_len,
    table::{Circles, CountrySet, Numbers, Ranges, Stored, Texts, write_len},
    tag::{Tag, Tags},
};
use crate::{
    domain::DomainPattern,
    network::Network,
    place::{Place, Postal},
    rules::{LayerKind, Rules, Verdict},
};

/// Marks the kind of a layer that only reports.
pub(super) const REPORT_ONLY: u8 = 0x80;

/// Compiles layers into the bytes a cached entry carries.
#[must_use]
pub fn compile(layers: &[(LayerKind, &Rules)]) -> Vec<u8> {
    write_layers(layers, 0)
}

/// Compiles layers that are never enforced: what they would refuse is told to operators. The bytes
/// go behind those of [`compile`].
#[must_use]
pub fn compile_report_only(layers: &[(LayerKind, &Rules)]) -> Vec<u8> {
    write_layers(layers, REPORT_ONLY)
}

fn write_layers(layers: &[(LayerKind, &Rules)], mark: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (kind, rules) in layers {
        let mut sections = Sections::new();
        write_layer(rules, &mut sections);
        let mut layer = Vec::new();
        write_sections(&sections, &mut layer);
        bytes.push(*kind as u8 | mark);
        write_len(layer.len(), &mut bytes);
        bytes.append(&mut layer);
    }
    bytes
}

/// The content of each section.
type Sections = BTreeMap<Tag, Vec<u8>>;

/// The directory, then all contents.
fn write_sections(sections: &Sections, to: &mut Vec<u8>) {
    let tags: Tags = sections.keys().copied().collect();
    to.extend(tags.to_bytes());
    let mut end = bounds_len(tags.len());
    write_len(end, to);
    for content in sections.values() {
        end += content.len();
        write_len(end, to);
    }
    sections.values().for_each(|content| to.extend(content));
}

fn write_layer(rules: &Rules, to: &mut Sections) {
    write_networks(Tag::V4Deny, Tag::V6Deny, &rules.ip_deny, to);
    write_networks(Tag::V4Allow, Tag::V6Allow, &rules.ip_allow, to);
    write_texts(Tag::AclDeny, &rules.ip_deny_list, |name| name.as_str(), to);
    write_texts(
        Tag::AclAllow,
        &rules.ip_allow_list,
        |name| name.as_str(),
        to,
    );
    for (tag, numbers) in [
        (Tag::AsnDeny, &rules.asn_deny),
        (Tag::AsnAllow, &rules.asn_allow),
    ] {
        if !numbers.is_empty() {
            section(tag, to, |to| Numbers::write(numbers.clone(), to));
        }
    }
    write_places(&DENIED, &rules.geo_deny, to);
    write_places(&ALLOWED, &rules.geo_allow, to);
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
    for (tag, seconds) in [
        (Tag::From, rules.from),
        (Tag::Until, rules.until),
        (Tag::AppliesFrom, rules.applies_from),
        (Tag::AppliesUntil, rules.applies_until),
    ] {
        if let Some(seconds) = seconds {
            section(tag, to, |to| seconds.write(to));
        }
    }
    if !rules.days.is_empty() {
        section(Tag::Days, to, |to| rules.days.bits().write(to));
    }
    if !rules.hours.is_empty() {
        let hours = rules
            .hours
            .iter()
            .fold(0, |bits, hours| bits | hours.bits());
        section(Tag::Hours, to, |to| hours.write(to));
    }
    if rules.token_required {
        section(Tag::TokenRequired, to, |to| to.push(1));
    }
    write_texts(Tag::RevokedKeys, &rules.revoked_keys, |id| id.as_str(), to);
}

/// Where the places of one verdict go.
struct PlaceTags {
    circle: Tag,
    postal: Tag,
    metro: Tag,
    subdivision: Tag,
    country: Tag,
}

const DENIED: PlaceTags = PlaceTags {
    circle: Tag::CircleDeny,
    postal: Tag::PostalDeny,
    metro: Tag::MetroDeny,
    subdivision: Tag::SubdivisionDeny,
    country: Tag::CountryDeny,
};

const ALLOWED: PlaceTags = PlaceTags {
    circle: Tag::CircleAllow,
    postal: Tag::PostalAllow,
    metro: Tag::MetroAllow,
    subdivision: Tag::SubdivisionAllow,
    country: Tag::CountryAllow,
};

fn write_networks(v4: Tag, v6: Tag, networks: &[Network], to: &mut Sections) {
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

fn write_places(tags: &PlaceTags, places: &[Place], to: &mut Sections) {
    let (mut circles, mut postals) = (Vec::new(), Vec::new());
    let (mut metros, mut subdivisions, mut countries) = (Vec::new(), Vec::new(), Vec::new());
    for place in places {
        match place {
            Place::Circle(circle) => circles.push(*circle),
            Place::Postal(postal) => postals.push(*postal),
            Place::Metro(metro) => metros.push(metro.code()),
            Place::Subdivision(subdivision) => subdivisions.push(subdivision.packed()),
            Place::Country(country) => countries.push(*country),
            // Nobody is ever seen there.
            Place::UsMilitary => {}
        }
    }
    if !circles.is_empty() {
        section(tags.circle, to, |to| Circles::write(circles, to));
    }
    write_texts(tags.postal, &postals, Postal::packed, to);
    if !metros.is_empty() {
        section(tags.metro, to, |to| Numbers::write(metros, to));
    }
    if !subdivisions.is_empty() {
        section(tags.subdivision, to, |to| Numbers::write(subdivisions, to));
    }
    if !countries.is_empty() {
        section(tags.country, to, |to| CountrySet::write(countries, to));
    }
}

fn write_sites(rules: &Rules, to: &mut Sections) {
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

fn write_patterns(tags: [Tag; 3], patterns: &[DomainPattern], to: &mut Sections) {
    let (mut origins, mut hosts, mut parents) = (Vec::new(), Vec::new(), Vec::new());
    for pattern in patterns {
        match pattern {
            DomainPattern::Origin(origin) => origins.push(origin.as_str()),
            DomainPattern::Host(host) => hosts.push(host.as_str()),
            DomainPattern::Below(parent) => parents.push(parent.as_str()),
        }
    }
    for (tag, texts) in tags.into_iter().zip([origins, hosts, parents]) {
        write_texts(tag, &texts, |text| text, to);
    }
}

fn write_texts<T>(tag: Tag, items: &[T], text: impl Fn(&T) -> &str, to: &mut Sections) {
    if !items.is_empty() {
        let texts = items.iter().map(text).collect();
        section(tag, to, |to| Texts::write(texts, to));
    }
}

fn section(tag: Tag, to: &mut Sections, write: impl FnOnce(&mut Vec<u8>)) {
    write(to.entry(tag).or_default());
}

fn verdict_byte(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Deny => 0,
        Verdict::Allow => 1,
    }
}
