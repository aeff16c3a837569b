use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Origin, Reply};

const HEADERS: [&str; 3] = [
    "playback-account-rules-report-only",
    "playback-video-rules-report-only",
    "playback-right-rules-report-only",
];

fn reported(reply: &Reply) -> [Option<&str>; 3] {
    HEADERS.map(|name| reply.header(name))
}

/// An account with a video that uses a right, none of which reports anything.
async fn with_right() -> Origin {
    let origin = Origin::start();
    origin.account("1").await;
    let right = json!({ "name": "r" });
    origin
        .cms(Method::PUT, "1/playback_rights/r", right)
        .await
        .assert_status(201);
    origin
        .video("1", "7", json!({ "playback_rights_id": "r" }))
        .await;
    origin
}

async fn with_reports() -> Origin {
    let origin = with_right().await;
    for (path, rules) in [
        ("1", r#"geo-deny=("kp")"#),
        ("1/videos/7", "token=required"),
        ("1/playback_rights/r", r#"hours=("9-17")"#),
    ] {
        let patch = json!({ "rules_report_only": rules });
        origin.patch(path, patch).await.assert_status(200);
    }
    origin
}

#[tokio::test]
async fn what_is_only_reported_has_headers_of_its_own() {
    let origin = with_right().await;
    let before = origin.play("1/videos/7").await.assert_status(200);
    assert_eq!(reported(&before), [None; 3]);
    let origin = with_reports().await;
    for path in ["1/videos/7", "1/videos/7/high.mp4"] {
        let reply = origin.play(path).await.assert_status(200);
        let want = [r#"geo-deny=("KP")"#, "token=required", r#"hours=("9-17")"#];
        assert_eq!(reported(&reply), want.map(Some), "{path}");
        for name in [
            "playback-account-rules",
            "playback-video-rules",
            "playback-right-rules",
        ] {
            assert_eq!(
                reply.header(name),
                Some("geo-default=allow"),
                "{path} {name}"
            );
        }
    }
    let list = origin.play("1/videos").await.assert_status(200);
    assert_eq!(reported(&list), [Some(r#"geo-deny=("KP")"#), None, None]);
    assert_eq!(
        list.json()["videos"][0]["$rules"],
        json!({
            "video": "geo-default=allow", "video-report-only": "token=required",
            "right": "geo-default=allow", "right-report-only": r#"hours=("9-17")"#,
        })
    );
}

#[tokio::test]
async fn a_disabled_right_neither_restricts_nor_reports() {
    let origin = with_reports().await;
    let patch = json!({ "disabled": true, "geo_global_rule": "block_all" });
    origin
        .patch("1/playback_rights/r", patch)
        .await
        .assert_status(200);
    let reply = origin.play("1/videos/7").await.assert_status(200);
    assert_eq!(reported(&reply)[2], None);
    assert_eq!(reply.header("playback-right-rules"), None);
    let list = origin.play("1/videos").await.json();
    let rules = list["videos"][0]["$rules"]
        .as_object()
        .expect("rules")
        .clone();
    let layers: Vec<_> = rules.keys().map(String::as_str).collect();
    assert_eq!(layers, ["video", "video-report-only"]);
}

#[tokio::test]
async fn no_reports_are_cleared_by_null_and_shown_as_null() {
    let origin = with_reports().await;
    for path in ["1", "1/videos/7", "1/playback_rights/r"] {
        let patch = json!({ "rules_report_only": null });
        let shown = origin.patch(path, patch).await.assert_status(200).json();
        assert_eq!(shown["rules_report_only"], Value::Null, "{path}");
    }
    assert_eq!(reported(&origin.play("1/videos/7").await), [None; 3]);
}

#[tokio::test]
async fn a_layer_and_its_reports_share_one_limit() {
    let origin = with_right().await;
    let networks = |count: u32| {
        let networks: Vec<String> = (0..count)
            .map(|at| format!("\"10.{}.{}.1\"", at / 256, at % 256))
            .collect();
        format!("ip-deny=({})", networks.join(" "))
    };
    for path in ["1", "1/videos/7", "1/playback_rights/r"] {
        let most = json!({ "rules": networks(500), "rules_report_only": networks(300) });
        origin.patch(path, most).await.assert_status(200);
        let more = json!({ "rules_report_only": networks(600) });
        let reply = origin.patch(path, more).await;
        reply.assert_error(422, "VALIDATION_ERROR", "bytes as text");
    }
}
