//! A policy key that is on record.

use playback_policy::{AccountId, Hex, KeyId, PolicyKeyData};

use super::{check::InvalidField, time::IsoTime};

/// A policy key that was minted here, or revoked here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MintedKey {
    pub(crate) account: AccountId,
    pub(crate) id: KeyId,
    /// What the key says.
    pub(crate) data: PolicyKeyData,
    pub(crate) created_at: IsoTime,
    /// Since when it opens nothing any more.
    pub(crate) revoked_at: Option<IsoTime>,
}

/// How many characters of a digest make an id: the whole key stays within 128 bytes of `Accept`.
const ID_LENGTH: usize = 8;

impl MintedKey {
    /// The id of a key that was given none. The same data and attempt always give the same, so that
    /// the same data go on making the same key.
    ///
    /// # Errors
    ///
    /// When the data have no form in JSON, which none have.
    pub(crate) fn id_of(data: &PolicyKeyData, attempt: u32) -> Result<KeyId, InvalidField> {
        let invalid = |reason: String| InvalidField::new("key-data", reason);
        let json = serde_json::to_vec(data).map_err(|error| invalid(error.to_string()))?;
        let digest = Hex::sha256(&[&json, &attempt.to_be_bytes()]).to_string();
        let short = digest.get(..ID_LENGTH).unwrap_or(&digest);
        short.parse().map_err(|error| invalid(format!("{error}")))
    }
}
