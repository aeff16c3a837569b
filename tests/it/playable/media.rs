//! A player's side of a media server: fetching a signed URL, taking it apart, decoding what is
//! behind it.

use std::process::Command;

use http_body_util::Full;
use hyper::Request;
use serde::Deserialize;
use serde_json::Value;

use crate::harness::{http, reply::Reply};

/// Where the demo's accounts have tokens.
const TOKEN: &str = "?playback_token=";

/// Fetches an absolute URL as it stands, from 127.0.0.1.
#[track_caller]
pub(super) fn fetch(url: &str) -> Reply {
    ask("GET", url)
}

/// [`fetch`] by another method.
#[track_caller]
pub(super) fn ask(method: &str, url: &str) -> Reply {
    let rest = url.strip_prefix("http://").unwrap_or_default();
    let (address, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let address = address
        .parse()
        .unwrap_or_else(|_| panic!("`{url}` does not lead to a media server of ours"));
    let request = Request::builder().method(method).uri(target);
    let request = request.body(Full::default());
    http::send_now(address, request.expect("a signed URL is a URL"))
}

/// A URL without its token, and the token.
#[track_caller]
pub(super) fn split(url: &str) -> (&str, &str) {
    url.split_once(TOKEN)
        .unwrap_or_else(|| panic!("`{url}` is not signed"))
}

/// A URL with this token.
pub(super) fn with_token(unsigned: &str, token: &str) -> String {
    format!("{unsigned}{TOKEN}{token}")
}

/// When a token expires, in seconds since 1970 UTC: its first part.
#[track_caller]
pub(super) fn expiry(token: &str) -> u64 {
    let first = token.split('.').next().unwrap_or_default();
    first
        .parse()
        .unwrap_or_else(|_| panic!("`{token}` says no expiry"))
}

/// The address of the first source that is so.
#[track_caller]
pub(super) fn source(video: &Value, is_it: impl Fn(&Value) -> bool) -> &Value {
    let sources = video["sources"].as_array().expect("a video has `sources`");
    sources
        .iter()
        .find(|source| is_it(source))
        .unwrap_or_else(|| panic!("no such source in {}", video["sources"]))
}

#[track_caller]
pub(super) fn src(value: &Value) -> &str {
    value["src"]
        .as_str()
        .unwrap_or_else(|| panic!("no `src` in {value}"))
}

/// A stream that was found and decoded.
#[derive(Debug, Deserialize)]
pub(super) struct Stream {
    pub(super) codec_type: String,
    width: Option<u64>,
    height: Option<u64>,
    /// How many frames of it could be decoded.
    nb_read_frames: Option<String>,
}

impl Stream {
    /// Width and height, of a video stream.
    pub(super) fn size(&self) -> Option<(u64, u64)> {
        Some((self.width?, self.height?)).filter(|_| self.codec_type == "video")
    }

    pub(super) fn frames(&self) -> u64 {
        let frames = self.nb_read_frames.as_deref();
        frames.and_then(|frames| frames.parse().ok()).unwrap_or(0)
    }
}

/// Fetches and decodes everything behind a URL, as a player does: manifest, segments, frames.
///
/// # Errors
///
/// What ffprobe says, when it cannot.
#[track_caller]
pub(super) fn decode(url: &str) -> Result<Vec<Stream>, String> {
    #[derive(Deserialize)]
    struct Found {
        streams: Vec<Stream>,
    }
    let output = Command::new("ffprobe")
        // Microseconds; without it a silent server would hang the test.
        .args(["-v", "error", "-rw_timeout", "20000000", "-count_frames"])
        .args([
            "-show_entries",
            "stream=codec_type,width,height,nb_read_frames",
        ])
        .args(["-of", "json", url])
        .output()
        .unwrap_or_else(|error| {
            panic!("`ffprobe` does not run ({error}): `apt-get install ffmpeg`, as `cargo xtask test` does")
        });
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let found: Found = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    Ok(found.streams)
}
