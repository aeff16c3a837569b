//! The demo catalog as `serve` needs it: which keys to mint, and which video shows which restriction.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many videos of each kind are listed for programs.
const EXAMPLES: usize = 10;

#[derive(Debug, Deserialize)]
pub(super) struct Catalog {
    pub(super) accounts: Vec<Account>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) policy_keys: Vec<KeyToMint>,
    #[serde(default)]
    pub(super) videos: Vec<Video>,
    #[serde(default)]
    playlists: Vec<Playlist>,
}

#[derive(Debug, Deserialize)]
struct Playlist {
    id: String,
    name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct KeyToMint {
    pub(super) name: String,
    #[serde(rename = "key-data")]
    pub(super) data: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct Video {
    pub(super) id: String,
    /// The one kind of restriction it shows; none where it mixes several.
    pub(super) demo_kind: Option<String>,
    #[serde(default)]
    pub(super) geo: Option<Geo>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Geo {
    #[serde(default)]
    pub(super) countries: Vec<String>,
}

/// Where one video is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct VideoAt {
    pub(super) account: String,
    pub(super) id: String,
}

/// Where one playlist is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct PlaylistAt {
    pub(super) account: String,
    pub(super) id: String,
    pub(super) name: String,
}

// === impl Catalog ===

impl Catalog {
    /// Some videos of each kind of restriction.
    pub(super) fn by_kind(&self) -> BTreeMap<String, Vec<VideoAt>> {
        let mut kinds: BTreeMap<String, Vec<VideoAt>> = BTreeMap::new();
        for account in &self.accounts {
            for video in &account.videos {
                let Some(kind) = &video.demo_kind else {
                    continue;
                };
                let videos = kinds.entry(kind.clone()).or_default();
                if videos.len() < EXAMPLES {
                    videos.push(VideoAt {
                        account: account.id.clone(),
                        id: video.id.clone(),
                    });
                }
            }
        }
        kinds
    }
}

impl Catalog {
    pub(super) fn playlists(&self) -> Vec<PlaylistAt> {
        let of_account = |account: &Account| {
            let at = |playlist: &Playlist| PlaylistAt {
                account: account.id.clone(),
                id: playlist.id.clone(),
                name: playlist.name.clone(),
            };
            account.playlists.iter().map(at).collect::<Vec<_>>()
        };
        self.accounts.iter().flat_map(of_account).collect()
    }
}

// === impl KeyToMint ===

impl KeyToMint {
    /// Whether the key opens everything in its account, and narrows nothing.
    pub(super) fn is_plain(&self) -> bool {
        ["geo", "allowed-domains", "rules", "require-ad-config"]
            .iter()
            .all(|member| match self.data.get(member) {
                None | Some(Value::Null | Value::Bool(false)) => true,
                Some(Value::Array(items)) => items.is_empty(),
                Some(_) => false,
            })
    }
}

/// Reads a file of the demo.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not as expected", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn videos_are_listed_by_the_one_kind_they_show() {
        let text = r#"{"accounts": [{"id": "1", "name": "a", "videos": [
            {"id": "11", "demo_kind": "unrestricted"}, {"id": "12"}, {"id": "13", "demo_kind": "metro"}
        ]}]}"#;
        let catalog: Catalog = serde_json::from_str(text).expect("a catalog");
        let at = |id: &str| {
            vec![VideoAt {
                account: "1".to_owned(),
                id: id.to_owned(),
            }]
        };
        let want = [
            ("metro".to_owned(), at("13")),
            ("unrestricted".to_owned(), at("11")),
        ];
        assert_eq!(catalog.by_kind(), want.into());
    }

    #[test]
    fn a_key_with_a_limit_of_its_own_is_not_plain() {
        let key = |data: &str| KeyToMint {
            name: "key".to_owned(),
            data: serde_json::from_str(data).expect("key data"),
        };
        assert!(key(r#"{"account-id": "1", "allowed-domains": [], "geo": null}"#).is_plain());
        assert!(!key(r#"{"account-id": "1", "geo": {"countries": ["de"]}}"#).is_plain());
        assert!(!key(r#"{"account-id": "1", "allowed-domains": ["example.com"]}"#).is_plain());
    }
}
