//! Facts worth trying: each value that some rule names, and one that none does.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::{
    check::Check,
    domain::DomainPattern,
    facts::ViewerFacts,
    network::Network,
    place::{CountryCode, Place},
    proxy::{ProxyClass, ProxyClasses},
    rules::Rules,
    schedule::HOUR,
    viewer::{TokenState, Viewer},
};

/// How many networks of the rules are tried.
const NETWORKS: usize = 256;
/// For how many hours a weekly window is looked for: a week, and the night after.
const HOURS: i64 = 8 * 24;

/// What one check looks at, each kind of fact by itself.
pub(super) fn of_check(check: Check, rules: &[&Rules], viewer: &Viewer) -> Vec<Vec<ViewerFacts>> {
    match check {
        Check::RevokedKey => vec![key_ids(rules)],
        Check::Token => vec![tokens()],
        Check::NetworkAndPlace => vec![
            places(rules, viewer),
            addresses(rules, viewer),
            asns(rules),
            acls(rules, viewer),
        ],
        // The time is tried by itself: every other check may look at it.
        Check::Schedule => Vec::new(),
        Check::Proxy => vec![proxies(rules)],
        Check::Site => vec![sites(rules)],
    }
}

/// Times at which something opens or closes, the nearest first, what comes before what is past.
pub(super) fn times(rules: &[&Rules], now: i64) -> Vec<ViewerFacts> {
    let mut times = Vec::new();
    for rules in rules {
        times.extend(rules.from.into_iter().chain(rules.applies_until));
        let last = rules.until.into_iter().chain(rules.applies_from);
        times.extend(last.filter_map(|end| end.checked_sub(1)));
        times.extend(rules.until.into_iter().chain(rules.applies_from));
        times.extend(rules.from.and_then(|from| from.checked_sub(1)));
    }
    if rules
        .iter()
        .any(|rules| !rules.days.is_empty() || !rules.hours.is_empty())
    {
        let starts: Vec<_> = times.iter().copied().chain([now]).collect();
        for start in starts {
            let hour = start.div_euclid(HOUR);
            times.extend((1..=HOURS).filter_map(|later| (hour + later).checked_mul(HOUR)));
        }
    }
    times.sort_unstable();
    times.dedup();
    times.sort_by_key(|time| (time.abs_diff(now), *time < now));
    let facts = |time| ViewerFacts {
        time: Some(time),
        ..ViewerFacts::default()
    };
    times.into_iter().map(facts).collect()
}

fn key_ids(rules: &[&Rules]) -> Vec<ViewerFacts> {
    let revoked = rules.iter().flat_map(|rules| &rules.revoked_keys);
    let ids = std::iter::once(String::new()).chain(revoked.map(|id| id.as_str().to_owned()));
    let facts = |id| ViewerFacts {
        key_id: Some(id),
        ..ViewerFacts::default()
    };
    ids.map(facts).collect()
}

fn tokens() -> Vec<ViewerFacts> {
    let facts = |token| ViewerFacts {
        token: Some(token),
        ..ViewerFacts::default()
    };
    [TokenState::Valid, TokenState::Missing].map(facts).into()
}

fn places(rules: &[&Rules], viewer: &Viewer) -> Vec<ViewerFacts> {
    let named = || {
        let places = rules
            .iter()
            .map(|rules| rules.geo_allow.iter().chain(&rules.geo_deny));
        places.flatten()
    };
    let is_unnamed = |country: &CountryCode| {
        !named().any(|place| of_country(place) == Some(*country))
            && viewer.place.country != Some(*country)
    };
    // The viewer's country without a closer place, a country no rule names, and none at all.
    let country = viewer.place.country.map(in_country);
    let elsewhere = CountryCode::all().find(is_unnamed).map(in_country);
    let nowhere = ViewerFacts {
        country: Some("?".to_owned()),
        ..ViewerFacts::default()
    };
    let mut facts: Vec<ViewerFacts> = named().filter_map(|place| at(place, viewer)).collect();
    facts.extend(country.into_iter().chain(elsewhere).chain([nowhere]));
    facts
}

fn of_country(place: &Place) -> Option<CountryCode> {
    match place {
        Place::Country(country) => Some(*country),
        Place::Subdivision(subdivision) => Some(subdivision.country()),
        Place::Metro(_) | Place::UsMilitary => Some(CountryCode::US),
        Place::Postal(postal) => postal.country(),
        Place::Circle(_) => None,
    }
}

fn in_country(country: CountryCode) -> ViewerFacts {
    ViewerFacts {
        country: Some(country.to_string()),
        ..ViewerFacts::default()
    }
}

/// A viewer in that place.
fn at(place: &Place, viewer: &Viewer) -> Option<ViewerFacts> {
    // A circle lies in no country: the viewer's goes on.
    let country = of_country(place).or(viewer.place.country)?;
    let mut facts = in_country(country);
    match place {
        Place::Country(_) => {}
        Place::Subdivision(subdivision) => facts.region = Some(subdivision.to_string()),
        Place::Metro(metro) => facts.metro = Some(metro.code().into()),
        Place::Postal(postal) => facts.postal = Some(postal.code().to_owned()),
        Place::Circle(circle) => facts.position = Some(circle.centre.to_string()),
        // Nobody is ever seen there.
        Place::UsMilitary => return None,
    }
    Some(facts)
}

fn addresses(rules: &[&Rules], viewer: &Viewer) -> Vec<ViewerFacts> {
    let named = || {
        let networks = rules
            .iter()
            .map(|rules| rules.ip_allow.iter().chain(&rules.ip_deny));
        networks.flatten()
    };
    let mut addresses = Vec::new();
    // The ones next to the network that the viewer is in.
    for network in named().filter(|network| network.contains(viewer.ip)) {
        let (first, last) = network.bounds();
        addresses.extend(neighbour(last, 1).into_iter().chain(neighbour(first, -1)));
    }
    addresses.extend(
        named()
            .take(NETWORKS)
            .map(|network: &Network| network.bounds().0),
    );
    let facts = |ip| ViewerFacts {
        ip: Some(ip),
        ..ViewerFacts::default()
    };
    addresses.into_iter().map(facts).collect()
}

fn neighbour(address: IpAddr, step: i8) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => {
            let bits = address.to_bits().checked_add_signed(step.into())?;
            Some(Ipv4Addr::from_bits(bits).into())
        }
        IpAddr::V6(address) => {
            let bits = address.to_bits().checked_add_signed(step.into())?;
            Some(Ipv6Addr::from_bits(bits).into())
        }
    }
}

fn asns(rules: &[&Rules]) -> Vec<ViewerFacts> {
    let named = rules
        .iter()
        .map(|rules| rules.asn_allow.iter().chain(&rules.asn_deny));
    // 0 is what data says where it knows no network.
    let numbers = named.flatten().copied().chain([0]);
    let facts = |asn| ViewerFacts {
        asn: Some(asn),
        ..ViewerFacts::default()
    };
    numbers.map(facts).collect()
}

fn acls(rules: &[&Rules], viewer: &Viewer) -> Vec<ViewerFacts> {
    let names = |list: fn(&Rules) -> &Vec<crate::id::AclName>| {
        let names = rules.iter().flat_map(move |rules| list(rules));
        names.map(|name| name.as_str().to_owned())
    };
    let mut lists = vec![Vec::new()];
    for name in names(|rules| &rules.ip_allow_list).chain(names(|rules| &rules.ip_deny_list)) {
        lists.push(vec![name.clone()]);
        let mut others = viewer.acls.clone();
        match others.iter().position(|other| *other == name) {
            Some(at) => drop(others.remove(at)),
            None => others.push(name),
        }
        lists.push(others);
    }
    let facts = |acls| ViewerFacts {
        acls: Some(acls),
        ..ViewerFacts::default()
    };
    lists.into_iter().map(facts).collect()
}

fn proxies(rules: &[&Rules]) -> Vec<ViewerFacts> {
    let denied = rules.iter().flat_map(|rules| rules.proxy_deny.iter());
    let classes = denied.map(|class: ProxyClass| ProxyClasses::from_iter([class]));
    let facts = |classes| ViewerFacts {
        proxy: Some(classes),
        ..ViewerFacts::default()
    };
    std::iter::once(ProxyClasses::default())
        .chain(classes)
        .map(facts)
        .collect()
}

fn sites(rules: &[&Rules]) -> Vec<ViewerFacts> {
    let named = rules
        .iter()
        .map(|rules| rules.domain_allow.iter().chain(&rules.domain_deny));
    let origin = |pattern: &DomainPattern| match pattern {
        DomainPattern::Origin(origin) => origin.clone(),
        DomainPattern::Host(host) => format!("https://{host}"),
        DomainPattern::Below(apex) => format!("https://www.{apex}"),
    };
    // None at all, and one that no rule names: the name is reserved (RFC 2606).
    let others = [String::new(), "https://elsewhere.invalid".to_owned()];
    let facts = |origin| ViewerFacts {
        origin: Some(origin),
        ..ViewerFacts::default()
    };
    named
        .flatten()
        .map(origin)
        .chain(others)
        .map(facts)
        .collect()
}
