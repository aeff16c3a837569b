//! Inputs that are in no file: cached entries, keys and tokens.

use std::error::Error;

use http::{HeaderMap, HeaderValue, StatusCode};
use playback_fuzz::{registered, signed_tokens};
use playback_policy::{
    Answer, Entry, EntryKind, LayerKind, Limits, Overlay, Route, Rules, compile,
};

use serde_json::Value;

use crate::Seeds;

pub(crate) const SIGNING: &str =
    r#"key="k", hosts=("m.example"), lifetime=60, parameter="t", bind=network"#;

const VIDEO: &str =
    r#"{"id":"9","account_id":"7","tags":["a","b"],"poster":"https://m.example/a/b"}"#;
const LIST: &str = concat!(
    r#"{"id":"1","account_id":"7","videos":["#,
    r#"{"account_id":"7","poster":"https://m.example/a/b","$rules":{"video":"geo-deny=(\"DE\")"}},"#,
    r#"{"account_id":"7","$rules":{"video":"ip-allow-list=(\"a\")","right":"until=@9","right-report-only":"token=required"}}]}"#,
);
const LOCATION: &str = r#"{"id":"9","account_id":"7","src":"https://m.example/a/b/c?d#e"}"#;

/// The metadata and the object of an entry, as the target `entry` takes them.
fn bytes(entry: &Entry) -> Vec<u8> {
    let metadata = entry.metadata();
    let len = u16::try_from(metadata.len())
        .unwrap_or(u16::MAX)
        .to_le_bytes();
    [&len, metadata.as_slice(), &entry.front(), &entry.body].concat()
}

/// The entry of a video with these rules, in whatever layers.
pub(crate) fn entry(layers: &[Rules]) -> Vec<u8> {
    let layers: Vec<_> = LayerKind::ALL.into_iter().zip(layers).collect();
    bytes(&Entry {
        kind: EntryKind::Video,
        etag: "etag".to_owned(),
        rules: compile(&layers),
        layout: Vec::new(),
        tokens: Vec::new(),
        body: VIDEO.into(),
    })
}

/// The entry of an answer with everything that an answer may have.
fn checked(path: &str, body: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let Ok(Route::Playback(request)) = Route::parse(path, None) else {
        return Err(format!("{path} is no request").into());
    };
    let keys = registered().to_string();
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("surrogate-key", "x"),
        ("etag", "\"1\""),
        (
            "playback-account-rules",
            r#"revoked-keys=("a"), asn-deny=(1)"#,
        ),
        ("playback-video-rules", "hours=(\"9-17\"), token=required"),
        ("playback-video-rules-report-only", "days=(mon)"),
        ("playback-account-keys", &keys),
        ("playback-url-signing", SIGNING),
    ] {
        headers.insert(name, HeaderValue::from_str(value)?);
    }
    let (status, body) = (StatusCode::OK, body.as_bytes().to_vec());
    let answer = Answer::check(
        &request,
        Overlay::Edge,
        status,
        &headers,
        body,
        Limits::EDGE,
    )?;
    Ok(bytes(&answer.entry))
}

/// A good answer's headers, but for those that a row goes without, and with those it adds; the row's
/// body, if that is one and not the name of one.
pub(crate) fn answer(row: &Value, body: &str) -> String {
    let texts = |name: &str| row[name].as_array().cloned().unwrap_or_default();
    let (without, with) = (texts("without"), texts("with"));
    let good = [
        ("Surrogate-Key", "x y"),
        ("Surrogate-Control", "max-age=60"),
        ("ETag", "W/\"1\""),
        ("Playback-Account-Rules", "geo-default=allow"),
        ("Playback-Video-Rules", "geo-default=allow"),
        ("Playback-Key-Rules", "geo-default=allow"),
    ];
    let good = good
        .into_iter()
        .filter(|(name, _)| !without.iter().any(|one| one == name))
        .map(|(name, value)| format!("{name}: {value}\n"));
    let with = with.iter().filter_map(|header| {
        let (name, value) = (header[0].as_str()?, header[1].as_str()?);
        Some(format!("{name}: {value}\n"))
    });
    let headers: String = good.chain(with).collect();
    let status = row["status"].as_u64().unwrap_or(200);
    let code = body.to_uppercase().replace('-', "_");
    let (target, body) = match body.get(..1) {
        Some("{") => ("/playlists/1", body.to_owned()),
        Some("v" | "a") => ("/videos/9", format!(r#"[{{"error_code":"{code}"}}]"#)),
        _ => ("/videos/9", VIDEO.to_owned()),
    };
    format!("{status} {target}\n{headers}\n{body}")
}

pub(crate) fn add(seeds: &mut Seeds) -> Result<(), Box<dyn Error>> {
    for (path, body) in [
        ("videos/9", VIDEO),
        ("playlists/1", LIST),
        ("videos/9/low.mp4", LOCATION),
    ] {
        seeds.add(
            "entry",
            checked(&format!("/playback/v1/accounts/7/{path}"), body)?,
        )?;
        seeds.add("signed_urls", format!("{SIGNING}\n\n/a/b/c.m4s\n{body}"))?;
    }
    seeds.add("list", LIST)?;
    seeds.add("account_keys", registered().to_string())?;
    for token in signed_tokens() {
        seeds.add("viewer_token", &token)?;
        seeds.add(
            "credentials",
            format!("authorization: Bearer {token}\n?bcov_auth={token}"),
        )?;
    }
    let longest = format!(
        r#"{{"account-id":"7","rules":"until=@1{}"}}"#,
        " ".repeat(2990)
    );
    seeds.add("policy_key", longest)?;
    let claims = r#"{"accid":"7","iat":1767225600,"exp":1767312000,"nbf":1767225600,"vids":["9"],"conid":"9","tags":["a"],"ua":"player","uid":"me","ip":"203.0.113.7","prid":"right"}"#;
    for header in [r#"{"alg":"EdDSA"}"#, r#"{"alg":"ES256","kid":"ec"}"#] {
        seeds.add("viewer_token", format!("{header}\n{claims}"))?;
    }
    Ok(())
}
