//! Policy keys: a text as it might be sent, and key data as JSON.

use playback_policy::{KeyRing, PolicyKey, PolicyKeyData, SigningKey};

use crate::input::with_a_flipped_bit;

/// No text opens that was not minted; what is minted opens, and says what it was minted from. One bit
/// changed, it is no key.
pub fn policy_key(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(found) = ring().open(text) {
        let is_minted_by = |key: &SigningKey| PolicyKey::mint(&found, key).as_deref() == Ok(text);
        assert!(signing_keys().iter().any(is_minted_by), "{text}");
    }
    if let Ok(data) = serde_json::from_str(text) {
        mint(&data);
    }
}

fn mint(data: &PolicyKeyData) {
    let [signing, other] = signing_keys();
    let read = PolicyKey::try_from(data);
    let minted = PolicyKey::mint(data, &signing);
    assert_eq!(minted.is_ok(), read.is_ok(), "{data:?}");
    let Ok(minted) = minted else { return };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    assert!(minted.bytes().all(is_plain), "{minted}");
    assert_eq!(ring().open(&minted).as_ref(), Ok(data), "{minted}");
    assert_eq!(ring().verify(&minted), read, "{minted}");
    assert!(
        KeyRing::new(vec![other]).verify(&minted).is_err(),
        "{minted}"
    );
    if let Some(flipped) = with_a_flipped_bit(&minted) {
        assert!(ring().verify(&flipped).is_err(), "{minted} as {flipped}");
    }
}

fn ring() -> KeyRing {
    KeyRing::new(signing_keys().into())
}

/// Two live keys, as while one replaces the other.
fn signing_keys() -> [SigningKey; 2] {
    [1, 2].map(|number| SigningKey::new(number, &[number; 32]).expect("32 bytes"))
}
