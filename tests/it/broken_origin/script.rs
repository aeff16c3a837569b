//! From a row of `origin.toml` to the bytes an origin sends.

use serde_json::json;

use super::rows::Row;
use crate::harness::{
    scripted_case::{self, Case, head},
    scripted_origin::{Script, Then},
};

/// The row's answer for this video.
pub(super) fn of(row: &Row, case: &Case) -> Script {
    let headers = headers(row, case);
    let body = body(&row.body, case);
    let sized = |length: usize| {
        let mut headers = headers.clone();
        headers.push(("Content-Length".to_owned(), length.to_string()));
        head(row.status, &headers)
    };
    let unsized_head = || head(row.status, &headers);
    let whole = || [sized(body.len()), body.clone()].concat();
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let half_body = || [sized(body.len()), half(body.clone())].concat();
    let chunked = |chunk: &[u8]| {
        let mut headers = headers.clone();
        headers.push(("Transfer-Encoding".to_owned(), "chunked".to_owned()));
        [head(row.status, &headers), chunk.to_vec()].concat()
    };
    let (bytes, then) = match row.delivery.as_str() {
        "whole" => (whole(), Then::Close),
        "chunked" => {
            let chunk = [format!("{:x}\r\n", body.len()).into_bytes(), body.clone()].concat();
            (
                chunked(&[chunk, b"\r\n0\r\n\r\n".to_vec()].concat()),
                Then::Close,
            )
        }
        "until-close" => ([unsized_head(), body.clone()].concat(), Then::Close),
        "close-at-once" => (Vec::new(), Then::Close),
        "close-inside-the-head" => (half(sized(body.len())), Then::Close),
        "close-inside-the-body" => (half_body(), Then::Close),
        "not-http" => (b"SSH-2.0-OpenSSH_9.9\r\n".to_vec(), Then::Close),
        "endless-head" => (b"HTTP/1.1 200 OK\r\nX-Endless: ".to_vec(), Then::Flood),
        "broken-chunks" => (chunked(b"zz\r\n{}\r\n"), Then::Close),
        "endless-body" => ([unsized_head(), body.clone()].concat(), Then::Flood),
        "silence" => (Vec::new(), Then::Silence),
        "silence-inside-the-head" => (half(sized(body.len())), Then::Silence),
        "silence-inside-the-body" => (half_body(), Then::Silence),
        "trickle-of-the-head" => (b"HTTP/1.1 200 OK\r\nX-Slow: ".to_vec(), Then::Trickle),
        "trickle-of-the-body" => ([unsized_head(), body.clone()].concat(), Then::Trickle),
        unknown => panic!("no delivery is called `{unknown}`"),
    };
    Script { bytes, then }
}

fn headers(row: &Row, case: &Case) -> Vec<(String, String)> {
    let mut headers = case.good_headers();
    headers.retain(|(name, _)| {
        !row.without
            .iter()
            .any(|gone| gone.eq_ignore_ascii_case(name))
    });
    // Sixteen keys of a kilobyte and more: each is good, together they are too long.
    let many = vec!["k".repeat(1_024); 17].join(" ");
    let fill_in = |text: &str| {
        text.replace("{1025}", &"k".repeat(1_025))
            .replace("{16k}", &many)
    };
    headers.extend(
        row.with
            .iter()
            .map(|(name, value)| (name.clone(), fill_in(value))),
    );
    headers
}

fn body(kind: &str, case: &Case) -> Vec<u8> {
    let good = case.good_body();
    let error = |code: &str| json!([{ "error_code": code }]).to_string().into_bytes();
    match kind {
        "video" => good,
        "video-not-found" => error("VIDEO_NOT_FOUND"),
        "account-not-found" => error("ACCOUNT_NOT_FOUND"),
        "video-not-playable" => error("VIDEO_NOT_PLAYABLE"),
        "unknown-error" => error("SOMETHING_ELSE"),
        "access-denied" => error("ACCESS_DENIED"),
        "empty" => Vec::new(),
        "html" => b"<!doctype html><html><body>Something went wrong</body></html>".to_vec(),
        "text" => b"OK".to_vec(),
        "truncated-json" => good[..good.len() / 2].to_vec(),
        "not-utf-8" => [b"{\"id\":\"".as_slice(), b"\xff\xfe", b"\"}"].concat(),
        "null" => b"null".to_vec(),
        "array" => [b"[".as_slice(), &good, b"]"].concat(),
        "two-objects" => [good.clone(), good].concat(),
        "empty-object" => b"{}".to_vec(),
        "ten-megabytes" => {
            let padding = " ".repeat(10 * 1024 * 1024);
            [good, padding.into_bytes()].concat()
        }
        // The magic number is all that matters of it.
        "compressed" => [b"\x1f\x8b\x08\x00\x00\x00\x00\x00".as_slice(), &good].concat(),
        "another-video" => scripted_case::body(&case.account, "1"),
        "another-account" => scripted_case::body("1", &case.video),
        unknown => panic!("no body is called `{unknown}`"),
    }
}
