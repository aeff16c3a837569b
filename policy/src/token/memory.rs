//! A token that was verified, and how it is remembered until it expires.
//!
//! ```text
//! under      = "t" format · SHA-256(SHA-256(key) · token)
//! remembered = format u8 · SHA-256(key) 32 bytes · the claims' JSON
//! ```
//!
//! The key is the DER of the public key that verified it. A token that is remembered under a key
//! counts only while that key is registered: whoever removes a key removes what it signed.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{AccountKey, AccountKeys, Claims, InvalidToken, ViewerToken};

/// A token that a registered key made.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedToken {
    key: [u8; 32],
    json: Vec<u8>,
    claims: Claims,
}

const FORMAT: u8 = b'1';

impl VerifiedToken {
    /// What a token whose signature was found good says.
    pub(super) fn new(key: [u8; 32], json: Vec<u8>) -> Result<Self, InvalidToken> {
        let claims = Claims::read(&json)?;
        Ok(Self { key, json, claims })
    }

    /// What it says.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// What it is remembered under. The text is that of the token it was verified from.
    #[must_use]
    pub fn cache_key(&self, token: &ViewerToken<'_>) -> Vec<u8> {
        cache_key(&self.key, token)
    }

    /// What is remembered of it, until the claims' `expires`; a token that never expires, for as
    /// long as anybody likes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        bytes.extend_from_slice(&self.key);
        bytes.extend_from_slice(&self.json);
        bytes
    }

    /// The token that is remembered, if the key that verified it is still registered. It may have
    /// expired since: [`Claims::admits`] tells.
    #[must_use]
    pub fn recall(remembered: &[u8], keys: &AccountKeys) -> Option<Self> {
        let (&format, rest) = remembered.split_first()?;
        let (key, json) = rest.split_first_chunk::<32>()?;
        let is_registered = || keys.iter().any(|registered| registered.digest() == *key);
        if format != FORMAT || !is_registered() {
            return None;
        }
        Self::new(*key, json.to_vec()).ok()
    }
}

impl ViewerToken<'_> {
    /// What the token may be remembered under: one for each registered key that may have made it.
    pub fn cache_keys(&self, keys: &AccountKeys) -> impl Iterator<Item = Vec<u8>> {
        self.candidates(keys)
            .map(AccountKey::digest)
            .map(|key| cache_key(&key, self))
    }
}

fn cache_key(key: &[u8; 32], token: &ViewerToken<'_>) -> Vec<u8> {
    let digest = Sha256::new().chain_update(key).chain_update(token.text);
    let mut bytes = vec![b't', FORMAT];
    bytes.extend_from_slice(&digest.finalize());
    bytes
}

impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifiedToken(redacted)")
    }
}
