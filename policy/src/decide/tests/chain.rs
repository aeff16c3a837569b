//! Levels of networks and places.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

/// Every level of the chain, as a rule that names our viewer, from the most specific on. The first
/// two are one level.
const LEVELS: [(&str, &str); 8] = [
    ("ip", r#""203.0.113.7""#),
    ("ip-list", r#""offices""#),
    ("asn", "64496"),
    ("geo", r#""circle:40.8,-74,20""#),
    ("geo", r#""postal:US-100""#),
    ("geo", r#""metro:501""#),
    ("geo", r#""US-NY""#),
    ("geo", r#""US""#),
];

fn member(level: &str, verdict: &str) -> String {
    match level {
        "ip-list" => format!("ip-{verdict}-list"),
        _ => format!("{level}-{verdict}"),
    }
}

/// Rules that deny at one level and allow at another.
fn pair((denied, deny): (&str, &str), (allowed, allow): (&str, &str)) -> (String, String) {
    let denying = member(denied, "deny");
    let rules = format!("{denying}=({deny}), {}=({allow})", member(allowed, "allow"));
    (rules, denying)
}

#[test]
fn each_level_beats_every_broader_one() {
    for (at, specific) in LEVELS.into_iter().enumerate() {
        for (broad_at, broad) in LEVELS.into_iter().enumerate().skip(at + 1) {
            let (rules, denying) = pair(specific, broad);
            let found = outcome(&[(LayerKind::Video, &rules)], &viewer());
            let name = found.map(|(_, member)| member.as_str());
            assert_eq!(name, Some(denying.as_str()), "{rules}");
            let (rules, denying) = pair(broad, specific);
            let found = outcome(&[(LayerKind::Video, &rules)], &viewer());
            let name = found.map(|(_, member)| member.as_str());
            // Written addresses and listed ones are of one level: deny wins.
            let is_one_level = (at, broad_at) == (0, 1);
            assert_eq!(name, is_one_level.then_some(denying.as_str()), "{rules}");
        }
    }
}

#[test]
fn a_level_without_a_match_decides_nothing() {
    let nobody = Viewer {
        asn: None,
        acls: Vec::new(),
        place: ViewerPlace::default(),
        ..viewer()
    };
    for (level, value) in LEVELS.into_iter().skip(1) {
        let deny = format!("{}=({value})", member(level, "deny"));
        check(&deny, &nobody, None);
        let allow = format!("{}=({value})", member(level, "allow"));
        let found = outcome(&[(LayerKind::Video, &allow)], &nobody);
        let name = found.map(|(_, member)| member.as_str().to_owned());
        assert_eq!(name, Some(member(level, "allow")), "{allow}");
        check(&allow, &viewer(), None);
    }
}

#[test]
fn a_list_of_networks_alone_means_only_these() {
    let elsewhere = Viewer {
        acls: Vec::new(),
        ..viewer()
    };
    let lists = r#"ip-allow-list=("offices"), asn-allow=(1)"#;
    check(lists, &elsewhere, Some(Member::IpAllowList));
    check(lists, &viewer(), None);
    check("asn-allow=(1)", &viewer(), Some(Member::AsnAllow));
    check("asn-allow=(1), ip-allow=(\"203.0.113.7\")", &viewer(), None);
    check("asn-allow=(1), geo-deny=(\"FR\")", &viewer(), None);
    check("asn-allow=(1), geo-default=allow", &viewer(), None);
    check(
        "asn-allow=(1), asn-deny=(2)",
        &viewer(),
        Some(Member::AsnAllow),
    );
    check(
        "asn-allow=(1), geo-allow=(\"FR\")",
        &viewer(),
        Some(Member::GeoAllow),
    );
}

#[test]
fn nobody_is_seen_in_the_military_abroad() {
    check(r#"geo-allow=("usmil")"#, &viewer(), Some(Member::GeoAllow));
    check(r#"geo-deny=("usmil")"#, &viewer(), None);
    check(
        r#"geo-deny=("usmil"), ip-allow=("192.0.2.1")"#,
        &viewer(),
        None,
    );
}

#[test]
fn deny_wins_over_allow_at_one_level() {
    for level in LEVELS {
        let (rules, denying) = pair(level, level);
        let found = outcome(&[(LayerKind::Video, &rules)], &viewer());
        let name = found.map(|(_, member)| member.as_str());
        assert_eq!(name, Some(denying.as_str()), "{rules}");
    }
    check(
        r#"geo-allow=("US"), geo-deny=("US")"#,
        &viewer(),
        Some(Member::GeoDeny),
    );
    check(
        r#"ip-allow=("203.0.113.7"), ip-deny=("203.0.0.0/16")"#,
        &viewer(),
        Some(Member::IpDeny),
    );
}
