use serde_json::json;

use crate::{harness::Origin, search::ids};

async fn catalog() -> Origin {
    let origin = Origin::start();
    origin.account("1").await;
    for (id, members) in [
        (
            "1",
            json!({
                "name": "The fox", "description": "Winter in a forest", "reference_id": "r",
                "tags": ["nothing alike"],
            }),
        ),
        (
            "2",
            json!({ "name": "Another fox", "description": "Winter forests of Canada" }),
        ),
        ("3", json!({ "name": "The city", "tags": ["winters"] })),
        (
            "4",
            json!({ "name": "In a the", "long_description": "Foxes and other animals" }),
        ),
        (
            "5",
            json!({ "name": "The in of", "custom_fields": { "x": "fox" } }),
        ),
        (
            "6",
            json!({ "name": "Fox, switched off", "state": "INACTIVE" }),
        ),
    ] {
        origin.video("1", id, members).await;
    }
    origin.account("2").await;
    origin.video("2", "7", json!({ "name": "Fox" })).await;
    origin
}

#[tokio::test]
async fn related_videos_share_words_and_are_not_counted() {
    let origin = catalog().await;
    let reply = origin.play("1/videos/1/related").await.assert_status(200);
    let body = reply.json();
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(1));
    assert_eq!(body["videos"][0]["$rules"]["video"], "geo-default=allow");
    let mut found = ids(reply);
    assert_eq!(found[0], "2", "it shares most");
    found.sort();
    assert_eq!(
        found,
        ["2", "3", "4"],
        "neither itself, nor by words as common as `the`"
    );

    let second = origin.play("1/videos/ref:r/related?limit=1&offset=1").await;
    let all = ids(origin.play("1/videos/1/related").await);
    assert_eq!(ids(second), all[1..2]);
    assert_eq!(ids(origin.play("1/videos/5/related").await), [""; 0]);
    assert_eq!(
        ids(origin.play("1/videos/1/related?offset=3").await),
        [""; 0]
    );
}

#[tokio::test]
async fn related_videos_are_purged_with_every_edit_and_their_own() {
    let origin = catalog().await;
    let keys = |reply: &crate::harness::Reply| reply.header("surrogate-key").map(str::to_owned);
    let by_id = origin.play("1/videos/1/related").await.assert_status(200);
    let want = "account-id-1 search-account-id-1 video-id-1 video-id-2 video-id-3 video-id-4";
    assert_eq!(keys(&by_id).as_deref(), Some(want));
    let by_reference = origin.play("1/videos/ref:r/related?limit=1").await;
    let by_reference = keys(&by_reference).expect("keys");
    assert!(by_reference.contains("video-id-1 video-id-2") && by_reference.contains(" ref-id-"));
}

#[tokio::test]
async fn nothing_is_related_to_what_is_not_there_or_cannot_play() {
    let origin = catalog().await;
    for (path, status, code, key) in [
        (
            "1/videos/404/related",
            404,
            "VIDEO_NOT_FOUND",
            "video-id-404",
        ),
        ("1/videos/ref:x/related", 404, "VIDEO_NOT_FOUND", "ref-id-"),
        (
            "1/videos/6/related",
            403,
            "VIDEO_NOT_PLAYABLE",
            "video-id-6",
        ),
        (
            "9/videos/1/related",
            404,
            "ACCOUNT_NOT_FOUND",
            "account-id-9",
        ),
    ] {
        let reply = origin.play(path).await.assert_error(status, code, "");
        assert!(reply.header("surrogate-key").expect("keys").contains(key));
        assert_eq!(reply.header("surrogate-control"), Some("max-age=31536000"));
        assert_eq!(reply.header("playback-account-rules"), None);
    }
}
