//! What the account has, with references that need every kind of escape.

use serde_json::{Value, json};

pub(super) struct Video {
    pub(super) reference: &'static str,
    name: &'static str,
    tags: &'static [&'static str],
}

pub(super) struct Playlist {
    pub(super) reference: &'static str,
    search: Option<&'static str>,
}

#[rustfmt::skip]
pub(super) const VIDEOS: [Video; 16] = [
    video("ferry/1",         "Night Ferry",           &["sea", "night"]),
    video("ferry 2",         "Night Ferry, returned", &["sea", "night"]),
    video("ferry+3",         "The Harbour Ferry",     &["sea"]),
    video("100%",            "100 Harbours",          &["sea", "numbers"]),
    video("caf\u{e9}",       "The Caf\u{e9}",         &["land"]),
    video("a&b=c",           "A & B",                 &["land"]),
    video("who?",            "Who?",                  &["land"]),
    video("no#1",            "Number One",            &["numbers"]),
    video("..",              "Two Dots",              &["dots"]),
    video("%2e",             "An Escaped Dot",        &["dots"]),
    video("ref:ref",         "A Reference",           &["land"]),
    video("A~b-C_d.E",       "Plain",                 &["land"]),
    video("\u{65e5}\u{672c}", "\u{65e5}\u{672c}",     &["land"]),
    video("\"quoted\"",      "Quoted",                &["land"]),
    video("x",               "X",                     &[]),
    video("X",               "X again",               &[]),
];

#[rustfmt::skip]
pub(super) const PLAYLISTS: [Playlist; 5] = [
    Playlist { reference: "all of it",  search: None },
    Playlist { reference: "sea/side",   search: Some("+tags:sea") },
    Playlist { reference: "n\u{fa}mer", search: Some("tags:numbers,dots") },
    Playlist { reference: "A+B",        search: Some("+name:ferry") },
    Playlist { reference: "a+b",        search: Some("+tags:nowhere") },
];

const fn video(
    reference: &'static str,
    name: &'static str,
    tags: &'static [&'static str],
) -> Video {
    Video {
        reference,
        name,
        tags,
    }
}

impl Video {
    /// As an editor writes it, with something behind each static address.
    pub(super) fn to_json(&self, at: usize) -> Value {
        let url = |file: &str| format!("https://media.example.com/{at}/{file}");
        let mp4 = |file: &str, bitrate: u32| json!({ "src": url(file), "container": "MP4", "avg_bitrate": bitrate, "height": 360 });
        json!({
            "name": self.name,
            "reference_id": self.reference,
            "tags": self.tags,
            "custom_fields": { "series": format!("the {} series", self.name) },
            "complete": true,
            "duration": 60_000,
            "poster": url("poster.jpg"),
            "thumbnail": url("thumbnail.jpg"),
            "sources": [
                { "src": url("master.m3u8"), "type": "application/x-mpegURL" },
                { "src": url("manifest.mpd"), "type": "application/dash+xml" },
                mp4("high.mp4", 900_000),
                mp4("low.mp4", 300_000),
            ],
        })
    }
}

impl Playlist {
    /// As an editor writes it; without a search, all of these videos.
    pub(super) fn to_json(&self, videos: &[String]) -> Value {
        let named = json!({ "name": self.reference, "reference_id": self.reference });
        let mut list = named;
        match self.search {
            Some(search) => {
                list["type"] = json!("ALPHABETICAL");
                list["search"] = json!(search);
            }
            None => {
                list["type"] = json!("EXPLICIT");
                list["video_ids"] = json!(videos);
            }
        }
        list
    }
}
