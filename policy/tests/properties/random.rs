//! Random rules and viewers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use playback_policy::{
    AclName, Circle, CountryCode, DomainPattern, HourRange, Metro, Network, Place, Postal,
    ProxyClass, Rules, Site, Subdivision, TokenState, Verdict, Viewer, ViewerPlace, Weekday,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

// Few values of each kind, so that rules and viewers meet often.

pub(crate) fn country() -> impl Strategy<Value = CountryCode> {
    select(vec!["US", "CA", "DE", "FR"]).prop_map(|code| code.parse().unwrap())
}

fn subdivision() -> impl Strategy<Value = Subdivision> {
    (country(), select(vec!["NY", "CA", "1"]))
        .prop_map(|(country, part)| Subdivision::new(country, part).unwrap())
}

fn metro() -> impl Strategy<Value = Metro> {
    (500..503_i64).prop_map(|code| Metro::new(code).unwrap())
}

fn postal() -> impl Strategy<Value = Postal> {
    let codes = ["1", "1000", "10007", "9", "SW", "SW1A 1AA"];
    (country(), select(codes.to_vec()))
        .prop_map(|(country, code)| Postal::new(country, code).unwrap())
}

/// New York, Los Angeles, Berlin, Sydney, both sides of the antimeridian, the pole.
const POINTS: [(f64, f64); 7] = [
    (40.7, -74.0),
    (34.05, -118.25),
    (52.5, 13.4),
    (-33.9, 151.2),
    (0.0, 179.9),
    (0.0, -179.9),
    (89.9, 0.0),
];

fn circle() -> impl Strategy<Value = Circle> {
    let kilometres = select(vec!["0.5", "30", "500", "12000", "20037"]);
    (select(POINTS.to_vec()), kilometres).prop_map(|((latitude, longitude), kilometres)| {
        let text = format!("{latitude},{longitude},{kilometres}");
        text.parse().unwrap()
    })
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        3 => country().prop_map(Place::Country),
        2 => subdivision().prop_map(Place::Subdivision),
        2 => metro().prop_map(Place::Metro),
        2 => postal().prop_map(Place::Postal),
        2 => circle().prop_map(Place::Circle),
        1 => Just(Place::UsMilitary),
    ]
}

fn acl() -> impl Strategy<Value = AclName> {
    select(vec!["a", "b", "c"]).prop_map(|name| name.parse().unwrap())
}

fn asn() -> impl Strategy<Value = u32> {
    select(vec![0, 1, 64_496, u32::MAX])
}

fn hours() -> impl Strategy<Value = HourRange> {
    (0..48_u8, 1..=48_u8)
        .prop_map(|(from, len)| format!("{from}-{}", (from + len).min(48)).parse().unwrap())
}

fn v4() -> impl Strategy<Value = Ipv4Addr> {
    (0..64_u8).prop_map(|last| Ipv4Addr::new(203, 0, 113, last))
}

fn v6() -> impl Strategy<Value = Ipv6Addr> {
    (0..64_u16).prop_map(|last| Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last))
}

fn network() -> impl Strategy<Value = Network> {
    prop_oneof![
        (v4(), 24..=32_u8).prop_map(|(address, len)| format!("{address}/{len}")),
        (v6(), 118..=128_u8).prop_map(|(address, len)| format!("{address}/{len}")),
        select(vec!["0.0.0.0/0", "::/0"]).prop_map(str::to_owned),
    ]
    .prop_map(|text| text.parse().unwrap())
}

fn pattern() -> impl Strategy<Value = DomainPattern> {
    let texts = [
        "example.com",
        "*.example.com",
        "https://www.example.com",
        "http://a.b.example.com:81",
    ];
    select(texts.to_vec()).prop_map(|text| text.parse().unwrap())
}

fn verdict() -> impl Strategy<Value = Verdict> {
    select(vec![Verdict::Allow, Verdict::Deny])
}

pub(crate) fn rules() -> impl Strategy<Value = Rules> {
    let networks = (
        vec(network(), 0..4),
        vec(network(), 0..3),
        vec(acl(), 0..2),
        vec(acl(), 0..2),
        vec(asn(), 0..2),
        vec(asn(), 0..2),
    );
    let places = (
        vec(place(), 0..4),
        vec(place(), 0..3),
        option::of(verdict()),
        vec(select(ProxyClass::ALL.to_vec()), 0..3),
    );
    let sites = (
        vec(pattern(), 0..3),
        vec(pattern(), 0..3),
        option::of(verdict()),
    );
    let times = (
        option::weighted(0.3, 0..50_i64),
        option::weighted(0.3, 50..100_i64),
        prop_oneof![3 => Just(Vec::new()), 2 => vec(select(Weekday::ALL.to_vec()), 1..7)],
        prop_oneof![3 => Just(Vec::new()), 2 => vec(hours(), 1..3)],
        option::weighted(0.2, -5..60_i64),
        option::weighted(0.2, 60..120_i64),
        proptest::bool::weighted(0.2),
    );
    (networks, places, sites, times).prop_map(|(networks, places, sites, times)| {
        let (ip_allow, ip_deny, ip_allow_list, ip_deny_list, asn_allow, asn_deny) = networks;
        let (geo_allow, geo_deny, geo_default, proxies) = places;
        let (domain_allow, domain_deny, domain_missing) = sites;
        let (from, until, days, hours, applies_from, applies_until, token_required) = times;
        Rules {
            ip_allow,
            ip_deny,
            ip_allow_list,
            ip_deny_list,
            asn_allow,
            asn_deny,
            geo_allow,
            geo_deny,
            geo_default,
            proxy_deny: proxies.into_iter().collect(),
            domain_allow,
            domain_deny,
            domain_missing,
            from,
            until,
            days: days.into_iter().collect(),
            hours,
            applies_from,
            applies_until,
            token_required,
            // In the account's layer only.
            revoked_keys: Vec::new(),
        }
    })
}

/// Rules with the member that no other layer has.
pub(crate) fn account_rules() -> impl Strategy<Value = Rules> {
    let ids = select(vec!["k1", "k2", "k3"]).prop_map(|id| id.parse().unwrap());
    (rules(), vec(ids, 0..2)).prop_map(|(rules, revoked_keys)| Rules {
        revoked_keys,
        ..rules
    })
}

fn site() -> impl Strategy<Value = Site> {
    let known = [
        "https://example.com",
        "https://www.example.com",
        "http://a.b.example.com:81",
        "https://example.org",
        "null",
    ];
    prop_oneof![
        Just(Site::Missing),
        select(known.to_vec()).prop_map(|origin| Site::from_headers([origin.as_bytes()], None)),
    ]
}

/// Around the epoch, where windows begin and end, or around the full hours of some weeks.
fn time() -> impl Strategy<Value = i64> {
    let around_an_hour = (-400..400_i64, -1..=1_i64).prop_map(|(hour, off)| hour * 3600 + off);
    prop_oneof![-10..130_i64, around_an_hour]
}

pub(crate) fn viewer() -> impl Strategy<Value = Viewer> {
    let ip = prop_oneof![v4().prop_map(IpAddr::from), v6().prop_map(IpAddr::from)];
    let network = (ip, vec(acl(), 0..3), option::of(asn()));
    let codes = ["?", "1000", "10007", "90045", "sw1a", "SW1A 1AA"];
    let place = option::of((
        country(),
        option::of(select(vec!["NY", "CA", "1"])),
        499..504_i64,
        select(codes.to_vec()),
        prop_oneof![select(POINTS.to_vec()), Just((999.9, 999.9))],
    ));
    let tokens = [TokenState::Missing, TokenState::Invalid, TokenState::Valid];
    let page = (
        vec(select(ProxyClass::ALL.to_vec()), 0..2),
        site(),
        select(tokens.to_vec()),
        option::of(select(vec!["k1", "k2", "k9"])),
    );
    (network, place, page, time()).prop_map(|(network, place, page, now)| {
        let (ip, acls, asn) = network;
        let (proxies, site, token, key_id) = page;
        let mut viewer = Viewer::new(ip, now);
        viewer.acls = acls.iter().map(ToString::to_string).collect();
        viewer.asn = asn;
        if let Some((country, region, metro, postal, (latitude, longitude))) = place {
            viewer.place = ViewerPlace::from_labels(country.as_str(), region, metro)
                .with_postal(postal)
                .with_position(latitude, longitude);
        }
        viewer.proxy = proxies.into_iter().collect();
        viewer.site = site;
        viewer.token = token;
        viewer.key_id = key_id.map(str::to_owned);
        viewer
    })
}
