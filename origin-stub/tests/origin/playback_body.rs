use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::Origin;

#[tokio::test]
async fn a_bare_video_has_every_field_with_its_rule_for_absence() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.video("1", "7", json!({})).await;
    let mut body = origin.play("1/videos/7").await.assert_status(200).json();
    for time in ["created_at", "updated_at", "published_at"] {
        let text = body[time].take();
        let text = text.as_str().expect("a time is text");
        assert!(
            text.len() == 24 && text.ends_with('Z') && text.as_bytes()[19] == b'.',
            "{text}"
        );
    }
    assert_eq!(
        body,
        json!({
            "id": "7",
            "account_id": "1",
            "name": "A video",
            "reference_id": null,
            "description": null,
            "long_description": null,
            "created_at": null,
            "updated_at": null,
            "published_at": null,
            "duration": null,
            "economics": "AD_SUPPORTED",
            "tags": [],
            "labels": [],
            "custom_fields": {},
            "ad_keys": null,
            "link": null,
            "offline_enabled": false,
            "poster": null,
            "thumbnail": null,
            "poster_sources": [],
            "thumbnail_sources": [],
            "cue_points": [],
            "sources": [{ "src": "https://media.example.com/v.mp4", "container": "MP4" }],
            "text_tracks": [],
            "playback_rights_id": null,
            "variants": [],
        })
    );
}

#[tokio::test]
async fn a_full_video_has_the_types_and_units_of_the_contract() {
    let origin = Origin::start();
    origin.account("1").await;
    origin
        .cms(Method::PUT, "1/playback_rights/r", json!({ "name": "r" }))
        .await;
    origin.video("1", "7", full_video()).await;
    let body = origin.play("1/videos/7").await.assert_status(200).json();
    for (pointer, want) in [
        ("/duration", json!(90_500)),
        ("/custom_fields", json!({ "season": "3" })),
        ("/ad_keys", json!({ "genre": "drama", "kids": "" })),
        ("/cue_points/0/time", json!(12.5)),
        ("/cue_points/0/force_stop", json!(true)),
        ("/cue_points/0/metadata", json!(null)),
        ("/text_tracks/0/account_id", json!("1")),
        ("/text_tracks/0/asset_id", json!(null)),
        ("/text_tracks/0/sources", json!(null)),
        (
            "/poster_sources",
            json!([{ "src": "https://media.example.com/1280x720/p.jpg" }]),
        ),
        ("/projection", json!("equirectangular")),
        ("/playback_rights_id", json!("r")),
        ("/sources/0/ext_x_version", json!("4")),
        ("/sources/2/avg_bitrate", json!(2_000_000)),
        ("/link/url", json!("https://www.example.com/")),
    ] {
        assert_eq!(body.pointer(pointer), Some(&want), "{pointer}");
    }
    let nulls = body["sources"]
        .as_array()
        .expect("sources")
        .iter()
        .flat_map(|source| {
            source
                .as_object()
                .expect("a source")
                .iter()
                .filter(|(_, value)| value.is_null())
        });
    assert_eq!(
        nulls.count(),
        0,
        "what does not apply to a source is left out"
    );
    let in_band = body["text_tracks"][0].get("in_band_metadata_track_dispatch_type");
    assert_eq!(
        in_band, None,
        "its presence would say that the track is in the manifest"
    );
}

#[tokio::test]
async fn no_restriction_is_in_the_body() {
    let origin = Origin::start();
    origin.account("1").await;
    origin
        .cms(Method::PUT, "1/playback_rights/r", json!({ "name": "r" }))
        .await;
    origin.video("1", "7", full_video()).await;
    let reply = origin.play("1/videos/7").await.assert_status(200);
    let body = reply.json();
    for name in ["geo", "schedule", "state", "complete", "rules", "ip_allow"] {
        assert_eq!(body.get(name), None, "{name}");
    }
    assert!(
        !reply.text.contains("geo-") && !reply.text.contains("2031"),
        "{}",
        reply.text
    );
}

#[tokio::test]
async fn an_ad_config_gives_manifests_a_vmap() {
    let origin = Origin::start();
    origin.account("1").await;
    origin
        .cms(Method::PUT, "1/playback_rights/r", json!({ "name": "r" }))
        .await;
    origin.video("1", "7", full_video()).await;
    let body = origin
        .play("1/videos/7?ad_config_id=live.a%20b")
        .await
        .assert_status(200)
        .json();
    let vmap = |at: usize| body["sources"][at].get("vmap").and_then(Value::as_str);
    assert_eq!(
        vmap(0),
        Some("https://media.example.com/7/hls.vmap?ad_config_id=live.a+b")
    );
    assert_eq!(
        vmap(1),
        Some("https://media.example.com/7/dash.vmap?ad_config_id=live.a+b")
    );
    assert_eq!(vmap(2), None);
    let plain = origin.play("1/videos/7").await.json();
    assert_eq!(plain["sources"][0].get("vmap"), None);
}

/// A video with everything the contract knows, under the right `r`.
pub(crate) fn full_video() -> Value {
    json!({
        "description": "d",
        "long_description": "ld",
        "tags": ["a", "b"],
        "labels": ["/x/y"],
        "custom_fields": { "season": "3" },
        "ad_keys": "genre=drama&kids",
        "duration": 90_500,
        "economics": "FREE",
        "offline_enabled": true,
        "projection": "equirectangular",
        "link": { "text": "More", "url": "https://www.example.com/" },
        "poster": "https://media.example.com/1280x720/p.jpg",
        "thumbnail": "https://media.example.com/160x90/t.jpg",
        "cue_points": [{ "name": "Pause", "type": "CODE", "time": 12.5, "force_stop": true }],
        "text_tracks": [{ "src": "https://media.example.com/en.vtt", "srclang": "en", "default": true }],
        "sources": [
            {
                "src": "https://media.example.com/7/master.m3u8",
                "type": "application/x-mpegURL",
                "ext_x_version": "4",
                "key_systems": {
                    "com.apple.fps.1_0": {
                        "key_request_url": "https://drm.example.com/key",
                        "certificate_url": "https://drm.example.com/certificate",
                    },
                },
            },
            { "src": "https://media.example.com/7/manifest.mpd", "type": "application/dash+xml" },
            {
                "src": "https://media.example.com/7/720.mp4",
                "container": "MP4",
                "codec": "H264",
                "avg_bitrate": 2_000_000,
                "width": 1280,
                "height": 720,
            },
        ],
        "variants": [{ "language": "de", "name": "Ein Video" }],
        "geo": { "restricted": true, "exclude_countries": false, "countries": ["de", "AT"] },
        "schedule": { "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2031-01-01T01:00:00+01:00" },
        "rules": r#"geo-deny=("US-NY")"#,
        "playback_rights_id": "r",
    })
}
