//! Tokens that are remembered.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn cache_keys(token: &str, keys: &AccountKeys) -> Vec<Vec<u8>> {
    let token = ViewerToken::parse(token).unwrap();
    token.cache_keys(keys).collect()
}

#[test]
fn what_is_remembered_is_what_was_verified() {
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        let verified = verify(&made_by_openssl(algorithm), &openssl_keys()).unwrap();
        let recalled = VerifiedToken::recall(&verified.to_bytes(), &openssl_keys());
        assert_eq!(recalled, Some(verified), "{algorithm}");
    }
}

#[test]
fn a_token_is_remembered_under_itself_and_the_key_that_made_it() {
    let all = keys([ed_key("a", 1), ec_key("b", 1), ed_key("c", 2)]);
    let text = signed(2, ED_HEADER, CLAIMS);
    let token = ViewerToken::parse(&text).unwrap();
    let own = token.verify(&all, NOW, SKEW).unwrap().cache_key(&token);
    assert!(own.starts_with(b"t1") && own.len() == 34);
    let all = cache_keys(&text, &all);
    assert_eq!(all.len(), 2, "one for each key of the algorithm");
    assert_eq!(all[1], own);
    // Whatever ids the keys have, and whatever other keys there are.
    let renamed = keys([ed_key("z", 2)]);
    assert!(cache_keys(&text, &renamed).contains(&own));
    // Another token, or the same of another header, is another.
    let other = CLAIMS.replace("132413", "132414");
    for text in [
        signed(2, ED_HEADER, &other),
        signed(2, r#"{"alg": "EdDSA"}"#, CLAIMS),
    ] {
        assert!(!cache_keys(&text, &renamed).contains(&own));
    }
}

#[test]
fn a_named_key_is_the_only_one_that_remembers() {
    let all = keys([ed_key("a", 1), ed_key("c", 2)]);
    for (kid, count) in [("a", 1), ("c", 1), ("unknown", 2)] {
        let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#);
        let found = cache_keys(&signed(1, &header, CLAIMS), &all);
        assert_eq!(found.len(), count, "{kid}");
    }
}

#[test]
fn what_a_removed_key_signed_is_forgotten() {
    let verified = verify(&signed(1, ED_HEADER, CLAIMS), &keys([ed_key("a", 1)])).unwrap();
    let remembered = verified.to_bytes();
    for (keys, is_kept) in [
        (keys([ed_key("a", 1)]), true),
        (keys([ed_key("a", 2), ed_key("b", 1)]), true),
        (keys([ed_key("a", 2)]), false),
        (keys([ec_key("a", 1)]), false),
        (AccountKeys::default(), false),
    ] {
        let recalled = VerifiedToken::recall(&remembered, &keys);
        assert_eq!(recalled.is_some(), is_kept, "{keys:?}");
    }
}

#[test]
fn what_cannot_be_read_is_not_remembered() {
    let keys = keys([ed_key("a", 1)]);
    let verified = verify(&signed(1, ED_HEADER, CLAIMS), &keys).unwrap();
    let remembered = verified.to_bytes();
    for end in 0..remembered.len() {
        let cut = &remembered[..end];
        assert_eq!(VerifiedToken::recall(cut, &keys), None, "{end}");
    }
    for at in 0..33 {
        let mut altered = remembered.clone();
        altered[at] ^= 1;
        assert_eq!(VerifiedToken::recall(&altered, &keys), None, "{at}");
    }
}
