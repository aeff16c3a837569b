//! An answer of the origin that enters the cache: its headers read, its rules compiled, the entry written.

use std::hint::black_box;

use playback_policy::EntryHead;
use serde_json::json;

use super::{Operation, checked};

/// A video of so many KiB, refused to so many networks.
pub(super) fn video(kib: usize, networks: usize) -> Operation {
    let network = |at: usize| format!(r#""10.{}.{}.0/25""#, at / 256, at % 256);
    let networks: Vec<_> = (0..networks).map(network).collect();
    let rules = match networks.is_empty() {
        true => "geo-default=allow".to_owned(),
        false => format!("ip-deny=({})", networks.join(" ")),
    };
    let body = json!({ "id": "1", "account_id": "1", "long_description": "a".repeat(kib * 1_024) });
    let body = body.to_string().into_bytes();
    Box::new(move || {
        let headers = [
            ("surrogate-key", "video-id-1"),
            ("playback-account-rules", "geo-default=allow"),
            ("playback-video-rules", rules.as_str()),
        ];
        let answer = checked("/videos/1", &headers, black_box(&body).clone());
        // What goes to the cache beside the body.
        let (metadata, front) = black_box((answer.entry.metadata(), answer.entry.front()));
        EntryHead::read(&metadata).is_ok_and(|head| head.front_len == front.len())
            && answer.entry.body.len() == body.len()
    })
}
