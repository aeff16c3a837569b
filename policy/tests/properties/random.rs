//! Random rules and viewers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use playback_policy::{
    CountryCode, DomainPattern, Metro, Network, Place, ProxyClass, Rules, Site, Subdivision,
    Verdict, Viewer, ViewerPlace,
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

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        country().prop_map(Place::Country),
        subdivision().prop_map(Place::Subdivision),
        metro().prop_map(Place::Metro),
    ]
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
    let lists = (
        vec(network(), 0..4),
        vec(network(), 0..3),
        vec(place(), 0..4),
        vec(place(), 0..3),
        vec(pattern(), 0..3),
        vec(pattern(), 0..3),
    );
    let others = (
        option::of(verdict()),
        option::of(verdict()),
        vec(select(ProxyClass::ALL.to_vec()), 0..3),
        option::of(0..50_i64),
        option::of(50..100_i64),
    );
    (lists, others).prop_map(|(lists, others)| {
        let (ip_allow, ip_deny, geo_allow, geo_deny, domain_allow, domain_deny) = lists;
        let (geo_default, domain_missing, proxies, from, until) = others;
        Rules {
            ip_allow,
            ip_deny,
            geo_allow,
            geo_deny,
            geo_default,
            proxy_deny: proxies.into_iter().collect(),
            domain_allow,
            domain_deny,
            domain_missing,
            from,
            until,
        }
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

pub(crate) fn viewer() -> impl Strategy<Value = Viewer> {
    let ip = prop_oneof![v4().prop_map(IpAddr::from), v6().prop_map(IpAddr::from)];
    let place = option::of((
        country(),
        option::of(select(vec!["NY", "CA", "1"])),
        499..504_i64,
    ));
    let proxies = vec(select(ProxyClass::ALL.to_vec()), 0..2);
    (ip, place, proxies, site(), -10..110_i64).prop_map(|(ip, place, proxies, site, now)| {
        let mut viewer = Viewer::new(ip, now);
        if let Some((country, region, metro)) = place {
            viewer.place = ViewerPlace::from_labels(country.as_str(), region, metro);
        }
        viewer.proxy = proxies.into_iter().collect();
        viewer.site = site;
        viewer
    })
}
