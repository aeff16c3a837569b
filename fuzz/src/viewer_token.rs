//! Viewer tokens: a text as it might be sent, or a header in the first line and claims in the rest,
//! signed here.

mod admission;
mod keys;

use std::sync::LazyLock;

use playback_policy::{AccountKeys, VerifiedToken, ViewerToken};

use crate::input::{first_line, with_a_flipped_bit};
use keys::{Signer, encode, rsa_token};

pub(crate) use keys::NOW;

/// The registered keys: an RSA key whose secret nobody has, a P-256 and an Ed25519 key that sign here.
pub fn registered() -> &'static AccountKeys {
    static KEYS: LazyLock<AccountKeys> = LazyLock::new(keys::registered);
    &KEYS
}

/// A good token of each of them.
pub fn signed_tokens() -> [String; 3] {
    let rsa = rsa_token();
    let claims = rsa.split('.').nth(1).unwrap_or_default();
    let content = |algorithm| format!("{}.{claims}", encode(format!(r#"{{"alg":"{algorithm}"}}"#)));
    let ec = Signer::P256.sign(&content("ES256"));
    let ed = Signer::Ed25519.sign(&content("EdDSA"));
    [rsa, ec, ed]
}

/// No token is good that was not signed; one that was is remembered as what it says, admits only what it
/// names, and with one bit changed is not good.
pub fn viewer_token(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if verify(text).is_some() {
        assert!(is_signed(text), "{text}");
    }
    let _recalled = VerifiedToken::recall(data, registered());
    let (header, claims) = first_line(text);
    let content = format!("{}.{}", encode(header), encode(claims));
    // Arithmetic is dear: only where a header is one.
    if ViewerToken::parse(&format!("{content}.AA")).is_err() {
        return;
    }
    for signer in Signer::ALL
        .into_iter()
        .filter(|signer| header.contains(signer.algorithm()))
    {
        let token = signer.sign(&content);
        let Some(verified) = verify(&token) else {
            continue;
        };
        use_verified(&token, &verified);
        if let Some(flipped) = with_a_flipped_bit(&token) {
            assert_eq!(verify(&flipped), None, "{flipped}");
        }
    }
}

fn verify(token: &str) -> Option<VerifiedToken> {
    let token = ViewerToken::parse(token).ok()?;
    token
        .verify(registered(), NOW, ViewerToken::CLOCK_SKEW)
        .ok()
}

/// Whether it is the one token whose signature was made elsewhere, or signed again here comes out as
/// it is.
fn is_signed(token: &str) -> bool {
    let content = token.rsplit_once('.').map_or("", |(content, _)| content);
    let mut signers = Signer::ALL.into_iter();
    token == rsa_token() || signers.any(|signer| signer.sign(content) == token)
}

fn use_verified(token: &str, verified: &VerifiedToken) {
    let recalled = VerifiedToken::recall(&verified.to_bytes(), registered());
    assert_eq!(recalled.as_ref(), Some(verified), "{token}");
    let removed = VerifiedToken::recall(&verified.to_bytes(), &AccountKeys::default());
    assert_eq!(removed, None, "its key is registered no longer");
    let parsed = ViewerToken::parse(token).expect("it was parsed before");
    let key = verified.cache_key(&parsed);
    assert!(
        parsed.cache_keys(registered()).any(|other| other == key),
        "{token}"
    );
    admission::check(verified.claims());
}
