use super::*;
use crate::viewer::TokenState;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ALL: &str = r#"ip="203.0.113.7", asn=64500, country="US", region="US-NY", metro=501, postal="10001", position="40.7,-74", proxy=(vpn tor), origin="https://example.com", acls=("office"), token=valid, key-id="web", time=@1767225600"#;

fn viewer() -> Viewer {
    Viewer::new([198, 51, 100, 1].into(), 0)
}

#[test]
fn every_fact_is_told_and_read_in_either_form() {
    let facts: ViewerFacts = ALL.parse().unwrap();
    assert_eq!(facts.to_string().parse::<ViewerFacts>().unwrap(), facts);
    let json = serde_json::to_string(&facts).unwrap();
    assert_eq!(serde_json::from_str::<ViewerFacts>(&json).unwrap(), facts);
    let seen = facts.applied_to(&viewer()).unwrap();
    assert_eq!(ViewerFacts::of(&seen), facts);
    assert_eq!(seen.token, TokenState::Valid);
}

#[test]
fn null_tells_nothing() {
    let names: serde_json::Value =
        serde_json::to_value(ALL.parse::<ViewerFacts>().unwrap()).unwrap();
    let nulls = names
        .as_object()
        .unwrap()
        .keys()
        .map(|name| (name.clone(), serde_json::Value::Null));
    let facts: ViewerFacts = serde_json::from_value(nulls.collect()).unwrap();
    assert!(facts.is_empty() && names.as_object().unwrap().len() == 13);
}

#[test]
fn what_is_not_told_stays() {
    let seen = ALL
        .parse::<ViewerFacts>()
        .unwrap()
        .applied_to(&viewer())
        .unwrap();
    let other: ViewerFacts = "time=@5".parse().unwrap();
    let later = other.applied_to(&seen).unwrap();
    assert_eq!(later, Viewer { now: 5, ..seen });
}

#[test]
fn a_country_takes_the_rest_of_the_place_with_it() {
    let seen = ALL
        .parse::<ViewerFacts>()
        .unwrap()
        .applied_to(&viewer())
        .unwrap();
    let place = |text: &str| {
        let facts: ViewerFacts = text.parse().unwrap();
        facts.applied_to(&seen).unwrap().place
    };
    let germany = ViewerPlace::from_labels("DE", None, -1);
    assert_eq!(place(r#"country="de""#), germany);
    assert_eq!(place(r#"country="?""#), ViewerPlace::default());
    assert_eq!(
        place(r#"country="?", region="NY", metro=501"#),
        ViewerPlace::default()
    );
    assert_eq!(place(r#"region="CA""#).subdivision, "US-CA".parse().ok());
    assert_eq!(place(r#"country="DE", metro=501"#), germany);
}

#[test]
fn nothing_of_a_viewer_can_be_taken_away_but_by_its_own_word() {
    let seen = ALL
        .parse::<ViewerFacts>()
        .unwrap()
        .applied_to(&viewer())
        .unwrap();
    let facts: ViewerFacts = r#"origin="", proxy=(), acls=(), token=missing, key-id="""#
        .parse()
        .unwrap();
    let bare = facts.applied_to(&seen).unwrap();
    assert_eq!(
        (bare.site, bare.proxy),
        (Site::Missing, ProxyClasses::default())
    );
    assert_eq!(
        (bare.acls, bare.token, bare.key_id),
        (Vec::new(), TokenState::Missing, None)
    );
}

#[test]
fn any_text_can_be_told_and_printed() {
    for origin in ["https://m\u{fc}ller.example", "a\"b\\c", "\n", "%\u{1f989}"] {
        let facts = ViewerFacts {
            origin: Some(origin.to_owned()),
            ..ViewerFacts::default()
        };
        assert_eq!(facts.to_string().parse(), Ok(facts), "{origin:?}");
    }
}

#[test]
fn err_what_cannot_be_true_of_anybody() {
    for (text, want) in [
        ("country=", "not a dictionary"),
        ("country=\"DE\", country=\"FR\"", "twice"),
        ("planet=\"Mars\"", "unknown field `planet`"),
        ("country=\"Germany\"", "`country` must be"),
        ("country=5", "expected a string"),
        ("country=\"DE\";q=1", "without parameters"),
        ("country=\"DE\", region=\"TOOLONG\"", "`region` must be"),
        ("country=\"US\", metro=0", "`metro` must be"),
        ("country=\"US\", postal=\"?\"", "`postal` must be"),
        ("country=\"US\", position=\"here\"", "`position` must be"),
        ("country=\"US\", position=\"91,0\"", "`position` must be"),
        ("proxy=(socks)", "expected a class of proxy"),
        ("ip=\"example.com\"", "IP address"),
        ("ip=(\"203.0.113.7\")", "expected"),
        ("asn=-1", "expected u32"),
        ("asn=1.5", "expected u32"),
        ("token=forged", "unknown variant"),
        ("time=\"now\"", "expected i64"),
        ("time=@999999999999999, acls=(\"\")", "`acls` must be"),
        ("acls=(:YQ==:)", "must be a string"),
        ("acls=(\"office\" \"the office\")", "`acls` must be"),
        ("key-id=\"a b\"", "`key-id` must be"),
    ] {
        let facts = text.parse::<ViewerFacts>();
        let error = match facts.and_then(|facts| facts.applied_to(&viewer())) {
            Ok(viewer) => panic!("{text} is {viewer:?}"),
            Err(error) => error.to_string(),
        };
        assert!(error.contains(want), "{text}: {error}");
    }
}
