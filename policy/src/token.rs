//! Viewer tokens: what a customer's own backend signs, to say who may play what until when.
//!
//! A token is a JSON Web Token. The account registers up to three public keys; they travel with
//! every answer, so the edge verifies a token without asking anybody. It is three texts in base64url
//! without padding:
//!
//! ```text
//! token = header "." claims "." signature
//! ```
//!
//! The header names the algorithm, but does not choose it: a key has one algorithm, and a token that
//! names another is refused. Nothing the claims say is read before the signature is found good.

mod bearer;
mod claims;
mod keys;
mod memory;
mod signature;

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use thiserror::Error;

pub use bearer::{BearerToken, InvalidBearer};
pub use claims::{Claims, TokenFacts, TokenRefusal, TokenUse, TokenVideo};
pub use keys::{AccountKey, AccountKeys, InvalidAccountKeys};
pub use memory::VerifiedToken;

use crate::strict_json::strict_json;
use signature::Algorithm;

/// A token as it was sent: its form and its header are good, and nothing else is known.
///
/// # Source
///
/// RFC 7519 (the token), RFC 7515 §3.1 and §4 (its form and its header), RFC 8725 §3 (what to
/// refuse), RFC 8037 §3.1 (Ed25519). Playback API contract, tokens.
pub struct ViewerToken<'a> {
    text: &'a str,
    /// What the signature is over: header and claims as they were sent.
    signed: &'a str,
    claims: Vec<u8>,
    signature: Vec<u8>,
    algorithm: Algorithm,
    key_id: Option<String>,
}

/// The text is not a token, no registered key made it, or it says something without meaning.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidToken {
    /// Not the form of a token.
    #[error("not the form of a token")]
    Malformed,
    /// Its header names no algorithm, or one that is not taken.
    #[error("expected one of the algorithms `RS256`, `ES256` and `EdDSA`")]
    Algorithm,
    /// Its header demands what this version does not know.
    #[error("the header demands an extension")]
    Critical,
    /// No registered key of its algorithm made it.
    #[error("not signed by a registered key")]
    Forged,
    /// It was signed, but says something without meaning.
    #[error("claim `{claim}` must be {expected}")]
    Claim {
        /// The claim.
        claim: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// It is not its time.
    #[error(transparent)]
    Untimely(#[from] TokenRefusal),
}

/// Longer texts are no tokens; nothing is decoded or hashed for them.
const MAX_TEXT: usize = 8 * 1024;
const MAX_HEADER: usize = 1024;

impl<'a> ViewerToken<'a> {
    /// By how many seconds a customer's clock may differ from ours.
    pub const CLOCK_SKEW: u32 = 60;

    /// Whether a text has the three parts of a token. No policy key has.
    #[must_use]
    pub fn is_form(text: &str) -> bool {
        text.bytes().filter(|byte| *byte == b'.').count() == 2
    }

    /// Reads a token as far as it can be read before its signature is known to be good.
    ///
    /// # Errors
    ///
    /// [`InvalidToken::Malformed`], [`InvalidToken::Algorithm`] or [`InvalidToken::Critical`].
    pub fn parse(text: &'a str) -> Result<Self, InvalidToken> {
        use InvalidToken::Malformed;
        if text.len() > MAX_TEXT || !Self::is_form(text) {
            return Err(Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(Malformed)?;
        let decode = |part| URL_SAFE_NO_PAD.decode(part).map_err(|_| Malformed);
        let header = decode(header)?;
        if header.len() > MAX_HEADER {
            return Err(Malformed);
        }
        let header = object(&header).ok_or(Malformed)?;
        // What else a header may hold (`jwk`, `jku`, `x5c`, `x5u`) would let a token bring its own
        // key: none of it is looked at. Nor is `typ`, which the contract's samples misspell.
        let algorithm = header.get("alg").and_then(Value::as_str);
        let algorithm = algorithm
            .and_then(Algorithm::of_name)
            .ok_or(InvalidToken::Algorithm)?;
        if header.contains_key("crit") {
            return Err(InvalidToken::Critical);
        }
        let key_id = match header.get("kid") {
            None => None,
            Some(Value::String(id)) => Some(id.clone()),
            Some(_) => return Err(Malformed),
        };
        Ok(Self {
            text,
            signed,
            claims: decode(claims)?,
            signature: decode(signature)?,
            algorithm,
            key_id,
        })
    }

    /// The registered keys that may have made it: the one its header names, if that is registered,
    /// otherwise all. Only those of its algorithm.
    fn candidates<'k>(&self, keys: &'k AccountKeys) -> impl Iterator<Item = &'k AccountKey> {
        let named = self.key_id.as_deref().and_then(|id| keys.named(id));
        let is_candidate = move |key: &&AccountKey| match named {
            Some(named) => named == *key,
            None => true,
        };
        let algorithm = self.algorithm;
        keys.iter()
            .filter(is_candidate)
            .filter(move |key| key.algorithm() == algorithm)
    }

    /// Verifies the signature, and only then reads the claims. `now` is in seconds since 1970 UTC;
    /// clocks may differ by `skew` seconds.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`].
    pub fn verify(
        &self,
        keys: &AccountKeys,
        now: i64,
        skew: u32,
    ) -> Result<VerifiedToken, InvalidToken> {
        let message = self.signed.as_bytes();
        let mut candidates = self.candidates(keys);
        let key = candidates.find(|key| signature::is_made_by(key, message, &self.signature));
        let key = key.ok_or(InvalidToken::Forged)?;
        let verified = VerifiedToken::new(key.digest(), self.claims.clone())?;
        verified.claims().check_time(now, skew)?;
        Ok(verified)
    }
}

impl fmt::Debug for ViewerToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ViewerToken(redacted)")
    }
}

/// How deeply the parts of a token may nest.
const MAX_LEVELS: usize = 8;

/// Reads a part of a token, which is an object.
fn object(json: &[u8]) -> Option<Map<String, Value>> {
    match strict_json(json, MAX_LEVELS) {
        Ok(Value::Object(members)) => Some(members),
        Ok(_) | Err(_) => None,
    }
}

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;
