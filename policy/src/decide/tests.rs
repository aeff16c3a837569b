use super::*;
use crate::{
    CountryCode, LayerKind, PlaybackError, Rules, Site, Subdivision, compile, proxy::ProxyClasses,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

mod chain;
mod members;

const NOW: i64 = 1_767_225_600;

/// A viewer in New York, unless told otherwise.
fn viewer() -> Viewer {
    let mut viewer = Viewer::new([203, 0, 113, 7].into(), NOW);
    viewer.place.country = Some(CountryCode::US);
    viewer.place.subdivision = Subdivision::new(CountryCode::US, "NY").ok();
    viewer.place.metro = crate::Metro::new(501).ok();
    viewer.place = viewer.place.with_postal("10007").with_position(40.7, -74.0);
    viewer.asn = Some(64_496);
    viewer.acls = vec!["offices".to_owned(), "bots".to_owned()];
    viewer.key_id = Some("web-1".to_owned());
    viewer
}

fn outcome(layers: &[(LayerKind, &str)], viewer: &Viewer) -> Option<(LayerKind, Member)> {
    let parsed: Vec<(LayerKind, Rules)> = layers
        .iter()
        .map(|(kind, text)| {
            (
                *kind,
                text.parse()
                    .unwrap_or_else(|error| panic!("{text}: {error}")),
            )
        })
        .collect();
    let borrowed: Vec<_> = parsed.iter().map(|(kind, rules)| (*kind, rules)).collect();
    let bytes = compile(&borrowed);
    match decide(&Compiled::read(&bytes).unwrap(), viewer) {
        Decision::Allow => None,
        Decision::Deny(denial) => Some((denial.layer, denial.member)),
    }
}

#[track_caller]
fn check(rules: &str, viewer: &Viewer, want: Option<Member>) {
    let want = want.map(|member| (LayerKind::Video, member));
    assert_eq!(
        outcome(&[(LayerKind::Video, rules)], viewer),
        want,
        "{rules}"
    );
}

#[test]
fn the_most_specific_level_with_a_match_decides() {
    let at = viewer();
    check(r#"geo-deny=("US")"#, &at, Some(Member::GeoDeny));
    check(r#"geo-deny=("US"), geo-allow=("US-NY")"#, &at, None);
    check(
        r#"geo-allow=("US"), geo-deny=("US-NY")"#,
        &at,
        Some(Member::GeoDeny),
    );
    check(r#"geo-deny=("US-NY"), geo-allow=("metro:501")"#, &at, None);
    check(
        r#"geo-allow=("US" "US-NY"), geo-deny=("metro:501")"#,
        &at,
        Some(Member::GeoDeny),
    );
    check(
        r#"geo-deny=("metro:501"), ip-allow=("203.0.113.7")"#,
        &at,
        None,
    );
    check(
        r#"geo-allow=("metro:501"), ip-deny=("203.0.113.0/24")"#,
        &at,
        Some(Member::IpDeny),
    );
}

#[test]
fn what_matches_nothing_gets_the_default() {
    check(r#"geo-allow=("CA")"#, &viewer(), Some(Member::GeoAllow));
    check(r#"geo-deny=("CA")"#, &viewer(), None);
    check(r#"geo-allow=("CA"), geo-default=allow"#, &viewer(), None);
    check(
        r#"geo-deny=("CA"), geo-default=deny"#,
        &viewer(),
        Some(Member::GeoDefault),
    );
    check("geo-default=deny", &viewer(), Some(Member::GeoDefault));
    check(
        r#"ip-allow=("192.0.2.0/24")"#,
        &viewer(),
        Some(Member::IpAllow),
    );
    check(
        r#"ip-allow=("192.0.2.0/24"), geo-deny=("CA")"#,
        &viewer(),
        None,
    );
    check(
        r#"ip-allow=("192.0.2.0/24"), geo-allow=("US")"#,
        &viewer(),
        None,
    );
}

#[test]
fn an_unknown_place_matches_no_place() {
    let unknown = Viewer::new([203, 0, 113, 7].into(), NOW);
    check(r#"geo-allow=("US")"#, &unknown, Some(Member::GeoAllow));
    check(r#"geo-deny=("US")"#, &unknown, None);
}

#[test]
fn a_window_opens_at_from_and_closes_at_until() {
    let at = |now| Viewer { now, ..viewer() };
    let window = "from=@1000, until=@2000";
    check(window, &at(999), Some(Member::From));
    check(window, &at(1000), None);
    check(window, &at(1999), None);
    check(window, &at(2000), Some(Member::Until));
}

#[test]
fn a_class_of_proxy_is_refused_where_it_is_named() {
    let proxied = Viewer {
        proxy: ProxyClasses::from_labels("anonymous", "vpn"),
        ..viewer()
    };
    check("proxy-deny=(vpn)", &proxied, Some(Member::ProxyDeny));
    check("proxy-deny=(hosting)", &proxied, None);
    check("proxy-deny=(vpn)", &viewer(), None);
}

#[test]
fn sites_are_judged_by_the_lists_and_the_default() {
    let from = |origin: &str| Viewer {
        site: Site::from_headers([origin.as_bytes()], None),
        ..viewer()
    };
    let allow = r#"domain-allow=("*.example.com")"#;
    check(allow, &from("https://www.example.com"), None);
    check(
        allow,
        &from("https://example.org"),
        Some(Member::DomainAllow),
    );
    check(allow, &viewer(), Some(Member::DomainMissing));
    check(
        r#"domain-allow=("example.com"), domain-missing=allow"#,
        &viewer(),
        None,
    );
    let deny = r#"domain-deny=("bad.example")"#;
    check(deny, &from("https://bad.example"), Some(Member::DomainDeny));
    check(deny, &from("https://example.org"), None);
    check(deny, &viewer(), None);
    check(
        r#"domain-deny=("bad.example"), domain-missing=deny"#,
        &viewer(),
        Some(Member::DomainMissing),
    );
    check(
        r#"domain-allow=("a.example.com"), domain-deny=("*.example.com")"#,
        &from("https://a.example.com"),
        Some(Member::DomainDeny),
    );
}

#[test]
fn a_hidden_site_is_refused_by_any_domain_rule() {
    let hidden = Viewer {
        site: Site::Opaque,
        ..viewer()
    };
    check(
        r#"domain-allow=("example.com"), domain-missing=allow"#,
        &hidden,
        Some(Member::DomainMissing),
    );
    check(
        r#"domain-deny=("bad.example")"#,
        &hidden,
        Some(Member::DomainMissing),
    );
    check("domain-missing=allow", &hidden, Some(Member::DomainMissing));
    check(r#"geo-allow=("US")"#, &hidden, None);
}

#[test]
fn the_checks_come_in_their_order() {
    // What refuses our viewer in each check, from the first on.
    let members = [
        r#"revoked-keys=("web-1")"#,
        "token=required",
        r#"geo-deny=("US")"#,
        r#"hours=("9-17")"#,
        "proxy-deny=(vpn)",
        "domain-missing=deny",
    ];
    let proxied = Viewer {
        proxy: ProxyClasses::from_labels("anonymous", "vpn"),
        ..viewer()
    };
    for first in 0..members.len() {
        let rules = members[first..].join(", ");
        let found = outcome(&[(LayerKind::Account, &rules)], &proxied);
        let (name, _) = members[first].split_once('=').unwrap();
        let found = found.map(|(_, member)| member.as_str());
        assert_eq!(found, Some(name), "{rules}");
    }
}

#[test]
fn checks_come_before_layers() {
    let (account, video) = (
        r#"domain-allow=("example.com"), until=@1"#,
        r#"geo-deny=("US")"#,
    );
    let layers = [(LayerKind::Account, account), (LayerKind::Video, video)];
    assert_eq!(
        outcome(&layers, &viewer()),
        Some((LayerKind::Video, Member::GeoDeny))
    );
    let layers = [
        (LayerKind::Key, r#"geo-deny=("US")"#),
        (LayerKind::Video, video),
    ];
    assert_eq!(
        outcome(&layers, &viewer()),
        Some((LayerKind::Video, Member::GeoDeny))
    );
    let layers = [
        (LayerKind::Video, r#"domain-allow=("example.com")"#),
        (LayerKind::Account, account),
    ];
    assert_eq!(
        outcome(&layers, &viewer()),
        Some((LayerKind::Account, Member::Until))
    );
}
