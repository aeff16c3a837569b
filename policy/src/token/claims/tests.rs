use super::super::fixtures::{EXPIRES, ISSUED, NOW, SKEW};
use super::super::{InvalidToken, fixtures::CLAIMS};
use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn read(json: &str) -> Result<Claims, InvalidToken> {
    Claims::read(json.as_bytes())
}

/// [`CLAIMS`] for any video, with one claim of another value, or one more.
fn with(claim: &str, value: &str) -> String {
    let mut members = vec![
        ("accid", r#""938456""#),
        ("iat", "1767225600"),
        ("exp", "1767312000"),
    ];
    members.retain(|(name, _)| *name != claim);
    if !value.is_empty() {
        members.push((claim, value));
    }
    let members = members
        .iter()
        .map(|(name, value)| format!(r#""{name}":{value}"#));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn claims(claim: &str, value: &str) -> Claims {
    read(&with(claim, value)).unwrap_or_else(|error| panic!("{claim} {value}: {error}"))
}

// === reading ===

#[test]
fn ok_all_claims() {
    let all = r#"{
        "accid": "938456", "iat": 1767225600, "exp": 1767312000, "nbf": 1767225601,
        "pkid": "k", "prid": "right", "tags": ["a", "b"], "vids": ["1", "2"], "conid": "1",
        "ua": "Player/1", "maxip": 3, "uid": "viewer", "climit": 2, "cbeh": "BLOCK_NEW", "ip": "203.0.113.9",
        "drules": ["r"], "pro": "widevine", "vod.ssai": "ad", "iss": "joe", "x": {"y": [1.5]}
    }"#;
    let strings = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
    let want = Claims {
        account: "938456".parse().unwrap(),
        issued: ISSUED,
        expires: Some(EXPIRES),
        not_before: Some(ISSUED + 1),
        rights_id: Some("right".to_owned()),
        tags: strings(&["a", "b"]),
        video_ids: strings(&["1", "2"]),
        content_id: Some("1".to_owned()),
        user_agent: Some("Player/1".to_owned()),
        user_id: Some("viewer".to_owned()),
        network: Some("203.0.113.0/24".parse().unwrap()),
    };
    assert_eq!(read(all), Ok(want));
    assert!(read(CLAIMS).is_ok());
}

/// The claim with that value is what is wrong.
#[track_caller]
fn err(claim: &str, value: &str) {
    match read(&with(claim, value)) {
        Err(InvalidToken::Claim { claim: named, .. }) => assert_eq!(named, claim, "{value}"),
        found => panic!("{claim} {value}: {found:?}"),
    }
}

#[test]
fn err_texts_that_are_no_strings() {
    for claim in ["accid", "prid", "conid", "ua", "uid", "ip"] {
        for value in ["938456", "1.5", "null", "true", r#"["1"]"#, r#"{"a":"1"}"#] {
            err(claim, value);
        }
    }
    for value in [r#""""#, r#""a b""#, r#""938456\u0000""#, r#""9/8""#] {
        err("accid", value);
    }
    for value in [
        r#""""#,
        r#""203.0.113""#,
        r#""203.0.113.0/33""#,
        r#""::/0 ""#,
    ] {
        err("ip", value);
    }
}

#[test]
fn err_lists_that_are_none_of_strings() {
    for claim in ["vids", "tags"] {
        for value in ["1", "null", r#""1""#, r#""1,2""#, r#"{"1":"2"}"#] {
            err(claim, value);
        }
        for value in ["[1]", r#"["1",2]"#, "[null]", r#"[["1"]]"#] {
            err(claim, value);
        }
    }
}

#[test]
fn err_a_token_for_somebody_with_a_name() {
    for value in [r#""us""#, r#"["us","them"]"#, "[]", "null"] {
        err("aud", value);
    }
}

#[test]
fn err_times_that_are_no_seconds() {
    for claim in ["iat", "exp", "nbf"] {
        for value in [
            "null",
            "true",
            r#""1767225600""#,
            "[1767225600]",
            "1767225600.0",
            "1767225600.5",
            "1.7672256e9",
            "-1",
            "-0.0",
            "253402300800",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551616",
            "1e300",
        ] {
            err(claim, value);
        }
    }
    for value in ["1e999", "01767225600", "+1767225600", "NaN", "0x1"] {
        assert!(read(&with("exp", value)).is_err(), "{value}");
    }
}

#[test]
fn a_token_lives_for_30_days_at_most() {
    const DAY: i64 = 24 * 60 * 60;
    for (life, is_ok) in [
        (-1, false),
        (0, true),
        (1, true),
        (30 * DAY, true),
        (30 * DAY + 1, false),
        (31 * DAY, false),
        (3650 * DAY, false),
    ] {
        let found = read(&with("exp", &(ISSUED + life).to_string()));
        assert_eq!(found.is_ok(), is_ok, "{life}: {found:?}");
    }
}

#[test]
fn account_and_time_of_making_are_required() {
    for claim in ["accid", "iat"] {
        err(claim, "");
    }
    assert_eq!(claims("exp", "").expires, None);
}

#[test]
fn a_list_has_at_most_40_tags() {
    let tags = |count| format!("[{}]", vec![r#""a""#; count].join(","));
    assert_eq!(claims("tags", &tags(40)).tags.unwrap().len(), 40);
    assert!(read(&with("tags", &tags(41))).is_err());
}

#[test]
fn err_what_is_not_one_plain_object() {
    for json in [
        "",
        "null",
        "[]",
        &format!("[{CLAIMS}]"),
        &format!("{CLAIMS}{CLAIMS}"),
        &with("x", "[[[[[[[[]]]]]]]]"),
        &with("x", "}"),
        &with("x", "1").replace(r#""x":1"#, r#""accid":"938456""#),
        &with("x", r#"{"a":1,"a":1}"#),
    ] {
        assert!(read(json).is_err(), "{json}");
    }
}

#[test]
fn an_address_stands_for_its_network() {
    for (text, want) in [
        ("203.0.113.9", "203.0.113.0/24"),
        ("203.0.113.9/32", "203.0.113.9"),
        ("203.0.113.0/26", "203.0.113.0/26"),
        ("2001:db8:1:2ff::9", "2001:db8:1:200::/56"),
        ("2001:db8:1:2ff::9/128", "2001:db8:1:2ff::9"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
    ] {
        let found = claims("ip", &format!(r#""{text}""#)).network;
        assert_eq!(
            found.map(|network| network.to_string()),
            Some(want.to_owned())
        );
    }
}

// === admitting ===

fn account() -> AccountId {
    "938456".parse().unwrap()
}

fn facts(account: &AccountId) -> TokenFacts<'_> {
    TokenFacts {
        account,
        video: Some(TokenVideo {
            id: "132413",
            tags: &["news", "Sport"],
        }),
        user_agent: Some("Player/1.0 (TV)"),
        ip: [203, 0, 113, 7].into(),
        purpose: TokenUse::Playback,
        now: NOW,
        skew: SKEW,
    }
}

/// Holds one claim against the same request.
#[track_caller]
fn check(claim: &str, value: &str, want: Result<(), TokenRefusal>) {
    let admitted = claims(claim, value).admits(&facts(&account()));
    assert_eq!(admitted, want, "{claim} {value}");
}

#[test]
#[rustfmt::skip]
fn every_claim_narrows() {
    use TokenRefusal::*;
    //    claim    value                              want
    check("x",     "1",                               Ok(()));
    check("accid", r#""938457""#,                     Err(Account));
    check("accid", r#""938456_""#,                    Err(Account));
    check("vids",  r#"["132413"]"#,                   Ok(()));
    check("vids",  r#"["1","132413"]"#,               Ok(()));
    check("vids",  r#"["1","13241"]"#,                Err(Video));
    check("vids",  r#"["ref:132413"," 132413"]"#,     Err(Video));
    check("vids",  "[]",                              Err(Video));
    check("conid", r#""132413""#,                     Ok(()));
    check("conid", r#""132414""#,                     Err(Video));
    check("conid", r#""""#,                           Err(Video));
    check("tags",  r#"["news"]"#,                     Ok(()));
    check("tags",  r#"["film","Sport"]"#,             Ok(()));
    check("tags",  r#"["sport","film"]"#,             Err(Tags));
    check("tags",  "[]",                              Err(Tags));
    check("ua",    r#""Player/1.0 (TV)""#,            Ok(()));
    check("ua",    r#""Player/1.0""#,                 Err(UserAgent));
    check("ua",    r#""player/1.0 (tv)""#,            Err(UserAgent));
    check("ua",    r#""""#,                           Err(UserAgent));
    check("ip",    r#""203.0.113.200""#,              Ok(()));
    check("ip",    r#""203.0.113.7/32""#,             Ok(()));
    check("ip",    r#""203.0.113.8/32""#,             Err(Network));
    check("ip",    r#""203.0.114.7""#,                Err(Network));
    check("ip",    r#""2001:db8::7""#,                Err(Network));
    check("prid",  r#""right""#,                      Ok(()));
    check("uid",   r#""viewer""#,                     Ok(()));
    check("nbf",   "1767229260",                      Ok(()));
    check("nbf",   "1767229261",                      Err(TooEarly));
}

#[test]
fn what_a_claim_narrows_must_be_known() {
    let account = account();
    let nothing = TokenFacts {
        video: None,
        user_agent: None,
        ..facts(&account)
    };
    for (claim, value, want) in [
        ("x", "1", Ok(())),
        ("vids", r#"["132413"]"#, Err(TokenRefusal::Video)),
        ("conid", r#""132413""#, Err(TokenRefusal::Video)),
        ("tags", r#"["news"]"#, Err(TokenRefusal::Tags)),
        ("ua", r#""""#, Err(TokenRefusal::UserAgent)),
    ] {
        assert_eq!(claims(claim, value).admits(&nothing), want, "{claim}");
    }
}

#[test]
fn a_mapped_address_is_in_the_ipv4_network() {
    let account = account();
    let mapped = TokenFacts {
        ip: "::ffff:203.0.113.7".parse().unwrap(),
        ..facts(&account)
    };
    let bound = claims("ip", r#""203.0.113.7/32""#);
    assert_eq!(bound.admits(&mapped), Ok(()));
}

#[test]
fn the_time_is_judged_whenever_it_is_asked() {
    use TokenRefusal::{Expired, FromTheFuture};
    let account = account();
    for (now, skew, want) in [
        (EXPIRES - 1, 0, Ok(())),
        (EXPIRES, 0, Err(Expired)),
        (EXPIRES + 59, 60, Ok(())),
        (EXPIRES + 60, 60, Err(Expired)),
        (ISSUED - 61, 60, Err(FromTheFuture)),
    ] {
        let then = TokenFacts {
            now,
            skew,
            ..facts(&account)
        };
        assert_eq!(claims("x", "1").admits(&then), want, "{now} {skew}");
    }
}

#[test]
fn only_a_static_address_is_open_for_ever() {
    let account = account();
    for (purpose, want) in [
        (TokenUse::Playback, Err(TokenRefusal::Endless)),
        (TokenUse::StaticUrl, Ok(())),
    ] {
        let then = TokenFacts {
            purpose,
            now: NOW + 1_000_000_000,
            ..facts(&account)
        };
        assert_eq!(claims("exp", "").admits(&then), want, "{purpose:?}");
        let expired = claims("x", "1").admits(&then);
        assert_eq!(expired, Err(TokenRefusal::Expired), "{purpose:?}");
    }
}
