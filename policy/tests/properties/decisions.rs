//! Properties that hold for all rules and viewers, tried on random ones.

use playback_policy::{
    AclName, Circle, Compiled, Decision, DomainPattern, LayerKind, Network, Place, Position, Rules,
    Site, TokenState, Verdict, Viewer, ViewerPlace, compile, decide,
};
use proptest::prelude::*;

use crate::random::{account_rules, country, rules, viewer};

fn is_allowed(layers: &[(LayerKind, &Rules)], viewer: &Viewer) -> bool {
    let bytes = compile(layers);
    decide(&Compiled::read(&bytes).unwrap(), viewer) == Decision::Allow
}

/// One layer, decided without tables or compilation, straight from the rules' description.
fn naive(rules: &Rules, viewer: &Viewer) -> bool {
    let is_over = rules.applies_until.is_some_and(|until| viewer.now >= until);
    let is_early = rules.applies_from.is_some_and(|from| viewer.now < from);
    let holds = naive_credentials(rules, viewer)
        && naive_place(rules, viewer)
        && naive_week(rules, viewer.now.into())
        && naive_rest(rules, viewer);
    is_over || is_early || holds
}

fn naive_credentials(rules: &Rules, viewer: &Viewer) -> bool {
    let mut revoked = rules.revoked_keys.iter().map(|id| id.as_str());
    let is_revoked = revoked.any(|id| viewer.key_id.as_deref() == Some(id));
    !is_revoked && (!rules.token_required || viewer.token == TokenState::Valid)
}

fn naive_place(rules: &Rules, viewer: &Viewer) -> bool {
    let written = |list: &[Network]| list.iter().any(|network| network.contains(viewer.ip));
    let kept = |list: &[AclName]| {
        list.iter()
            .any(|acl| viewer.acls.contains(&acl.to_string()))
    };
    let announced = |list: &[u32]| viewer.asn.is_some_and(|asn| list.contains(&asn));
    let level = |at: usize, list: &[Place]| {
        list.iter()
            .any(|place| level_of(place) == at && is_seen_in(place, &viewer.place))
    };
    let mut levels = vec![
        (
            written(&rules.ip_deny) || kept(&rules.ip_deny_list),
            written(&rules.ip_allow) || kept(&rules.ip_allow_list),
        ),
        (announced(&rules.asn_deny), announced(&rules.asn_allow)),
    ];
    levels.extend((0..5).map(|at| (level(at, &rules.geo_deny), level(at, &rules.geo_allow))));
    if let Some((is_denied, _)) = levels.into_iter().find(|(deny, allow)| *deny || *allow) {
        return !is_denied;
    }
    let has_geo = !rules.geo_allow.is_empty() || !rules.geo_deny.is_empty();
    match rules.geo_default {
        Some(verdict) => verdict == Verdict::Allow,
        None if has_geo => rules.geo_allow.is_empty(),
        None => {
            rules.ip_allow.is_empty()
                && rules.ip_allow_list.is_empty()
                && rules.asn_allow.is_empty()
        }
    }
}

/// How specific a place is, the most specific first.
fn level_of(place: &Place) -> usize {
    match place {
        Place::Circle(_) => 0,
        Place::Postal(_) => 1,
        Place::Metro(_) => 2,
        Place::Subdivision(_) => 3,
        Place::Country(_) | Place::UsMilitary => 4,
    }
}

fn is_seen_in(place: &Place, viewer: &ViewerPlace) -> bool {
    match place {
        Place::Circle(circle) => viewer.position.is_some_and(|at| circle.contains(at)),
        Place::Postal(prefix) => viewer
            .postal
            .is_some_and(|code| code.to_string().starts_with(&prefix.to_string())),
        Place::Metro(metro) => viewer.metro == Some(*metro),
        Place::Subdivision(subdivision) => viewer.subdivision == Some(*subdivision),
        Place::Country(country) => viewer.country == Some(*country),
        Place::UsMilitary => false,
    }
}

/// Whether a window is open that began today or on one of the days before.
fn naive_week(rules: &Rules, now: i128) -> bool {
    const DAYS: [&str; 7] = ["thu", "fri", "sat", "sun", "mon", "tue", "wed"];
    let hour = |text: &str| text.parse::<i128>().unwrap();
    let mut windows = vec![];
    for hours in &rules.hours {
        let text = hours.to_string();
        let (from, until) = text.split_once('-').unwrap();
        windows.push((hour(from), hour(until)));
    }
    if windows.is_empty() {
        windows.push((0, 24));
    }
    let today = now.div_euclid(86_400);
    (today - 2..=today).any(|day| {
        let name = DAYS[day.rem_euclid(7) as usize];
        let is_listed = rules.days.is_empty() || rules.days.iter().any(|day| day.as_str() == name);
        let is_open = |(from, until): &(i128, i128)| {
            day * 86_400 + from * 3_600 <= now && now < day * 86_400 + until * 3_600
        };
        is_listed && windows.iter().any(is_open)
    })
}

/// How far two points are apart, by the angle between the lines to them from the earth's centre.
fn naive_distance(from: (f64, f64), to: (f64, f64)) -> f64 {
    let line = |(latitude, longitude): (f64, f64)| {
        let (latitude, longitude) = (latitude.to_radians(), longitude.to_radians());
        [
            latitude.cos() * longitude.cos(),
            latitude.cos() * longitude.sin(),
            latitude.sin(),
        ]
    };
    let ([a, b, c], [x, y, z]) = (line(from), line(to));
    let across = [b * z - c * y, c * x - a * z, a * y - b * x];
    let sine = across.iter().map(|part| part * part).sum::<f64>().sqrt();
    sine.atan2(a * x + b * y + c * z) * 6_371.008_8
}

fn naive_rest(rules: &Rules, viewer: &Viewer) -> bool {
    let in_window = rules.from.is_none_or(|from| from <= viewer.now)
        && rules.until.is_none_or(|until| viewer.now < until);
    let is_proxied = viewer
        .proxy
        .iter()
        .any(|class| rules.proxy_deny.iter().any(|no| no == class));
    let named = |list: &[DomainPattern]| list.iter().any(|pattern| pattern.matches(&viewer.site));
    let has_domains = !rules.domain_allow.is_empty()
        || !rules.domain_deny.is_empty()
        || rules.domain_missing.is_some();
    let site_allowed = match viewer.site {
        Site::Missing => match rules.domain_missing {
            Some(verdict) => verdict == Verdict::Allow,
            None => rules.domain_allow.is_empty(),
        },
        Site::Opaque => !has_domains,
        Site::Known { .. } => {
            !named(&rules.domain_deny)
                && (rules.domain_allow.is_empty() || named(&rules.domain_allow))
        }
    };
    in_window && !is_proxied && site_allowed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn printed_rules_parse_to_the_same(rules in account_rules()) {
        let text = rules.to_string();
        let parsed: Rules = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        // Unrestricting rules print as their one explicit member.
        let want = if rules == Rules::default() {
            Rules { geo_default: Some(Verdict::Allow), ..rules }
        } else {
            rules
        };
        prop_assert_eq!(parsed, want);
    }

    #[test]
    fn the_compiled_decision_is_the_naive_one(rules in account_rules(), viewer in viewer()) {
        let compiled = is_allowed(&[(LayerKind::Account, &rules)], &viewer);
        prop_assert_eq!(compiled, naive(&rules, &viewer), "{}", rules);
    }

    #[test]
    fn any_time_is_judged(rules in rules(), mut viewer in viewer(), now in any::<i64>()) {
        viewer.now = now;
        let compiled = is_allowed(&[(LayerKind::Video, &rules)], &viewer);
        prop_assert_eq!(compiled, naive(&rules, &viewer), "{}", rules);
    }

    #[test]
    fn every_list_a_decision_looks_at_is_named(rules in rules(), viewer in viewer()) {
        let bytes = compile(&[(LayerKind::Video, &rules)]);
        let compiled = Compiled::read(&bytes).unwrap();
        let named = compiled.acl_names(viewer.now);
        prop_assert!(named.is_empty() || compiled.needs().acls);
        let mut asked = viewer.clone();
        asked.acls.retain(|name| named.contains(&name.as_str()));
        let of_all = decide(&compiled, &viewer) == Decision::Allow;
        prop_assert_eq!(decide(&compiled, &asked) == Decision::Allow, of_all);
    }

    #[test]
    fn a_circle_holds_what_is_near(
        centre in (-90.0..90.0_f64, -180.0..180.0_f64),
        near in (-90.0..90.0_f64, -180.0..180.0_f64),
        shrink in 0.0..1.0_f64,
        kilometres in 0.001..20_037.0_f64,
    ) {
        // Small circles and small distances too.
        let point = (
            centre.0 + (near.0 - centre.0) * shrink,
            centre.1 + (near.1 - centre.1) * shrink,
        );
        let text = format!("{:.6},{:.6},{:.3}", centre.0, centre.1, kilometres);
        let circle: Circle = text.parse().unwrap();
        prop_assert_eq!(&circle.to_string().parse::<Circle>().unwrap(), &circle);
        let distance = naive_distance(centre, point);
        prop_assume!((distance - kilometres).abs() > 0.002);
        if let Some(position) = Position::from_degrees(point.0, point.1) {
            prop_assert_eq!(circle.contains(position), distance < kilometres, "{}", distance);
        }
    }

    #[test]
    fn an_allowed_country_more_never_turns_allow_into_deny(
        rules in rules(), viewer in viewer(), country in country(),
    ) {
        // The first entry of an allow list makes it one, so there must be some already.
        prop_assume!(!rules.geo_allow.is_empty());
        let mut wider = rules.clone();
        wider.geo_allow.push(Place::Country(country));
        if is_allowed(&[(LayerKind::Video, &rules)], &viewer) {
            prop_assert!(is_allowed(&[(LayerKind::Video, &wider)], &viewer), "{}", rules);
        }
    }

    #[test]
    fn a_layer_more_can_only_narrow(a in account_rules(), b in rules(), viewer in viewer()) {
        let both = is_allowed(&[(LayerKind::Account, &a), (LayerKind::Video, &b)], &viewer);
        let each = is_allowed(&[(LayerKind::Account, &a)], &viewer)
            && is_allowed(&[(LayerKind::Video, &b)], &viewer);
        prop_assert_eq!(both, each);
    }

    #[test]
    fn the_order_and_number_of_layers_do_not_matter(
        a in account_rules(), b in rules(), viewer in viewer(),
    ) {
        let ab = [(LayerKind::Account, &a), (LayerKind::Key, &b)];
        let bab = [(LayerKind::Key, &b), (LayerKind::Account, &a), (LayerKind::Key, &b)];
        let of = |layers: &[(LayerKind, &Rules)]| {
            let bytes = compile(layers);
            format!("{:?}", decide(&Compiled::read(&bytes).unwrap(), &viewer))
        };
        prop_assert_eq!(of(&ab), of(&bab));
    }

    #[test]
    fn rules_cut_anywhere_cannot_be_read(rules in account_rules(), at in 0.0..1.0_f64) {
        let bytes = compile(&[(LayerKind::Account, &rules)]);
        let cut = &bytes[..(bytes.len() as f64 * at) as usize];
        prop_assume!(!cut.is_empty());
        prop_assert!(Compiled::read(cut).is_err());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}", origin in "\\PC{0,40}") {
        let _refused = text.parse::<Rules>();
        let _refused = text.parse::<DomainPattern>();
        for kind in ["", "metro:", "postal:US-", "circle:"] {
            let _refused = format!("{kind}{text}").parse::<Place>();
        }
        let _refused = playback_policy::Route::parse(&text, Some(&origin));
        let _opaque = Site::from_headers([origin.as_bytes()], None);
    }
}
