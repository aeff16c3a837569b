//! `serve.json`: what a program needs to know about the running local world.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::catalog::{PlaylistAt, VideoAt};

#[derive(Debug, Serialize)]
pub(super) struct ServeFile {
    /// Base URL of every POP, the first one first.
    pub(super) edge: Vec<String>,
    pub(super) pops: Vec<Pop>,
    pub(super) purge_api: String,
    pub(super) origin: String,
    pub(super) service_id: String,
    pub(super) purge_token: String,
    /// Opens the local origin's CMS API; `null` when the origin is somebody else's.
    pub(super) cms_token: Option<String>,
    /// The request header that names the viewer's address, on every POP.
    pub(super) viewer_header: String,
    pub(super) accounts: Vec<AccountKeys>,
    /// Some videos of each kind of restriction.
    pub(super) videos: BTreeMap<String, Vec<VideoAt>>,
    /// The demo's playlists.
    pub(super) playlists: Vec<PlaylistAt>,
    /// The demo's viewers, as `demo/viewers.json` has them.
    pub(super) viewers: Value,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Pop {
    pub(super) name: String,
    pub(super) url: String,
}

#[derive(Debug, Serialize)]
pub(super) struct AccountKeys {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) policy_keys: Vec<NamedKey>,
}

#[derive(Debug, Serialize)]
pub(super) struct NamedKey {
    pub(super) name: String,
    pub(super) key: String,
}
