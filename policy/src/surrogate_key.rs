//! Surrogate keys: the labels purges go by.

use std::{collections::BTreeSet, fmt, str::FromStr};

use thiserror::Error;

use crate::{
    hex::Hex,
    id::{AccountId, PlaylistId, ReferenceId, VideoId},
};

/// A purge label: 1 to 1,024 bytes of printable ASCII without space.
///
/// Fastly ignores a label that breaks these limits without a word, and what it labelled could then
/// never be purged. So one that breaks them is not a `SurrogateKey`.
///
/// # Source
///
/// Fastly's reference of the `Surrogate-Key` header.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SurrogateKey(String);

/// The labels of one cached answer: at least one, at most 16,384 bytes when joined by spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurrogateKeySet(BTreeSet<SurrogateKey>);

/// The text is not a surrogate key, or not a set of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct InvalidSurrogateKey(&'static str);

const MAX_KEY: usize = 1024;
const MAX_SET: usize = 16 * 1024;

// === impl SurrogateKey ===

impl SurrogateKey {
    /// The label of every answer about a video: `video-id-132413`.
    #[must_use]
    pub fn video(video: &VideoId) -> Self {
        Self(format!("video-id-{video}"))
    }

    /// The label of every answer of an account: `account-id-938456`.
    #[must_use]
    pub fn account(account: &AccountId) -> Self {
        Self(format!("account-id-{account}"))
    }

    /// The label of every answer about a playlist: `playlist-id-1754219`.
    #[must_use]
    pub fn playlist(playlist: &PlaylistId) -> Self {
        Self(format!("playlist-id-{playlist}"))
    }

    /// The label of every answer whose members follow from a search: searches, related videos and
    /// smart playlists of an account, `search-account-id-938456`.
    #[must_use]
    pub fn search(account: &AccountId) -> Self {
        Self(format!("search-account-id-{account}"))
    }

    /// The label of what is remembered of tokens that an account's keys verified:
    /// `account-keys-938456`.
    #[must_use]
    pub fn account_keys(account: &AccountId) -> Self {
        Self(format!("account-keys-{account}"))
    }

    /// The label of every answer found by a video's reference id: `ref-id-` and 32 hexadecimal
    /// digits.
    ///
    /// A reference may hold any character, so its SHA-256 (the first 128 bits, taken together with
    /// the account's id) stands for it.
    #[must_use]
    pub fn reference(account: &AccountId, reference: &ReferenceId) -> Self {
        Self(format!("ref-id-{}", digest(account, reference)))
    }

    /// The label of every answer found by a playlist's reference id: `playlist-ref-id-` and 32
    /// hexadecimal digits.
    #[must_use]
    pub fn playlist_reference(account: &AccountId, reference: &ReferenceId) -> Self {
        Self(format!("playlist-ref-id-{}", digest(account, reference)))
    }

    /// The label that the shield POP's copy of an answer has where the answer has this one. It is
    /// purged first: a POP that was purged before the shield would fetch the old answer from there.
    ///
    /// A label near the longest has none, and what it is on is not kept at the shield.
    #[must_use]
    pub fn at_shield(&self) -> Option<Self> {
        format!("shield-{}", self.0).parse().ok()
    }

    /// The label's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn digest(account: &AccountId, reference: &ReferenceId) -> Hex {
    Hex::sha256(&[
        account.as_str().as_bytes(),
        &[0],
        reference.as_str().as_bytes(),
    ])
}

impl FromStr for SurrogateKey {
    type Err = InvalidSurrogateKey;

    fn from_str(text: &str) -> Result<Self, InvalidSurrogateKey> {
        let is_key =
            (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        match is_key {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidSurrogateKey(
                "a surrogate key is 1 to 1024 bytes of printable ASCII without space",
            )),
        }
    }
}

impl fmt::Display for SurrogateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// === impl SurrogateKeySet ===

impl SurrogateKeySet {
    /// A set of labels, in ascending order and each once.
    ///
    /// # Errors
    ///
    /// When there is none, or when they are too long together.
    pub fn new(keys: impl IntoIterator<Item = SurrogateKey>) -> Result<Self, InvalidSurrogateKey> {
        let keys: BTreeSet<_> = keys.into_iter().collect();
        let joined: usize = keys.iter().map(|key| key.0.len() + 1).sum();
        match joined.checked_sub(1) {
            None => Err(InvalidSurrogateKey(
                "an answer without a surrogate key cannot be purged",
            )),
            Some(len) if len > MAX_SET => Err(InvalidSurrogateKey(
                "surrogate keys are at most 16384 bytes together",
            )),
            Some(_) => Ok(Self(keys)),
        }
    }

    /// The set with more labels.
    ///
    /// # Errors
    ///
    /// When they are too long together.
    pub fn with(
        self,
        keys: impl IntoIterator<Item = SurrogateKey>,
    ) -> Result<Self, InvalidSurrogateKey> {
        Self::new(self.0.into_iter().chain(keys))
    }

    /// The labels, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = &SurrogateKey> {
        self.0.iter()
    }

    /// The labels of the shield POP's copy, where there can be one: see [`SurrogateKey::at_shield`].
    #[must_use]
    pub fn at_shield(&self) -> Option<Self> {
        let keys: Option<Vec<_>> = self.0.iter().map(SurrogateKey::at_shield).collect();
        Self::new(keys?).ok()
    }
}

impl FromStr for SurrogateKeySet {
    type Err = InvalidSurrogateKey;

    /// Reads the value of a `Surrogate-Key` header: labels between spaces.
    fn from_str(text: &str) -> Result<Self, InvalidSurrogateKey> {
        if text.len() > MAX_SET {
            return Err(InvalidSurrogateKey(
                "surrogate keys are at most 16384 bytes together",
            ));
        }
        let keys = text
            .split(' ')
            .filter(|key| !key.is_empty())
            .map(str::parse);
        Self::new(keys.collect::<Result<Vec<_>, _>>()?)
    }
}

impl fmt::Display for SurrogateKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, key) in self.0.iter().enumerate() {
            let gap = if at == 0 { "" } else { " " };
            write!(f, "{gap}{key}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn err_keys_that_fastly_would_silently_ignore() {
        for text in ["", "a b", "ä", "a\t", &"k".repeat(1025)] {
            assert!(text.parse::<SurrogateKey>().is_err(), "{text}");
        }
        assert!("k".repeat(1024).parse::<SurrogateKey>().is_ok());
    }

    #[test]
    fn a_set_holds_each_key_once() {
        let set: SurrogateKeySet = " b a  b ".parse().unwrap();
        assert_eq!(set.to_string(), "a b");
    }

    #[test]
    fn err_sets_without_keys_or_beyond_the_limit() {
        assert!("".parse::<SurrogateKeySet>().is_err());
        assert!("  ".parse::<SurrogateKeySet>().is_err());
        assert!("a \u{1}".parse::<SurrogateKeySet>().is_err());
        let many = |count: usize| {
            SurrogateKeySet::new((0..count).map(|at| format!("{at:01023}").parse().unwrap()))
        };
        assert!(many(16).is_ok(), "16 keys of 1023 bytes and 15 spaces");
        assert!(many(17).is_err());
    }

    #[test]
    fn references_of_two_accounts_have_different_keys() {
        let key = |account: &str, reference: &str| {
            let reference = reference.parse().unwrap();
            SurrogateKey::reference(&account.parse().unwrap(), &reference)
        };
        assert_eq!(key("1", "a b/ü"), key("1", "a b/ü"));
        assert_ne!(key("1", "2a"), key("12", "a"));
        assert!(key("1", "a b/ü").as_str().parse::<SurrogateKey>().is_ok());
    }

    #[test]
    fn a_reference_names_a_video_and_a_playlist_by_two_keys() {
        let (account, of) = ("1".parse().unwrap(), "a".parse().unwrap());
        let video = SurrogateKey::reference(&account, &of);
        let playlist = SurrogateKey::playlist_reference(&account, &of);
        assert_eq!(format!("playlist-{video}"), playlist.to_string());
        assert!(playlist.as_str().parse::<SurrogateKey>().is_ok());
    }

    #[test]
    fn keys_of_one_id_are_told_apart() {
        let keys = [
            SurrogateKey::account(&"1".parse().unwrap()),
            SurrogateKey::search(&"1".parse().unwrap()),
            SurrogateKey::video(&"1".parse().unwrap()),
            SurrogateKey::playlist(&"1".parse().unwrap()),
        ];
        let set = SurrogateKeySet::new(keys).unwrap();
        assert_eq!(
            set.to_string(),
            "account-id-1 playlist-id-1 search-account-id-1 video-id-1"
        );
    }
}
