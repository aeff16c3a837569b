use reqwest::Method;
use serde_json::json;

use crate::{
    harness::{CMS_TOKEN, EDGE_PROOF, Origin, Reply},
    playback_body::full_video,
};

#[tokio::test]
async fn nobody_is_answered_without_the_proof() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.video("1", "7", json!({})).await;
    let near_miss = EDGE_PROOF.replace("test", "Test");
    for path in [
        "/playback/v1/accounts/1/videos/7",
        "/playback/v1/nothing",
        "/playback",
        "/playback/",
    ] {
        for method in ["GET", "HEAD", "POST", "OPTIONS", "BREW"] {
            for proof in [None, Some(""), Some("x"), Some(CMS_TOKEN), Some(&near_miss)] {
                let method = Method::from_bytes(method.as_bytes()).expect("a method");
                let mut request = origin.request(method.clone(), path);
                if let Some(proof) = proof {
                    request = request.bearer_auth(proof);
                }
                let reply = Reply::of(request).await;
                assert_eq!(reply.status, 401, "{method} {path} {proof:?}");
                assert_eq!(reply.header("surrogate-key"), None);
                assert_eq!(reply.header("playback-video-rules"), None);
                if method != Method::HEAD {
                    reply.assert_error(401, "UNAUTHORIZED", "Bearer");
                }
            }
        }
    }
}

#[tokio::test]
async fn two_proofs_are_none() {
    let origin = Origin::start();
    let request = origin.request(Method::GET, "/playback/v1/accounts/1/videos/7");
    let reply = Reply::of(request.bearer_auth(EDGE_PROOF).bearer_auth("x")).await;
    reply.assert_status(401);
}

#[tokio::test]
async fn each_layer_is_a_header() {
    let origin = Origin::start();
    let account = json!({ "name": "a", "ip_allow": ["192.0.2.9/24"], "rules": "proxy-deny=(tor)" });
    origin
        .cms(Method::PUT, "1", account)
        .await
        .assert_status(201);
    let right = json!({ "name": "r", "rules": r#"domain-allow=("*.example.com")"# });
    origin
        .cms(Method::PUT, "1/playback_rights/r", right)
        .await
        .assert_status(201);
    origin.video("1", "7", full_video()).await;
    origin.video("1", "8", json!({})).await;

    let reply = origin.play("1/videos/7").await.assert_status(200);
    for (name, want) in [
        (
            "playback-account-rules",
            r#"ip-allow=("192.0.2.0/24"), proxy-deny=(tor)"#,
        ),
        (
            "playback-video-rules",
            r#"geo-allow=("DE" "AT"), geo-deny=("US-NY"), from=@1767225600, until=@1924992000"#,
        ),
        ("playback-right-rules", r#"domain-allow=("*.example.com")"#),
        ("surrogate-key", "account-id-1 video-id-7"),
        ("surrogate-control", "max-age=31536000"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(reply.header(name), Some(want), "{name}");
    }
    let plain = origin.play("1/videos/8").await.assert_status(200);
    assert_eq!(
        plain.header("playback-video-rules"),
        Some("geo-default=allow")
    );
    assert_eq!(plain.header("playback-right-rules"), None);
}

#[tokio::test]
async fn a_reference_finds_the_same_video_however_it_is_encoded() {
    let origin = Origin::start();
    origin.account("1").await;
    let reference = "Saison 3/Folge 7 ü?#%";
    origin
        .video("1", "7", json!({ "reference_id": reference }))
        .await;
    let by_id = origin.play("1/videos/7").await.assert_status(200);
    for path in [
        "ref:Saison%203%2FFolge%207%20%C3%BC%3F%23%25",
        "ref%3ASaison%203%2fFolge%207%20%c3%bc%3f%23%25",
    ] {
        let reply = origin
            .play(&format!("1/videos/{path}"))
            .await
            .assert_status(200);
        assert_eq!(reply.text, by_id.text);
        let keys: Vec<_> = reply
            .header("surrogate-key")
            .expect("keys")
            .split(' ')
            .collect();
        assert_eq!(keys.len(), 3, "{keys:?}");
        assert!(
            keys.contains(&"video-id-7") && keys.contains(&"account-id-1"),
            "{keys:?}"
        );
        assert!(
            keys.iter()
                .any(|key| key.starts_with("ref-id-") && key.len() == 39),
            "{keys:?}"
        );
    }
}

#[tokio::test]
async fn what_is_not_there_may_be_cached_until_it_is() {
    let origin = Origin::start();
    origin.account("1").await;
    for (path, code, key) in [
        ("1/videos/404", "VIDEO_NOT_FOUND", "video-id-404"),
        ("1/videos/ref:none", "VIDEO_NOT_FOUND", "ref-id-"),
        ("9/videos/404", "ACCOUNT_NOT_FOUND", "video-id-404"),
    ] {
        let reply = origin.play(path).await.assert_error(404, code, "");
        let keys = reply.header("surrogate-key").expect("keys");
        assert!(keys.contains(key), "{keys}");
        let account = format!("account-id-{}", &path[..1]);
        assert!(keys.split(' ').any(|key| key == account), "{keys}");
        assert_eq!(reply.header("surrogate-control"), Some("max-age=31536000"));
    }
}

#[tokio::test]
async fn a_video_of_another_account_is_not_there() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.account("2").await;
    origin.video("1", "7", json!({ "reference_id": "r" })).await;
    origin
        .play("2/videos/7")
        .await
        .assert_error(404, "VIDEO_NOT_FOUND", "");
    origin
        .play("2/videos/ref:r")
        .await
        .assert_error(404, "VIDEO_NOT_FOUND", "");
}

#[tokio::test]
async fn what_cannot_play_is_refused_and_may_be_cached_but_a_schedule_is_the_edges_to_judge() {
    let origin = Origin::start();
    origin.account("1").await;
    let unplayable = [
        json!({ "state": "INACTIVE" }),
        json!({ "state": "PENDING" }),
        json!({ "complete": false }),
        json!({ "sources": [] }),
    ];
    for (at, members) in unplayable.into_iter().enumerate() {
        origin.video("1", &at.to_string(), members.clone()).await;
        let reply = origin.play(&format!("1/videos/{at}")).await;
        assert_eq!(reply.status, 403, "{members}");
        let reply = reply.assert_error(403, "VIDEO_NOT_PLAYABLE", "");
        assert!(
            reply
                .header("surrogate-key")
                .expect("keys")
                .contains(&format!("video-id-{at}"))
        );
        assert_eq!(reply.header("playback-video-rules"), None);
    }
    let ended = json!({ "schedule": { "ends_at": "2020-01-01T00:00:00Z" } });
    origin.video("1", "past", ended).await;
    origin.play("1/videos/past").await.assert_status(200);
}

#[tokio::test]
async fn an_etag_is_strong_and_follows_the_body() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.video("1", "7", json!({})).await;
    let tag = async || {
        let reply = origin.play("1/videos/7").await.assert_status(200);
        reply.header("etag").expect("a tag").to_owned()
    };
    let before = tag().await;
    assert!(before.starts_with('"') && before.len() == 34, "{before}");
    assert_eq!(before, tag().await);
    origin
        .patch("1/videos/7", json!({ "name": "Another" }))
        .await
        .assert_status(200);
    assert_ne!(before, tag().await);
}

#[tokio::test]
async fn requests_the_edge_never_makes_are_refused_and_not_cached() {
    let origin = Origin::start();
    origin.account("1").await;
    for (path, status, code) in [
        ("1/videos/7?config_id=a&config_id=b", 400, "BAD_REQUEST"),
        ("1/videos/a%20b", 404, "VIDEO_NOT_FOUND"),
        ("1/videos/%00", 404, "VIDEO_NOT_FOUND"),
        ("1/videos/..%2f7", 404, "VIDEO_NOT_FOUND"),
        ("1/videos/ref:", 404, "VIDEO_NOT_FOUND"),
        ("1/videos/", 404, "VIDEO_NOT_FOUND"),
        ("1/videos/7/trailer.mp4", 404, "RESOURCE_NOT_FOUND"),
        ("1/videos?q=name:", 400, "BAD_REQUEST"),
        ("1/videos?limit=0", 400, "BAD_REQUEST"),
        ("1/videos?sort=duration", 400, "BAD_REQUEST"),
        ("%FF/videos/7", 404, "RESOURCE_NOT_FOUND"),
        ("1/playlists", 404, "RESOURCE_NOT_FOUND"),
        ("1/playlists/a%20b", 404, "PLAYLIST_NOT_FOUND"),
        ("1/playlists/7?limit=101", 400, "BAD_REQUEST"),
    ] {
        let reply = origin.play(path).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text);
        let reply = reply.assert_error(status, code, "");
        assert_eq!(reply.header("surrogate-key"), None, "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
    }
    let post = origin.request(Method::POST, "/playback/v1/accounts/1/videos/7");
    Reply::of(post.bearer_auth(EDGE_PROOF))
        .await
        .assert_error(405, "METHOD_NOT_ALLOWED", "");
}

#[tokio::test]
async fn answers_are_counted_by_account_and_status() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.video("1", "7", json!({})).await;
    for path in ["1/videos/7", "1/videos/7", "1/videos/8"] {
        origin.play(path).await;
    }
    Reply::of(origin.request(Method::GET, "/playback/v1/accounts/1/videos/7")).await;
    let count = |account: &str, status: u16| {
        format!("origin_playback_answers_total{{account=\"{account}\",status=\"{status}\"}}")
    };
    assert_eq!(origin.metric(&count("1", 200)).await, Some(2));
    assert_eq!(origin.metric(&count("1", 404)).await, Some(1));
    assert_eq!(origin.metric(&count("", 401)).await, Some(1));
}

#[tokio::test]
async fn head_is_answered_as_get_without_the_body() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.video("1", "7", json!({})).await;
    let get = origin.play("1/videos/7").await.assert_status(200);
    let request = origin.request(Method::HEAD, "/playback/v1/accounts/1/videos/7");
    let head = Reply::of(request.bearer_auth(EDGE_PROOF))
        .await
        .assert_status(200);
    assert_eq!(head.text, "");
    for name in [
        "etag",
        "surrogate-key",
        "playback-account-rules",
        "content-length",
    ] {
        assert!(get.header(name).is_some(), "{name}");
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}
