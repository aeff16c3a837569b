//! A public key that viewer tokens are verified with.

use base64::{Engine, engine::general_purpose::STANDARD};
use playback_policy::{AccountId, AccountKey, AccountKeys, Hex, InvalidAccountKeys};
use serde::Deserialize;
use serde_json::Value;

use super::{check::InvalidField, time::IsoTime};

/// A registered key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TokenKey {
    pub(crate) account: AccountId,
    pub(crate) key: AccountKey,
    pub(crate) created_at: IsoTime,
}

/// What an editor registers.
///
/// # Source
///
/// Brightcove's Authentication API, keys: a `value`, the base64 of the DER. `id` is this project's
/// own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct Document {
    id: Option<String>,
    value: String,
}

/// How many characters of a digest follow the letter of an id that nobody gave.
const DIGITS: usize = 8;

impl TokenKey {
    /// The key an editor registers.
    ///
    /// # Errors
    ///
    /// When `id` is no name of a key, or `value` no public key of a kind that is taken.
    pub(crate) fn from_json(
        account: AccountId,
        document: &Value,
        now: IsoTime,
    ) -> Result<Self, InvalidField> {
        if !document.is_object() {
            return Err(InvalidField::new("body", "expected an object"));
        }
        let read: Document = serde_path_to_error::deserialize(document).map_err(|error| {
            let path = match error.path().to_string() {
                path if path == "." => "body".to_owned(),
                path => path,
            };
            InvalidField::new(path, error.into_inner().to_string())
        })?;
        let der = der(&read.value)?;
        let id = match read.id {
            Some(id) => id,
            None => generated_id(&der),
        };
        if !Self::is_id(&id) {
            let reason = "expected 1 to 32 of the characters `a-z 0-9 _ -`, a letter first";
            return Err(InvalidField::new("id", reason));
        }
        let key = AccountKey::new(&id, &der).map_err(|error| in_place(&error))?;
        let keys = AccountKeys::new(vec![key.clone()]).map_err(|error| in_place(&error))?;
        keys.check().map_err(|error| in_place(&error))?;
        Ok(Self {
            account,
            key,
            created_at: now,
        })
    }

    /// Whether a text can be the id of a key: the edge reads it as a dictionary's key.
    pub(crate) fn is_id(text: &str) -> bool {
        let is_inside = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
        };
        (1..=32).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(is_inside)
    }

    /// The key as its owner sent it: base64 of the DER.
    pub(crate) fn value(&self) -> String {
        STANDARD.encode(self.key.der())
    }

    /// What it signs with, in Brightcove's words.
    pub(crate) fn algorithm(&self) -> &'static str {
        let start = self.key.der().get(..HEAD).unwrap_or(self.key.der());
        let names = |oid: &[u8]| start.windows(oid.len()).any(|part| part == oid);
        match (names(RSA), names(ED25519)) {
            (true, _) => "rsa",
            (false, true) => "ed25519",
            (false, false) => "ec",
        }
    }
}

/// The DER of a key's text, in which line breaks do not count.
pub(crate) fn der(text: &str) -> Result<Vec<u8>, InvalidField> {
    let text: String = text.split_ascii_whitespace().collect();
    STANDARD
        .decode(text)
        .map_err(|_| InvalidField::new("value", "expected the base64 of a public key's DER (SPKI)"))
}

/// How far a public key's DER tells its algorithm, and the object identifiers that do.
const HEAD: usize = 24;
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];

/// The same key always gets the same id. A letter is first, as a dictionary's keys have it.
fn generated_id(der: &[u8]) -> String {
    let digest = Hex::sha256(&[der]).to_string();
    format!("k{}", digest.get(..DIGITS).unwrap_or(&digest))
}

fn in_place(error: &InvalidAccountKeys) -> InvalidField {
    let reason = match error {
        InvalidAccountKeys::Key { expected, .. } => format!("expected {expected}"),
        InvalidAccountKeys::Dictionary(_) | InvalidAccountKeys::TooMany => error.to_string(),
    };
    InvalidField::new("value", reason)
}
