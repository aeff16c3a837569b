use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const SECRET: &[u8] = b"a secret of thirty-two bytes or more";

fn signing(number: u8) -> SigningKey {
    SigningKey::new(number, SECRET).unwrap()
}

fn data(json: &str) -> PolicyKeyData {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn mint(json: &str) -> String {
    PolicyKey::mint(&data(json), &signing(1)).unwrap()
}

#[test]
fn a_minted_key_is_verified_and_says_what_was_put_in() {
    let json = r#"{"account-id":"938456","key-id":"w1","apis":["search"],"allowed-domains":["https://www.example.com"],"geo":{"countries":["de"],"exclude_countries":false},"require-ad-config":true,"rules":"until=@1798761600"}"#;
    let ring = KeyRing::new(vec![signing(1)]);
    assert_eq!(ring.open(&mint(json)), Ok(data(json)));
    let key = ring.verify(&mint(json)).unwrap();
    assert_eq!(
        (key.account.as_str(), key.key_id.as_deref()),
        ("938456", Some("w1"))
    );
    let texts: Vec<String> = key.rules.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            r#"geo-allow=("DE"), proxy-deny=(anonymous public corporate transparent hosting vpn tor)"#,
            r#"domain-allow=("https://www.example.com")"#,
            "until=@1798761600",
        ]
    );
}

#[test]
fn only_a_key_with_that_api_opens_searches() {
    let ring = KeyRing::new(vec![signing(1)]);
    for (json, want) in [
        (r#"{"account-id":"1","apis":["search"]}"#, true),
        (r#"{"account-id":"1","apis":[]}"#, false),
        (r#"{"account-id":"1"}"#, false),
    ] {
        let key = ring.verify(&mint(json)).unwrap();
        assert_eq!(key.is_search_enabled, want, "{json}");
    }
}

#[test]
fn a_plain_key_needs_no_preflight() {
    let header = format!(
        "application/json;pk={}",
        mint(r#"{"account-id":"6415818918001","key-id":"w1"}"#)
    );
    assert!(header.len() <= 128, "{}", header.len());
    let key = header.split_once("pk=").unwrap().1;
    assert!(
        key.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    );
}

#[test]
fn a_key_with_any_bit_flipped_is_refused() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let ring = KeyRing::new(vec![signing(1), signing(2)]);
    let minted = mint(r#"{"account-id":"938456"}"#);
    let bytes = URL_SAFE_NO_PAD.decode(&minted).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(
            ring.verify(&URL_SAFE_NO_PAD.encode(flipped)).is_err(),
            "bit {bit}"
        );
    }
    for at in 0..minted.len() {
        let mut other = minted.clone().into_bytes();
        other[at] = if other[at] == b'A' { b'B' } else { b'A' };
        assert!(
            ring.verify(std::str::from_utf8(&other).unwrap()).is_err(),
            "character {at}"
        );
    }
}

#[test]
fn err_keys_of_no_live_signing_key() {
    let minted = mint(r#"{"account-id":"938456"}"#);
    let other = SigningKey::new(1, b"another secret of 32 bytes or more").unwrap();
    for ring in [vec![], vec![signing(2)], vec![other]] {
        assert_eq!(
            KeyRing::new(ring).verify(&minted),
            Err(InvalidPolicyKey::Forged)
        );
    }
    assert!(
        KeyRing::new(vec![signing(2), signing(1)])
            .verify(&minted)
            .is_ok(),
        "rotation"
    );
}

#[test]
fn err_texts_that_are_no_keys() {
    let ring = KeyRing::new(vec![signing(1)]);
    for text in [
        "",
        "A",
        "AQ",
        "not base64!",
        "BCpkADawqM",
        &"A".repeat(10_000),
        &"A".repeat(100_000),
        "AQE=",
        "ÄÖ",
    ] {
        assert_eq!(
            ring.verify(text),
            Err(InvalidPolicyKey::Malformed),
            "{text}"
        );
    }
}

#[test]
fn err_data_without_meaning_is_not_minted() {
    for json in [
        r#"{"account-id":""}"#,
        r#"{"account-id":"a b"}"#,
        r#"{"account-id":"1","apis":["everything"]}"#,
        r#"{"account-id":"1","key-id":"a key of far more than thirty-two characters"}"#,
        r#"{"account-id":"1","key-id":"a b"}"#,
        r#"{"account-id":"1","geo":{"countries":[]}}"#,
        r#"{"account-id":"1","geo":{"countries":["uk"],"exclude_countries":true}}"#,
        r#"{"account-id":"1","geo":{"countries":["us-ny"]}}"#,
        r#"{"account-id":"1","geo":{"countries":["metro:501"]}}"#,
        r#"{"account-id":"1","geo":{"countries":["circle:1,1,1"]}}"#,
        r#"{"account-id":"1","allowed-domains":["example.com"]}"#,
        r#"{"account-id":"1","allowed-domains":["https://*.example.com"]}"#,
        r#"{"account-id":"1","rules":"unknown=1"}"#,
        r#"{"account-id":"1","rules":"revoked-keys=(\"w1\")"}"#,
    ] {
        let minted = PolicyKey::mint(&data(json), &signing(1));
        assert!(
            matches!(minted, Err(InvalidPolicyKey::Content { .. })),
            "{json}"
        );
    }
    assert!(
        serde_json::from_str::<PolicyKeyData>(r#"{"account-id":"1","allowed-ips":[]}"#).is_err()
    );
}

#[test]
fn whatever_is_minted_is_short_enough_to_be_verified() {
    let ring = KeyRing::new(vec![signing(1)]);
    let spaced = |spaces: usize, key_id: Option<String>| PolicyKeyData {
        account_id: "1".to_owned(),
        key_id,
        rules: Some(format!("until=@1{}", " ".repeat(spaces))),
        ..PolicyKeyData::default()
    };
    let mint = |data: &PolicyKeyData| PolicyKey::mint(data, &signing(1));
    let most = (0..4096).rfind(|spaces| mint(&spaced(*spaces, None)).is_ok());
    let most = most.expect("short ones are minted");
    for key_id in [None, Some("1".to_owned()), Some("1".repeat(32))] {
        let data = spaced(most, key_id.clone());
        let opened = ring.verify(&mint(&data).expect("minted with any id"));
        assert_eq!(opened, PolicyKey::try_from(&data), "{key_id:?}");
        let refused = mint(&spaced(most + 1, key_id));
        assert!(matches!(refused, Err(InvalidPolicyKey::Content { .. })));
    }
}

#[test]
fn the_military_abroad_is_among_a_keys_countries() {
    let geo = |json: &str| PolicyKey::try_from(&data(json)).map(|key| key.rules[0].clone());
    let only = geo(r#"{"account-id":"1","geo":{"countries":["us","usmil"]}}"#).unwrap();
    assert!(
        only.to_string()
            .starts_with(r#"geo-allow=("US" "usmil"), proxy-deny"#)
    );
    let but = geo(r#"{"account-id":"1","geo":{"countries":["USMIL"],"exclude_countries":true}}"#);
    assert!(
        but.unwrap()
            .to_string()
            .starts_with(r#"geo-deny=("usmil"), proxy-deny"#)
    );
}

#[test]
fn err_a_short_secret_signs_nothing() {
    assert!(SigningKey::new(1, &[7; 31]).is_err());
    assert!(SigningKey::new(1, &[7; 32]).is_ok());
}

#[test]
fn secrets_are_not_printed() {
    assert_eq!(format!("{:?}", signing(1)), "SigningKey(1, redacted)");
}

#[test]
fn a_key_as_long_as_it_may_be_is_minted_and_no_longer_one() {
    // Spaces between two members mean nothing, and count.
    let of_bytes = |len: usize| {
        let key = |spaces: usize| {
            let gap = " ".repeat(spaces);
            data(&format!(
                r#"{{"account-id":"1","rules":"from=@1,{gap}until=@1798761600"}}"#
            ))
        };
        let size = |key: &PolicyKeyData| serde_json::to_vec(key).unwrap().len();
        key(len - size(&key(0)))
    };
    let ring = KeyRing::new(vec![signing(1)]);
    let longest = PolicyKey::mint(&of_bytes(3_000), &signing(1)).unwrap();
    assert!(ring.verify(&longest).is_ok());
    assert!(PolicyKey::mint(&of_bytes(3_001), &signing(1)).is_err());
}

#[test]
fn no_more_of_a_text_is_looked_at_than_a_key_can_have() {
    let ring = KeyRing::new(vec![signing(1)]);
    // As forged ones are: of our form, signed by nobody.
    let start = mint(r#"{"account-id":"1"}"#)[..4].to_owned();
    for (len, want) in [
        (4_096, InvalidPolicyKey::Forged),
        (4_100, InvalidPolicyKey::Malformed),
    ] {
        let text = format!("{start}{}", "A".repeat(len - 4));
        assert_eq!(ring.open(&text), Err(want), "{len}");
    }
}
