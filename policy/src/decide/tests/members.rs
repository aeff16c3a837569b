//! Times, credentials, and what is told.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn days_and_hours_are_part_of_the_schedule() {
    // The first of 2026 was a Thursday.
    let at = |hours: i64| Viewer {
        now: NOW + hours * 3600,
        ..viewer()
    };
    let rules = r#"days=(thu), hours=("9-17")"#;
    check(rules, &at(8), Some(Member::Hours));
    check(rules, &at(9), None);
    check(rules, &at(33), Some(Member::Days));
    check("days=(fri)", &viewer(), Some(Member::Days));
    check(r#"hours=("0-1")"#, &viewer(), None);
    let over = r#"until=@1, days=(fri), hours=("9-17")"#;
    check(over, &viewer(), Some(Member::Until));
    let early = r#"from=@1767225601, days=(fri), hours=("9-17")"#;
    check(early, &viewer(), Some(Member::From));
    let placed = r#"days=(fri), geo-deny=("US")"#;
    check(placed, &viewer(), Some(Member::GeoDeny));
}

#[test]
fn a_layer_restricts_nothing_outside_its_own_time() {
    const EVERYTHING: &str = concat!(
        r#"revoked-keys=("web-1"), token=required, ip-deny=("203.0.113.7"), "#,
        r#"geo-default=deny, until=@1, days=(wed), proxy-deny=(vpn), domain-missing=deny, "#,
        "applies-from=@1000, applies-until=@2000",
    );
    let at = |now| Viewer { now, ..viewer() };
    check(EVERYTHING, &at(999), None);
    check(EVERYTHING, &at(1000), Some(Member::RevokedKeys));
    check(EVERYTHING, &at(1999), Some(Member::RevokedKeys));
    check(EVERYTHING, &at(2000), None);
    check(
        "until=@1, applies-until=@2000",
        &at(1999),
        Some(Member::Until),
    );
    check("until=@1, applies-until=@2000", &at(2000), None);
    check("until=@1, applies-from=@2000", &at(1999), None);
    check(
        "until=@1, applies-from=@2000",
        &at(i64::MAX),
        Some(Member::Until),
    );
    check("until=@1, applies-from=@2000", &at(i64::MIN), None);
}

#[test]
fn other_layers_hold_whether_or_not_one_applies() {
    let layers = [
        (LayerKind::Account, "geo-default=deny, applies-until=@1"),
        (LayerKind::Video, r#"geo-deny=("US")"#),
    ];
    let want = Some((LayerKind::Video, Member::GeoDeny));
    assert_eq!(outcome(&layers, &viewer()), want);
}

/// What the viewer is told, and what the log shows.
#[track_caller]
fn told(rules: &str, viewer: &Viewer) -> (u16, &'static str, Option<&'static str>, String) {
    let rules: Rules = rules.parse().unwrap();
    let bytes = compile(&[(LayerKind::Account, &rules)]);
    match decide(&Compiled::read(&bytes).unwrap(), viewer) {
        Decision::Allow => panic!("{rules} allow"),
        Decision::Deny(denial) => {
            let error = PlaybackError::Denied(denial.reason(viewer.place.country));
            let seen = denial.seen.to_string();
            (error.status(), error.code(), error.subcode(), seen)
        }
    }
}

#[test]
fn a_token_is_judged_only_where_it_is_required() {
    let with = |token| Viewer { token, ..viewer() };
    for token in [TokenState::Missing, TokenState::Invalid, TokenState::Valid] {
        check("geo-default=allow", &with(token), None);
    }
    check("token=required", &with(TokenState::Valid), None);
    let refused = |token| told("token=required", &with(token));
    let want = |subcode, seen: &str| (401, "ACCESS_DENIED", Some(subcode), seen.to_owned());
    assert_eq!(
        refused(TokenState::Missing),
        want("TOKEN_REQUIRED", "missing")
    );
    assert_eq!(
        refused(TokenState::Invalid),
        want("TOKEN_VALIDATION", "invalid")
    );
}

#[test]
fn a_key_is_revoked_by_its_whole_id() {
    let with = |id: &str| Viewer {
        key_id: Some(id.to_owned()),
        ..viewer()
    };
    let rules = r#"revoked-keys=("web-2" "web-1")"#;
    let want = (401, "INVALID_POLICY_KEY", None, "web-1".to_owned());
    assert_eq!(told(rules, &viewer()), want);
    for other in ["web", "web-10", "WEB-1", "eb-1", ""] {
        check(rules, &with(other), None);
    }
    let nameless = Viewer {
        key_id: None,
        ..viewer()
    };
    check(rules, &nameless, None);
}

#[test]
fn logs_tell_what_was_seen_but_not_exactly_where() {
    let seen = |rules: &str| told(rules, &viewer()).3;
    assert_eq!(seen(r#"ip-deny=("203.0.113.7")"#), "203.0.113.0/24");
    assert_eq!(seen(r#"ip-deny-list=("bots")"#), "bots");
    assert_eq!(seen("asn-deny=(64496)"), "AS64496");
    assert_eq!(seen("asn-allow=(1)"), "AS64496");
    assert_eq!(seen(r#"geo-deny=("postal:US-10007")"#), "postal:US-100");
    assert_eq!(
        seen(r#"geo-deny=("circle:40.80,-74.0,20")"#),
        "circle:40.8,-74,20"
    );
    assert_eq!(seen(r#"geo-allow=("postal:US-9")"#), "US");
    assert_eq!(seen("days=(fri)"), NOW.to_string());
    let nobody = Viewer::new([203, 0, 113, 7].into(), NOW);
    assert_eq!(told("asn-allow=(1)", &nobody).3, "unknown");
    assert_eq!(told(r#"ip-allow-list=("a")"#, &nobody).3, "203.0.113.0/24");
    let rules: Rules = r#"geo-deny=("postal:US-10007")"#.parse().unwrap();
    let bytes = compile(&[(LayerKind::Video, &rules)]);
    let whole = format!("{:?}", decide(&Compiled::read(&bytes).unwrap(), &viewer()));
    assert!(!whole.contains("10007"), "{whole}");
}
