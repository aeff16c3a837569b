//! The catalog file: accounts with their policy keys, playback rights, videos and playlists.

use playback_policy::{AccountId, PlaylistId, PolicyKey, PolicyKeyData, VideoId};
use reqwest::Url;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::model::{
    AccountFields, Fields, InvalidField, PlaylistFields, RightFields, RightId, VideoFields,
    merge_patch,
};

/// A catalog, checked.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) accounts: Vec<CatalogAccount>,
}

/// An account and what belongs to it.
#[derive(Debug)]
pub(super) struct CatalogAccount {
    pub(super) id: AccountId,
    pub(super) fields: AccountFields,
    pub(super) rights: Vec<(RightId, RightFields)>,
    pub(super) videos: Vec<(VideoId, VideoFields)>,
    pub(super) playlists: Vec<(PlaylistId, PlaylistFields)>,
}

/// The file is no catalog. The message names the place.
#[derive(Debug, Error)]
pub(crate) enum InvalidCatalog {
    #[error("not the JSON of a catalog: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{place}: {reason}")]
    Record {
        /// Which record, such as `accounts[0].videos[3]`.
        place: String,
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    accounts: Vec<FileAccount>,
}

#[derive(Deserialize)]
struct FileAccount {
    #[serde(default)]
    policy_keys: Vec<FileKey>,
    #[serde(default)]
    playback_rights: Vec<Map<String, Value>>,
    #[serde(default)]
    videos: Vec<Map<String, Value>>,
    #[serde(default)]
    playlists: Vec<Map<String, Value>>,
    /// The account itself.
    #[serde(flatten)]
    own: Map<String, Value>,
}

/// A policy key is minted by whoever has the signing keys; here it is only checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileKey {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "key-data")]
    data: PolicyKeyData,
}

impl Catalog {
    /// Reads a catalog whose media is served below `media`.
    pub(super) fn parse(text: &str, media: &Url) -> Result<Self, InvalidCatalog> {
        let file: File = serde_json::from_str(&placed(text, media))?;
        let accounts = file.accounts.into_iter().enumerate();
        let accounts = accounts.map(|(at, account)| account.check(&format!("accounts[{at}]")));
        Ok(Self {
            accounts: accounts.collect::<Result<_, _>>()?,
        })
    }
}

/// The text with `{media}` and `{media_host}` replaced. A URL holds nothing that JSON escapes.
fn placed(text: &str, media: &Url) -> String {
    let host = media.host_str().unwrap_or_default();
    let host = match media.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    text.replace("{media}", media.as_str().trim_end_matches('/'))
        .replace("{media_host}", &host)
}

impl FileAccount {
    fn check(self, place: &str) -> Result<CatalogAccount, InvalidCatalog> {
        let (id, fields): (AccountId, AccountFields) = record(place, self.own)?;
        for (at, key) in self.policy_keys.iter().enumerate() {
            let refuse = |reason: String| InvalidCatalog::Record {
                place: format!("{place}.policy_keys[{at}]"),
                reason,
            };
            let parsed =
                PolicyKey::try_from(&key.data).map_err(|error| refuse(error.to_string()))?;
            if parsed.account != id {
                return Err(refuse(format!("expected the `account-id` `{id}`")));
            }
        }
        Ok(CatalogAccount {
            rights: records(place, "playback_rights", self.playback_rights)?,
            videos: records(place, "videos", self.videos)?,
            playlists: records(place, "playlists", self.playlists)?,
            id,
            fields,
        })
    }
}

fn records<Id, F>(
    place: &str,
    list: &str,
    items: Vec<Map<String, Value>>,
) -> Result<Vec<(Id, F)>, InvalidCatalog>
where
    Id: std::str::FromStr<Err: std::fmt::Display>,
    F: Fields,
{
    let items = items.into_iter().enumerate();
    items
        .map(|(at, item)| record(&format!("{place}.{list}[{at}]"), item))
        .collect()
}

/// An id and the fields beside it. Members named `demo_…` are notes for readers of the catalog.
fn record<Id, F>(place: &str, mut item: Map<String, Value>) -> Result<(Id, F), InvalidCatalog>
where
    Id: std::str::FromStr<Err: std::fmt::Display>,
    F: Fields,
{
    let refuse = |reason: String| InvalidCatalog::Record {
        place: place.to_owned(),
        reason,
    };
    let Some(Value::String(id)) = item.remove("id") else {
        return Err(refuse("expected an `id` that is a string".to_owned()));
    };
    let parsed = id
        .parse()
        .map_err(|reason: Id::Err| refuse(format!("`id`: {reason}")))?;
    item.retain(|name, _| !name.starts_with("demo_"));
    let fields = F::from_json(merge_patch(json!({}), &Value::Object(item)))
        .map_err(|error: InvalidField| refuse(format!("`{id}`: {error}")))?;
    Ok((parsed, fields))
}
