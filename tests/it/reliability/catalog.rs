//! What the account holds: videos that are edited, and playlists of them.

use serde_json::{Value, json};

use super::{record::Audience, system::Plan};
use crate::harness::{
    origin::Origin,
    stage::{fresh_number, playable},
};

/// An account's videos and playlists.
pub(super) struct Catalog {
    pub(super) account: String,
    pub(super) key: String,
    pub(super) videos: Vec<String>,
    /// Explicit playlists, and the numbers of their videos.
    pub(super) lists: Vec<(String, Vec<usize>)>,
    /// Whether a video may be absent.
    pub(super) deletes: bool,
}

// === impl Catalog ===

impl Catalog {
    /// Videos for everybody, and playlists of them.
    #[track_caller]
    pub(super) fn write(origin: &Origin, plan: &Plan) -> Self {
        let account = fresh_number().to_string();
        origin.put_account(&account, &json!({ "name": "an account" }));
        let key = origin.mint_key(&account, &json!({ "apis": ["search"] }));
        let write_video = |_| {
            let id = fresh_number().to_string();
            let body = video(0, 0, Audience::EVERYBODY);
            origin.put_video(&account, &id, &body);
            id
        };
        let videos: Vec<_> = (0..plan.videos).map(write_video).collect();
        let numbers: Vec<_> = (0..videos.len()).collect();
        let write_list = |members: &[usize]| {
            let id = fresh_number().to_string();
            let ids: Vec<_> = members.iter().map(|at| &videos[*at]).collect();
            let body = json!({ "name": "a list", "type": "EXPLICIT", "video_ids": ids });
            origin.put_playlist(&account, &id, &body);
            (id, members.to_vec())
        };
        let lists = numbers.chunks(plan.videos_a_list).map(write_list);
        let lists = lists.collect();
        Self {
            account,
            key,
            videos,
            lists,
            deletes: plan.deletes,
        }
    }

    /// The video of the account by its id.
    pub(super) fn number(&self, id: &Value) -> Option<usize> {
        let id = id.as_str()?;
        self.videos.iter().position(|own| own == id)
    }

    /// Where the CMS keeps the video.
    pub(super) fn record(&self, video: usize) -> String {
        let id = &self.videos[video];
        format!("/v1/accounts/{}/videos/{id}", self.account)
    }
}

/// A whole video in these versions.
pub(super) fn video(rights: u32, content: u32, audience: Audience) -> Value {
    let mut body = playable(&content_label(content));
    body["description"] = json!(rights_label(rights));
    body["rules"] = json!(rules(audience));
    body
}

/// The rules that let in exactly these.
pub(super) fn rules(audience: Audience) -> &'static str {
    match (audience.germany, audience.france) {
        (true, true) => r#"geo-allow=("DE" "FR")"#,
        (true, false) => r#"geo-allow=("DE")"#,
        (false, true) => r#"geo-allow=("FR")"#,
        (false, false) => r#"geo-allow=("JP")"#,
    }
}

/// The description of a video whose rights are in this version.
pub(super) fn rights_label(number: u32) -> String {
    format!("rights {number}")
}

/// The name of a video whose content is in this version.
pub(super) fn content_label(number: u32) -> String {
    format!("content {number}")
}
