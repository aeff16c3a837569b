//! Properties that hold for all rules and viewers, tried on random ones.

use crate::random::{country, rules, viewer};
use playback_policy::{
    Compiled, Decision, DomainPattern, LayerKind, Network, Place, Rules, Site, Verdict, Viewer,
    compile, decide,
};
use proptest::prelude::*;

fn is_allowed(layers: &[(LayerKind, &Rules)], viewer: &Viewer) -> bool {
    let bytes = compile(layers);
    decide(&Compiled::read(&bytes).unwrap(), viewer) == Decision::Allow
}

/// One layer, decided without tables or compilation, straight from the rules' description.
fn naive(rules: &Rules, viewer: &Viewer) -> bool {
    naive_place(rules, viewer) && naive_rest(rules, viewer)
}

fn naive_place(rules: &Rules, viewer: &Viewer) -> bool {
    let in_networks = |list: &[Network]| list.iter().any(|network| network.contains(viewer.ip));
    let place = viewer.place;
    let levels = [
        place.metro.map(Place::Metro),
        place.subdivision.map(Place::Subdivision),
        place.country.map(Place::Country),
    ];
    if in_networks(&rules.ip_deny) {
        return false;
    }
    if in_networks(&rules.ip_allow) {
        return true;
    }
    for level in levels.into_iter().flatten() {
        if rules.geo_deny.contains(&level) {
            return false;
        }
        if rules.geo_allow.contains(&level) {
            return true;
        }
    }
    let has_geo = !rules.geo_allow.is_empty() || !rules.geo_deny.is_empty();
    match rules.geo_default {
        Some(verdict) => verdict == Verdict::Allow,
        None if has_geo => rules.geo_allow.is_empty(),
        None => rules.ip_allow.is_empty(),
    }
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
    fn printed_rules_parse_to_the_same(rules in rules()) {
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
    fn the_compiled_decision_is_the_naive_one(rules in rules(), viewer in viewer()) {
        let compiled = is_allowed(&[(LayerKind::Video, &rules)], &viewer);
        prop_assert_eq!(compiled, naive(&rules, &viewer), "{}", rules);
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
    fn a_layer_more_can_only_narrow(a in rules(), b in rules(), viewer in viewer()) {
        let both = is_allowed(&[(LayerKind::Account, &a), (LayerKind::Video, &b)], &viewer);
        let each = is_allowed(&[(LayerKind::Account, &a)], &viewer)
            && is_allowed(&[(LayerKind::Video, &b)], &viewer);
        prop_assert_eq!(both, each);
    }

    #[test]
    fn the_order_and_number_of_layers_do_not_matter(a in rules(), b in rules(), viewer in viewer()) {
        let ab = [(LayerKind::Account, &a), (LayerKind::Key, &b)];
        let bab = [(LayerKind::Key, &b), (LayerKind::Account, &a), (LayerKind::Key, &b)];
        let of = |layers: &[(LayerKind, &Rules)]| {
            let bytes = compile(layers);
            format!("{:?}", decide(&Compiled::read(&bytes).unwrap(), &viewer))
        };
        prop_assert_eq!(of(&ab), of(&bab));
    }

    #[test]
    fn rules_cut_anywhere_cannot_be_read(rules in rules(), at in 0.0..1.0_f64) {
        let bytes = compile(&[(LayerKind::Account, &rules)]);
        let cut = &bytes[..(bytes.len() as f64 * at) as usize];
        prop_assume!(!cut.is_empty());
        prop_assert!(Compiled::read(cut).is_err());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}", origin in "\\PC{0,40}") {
        let _refused = text.parse::<Rules>();
        let _refused = text.parse::<DomainPattern>();
        let _refused = playback_policy::Route::parse(&text, Some(&origin));
        let _opaque = Site::from_headers([origin.as_bytes()], None);
    }
}
