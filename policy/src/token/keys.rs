//! The public keys an account registered: the header `Playback-Account-Keys`.

use std::{fmt, str::FromStr};

use sfv::{BareItem, DictSerializer, KeyRef, ListEntry};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::signature::{self, Algorithm};
use crate::wire::{Strict, StrictError};

/// The public keys an account registered, at most three: the header `Playback-Account-Keys`, an RFC
/// 9651 dictionary of byte sequences such as `k1=:MIIBIjAN…:, k2=:MFkwEwYH…:`.
///
/// Each is the DER of a public key (SPKI): RSA of 2048 to 4096 bits, P-256 or Ed25519, in at most
/// 1024 bytes, by an id of 1 to 32 of `[a-z0-9_-]` that begins with a letter, as a dictionary's keys
/// do.
///
/// # Source
///
/// RFC 9651 §3.2. Playback API contract, tokens: at most three keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountKeys(Vec<AccountKey>);

/// A registered public key.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountKey {
    id: String,
    algorithm: Algorithm,
    der: Vec<u8>,
}

/// These are no keys to verify tokens with. The message names the key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidAccountKeys {
    /// Not a dictionary, or a key's id twice.
    #[error(transparent)]
    Dictionary(#[from] StrictError),
    /// More than three.
    #[error("expected at most 3 keys")]
    TooMany,
    /// A key that cannot be one.
    #[error("key `{id}` must be {expected}")]
    Key {
        /// The key's id.
        id: String,
        /// What it must be.
        expected: &'static str,
    },
}

const MOST: usize = 3;
const MAX_DER: usize = 1024;
const MAX_ID: usize = 32;

const AN_ID: &str = "named by 1 to 32 of `a-z 0-9 _ -`, a letter first";
const BYTES: &str = "a byte sequence of at most 1024 bytes, without parameters";

// === impl AccountKey ===

impl AccountKey {
    /// A key of an id. All that can be told without arithmetic is checked; [`AccountKeys::check`]
    /// does the rest.
    ///
    /// # Errors
    ///
    /// [`InvalidAccountKeys::Key`].
    pub fn new(id: &str, der: &[u8]) -> Result<Self, InvalidAccountKeys> {
        let wrong = |expected| wrong(id, expected);
        if !is_id(id) {
            return Err(wrong(AN_ID));
        }
        if der.len() > MAX_DER {
            return Err(wrong(BYTES));
        }
        Ok(Self {
            id: id.to_owned(),
            algorithm: Algorithm::of_key(der).map_err(wrong)?,
            der: der.to_vec(),
        })
    }

    /// The id tokens may name it by, in `kid`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The DER of the public key (SPKI).
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// What makes it the same key, whatever its id.
    pub(super) fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.der).into()
    }
}

fn is_id(text: &str) -> bool {
    let is_inside = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
    };
    text.len() <= MAX_ID
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(is_inside)
}

fn wrong(id: &str, expected: &'static str) -> InvalidAccountKeys {
    InvalidAccountKeys::Key {
        id: id.to_owned(),
        expected,
    }
}

// === impl AccountKeys ===

impl AccountKeys {
    /// The keys of an account.
    ///
    /// # Errors
    ///
    /// When there are more than three, or two of an id.
    pub fn new(keys: Vec<AccountKey>) -> Result<Self, InvalidAccountKeys> {
        if keys.len() > MOST {
            return Err(InvalidAccountKeys::TooMany);
        }
        for (at, key) in keys.iter().enumerate() {
            if keys.iter().take(at).any(|before| before.id == key.id) {
                return Err(StrictError::DuplicateMember(key.id.clone()).into());
            }
        }
        Ok(Self(keys))
    }

    /// Whether every key can verify: a point may lie beside its curve. Once, where keys are
    /// registered or stored; a key that cannot verify verifies nothing.
    ///
    /// # Errors
    ///
    /// [`InvalidAccountKeys::Key`].
    pub fn check(&self) -> Result<(), InvalidAccountKeys> {
        self.iter()
            .try_for_each(|key| signature::check(&key.der).map_err(|what| wrong(&key.id, what)))
    }

    /// All keys, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = &AccountKey> {
        self.0.iter()
    }

    /// Whether there is none: then no token is good.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn named(&self, id: &str) -> Option<&AccountKey> {
        self.iter().find(|key| key.id == id)
    }
}

impl FromStr for AccountKeys {
    type Err = InvalidAccountKeys;

    fn from_str(text: &str) -> Result<Self, InvalidAccountKeys> {
        let dictionary = Strict::parse(text)?.members;
        let keys = dictionary
            .iter()
            .map(|(id, value)| {
                let der = bytes(value).ok_or_else(|| wrong(id.as_str(), BYTES))?;
                AccountKey::new(id.as_str(), der)
            })
            .collect::<Result<_, _>>()?;
        Self::new(keys)
    }
}

fn bytes(value: &ListEntry) -> Option<&[u8]> {
    match value {
        ListEntry::Item(item) if item.params.is_empty() => match &item.bare_item {
            BareItem::ByteSequence(bytes) => Some(bytes),
            _ => None,
        },
        ListEntry::Item(_) | ListEntry::InnerList(_) => None,
    }
}

impl fmt::Display for AccountKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut dictionary = DictSerializer::new();
        for key in self.iter() {
            let id = KeyRef::from_str(&key.id).map_err(|_| fmt::Error)?;
            dictionary.bare_item(id, key.der.as_slice());
        }
        f.write_str(&dictionary.finish().unwrap_or_default())
    }
}

impl fmt::Debug for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountKey({}, {:?})", self.id, self.algorithm)
    }
}

#[cfg(test)]
mod tests;
