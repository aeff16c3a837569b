//! The header of an account's public keys.

use std::sync::LazyLock;

use playback_policy::{AccountKeys, ViewerToken};

use crate::viewer_token::{NOW, registered, signed_tokens};

static TOKENS: LazyLock<[String; 3]> = LazyLock::new(signed_tokens);

/// Keys print and read back as themselves, and find a token good only if the key that signed it is among
/// them.
pub fn account_keys(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(keys) = text.parse::<AccountKeys>() else {
        return;
    };
    let written = keys.to_string();
    assert!(written.is_ascii() && keys.iter().count() <= 3, "{written}");
    assert_eq!(written.parse().as_ref(), Ok(&keys), "{written}");
    let _checked = keys.check();
    for (signer, token) in registered().iter().zip(&*TOKENS) {
        let token = ViewerToken::parse(token).expect("a token");
        let is_good = token.verify(&keys, NOW, 0).is_ok();
        let has_signer = keys.iter().any(|key| key.der() == signer.der());
        assert_eq!(is_good, has_signer, "{written}: {}", signer.id());
    }
}
