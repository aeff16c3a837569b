//! What the demo does not have: a video with everything, one with nothing, and every kind of error.

use serde_json::{Value, json};

use super::{object::Findings, tables};
use crate::harness::{
    scenario::Layers,
    stage::{Props, Stage, fresh_number},
    world,
};

/// Everything an editor can write of a video, what nobody may read of it included.
fn everything(reference: &str, right: &str) -> Value {
    let url = |file: &str| format!("https://media.example.com/everything/{file}");
    json!({
        "name": "everything",
        "reference_id": reference,
        "description": "short",
        "long_description": "long",
        "tags": ["one", "two"],
        "labels": ["/a/b"],
        "custom_fields": { "season": "1" },
        "ad_keys": "section=news&live",
        "state": "ACTIVE",
        "complete": true,
        "duration": 60_000,
        "plays_total": 123_456,
        "plays_trailing_week": 789,
        "economics": "FREE",
        "offline_enabled": true,
        "projection": "equirectangular",
        "link": { "text": "more", "url": "https://www.example.com/more" },
        "poster": url("1280x720/poster.jpg"),
        "thumbnail": url("160x90/thumbnail.jpg"),
        "cue_points": [{
            "id": "1", "name": "break", "type": "AD", "time": 1.5, "metadata": "m", "force_stop": true,
        }],
        "text_tracks": [{
            "id": "t", "src": url("en.vtt"), "srclang": "en", "label": "thumbnails",
            "kind": "metadata", "mime_type": "text/webvtt", "asset_id": "a",
            "sources": [{ "src": url("en.vtt") }], "default": true,
            "in_band_metadata_track_dispatch_type": "x", "width": 160, "height": 90,
            "bandwidth": 9_000,
        }],
        "sources": [
            {
                "src": url("master.m3u8"), "type": "application/x-mpegURL", "ext_x_version": "7",
                "codecs": "avc1.4d401f", "key_systems": { "com.apple.fps.1_0": {
                    "key_request_url": url("key"), "certificate_url": url("certificate"),
                } },
            },
            {
                "src": url("manifest.mpd"), "type": "application/dash+xml",
                "profiles": "urn:mpeg:dash:profile:isoff-live:2011", "codecs": "avc1.4d401f",
                "key_systems": {
                    "com.microsoft.playready": { "license_url": url("playready") },
                    "com.widevine.alpha": { "license_url": url("widevine") },
                },
            },
            {
                "src": url("high.mp4"), "type": "video/mp4", "container": "MP4", "codec": "H264",
                "avg_bitrate": 500_000, "width": 640, "height": 360, "size": 1_000_000,
                "duration": 60_000, "asset_id": "b",
            },
        ],
        "variants": [{
            "language": "de", "name": "alles", "description": "kurz", "long_description": "lang",
            "custom_fields": { "season": "eins" },
        }],
        "geo": { "restricted": true, "exclude_countries": true, "countries": ["aq"] },
        "schedule": { "starts_at": "2020-01-01T00:00:00.000Z", "ends_at": "2100-01-01T00:00:00.000Z" },
        "playback_rights_id": right,
        "rules": "proxy-deny=(tor)",
    })
}

#[test]
fn a_video_with_everything_shows_every_member_and_nothing_else() {
    let stage = Stage::without_video(world::without_purges(), &Props::default());
    let origin = stage.world.origin();
    let right = format!("right-{}", stage.video);
    origin.put_right(
        &stage.account,
        &right,
        &json!({ "name": "a right", "rules": "geo-deny=(\"BV\")" }),
    );
    let written = everything(&stage.reference, &right);
    origin.put_video(&stage.account, &stage.video, &written);
    let path = format!("{}?ad_config_id=ads", stage.path());
    let reply = stage.ask_at(&path).send();
    let mut findings = Findings::default();
    findings.look_at_reply("everything", &reply, &tables::VIDEO);
    findings.assert_none();
    for table in [
        &tables::VIDEO,
        &tables::LINK,
        &tables::PICTURE,
        &tables::VARIANT,
        &tables::CUE_POINT,
        &tables::TEXT_TRACK,
        &tables::HLS,
        &tables::DASH,
        &tables::MP4,
        &tables::KEY_SYSTEMS,
        &tables::FAIRPLAY,
        &tables::LICENCE,
    ] {
        findings.assert_seen_all_of(table);
    }
    let video = reply.json();
    for (member, value) in written.as_object().expect("an object") {
        let is_as_written = ["ad_keys", "sources", "text_tracks"].contains(&member.as_str())
            || video.get(member).is_none_or(|shown| shown == value);
        assert!(is_as_written, "`{member}` is not what was written: {reply}");
    }
    assert_eq!(video["ad_keys"], json!({ "section": "news", "live": "" }));
}

#[test]
fn a_video_with_nothing_has_null_for_a_scalar_and_nothing_in_a_list() {
    let layers = Layers::default();
    let stage = Stage::without_video(
        world::without_purges(),
        &Props {
            layers,
            ..Props::default()
        },
    );
    let bare = json!({
        "name": "nothing",
        "sources": [{ "src": "https://media.example.com/bare.mp4", "container": "MP4" }],
        "text_tracks": [{ "src": "https://media.example.com/bare.vtt", "srclang": "en" }],
        "cue_points": [{ "type": "CODE", "time": 0 }],
    });
    stage
        .world
        .origin()
        .put_video(&stage.account, &stage.video, &bare);
    let reply = stage.ask().send();
    let mut findings = Findings::default();
    findings.look_at_reply("nothing", &reply, &tables::VIDEO);
    findings.assert_none();
    let video = reply.json();
    assert_eq!(
        video["sources"],
        json!([{ "src": "https://media.example.com/bare.mp4", "container": "MP4" }]),
        "what does not apply to a source is left out of it"
    );
    for name in [
        "tags",
        "labels",
        "variants",
        "poster_sources",
        "thumbnail_sources",
    ] {
        assert_eq!(video[name], json!([]), "{name}");
    }
    assert_eq!(video["custom_fields"], json!({}));
    for name in [
        "reference_id",
        "description",
        "duration",
        "ad_keys",
        "link",
        "poster",
    ] {
        assert_eq!(video[name], Value::Null, "{name}");
    }
    assert!(video.get("projection").is_none(), "{reply}");
}

#[test]
fn an_error_has_the_members_of_its_kind() {
    let stage = Stage::open(world::without_purges());
    let mut findings = Findings::default();
    let nowhere = fresh_number();
    let account = &stage.account;
    for (status, target) in [
        (400, format!("{}?a=1&a=2", stage.path())),
        (403, format!("/playback/v1/accounts/{account}/videos")),
        (403, format!("/playback/v1/accounts/{nowhere}/videos/1")),
        (
            404,
            format!("/playback/v1/accounts/{account}/videos/{nowhere}"),
        ),
        (
            404,
            format!("/playback/v1/accounts/{account}/playlists/{nowhere}"),
        ),
        (404, "/playback/v1".to_owned()),
    ] {
        let reply = stage.ask_at(&target).send();
        reply.assert_status(status);
        findings.look_at_reply(&target, &reply, &tables::ERROR);
    }
    let reply = stage.world.edge().get(&stage.path()).send();
    findings.look_at_reply("no key", reply.assert_status(401), &tables::ERROR);
    let layers = Layers {
        video: Some("geo-default=deny".to_owned()),
        ..Layers::default()
    };
    let refused = Stage::with(
        world::without_purges(),
        &Props {
            layers,
            ..Props::default()
        },
    );
    let reply = refused.ask().send();
    findings.look_at_reply("refused", reply.assert_status(403), &tables::ERROR);
    findings.assert_none();
    findings.assert_seen_all_of(&tables::ERROR);
}
