use serde_json::{Value, json};

use crate::harness::Origin;

/// A video that has everything, some of it more than once.
fn rich() -> Value {
    let hls = "application/x-mpegURL";
    let dash = "application/dash+xml";
    json!({
        "reference_id": "r",
        "rules": r#"geo-deny=("KP")"#,
        "poster": "https://media.example.com/1280x720/p.jpg",
        "thumbnail": "https://media.example.com/160x90/t.jpg",
        "sources": [
            { "src": "http://media.example.com/plain/master.m3u8", "type": hls },
            { "src": "https://media.example.com/1/master.m3u8", "type": "application/vnd.apple.mpegurl" },
            { "src": "https://media.example.com/2/master.m3u8", "type": hls },
            { "src": "http://media.example.com/d/manifest.mpd", "type": dash },
            { "src": "https://media.example.com/unknown.mp4", "container": "mp4" },
            { "src": "http://media.example.com/high.mp4", "container": "MP4", "avg_bitrate": 9000 },
            { "src": "https://media.example.com/high.mp4", "container": "MP4", "avg_bitrate": 9000 },
            { "src": "https://media.example.com/low.mp4", "container": "MP4", "avg_bitrate": 100 },
            { "src": "https://media.example.com/v.webm", "container": "WEBM", "avg_bitrate": 1 },
        ],
    })
}

#[tokio::test]
async fn each_asset_has_its_place() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.video("1", "7", rich()).await;
    for (asset, src) in [
        ("master.m3u8", "https://media.example.com/1/master.m3u8"),
        ("manifest.mpd", "http://media.example.com/d/manifest.mpd"),
        (
            "hls.vmap?ad_config_id=live.a%20b",
            "https://media.example.com/1/hls.vmap?ad_config_id=live.a+b",
        ),
        (
            "dash.vmap?ad_config_id=x",
            "http://media.example.com/d/dash.vmap?ad_config_id=x",
        ),
        ("high.mp4", "https://media.example.com/high.mp4"),
        ("low.mp4", "https://media.example.com/low.mp4"),
        ("poster.jpg", "https://media.example.com/1280x720/p.jpg"),
        ("thumbnail.jpg", "https://media.example.com/160x90/t.jpg"),
    ] {
        let by_id = origin.play(&format!("1/videos/7/{asset}")).await;
        let by_id = by_id.assert_status(200);
        let want = json!({ "id": "7", "account_id": "1", "reference_id": "r", "src": src });
        assert_eq!(by_id.json(), want, "{asset}");
        for (name, want) in [
            ("playback-account-rules", "geo-default=allow"),
            ("playback-video-rules", r#"geo-deny=("KP")"#),
            ("surrogate-key", "account-id-1 video-id-7"),
            ("surrogate-control", "max-age=31536000"),
        ] {
            assert_eq!(by_id.header(name), Some(want), "{asset} {name}");
        }
        let by_reference = origin.play(&format!("1/videos/ref%3Ar/{asset}")).await;
        let by_reference = by_reference.assert_status(200);
        assert_eq!(by_reference.text, by_id.text, "{asset}");
        let keys = by_reference.header("surrogate-key").expect("keys");
        assert!(
            keys.contains("ref-id-") && keys.contains(" video-id-7"),
            "{keys}"
        );
    }
}

#[tokio::test]
async fn what_a_video_has_not_got_may_be_cached_until_it_has() {
    let origin = Origin::start();
    origin.account("1").await;
    let webm = json!([{ "src": "https://media.example.com/v.webm", "container": "WEBM" }]);
    origin.video("1", "7", json!({ "sources": webm })).await;
    origin.video("1", "8", rich()).await;
    origin
        .video("1", "off", json!({ "state": "INACTIVE" }))
        .await;
    let missing = (404, "RESOURCE_NOT_FOUND");
    for (path, (status, code), key) in [
        ("1/videos/7/master.m3u8", missing, "video-id-7"),
        ("1/videos/7/manifest.mpd", missing, "video-id-7"),
        ("1/videos/7/hls.vmap?ad_config_id=x", missing, "video-id-7"),
        ("1/videos/7/dash.vmap?ad_config_id=x", missing, "video-id-7"),
        ("1/videos/7/high.mp4", missing, "video-id-7"),
        ("1/videos/7/low.mp4", missing, "video-id-7"),
        ("1/videos/7/poster.jpg", missing, "video-id-7"),
        ("1/videos/7/thumbnail.jpg", missing, "video-id-7"),
        ("1/videos/8/hls.vmap", missing, "video-id-8"),
        (
            "1/videos/404/high.mp4",
            (404, "VIDEO_NOT_FOUND"),
            "video-id-404",
        ),
        (
            "1/videos/off/high.mp4",
            (403, "VIDEO_NOT_PLAYABLE"),
            "video-id-off",
        ),
        (
            "9/videos/7/high.mp4",
            (404, "ACCOUNT_NOT_FOUND"),
            "account-id-9",
        ),
    ] {
        let reply = origin.play(path).await;
        assert_eq!(reply.status, status, "{path}");
        let reply = reply.assert_error(status, code, "");
        let keys = reply.header("surrogate-key").expect("keys");
        assert!(keys.contains(key), "{path}: {keys}");
        assert_eq!(reply.header("surrogate-control"), Some("max-age=31536000"));
        assert_eq!(reply.header("playback-video-rules"), None);
    }
}
