//! Bytes → rules, for people who ask what an entry holds. Never on a hit.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Serialize, Serializer};

use super::{
    Compiled, Layer,
    level::{
        ACLS, ASNS, CIRCLES, COUNTRIES, HOSTS, Level, METROS, ORIGINS, PARENTS, POSTALS,
        SUBDIVISIONS, V4, V6,
    },
    table::{Circles, CountrySet, Numbers, Ranges},
    tag::Tag,
};
use crate::{
    domain::DomainPattern,
    network::Network,
    place::{Metro, Place, Postal, Subdivision},
    rules::{LayerKind, Member, Rules, Verdict},
};

/// One layer as an entry holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeldLayer {
    /// Whose rules they are.
    pub layer: LayerKind,
    /// Whether they are enforced, or only reported.
    pub enforced: bool,
    /// Whether the layer exists at this time (`applies-from`, `applies-until`).
    pub applies: bool,
    /// What they say, written in the fewest words: networks that touch are one, hours that follow
    /// each other too.
    #[serde(serialize_with = "as_text")]
    pub rules: Rules,
}

impl Compiled<'_> {
    /// The layers, as rules that mean the same: those that are enforced first.
    #[must_use]
    pub fn to_layers(&self, now: i64) -> Vec<HeldLayer> {
        let held = |layer: &Layer<'_>, enforced| HeldLayer {
            layer: layer.kind,
            enforced,
            applies: layer.applies(now),
            rules: layer.to_rules(),
        };
        let enforced = self.layers.as_slice().iter().map(|layer| held(layer, true));
        let reported = self.reported.iter().map(|layer| held(layer, false));
        enforced.chain(reported).collect()
    }
}

fn as_text<S: Serializer>(rules: &Rules, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(rules)
}

impl Layer<'_> {
    fn to_rules(self) -> Rules {
        let mut rules = Rules {
            ip_allow: networks(&self, Verdict::Allow),
            ip_deny: networks(&self, Verdict::Deny),
            ip_allow_list: names(&self, ACLS.allow),
            ip_deny_list: names(&self, ACLS.deny),
            asn_allow: asns(&self, Verdict::Allow),
            asn_deny: asns(&self, Verdict::Deny),
            geo_allow: places(&self, Verdict::Allow),
            geo_deny: places(&self, Verdict::Deny),
            geo_default: None,
            proxy_deny: self.proxy_deny(),
            domain_allow: patterns(&self, Verdict::Allow),
            domain_deny: patterns(&self, Verdict::Deny),
            domain_missing: None,
            from: self.from(),
            until: self.until(),
            days: self.week().listed_days(),
            hours: self.week().listed_hours(),
            applies_from: self.second(Tag::AppliesFrom),
            applies_until: self.second(Tag::AppliesUntil),
            token_required: self.is_token_required(),
            revoked_keys: names(&self, Tag::RevokedKeys),
        };
        // Only `usmil` was allowed, where nobody is ever seen.
        if self.place_default() == (Verdict::Deny, Member::GeoAllow) && rules.geo_allow.is_empty() {
            rules.geo_allow.push(Place::UsMilitary);
        }
        // A default is written where the other members would not say it by themselves.
        if rules.place_default().0 != self.place_default().0
            || self.place_default() == (Verdict::Deny, Member::GeoDefault)
        {
            rules.geo_default = Some(self.place_default().0);
        }
        let has_patterns = !rules.domain_allow.is_empty() || !rules.domain_deny.is_empty();
        rules.domain_missing = self
            .site_default()
            .map(|default| default.missing)
            .filter(|missing| !has_patterns || *missing != rules.site_default());
        rules
    }
}

fn networks(layer: &Layer<'_>, verdict: Verdict) -> Vec<Network> {
    let v4 = layer.sections.find(V4.of(verdict));
    let v4 = v4
        .into_iter()
        .flat_map(|ranges: Ranges<'_, u32>| ranges.iter());
    let v4 = v4.map(|(first, last)| {
        let address = |bits| IpAddr::V4(Ipv4Addr::from_bits(bits));
        (address(first), address(last))
    });
    let v6 = layer.sections.find(V6.of(verdict));
    let v6 = v6
        .into_iter()
        .flat_map(|ranges: Ranges<'_, u128>| ranges.iter());
    let v6 = v6.map(|(first, last)| {
        let address = |bits| IpAddr::V6(Ipv6Addr::from_bits(bits));
        (address(first), address(last))
    });
    v4.chain(v6)
        .flat_map(|(first, last)| Network::of_range(first, last))
        .collect()
}

fn names<T: std::str::FromStr>(layer: &Layer<'_>, tag: Tag) -> Vec<T> {
    let texts = texts(layer, tag);
    texts.filter_map(|text| text.parse().ok()).collect()
}

/// As people look for them.
fn texts<'a>(layer: &Layer<'a>, tag: Tag) -> impl Iterator<Item = &'a str> + use<'a> {
    let mut texts: Vec<_> = layer.texts(tag).iter().collect();
    texts.sort_unstable();
    texts.into_iter()
}

fn asns(layer: &Layer<'_>, verdict: Verdict) -> Vec<u32> {
    let numbers = layer.sections.find(ASNS.of(verdict));
    numbers.map_or_else(Vec::new, |numbers: Numbers<'_, u32>| {
        numbers.iter().collect()
    })
}

/// The places of one verdict, the most specific first.
fn places(layer: &Layer<'_>, verdict: Verdict) -> Vec<Place> {
    let sections = &layer.sections;
    let circles = sections.find(CIRCLES.of(verdict)).into_iter();
    let circles = circles.flat_map(|circles: Circles<'_>| circles.iter());
    let postals = texts(layer, POSTALS.of(verdict)).filter_map(Postal::from_packed);
    let metros = sections.find(METROS.of(verdict)).into_iter();
    let metros = metros.flat_map(|metros: Numbers<'_, u16>| metros.iter());
    let metros = metros.filter_map(|code| Metro::new(code.into()).ok());
    let subdivisions = sections.find(SUBDIVISIONS.of(verdict)).into_iter();
    let subdivisions = subdivisions.flat_map(|packed: Numbers<'_, u64>| packed.iter());
    let subdivisions = subdivisions.filter_map(Subdivision::from_packed);
    let countries = sections.find(COUNTRIES.of(verdict)).into_iter();
    let countries = countries.flat_map(|countries: CountrySet<'_>| countries.iter());
    circles
        .map(Place::Circle)
        .chain(postals.map(Place::Postal))
        .chain(metros.map(Place::Metro))
        .chain(subdivisions.map(Place::Subdivision))
        .chain(countries.map(Place::Country))
        .collect()
}

fn patterns(layer: &Layer<'_>, verdict: Verdict) -> Vec<DomainPattern> {
    let named = |level: Level, pattern: fn(String) -> DomainPattern| {
        let texts = texts(layer, level.of(verdict));
        texts.map(move |text| pattern(text.to_owned()))
    };
    named(ORIGINS, DomainPattern::Origin)
        .chain(named(HOSTS, DomainPattern::Host))
        .chain(named(PARENTS, DomainPattern::Below))
        .collect()
}
