use reqwest::Method;
use serde_json::{Value, json};

use crate::{database::execute, harness::Origin, purge_api::PurgeApi};

#[tokio::test]
async fn a_created_playlist_gets_an_id_and_a_place() {
    let origin = Origin::start();
    origin.account("1").await;
    let document = json!({ "name": "P", "type": "EXPLICIT", "video_ids": ["8", "7", "8"] });
    let reply = origin.cms(Method::POST, "1/playlists", document).await;
    let reply = reply.assert_status(201);
    let playlist = reply.json();
    let id = playlist["id"].as_str().expect("an id");
    let place = format!("/v1/accounts/1/playlists/{id}");
    assert_eq!(reply.header("location"), Some(place.as_str()));
    for (name, want) in [
        ("account_id", json!("1")),
        ("favorite", json!(false)),
        ("reference_id", json!(null)),
        ("limit", json!(null)),
        ("search", json!(null)),
        ("video_ids", json!(["8", "7", "8"])),
    ] {
        assert_eq!(playlist[name], want, "{name}");
    }
    let path = format!("1/playlists/{id}");
    let again = origin.cms(Method::GET, &path, Value::Null).await;
    assert_eq!(again.assert_status(200).json(), playlist);
    let nowhere = json!({ "name": "P", "type": "ALPHABETICAL" });
    let nowhere = origin.cms(Method::POST, "9/playlists", nowhere).await;
    nowhere.assert_error(404, "NOT_FOUND", "account `9`");
}

#[tokio::test]
async fn what_an_editor_was_shown_it_may_send_back_member_by_member() {
    let origin = Origin::start();
    origin.account("1").await;
    for (id, document) in [
        (
            "9",
            json!({ "name": "P", "type": "ALPHABETICAL", "search": "+tags:a,b -x", "limit": 7 }),
        ),
        (
            "10",
            json!({ "name": "P", "type": "EXPLICIT", "video_ids": ["7"], "favorite": true }),
        ),
    ] {
        let path = format!("1/playlists/{id}");
        let shown = origin.cms(Method::PUT, &path, document).await;
        let shown = shown.assert_status(201).json();
        for (name, value) in shown.as_object().expect("a playlist") {
            let own = ["id", "account_id", "created_at", "updated_at"];
            if !own.contains(&name.as_str()) {
                let same = origin.patch(&path, json!({ name: value })).await;
                assert_eq!(same.assert_status(200).json()[name], *value);
            }
        }
    }
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_null_clears() {
    let origin = Origin::start();
    origin.account("1").await;
    let document = json!({ "name": "P", "type": "PLAYS_TOTAL", "search": "tags:a", "limit": 7 });
    let put = origin.cms(Method::PUT, "1/playlists/9", document).await;
    put.assert_status(201);
    let patched = origin.patch("1/playlists/9", json!({ "name": "Q" })).await;
    let patched = patched.assert_status(200).json();
    assert_eq!(
        (&patched["name"], &patched["limit"]),
        (&json!("Q"), &json!(7))
    );
    let to_explicit = json!({ "type": "EXPLICIT", "video_ids": ["7"] });
    let half = origin.patch("1/playlists/9", to_explicit.clone()).await;
    half.assert_error(422, "VALIDATION_ERROR", "`limit`");
    let mut whole = to_explicit;
    whole["limit"] = Value::Null;
    whole["search"] = Value::Null;
    let explicit = origin.patch("1/playlists/9", whole).await;
    assert_eq!(
        explicit.assert_status(200).json()["video_ids"],
        json!(["7"])
    );
    let deleted = origin
        .cms(Method::DELETE, "1/playlists/9", Value::Null)
        .await;
    deleted.assert_status(204);
    let gone = origin.cms(Method::GET, "1/playlists/9", Value::Null).await;
    gone.assert_error(404, "NOT_FOUND", "playlist `9`");
}

#[tokio::test]
async fn ids_are_unique_across_accounts_and_references_in_one() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.account("2").await;
    let named = json!({ "name": "P", "type": "ALPHABETICAL", "reference_id": "r" });
    // A video may have the same names.
    origin.video("1", "9", json!({ "reference_id": "r" })).await;
    let put = async |path: &str| origin.cms(Method::PUT, path, named.clone()).await;
    put("1/playlists/9").await.assert_status(201);
    put("1/playlists/9")
        .await
        .assert_error(409, "CONFLICT", "PATCH");
    put("2/playlists/9")
        .await
        .assert_error(409, "CONFLICT", "playlist");
    put("1/playlists/8")
        .await
        .assert_error(409, "REFERENCE_ID_IN_USE", "`9`");
    put("2/playlists/8").await.assert_status(201);
    let elsewhere = origin.cms(Method::GET, "2/playlists/9", Value::Null).await;
    elsewhere.assert_error(404, "NOT_FOUND", "`9`");
}

#[tokio::test]
async fn a_playlist_that_may_not_be_so_is_refused_with_its_place() {
    let origin = Origin::start();
    origin.account("1").await;
    let put = json!({ "name": "P", "type": "ALPHABETICAL" });
    origin
        .cms(Method::PUT, "1/playlists/9", put)
        .await
        .assert_status(201);
    let many: Vec<_> = (0..1001).map(|at| at.to_string()).collect();
    for (patch, place) in [
        (json!({ "nmae": "x" }), "`nmae`"),
        (json!({ "name": "" }), "`name`"),
        (json!({ "name": "x".repeat(251) }), "`name`"),
        (json!({ "description": "x".repeat(251) }), "`description`"),
        (json!({ "reference_id": "" }), "`reference_id`"),
        (json!({ "favorite": "yes" }), "`favorite`"),
        (json!({ "type": null }), "`type`"),
        (json!({ "type": "RANDOM" }), "`type`"),
        (json!({ "type": "EXPLICIT", "limit": 1 }), "`limit`"),
        (json!({ "type": "EXPLICIT", "search": "x" }), "`search`"),
        (json!({ "video_ids": ["7"] }), "`video_ids`"),
        (
            json!({ "type": "EXPLICIT", "video_ids": ["7", "a b"] }),
            "`video_ids[1]`",
        ),
        (
            json!({ "type": "EXPLICIT", "video_ids": [7] }),
            "`video_ids[0]`",
        ),
        (
            json!({ "type": "EXPLICIT", "video_ids": many }),
            "at most 1000",
        ),
        (json!({ "limit": 0 }), "`limit`"),
        (json!({ "limit": 1001 }), "`limit`"),
        (json!({ "limit": -1 }), "whole number"),
        (json!({ "search": "tags:\"a" }), "`search`"),
        (json!({ "search": "created_at:yesterday" }), "`search`"),
        (json!({ "search": "name:" }), "`search`"),
        (json!({ "videos": [] }), "`videos`"),
    ] {
        let reply = origin.patch("1/playlists/9", patch).await;
        reply.assert_error(422, "VALIDATION_ERROR", place);
    }
}

#[tokio::test]
async fn plays_and_url_signing_that_may_not_be_so_are_refused_with_their_place() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.video("1", "7", json!({})).await;
    for (path, patch, place) in [
        ("1/videos/7", json!({ "plays_total": -1 }), "whole number"),
        ("1/videos/7", json!({ "plays_total": 1.5 }), "`plays_total`"),
        (
            "1/videos/7",
            json!({ "plays_trailing_week": 9_007_199_254_740_992_u64 }),
            "`plays_trailing_week`",
        ),
        ("1", json!({ "url_signing": {} }), "`url_signing`"),
        ("1", json!({ "url_signing": true }), "`url_signing`"),
        (
            "1",
            url_signing(&json!({ "key": "a b" })),
            "`url_signing.key`",
        ),
        (
            "1",
            url_signing(&json!({ "hosts": [] })),
            "`url_signing.hosts`",
        ),
        (
            "1",
            url_signing(&json!({ "hosts": ["https://media.example.com/"] })),
            "`url_signing.hosts`",
        ),
        (
            "1",
            url_signing(&json!({ "lifetime": 0 })),
            "`url_signing.lifetime`",
        ),
        ("1", url_signing(&json!({ "lifetime": -1 })), "whole number"),
        (
            "1",
            url_signing(&json!({ "parameter": "" })),
            "`url_signing.parameter`",
        ),
        (
            "1",
            url_signing(&json!({ "bind": "address" })),
            "`url_signing.bind`",
        ),
        (
            "1",
            url_signing(&json!({ "secret": "x" })),
            "`url_signing.secret`",
        ),
    ] {
        let reply = origin.patch(path, patch).await;
        reply.assert_error(422, "VALIDATION_ERROR", place);
    }
    let good = url_signing(&json!({ "bind": "network" }));
    let account = origin.patch("1", good.clone()).await.assert_status(200);
    assert_eq!(account.json()["url_signing"], good["url_signing"]);
    let off = origin.patch("1", json!({ "url_signing": null })).await;
    assert_eq!(off.assert_status(200).json()["url_signing"], Value::Null);
}

pub(crate) fn url_signing(members: &Value) -> Value {
    let mut signing = json!({
        "key": "media-1", "hosts": ["media.example.com"], "lifetime": 3600, "parameter": "token",
    });
    let own = members.as_object().expect("members").clone();
    signing.as_object_mut().expect("an object").extend(own);
    json!({ "url_signing": signing })
}

#[tokio::test]
async fn records_are_listed_the_last_edited_first_and_in_pages() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.account("2").await;
    let list = async |path: &str| {
        let reply = origin.cms(Method::GET, path, Value::Null).await;
        let records = reply.assert_status(200).json();
        let records = records.as_array().expect("a list").clone();
        let ids = records
            .iter()
            .map(|record| record["id"].as_str().expect("an id").to_owned());
        ids.collect::<Vec<_>>()
    };
    for path in ["videos", "playlists", "playback_rights"] {
        assert_eq!(list(&format!("1/{path}")).await, [""; 0]);
        for at in 10..35 {
            let mut document = json!({ "name": "A" });
            if path == "playlists" {
                document["type"] = json!("ALPHABETICAL");
            }
            let path = format!("1/{path}/{at}");
            origin
                .cms(Method::PUT, &path, document)
                .await
                .assert_status(201);
        }
        let times = format!("update {path} set updated_at = '2024-01-01T00:00:' || id || '.000Z'");
        execute(origin.folder().path(), &times).await;
        let first = list(&format!("1/{path}")).await;
        assert_eq!((first.len(), first[0].as_str()), (20, "34"));
        assert_eq!(
            list(&format!("1/{path}?limit=2&offset=23")).await,
            ["11", "10"]
        );
        assert_eq!(list(&format!("1/{path}?limit=100")).await.len(), 25);
        assert_eq!(list(&format!("1/{path}?offset=4000000000")).await, [""; 0]);
        assert_eq!(list(&format!("2/{path}")).await, [""; 0]);
        for (query, hint) in [
            ("limit=0", "`limit`"),
            ("limit=101", "`limit`"),
            ("limit=x", "`limit`"),
            ("offset=-1", "`offset`"),
        ] {
            let path = format!("1/{path}?{query}");
            let reply = origin.cms(Method::GET, &path, Value::Null).await;
            reply.assert_error(400, "BAD_REQUEST", hint);
        }
        let nowhere = origin
            .cms(Method::GET, &format!("9/{path}"), Value::Null)
            .await;
        nowhere.assert_error(404, "NOT_FOUND", "account `9`");
    }
}

#[tokio::test]
async fn a_playlist_edit_is_purged_by_what_it_changes() {
    let mut api = PurgeApi::start([]).await;
    let origin = Origin::purging(&api);
    origin.account("1").await;
    let document = json!({ "name": "P", "type": "ALPHABETICAL", "reference_id": "old" });
    let put = origin.cms(Method::PUT, "1/playlists/9", document).await;
    let put = put.assert_status(201);
    assert_eq!(put.header("playback-purge"), Some("done"));
    for (patch, is_soft, count) in [
        (json!({ "name": "Q" }), true, 2),
        (json!({ "limit": 3 }), false, 2),
        (json!({ "reference_id": "new" }), false, 3),
    ] {
        let reply = origin.patch("1/playlists/9", patch.clone()).await;
        assert_eq!(reply.header("playback-purge"), Some("done"), "{patch}");
        // Second rounds of earlier edits may come in between.
        let call = loop {
            let call = api.call().await;
            if (call.is_soft, call.keys.len()) == (is_soft, count) {
                break call;
            }
        };
        assert!(
            call.keys.contains(&"playlist-id-9".to_owned()),
            "{:?}",
            call.keys
        );
    }
    let same = origin.patch("1/playlists/9", json!({ "name": "Q" })).await;
    assert_eq!(same.header("playback-purge"), Some("nothing"));
}
