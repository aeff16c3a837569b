use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::{EDGE_PROOF, Origin, Reply},
    playlists::url_signing,
};

async fn key(origin: &Origin, account: &str, members: Value) -> String {
    let mut data = json!({ "account-id": account });
    let own = members.as_object().expect("members").clone();
    data.as_object_mut().expect("an object").extend(own);
    let path = format!("{account}/policy_keys");
    let minted = origin
        .cms(Method::POST, &path, json!({ "key-data": data }))
        .await;
    let minted = minted.assert_status(201).json();
    minted["key-string"].as_str().expect("a key").to_owned()
}

/// Asks as the edge does that leaves the overlay to the origin.
async fn play_with(origin: &Origin, path: &str, keys: &[&str]) -> Reply {
    let url = format!("/playback/v1/accounts/{path}");
    let mut request = origin.request(Method::GET, &url).bearer_auth(EDGE_PROOF);
    for key in keys {
        request = request.header("playback-key", *key);
    }
    Reply::of(request).await
}

fn lines(reply: &Reply) -> Vec<&str> {
    let values = reply.headers.get_all("playback-key-rules").iter();
    values.map(|value| value.to_str().expect("text")).collect()
}

async fn with_videos() -> Origin {
    let origin = Origin::start();
    origin.account("1").await;
    origin.account("2").await;
    origin
        .video("1", "7", json!({ "rules": r#"geo-deny=("KP")"# }))
        .await;
    origin
}

#[tokio::test]
async fn each_set_of_a_keys_rules_is_a_line_of_every_answer() {
    let origin = with_videos().await;
    let plain = key(&origin, "1", json!({})).await;
    let full = json!({
        "geo": { "countries": ["de"] },
        "allowed-domains": ["https://www.example.com"],
        "rules": r#"ip-deny=("192.0.2.0/24")"#,
    });
    let full = key(&origin, "1", full).await;
    for path in ["1/videos/7", "1/videos?q=video", "1/videos/7/related"] {
        let without = origin.play(path).await.assert_status(200);
        assert_eq!(lines(&without), [""; 0], "{path}");
        let reply = play_with(&origin, path, &[&plain]).await.assert_status(200);
        assert_eq!(lines(&reply), ["geo-default=allow"], "{path}");
        assert_eq!(reply.text, without.text);
        let reply = play_with(&origin, path, &[&full]).await.assert_status(200);
        let want = [
            r#"geo-allow=("DE"), proxy-deny=(anonymous public corporate transparent hosting vpn tor)"#,
            r#"domain-allow=("https://www.example.com")"#,
            r#"ip-deny=("192.0.2.0/24")"#,
        ];
        assert_eq!(lines(&reply), want, "{path}");
        for name in ["playback-account-rules", "playback-video-rules", "etag"] {
            assert_eq!(reply.header(name), without.header(name), "{path} {name}");
        }
    }
    let missing = play_with(&origin, "1/videos/404", &[&full]).await;
    assert_eq!(lines(&missing.assert_status(404)), [""; 0]);
}

#[tokio::test]
async fn a_key_that_does_not_open_the_account_is_no_answer() {
    let origin = with_videos().await;
    let own = key(&origin, "1", json!({})).await;
    let other = key(&origin, "2", json!({})).await;
    let forged = format!("{}A", &own[..own.len() - 1]);
    for keys in [
        vec![other.as_str()],
        vec![&forged],
        vec![""],
        vec![&own, &own],
        vec!["a b"],
    ] {
        for path in ["1/videos/7", "1/videos", "1/videos/404"] {
            let reply = play_with(&origin, path, &keys).await;
            let reply = reply.assert_error(500, "SERVER_ERROR", "");
            assert_eq!(reply.header("surrogate-key"), None);
            assert_eq!(reply.header("playback-video-rules"), None);
        }
    }
}

#[tokio::test]
async fn how_urls_are_signed_is_told_with_every_answer_that_has_some() {
    let origin = with_videos().await;
    let playlist = json!({ "name": "P", "type": "ALPHABETICAL" });
    origin
        .cms(Method::PUT, "1/playlists/9", playlist)
        .await
        .assert_status(201);
    let paths = [
        "1/videos/7",
        "1/videos/7/high.mp4",
        "1/videos",
        "1/videos/7/related",
        "1/playlists/9",
    ];
    let header = async |path: &str| {
        let reply = origin.play(path).await;
        reply.header("playback-url-signing").map(str::to_owned)
    };
    for path in paths {
        assert_eq!(header(path).await, None, "{path}");
    }
    for (bind, end) in [(None, ""), (Some("network"), ", bind=network")] {
        let members = json!({ "bind": bind });
        origin
            .patch("1", url_signing(&members))
            .await
            .assert_status(200);
        let want = format!(
            r#"key="media-1", hosts=("media.example.com"), lifetime=3600, parameter="token"{end}"#
        );
        for path in paths {
            assert_eq!(header(path).await.as_ref(), Some(&want), "{path}");
        }
    }
    assert_eq!(header("1/videos/404").await, None);
}
