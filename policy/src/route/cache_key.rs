//! What an answer is cached under, and what the origin is asked: one text for both.

use std::fmt::Display;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Page, PlaybackRequest, PlaylistSelector, Resource, Search, Selector, VideoSelector};
use crate::{hex::Hex, id::AccountId, search::Sort, surrogate_key::SurrogateKey};

/// What an answer is cached under, and what the origin is asked: the same text, so that no answer
/// can depend on anything that is not in its key.
///
/// Made of the format's version, the account, what is asked for and the known parameters that
/// matter to it, sorted, without defaults, and percent-encoded in one way. Never made of the
/// viewer, unknown parameters, or (unless the origin overlays the key's rules) the credential. At
/// most 4 KiB, the Core Cache's limit, by the limits on each part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CacheKey {
    target: String,
    key: Option<Hex>,
}

/// RFC 3986's unreserved characters stay as they are, all others are encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl CacheKey {
    /// The key with a policy key's identity, the digest of its text, in it: the answer is that
    /// policy key's alone.
    #[must_use]
    pub fn of_policy_key(mut self, key: Hex) -> Self {
        self.key = Some(key);
        self
    }

    /// The bytes the Core Cache is asked with. They begin with the version of the entry's format,
    /// so that a new version of this program never reads an old version's entry.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.after(&format!("v{}", crate::entry::FORMAT))
    }

    /// The bytes the shield POP keeps the origin's own answer under. Its form is that of an HTTP
    /// message and does not change with the format of entries.
    #[must_use]
    pub fn to_hop_bytes(&self) -> Vec<u8> {
        self.after("hop1 ")
    }

    fn after(&self, prefix: &str) -> Vec<u8> {
        let mut text = format!("{prefix}{}", self.target);
        if let Some(key) = &self.key {
            // No target has a fragment.
            text.push('#');
            text.push_str(&key.to_string());
        }
        text.into_bytes()
    }

    /// The path and query the origin is asked with.
    #[must_use]
    pub fn origin_target(&self) -> &str {
        &self.target
    }
}

impl PlaybackRequest {
    /// What the answer is cached under.
    #[must_use]
    pub fn cache_key(&self) -> CacheKey {
        let mut target = format!("/playback/v1/accounts/{}", self.account);
        target.push_str(&self.resource.path());
        let mut mark = '?';
        for (name, value) in self.parameters() {
            target.push(mark);
            target.push_str(name);
            target.push('=');
            target.extend(utf8_percent_encode(&value, ENCODED));
            mark = '&';
        }
        CacheKey { target, key: None }
    }

    /// The labels every answer to this request carries, also one about something that does not
    /// exist: they follow from the request alone.
    #[must_use]
    pub fn surrogate_keys(&self) -> Vec<SurrogateKey> {
        let account = &self.account;
        let mut keys = vec![SurrogateKey::account(account)];
        match &self.resource {
            Resource::Video(video) | Resource::Static(video, _) => {
                keys.push(video.label(account));
            }
            Resource::Related(video, _) => {
                keys.extend([video.label(account), SurrogateKey::search(account)]);
            }
            Resource::Playlist(playlist, _) => keys.push(playlist.label(account)),
            Resource::Search(_) => keys.push(SurrogateKey::search(account)),
        }
        keys
    }

    /// The parameters that matter, in the order of their names. A default is left out.
    fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        let mut add = |name, value: Option<String>| {
            all.extend(value.map(|value| (name, value)));
        };
        add("ad_config_id", self.ad_config_id.clone());
        add("config_id", self.config_id.clone());
        let page = self.resource.page();
        let of_page = |part: fn(&Page) -> u32| {
            let value = page.as_ref().map(part)?;
            (value != part(&Page::default())).then(|| value.to_string())
        };
        add("limit", of_page(|page| page.limit));
        add("offset", of_page(|page| page.offset));
        if let Resource::Search(Search { query, sort, .. }) = &self.resource {
            add("q", (!query.is_empty()).then(|| query.to_string()));
            let is_default = query.is_empty() && *sort == Some(Sort::DEFAULT);
            add(
                "sort",
                sort.filter(|_| !is_default).map(|sort| sort.to_string()),
            );
        }
        all
    }
}

impl Resource {
    fn path(&self) -> String {
        match self {
            Self::Video(video) => format!("/videos/{}", video.part()),
            Self::Static(video, asset) => format!("/videos/{}/{asset}", video.part()),
            Self::Related(video, _) => format!("/videos/{}/related", video.part()),
            Self::Search(_) => "/videos".to_owned(),
            Self::Playlist(playlist, _) => format!("/playlists/{}", playlist.part()),
        }
    }

    fn page(&self) -> Option<Page> {
        match self {
            Self::Related(_, page) | Self::Playlist(_, page) => Some(*page),
            Self::Search(search) => Some(search.page),
            Self::Video(_) | Self::Static(..) => None,
        }
    }
}

impl VideoSelector {
    fn label(&self, account: &AccountId) -> SurrogateKey {
        match self {
            Self::Id(id) => SurrogateKey::video(id),
            Self::Reference(reference) => SurrogateKey::reference(account, reference),
        }
    }
}

impl PlaylistSelector {
    fn label(&self, account: &AccountId) -> SurrogateKey {
        match self {
            Self::Id(id) => SurrogateKey::playlist(id),
            Self::Reference(reference) => SurrogateKey::playlist_reference(account, reference),
        }
    }
}

impl<Id: Display> Selector<Id> {
    fn part(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Reference(reference) => {
                format!("ref:{}", utf8_percent_encode(reference.as_str(), ENCODED))
            }
        }
    }
}
