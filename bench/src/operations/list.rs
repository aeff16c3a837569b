//! Bodies that are not passed on as they lie in the cache: a list of which items are left out, and a
//! video whose URLs are signed.

use std::hint::black_box;

use playback_policy::{Answer, EntryHead, Layout, PlaybackError, UrlSigningKey, UrlTarget};
use serde_json::{Value, json};

use super::{Operation, checked};
use crate::viewer;

const ITEMS: usize = 100;
const SIGNING: &str = r#"key="k", hosts=("media.example.com"), lifetime=3600, parameter="token""#;

/// A hundred videos, no two with the same rules; every second one plays in the viewer's country.
pub(super) fn answer() -> Answer {
    let items: Vec<Value> = (0..ITEMS).map(item).collect();
    let body = json!({ "id": "1", "account_id": "1", "name": "All", "videos": items });
    let headers = [
        ("surrogate-key", "playlist-id-1"),
        ("playback-account-rules", "geo-default=allow"),
    ];
    checked("/playlists/1", &headers, body.to_string().into_bytes())
}

/// Decides for each item.
pub(super) fn select() -> Operation {
    let (layout, viewer) = (layout_of(&answer()), viewer());
    Box::new(move || {
        let selection = layout.select(black_box(&viewer));
        selection.is_ok_and(|selection| selection.left_out() == ITEMS / 2)
    })
}

/// Copies the items together that the viewer may have.
pub(super) fn render() -> Operation {
    let answer = answer();
    let layout = layout_of(&answer);
    let selection = layout.select(&viewer()).expect("rules that can be read");
    let errors = PlaybackError::all_to_json(selection.refusals(), "request");
    let (whole, half) = (answer.entry.body.len(), answer.entry.body.len() / 2);
    Box::new(move || {
        let body = black_box(&answer.entry.body);
        let rendered = layout.render(body, &selection, Some(&errors), |_| String::new());
        rendered.is_ok_and(|rendered| (half..whole).contains(&rendered.len()))
    })
}

/// Puts a token into each URL of a video.
pub(super) fn sign() -> Operation {
    let body =
        json!({ "id": "1", "account_id": "1", "sources": sources(1), "poster": url("p.jpg") });
    let headers = [
        ("surrogate-key", "video-id-1"),
        ("playback-account-rules", "geo-default=allow"),
        ("playback-video-rules", "geo-default=allow"),
        ("playback-url-signing", SIGNING),
    ];
    let answer = checked("/videos/1", &headers, body.to_string().into_bytes());
    let layout = layout_of(&answer);
    let viewer = viewer();
    let selection = layout.select(&viewer).expect("no rules to read");
    let key = UrlSigningKey::new("k", &[7; 32]).expect("32 bytes");
    let least = answer.entry.body.len() + 3 * 32;
    Box::new(move || {
        let terms = black_box(&layout).terms().expect("terms to sign on");
        let (expires, network) = (terms.expires(viewer.now), terms.network(viewer.ip));
        let sign = |target: UrlTarget<'_>| {
            let token = key.token(target, expires, network);
            format!("{}={token}", terms.parameter)
        };
        let rendered = layout.render(&answer.entry.body, &selection, None, sign);
        rendered.is_ok_and(|rendered| rendered.len() > least)
    })
}

/// Kept until the program ends, as an operation is.
fn layout_of(answer: &Answer) -> Layout<'static> {
    let metadata = answer.entry.metadata().leak();
    let head = EntryHead::read(metadata).expect("the entry was just made");
    let plan = head.plan(answer.entry.front().leak());
    plan.expect("the entry was just made").layout
}

fn item(at: usize) -> Value {
    let country = ["FR", "DE"][at % 2];
    let rules = format!("geo-allow=(\"{country}\"), until=@{}", 1_798_761_600 + at);
    json!({
        "id": at.to_string(),
        "account_id": "1",
        "name": format!("Episode {at}"),
        "description": "What happens in an episode, in two sentences. This is the second.",
        "sources": sources(at),
        "$rules": { "video": rules },
    })
}

fn sources(of: usize) -> Value {
    let source = |name: &str| json!({ "src": url(&format!("{of}/{name}")) });
    json!([source("hls/master.m3u8"), source("dash/manifest.mpd")])
}

fn url(path: &str) -> String {
    format!("https://media.example.com/{path}")
}
