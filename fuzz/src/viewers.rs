//! Viewers to decide for: some of whom much is known, and those whom rules mean.

use playback_policy::{
    DomainPattern, Place, ProxyClass, Rules, Site, TokenState, Viewer, ViewerPlace,
};

/// The start of 2026, a Thursday.
const NOW: i64 = 1_767_225_600;

/// A few viewers of all kinds.
pub(crate) fn some() -> Vec<Viewer> {
    let unknown = Viewer::new([203, 0, 113, 7].into(), NOW);
    let mut new_york = Viewer::new([198, 51, 100, 1].into(), NOW + 12 * 3600);
    new_york.place = ViewerPlace::from_labels("US", Some("NY"), 501)
        .with_postal("10007")
        .with_position(40.7, -74.0);
    new_york.asn = Some(64_496);
    new_york.site = Site::from_headers([b"https://www.example.com".as_slice()], None);
    new_york.token = TokenState::Valid;
    let mut berlin = Viewer::new("2001:db8:49::1".parse().expect("an address"), 0);
    berlin.place = ViewerPlace::from_labels("DE", Some("BE"), -1).with_position(52.5, 13.4);
    berlin.proxy = [ProxyClass::Vpn, ProxyClass::Hosting].into_iter().collect();
    berlin.site = Site::Opaque;
    berlin.token = TokenState::Invalid;
    berlin.asn = Some(0);
    vec![unknown, new_york, berlin]
}

/// How many viewers [`meant_by`] makes.
const MEANT: usize = 4;

/// Viewers whom the rules' members name, each by another of their items: random ones hardly ever
/// meet a rule.
pub(crate) fn meant_by(rules: &Rules) -> impl Iterator<Item = Viewer> {
    (0..MEANT).map(|at| meant(rules, at))
}

fn meant(rules: &Rules, at: usize) -> Viewer {
    let networks = [&rules.ip_deny, &rules.ip_allow].into_iter().flatten();
    let address = nth(networks, at).map(|network| match at % 2 {
        0 => network.bounds().0,
        _ => network.bounds().1,
    });
    let times = [
        rules.from,
        rules.until,
        rules.applies_from,
        rules.applies_until,
    ];
    let time = nth(times.into_iter().flatten(), at).unwrap_or(NOW);
    let mut viewer = Viewer::new(address.unwrap_or([203, 0, 113, 7].into()), time);
    let lists = [&rules.ip_deny_list, &rules.ip_allow_list];
    viewer.acls = nth(lists.into_iter().flatten(), at)
        .map(ToString::to_string)
        .into_iter()
        .collect();
    viewer.asn = nth(
        [&rules.asn_allow, &rules.asn_deny].into_iter().flatten(),
        at,
    )
    .copied();
    let places = [&rules.geo_allow, &rules.geo_deny].into_iter().flatten();
    viewer.place = nth(places, at).map(seen_in).unwrap_or_default();
    viewer.proxy = nth(rules.proxy_deny.iter(), at).into_iter().collect();
    let patterns = [&rules.domain_allow, &rules.domain_deny];
    viewer.site = nth(patterns.into_iter().flatten(), at)
        .map(named_by)
        .unwrap_or_default();
    viewer.token = [TokenState::Valid, TokenState::Invalid, TokenState::Missing][at % 3];
    viewer.key_id = nth(rules.revoked_keys.iter(), at).map(ToString::to_string);
    viewer
}

/// The item at a place, counted from the start again where there are fewer. The last of each round is
/// none.
fn nth<T>(items: impl Iterator<Item = T>, at: usize) -> Option<T> {
    let items: Vec<T> = items.collect();
    let len = items.len();
    items.into_iter().nth(at % (len + 1))
}

fn seen_in(place: &Place) -> ViewerPlace {
    let text = place.to_string();
    match place {
        Place::Country(_) => ViewerPlace::from_labels(&text, None, -1),
        Place::Subdivision(_) => {
            let (country, part) = text.split_once('-').expect("a country and its part");
            ViewerPlace::from_labels(country, Some(part), -1)
        }
        Place::Metro(metro) => ViewerPlace::from_labels("US", None, metro.code().into()),
        Place::Postal(postal) => {
            let text = postal.to_string();
            let (country, code) = text.split_once('-').expect("a country and a code");
            ViewerPlace::from_labels(country, None, -1).with_postal(code)
        }
        Place::Circle(circle) => {
            let text = circle.to_string();
            let mut numbers = text
                .split(',')
                .map(|number| number.parse().expect("a number"));
            let mut next = || numbers.next().expect("three numbers");
            ViewerPlace::from_labels("US", Some("NY"), -1).with_position(next(), next())
        }
        Place::UsMilitary => ViewerPlace::from_labels("US", None, -1),
    }
}

fn named_by(pattern: &DomainPattern) -> Site {
    let origin = match pattern {
        DomainPattern::Origin(origin) => origin.clone(),
        DomainPattern::Host(host) => format!("http://{host}:81"),
        DomainPattern::Below(apex) => format!("https://www.{apex}"),
    };
    Site::from_headers([origin.as_bytes()], None)
}
