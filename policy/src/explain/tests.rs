use super::*;
use crate::{
    compiled::{compile, compile_report_only},
    rules::Rules,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Rules of layers, a viewer's facts, what turns the verdict round.
type Row = (
    &'static [(LayerKind, &'static str)],
    &'static str,
    &'static str,
);

fn explained(layers: &[(LayerKind, &str)], facts: &str) -> Explanation {
    let layers: Vec<(LayerKind, Rules)> = layers
        .iter()
        .map(|(kind, text)| (*kind, text.parse().unwrap()))
        .collect();
    let entry = compile(&crate::rules::borrowed(&layers));
    let viewer = Viewer::new([203, 0, 113, 7].into(), 1_767_225_600);
    let viewer = facts
        .parse::<ViewerFacts>()
        .unwrap()
        .applied_to(&viewer)
        .unwrap();
    explain(&Compiled::read(&entry).unwrap(), &viewer)
}

const VIDEO: LayerKind = LayerKind::Video;

#[test]
#[rustfmt::skip]
fn the_fewest_facts_turn_a_verdict_round() {
    let rows: [Row; 23] = [
        (&[(VIDEO, r#"geo-allow=("DE" "AT")"#)],                      r#"country="FR""#,                 r#"country="AT""#),
        (&[(VIDEO, r#"geo-allow=("DE" "AT")"#)],                      r#"country="DE""#,                 r#"country="AD""#),
        (&[(VIDEO, r#"geo-deny=("KP")"#)],                            r#"country="KP""#,                 r#"country="AD""#),
        (&[(VIDEO, r#"geo-deny=("US-NY")"#)],                         r#"country="US", region="NY""#,    r#"country="US""#),
        (&[(VIDEO, r#"geo-deny=("US"), ip-allow=("192.0.2.0/24")"#)], r#"country="US""#,                 r#"country="AD""#),
        (&[(VIDEO, r#"ip-deny=("203.0.113.0/24")"#)],                 "",                                r#"ip="203.0.114.0""#),
        (&[(VIDEO, r#"ip-deny=("2001:db8::/32")"#)],                  r#"ip="2001:db8::1""#,             r#"ip="2001:db9::""#),
        (&[(VIDEO, r#"ip-allow=("192.0.2.0/24")"#)],                  "",                                r#"ip="192.0.2.0""#),
        (&[(VIDEO, "asn-allow=(64500)")],                             "asn=64501",                       "asn=64500"),
        (&[(VIDEO, r#"ip-deny-list=("bad")"#)],                       r#"acls=("bad")"#,                 "acls=()"),
        (&[(VIDEO, "from=@1767225601")],                              "",                                "time=@1767225601"),
        (&[(VIDEO, "until=@1767225600")],                             "",                                "time=@1767225599"),
        (&[(VIDEO, r#"days=(fri), hours=("9-17")"#)],                 "",                                "time=@1767344400"),
        (&[(VIDEO, "proxy-deny=(vpn)")],                              "proxy=(vpn)",                     "proxy=()"),
        (&[(VIDEO, r#"domain-allow=("*.example.com")"#)],             "",                                r#"origin="https://www.example.com""#),
        (&[(VIDEO, r#"domain-deny=("example.com")"#)],                r#"origin="https://example.com""#, r#"origin="""#),
        (&[(VIDEO, "token=required")],                                "",                                "token=valid"),
        (&[(LayerKind::Account, r#"revoked-keys=("old")"#)],          r#"key-id="old""#,                 r#"key-id="""#),
        // Two layers at once, and two checks at once.
        (&[(VIDEO, r#"geo-allow=("DE" "AT")"#), (LayerKind::Right, r#"geo-deny=("DE")"#)],
                                                                      r#"country="DE""#,                 r#"country="AT""#),
        (&[(VIDEO, r#"geo-allow=("DE"), token=required"#)],           r#"country="FR""#,                 r#"country="DE", token=valid"#),
        // A blackout ends sooner than two other facts could be changed.
        (&[(VIDEO, r#"geo-allow=("DE"), token=required, applies-until=@1767229200"#)],
                                                                      r#"country="FR""#,                 "time=@1767229200"),
        // What nothing mends now is mended once the layer has ended.
        (&[(VIDEO, "geo-default=deny, applies-until=@1767229200"), (LayerKind::Right, r#"geo-allow=("DE"), days=(fri)"#)],
                                                                      r#"country="FR""#,                 r#"country="DE", time=@1767312000"#),
        (&[(VIDEO, "geo-default=allow")],                             "",                                "nothing"),
    ];
    let flip = |layers, viewer| match explained(layers, viewer).flip {
        Some(flip) => flip.to_string(),
        None => "nothing".to_owned(),
    };
    for (layers, viewer, want) in rows {
        assert_eq!(flip(layers, viewer), want, "{layers:?} for {viewer}");
    }
}

#[test]
fn every_check_of_every_layer_is_told() {
    let layers = [
        (LayerKind::Account, "proxy-deny=(vpn)"),
        (VIDEO, r#"geo-allow=("DE"), domain-deny=("example.com")"#),
    ];
    let explained = explained(&layers, r#"country="FR", origin="https://example.com""#);
    assert_eq!(explained.checks.len(), Check::ALL.len() * layers.len());
    let told: Vec<_> = explained
        .checks
        .iter()
        .filter(|checked| checked.outcome != Outcome::NoRules)
        .map(|checked| {
            (
                checked.check,
                checked.layer,
                checked.outcome,
                checked.member,
            )
        })
        .collect();
    let want = [
        (
            Check::NetworkAndPlace,
            VIDEO,
            Outcome::Refuses,
            Some(Member::GeoAllow),
        ),
        (Check::Proxy, LayerKind::Account, Outcome::Passes, None),
        (
            Check::Site,
            VIDEO,
            Outcome::Refuses,
            Some(Member::DomainDeny),
        ),
    ];
    assert_eq!(told, want);
    let refusal = explained.refusal.unwrap();
    assert_eq!((refusal.member, refusal.status), (Member::GeoAllow, 403));
    assert_eq!(refusal.client_geo.as_deref(), Some("fr"));
}

#[test]
fn rules_that_only_report_are_told_apart_from_those_enforced() {
    let video: Rules = "geo-default=allow".parse().unwrap();
    let next: Rules = r#"geo-deny=("FR")"#.parse().unwrap();
    let mut entry = compile(&[(VIDEO, &video)]);
    entry.extend(compile_report_only(&[(VIDEO, &next)]));
    let mut viewer = Viewer::new([203, 0, 113, 7].into(), 0);
    viewer.place.country = "FR".parse().ok();
    let explained = explain(&Compiled::read(&entry).unwrap(), &viewer);
    assert_eq!(
        (explained.verdict, explained.refusal),
        (Verdict::Allow, None)
    );
    assert_eq!(explained.reported.unwrap().member, Member::GeoDeny);
    let enforced: Vec<_> = explained.layers.iter().map(|held| held.enforced).collect();
    assert_eq!(enforced, [true, false]);
}

#[test]
fn a_layer_that_does_not_exist_now_is_shown_and_not_checked() {
    let explained = explained(
        &[(VIDEO, r#"geo-deny=("FR"), applies-from=@1767225601"#)],
        r#"country="FR""#,
    );
    assert_eq!(
        (explained.verdict, explained.checks.len()),
        (Verdict::Allow, 0)
    );
    assert!(explained.layers.iter().all(|held| !held.applies));
    assert_eq!(explained.flip.unwrap().to_string(), "time=@1767225601");
}

#[test]
fn people_read_what_refused_and_what_would_not() {
    let layers = [
        (LayerKind::Account, "geo-default=allow"),
        (VIDEO, r#"geo-allow=("DE" "AT"), from=@1767225600"#),
    ];
    let text = explained(&layers, r#"country="FR""#).to_string();
    let want = r#"REFUSED: `geo-allow` of the video's rules saw FR (403 CLIENT_GEO).
It would be allowed with: country="AT"

viewer: acls=(), country="FR", ip="203.0.113.7", origin="", proxy=(), time=@1767225600, token=missing
at:     2026-01-01T00:00:00Z

layer                 rules
account               geo-default=allow
video                 geo-allow=("AT" "DE"), from=@1767225600

check              layer    outcome   member          saw
network-and-place  video    refuses   geo-allow       FR
schedule           video    passes
"#;
    assert_eq!(text, want);
}
