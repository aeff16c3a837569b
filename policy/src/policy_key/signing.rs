//! Signing keys: minting and verifying the tag of a policy key.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

use super::{InvalidPolicyKey, PolicyKey, PolicyKeyData};

/// A secret that signs policy keys, with the number keys name it by.
#[derive(Clone)]
pub struct SigningKey {
    number: u8,
    mac: Hmac<Sha256>,
}

/// The signing keys that are live. Two while one replaces the other.
#[derive(Clone, Debug, Default)]
pub struct KeyRing(Vec<SigningKey>);

/// The secret is too short to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a signing key needs a secret of at least 32 bytes")]
pub struct InvalidSigningKey(());

const FORMAT: u8 = 1;
const TAG: usize = 16;
/// Keeps a tag made for anything else with the same secret from being a policy key's.
const CONTEXT: &[u8] = b"playback-edge policy key\0";
/// Longer texts are no keys; nothing is decoded or hashed for them.
const MAX_TEXT: usize = 4096;

impl SigningKey {
    /// A signing key of a number from 0 to 255.
    ///
    /// # Errors
    ///
    /// When the secret has less than 32 bytes.
    pub fn new(number: u8, secret: &[u8]) -> Result<Self, InvalidSigningKey> {
        if secret.len() < 32 {
            return Err(InvalidSigningKey(()));
        }
        let mac = Hmac::new_from_slice(secret).map_err(|_| InvalidSigningKey(()))?;
        Ok(Self { number, mac })
    }

    pub(super) fn seal(&self, json: &[u8]) -> String {
        let tag = self.mac_of(json).finalize().into_bytes();
        let mut bytes = vec![FORMAT, self.number];
        bytes.extend(tag.iter().take(TAG));
        bytes.extend_from_slice(json);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn mac_of(&self, json: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(CONTEXT);
        mac.update(&[FORMAT, self.number]);
        mac.update(json);
        mac
    }
}

impl KeyRing {
    /// A ring of live signing keys.
    #[must_use]
    pub fn new(keys: Vec<SigningKey>) -> Self {
        Self(keys)
    }

    /// Verifies a policy key and reads what it says.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicyKey`]; nothing the key says is believed, or looked at, before its tag is
    /// found good.
    pub fn verify(&self, text: &str) -> Result<PolicyKey, InvalidPolicyKey> {
        PolicyKey::read(&self.open(text)?)
    }

    /// Verifies a policy key and gives its data as it was minted.
    ///
    /// # Errors
    ///
    /// As [`KeyRing::verify`].
    pub fn open(&self, text: &str) -> Result<PolicyKeyData, InvalidPolicyKey> {
        if text.len() > MAX_TEXT {
            return Err(InvalidPolicyKey::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| InvalidPolicyKey::Malformed)?;
        let Some((&[FORMAT, number], rest)) = bytes.split_at_checked(2).and_then(as_pair) else {
            return Err(InvalidPolicyKey::Malformed);
        };
        let (tag, json) = rest
            .split_at_checked(TAG)
            .ok_or(InvalidPolicyKey::Malformed)?;
        let signing = self.0.iter().find(|key| key.number == number);
        signing
            .ok_or(InvalidPolicyKey::Forged)?
            .mac_of(json)
            .verify_truncated_left(tag)
            .map_err(|_| InvalidPolicyKey::Forged)?;
        serde_json::from_slice(json).map_err(|_| InvalidPolicyKey::Malformed)
    }
}

fn as_pair<'a>((head, rest): (&'a [u8], &'a [u8])) -> Option<(&'a [u8; 2], &'a [u8])> {
    Some((head.try_into().ok()?, rest))
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, redacted)", self.number)
    }
}
