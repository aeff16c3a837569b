use reqwest::Method;
use serde_json::{Value, json};

use super::{feed, page, seqs};
use crate::{harness::Origin, load::loaded, token_keys::ED25519};

/// A change as the feed tells it, but for its place and its time.
fn change(object: &Value, kind: &str) -> Value {
    let mut change = json!({ "account": "1", "kind": kind });
    let members = object.as_object().expect("an object").clone();
    change.as_object_mut().expect("an object").extend(members);
    change
}

fn account() -> Value {
    json!({ "object": "account", "id": "1" })
}

fn video(reference_ids: &[&str]) -> Value {
    json!({ "object": "video", "id": "7", "reference_ids": reference_ids })
}

fn playlist(reference_ids: &[&str]) -> Value {
    json!({ "object": "playlist", "id": "p", "reference_ids": reference_ids })
}

fn right(videos: &[&str]) -> Value {
    json!({ "object": "playback_right", "id": "r", "videos": videos })
}

fn policy_key() -> Value {
    json!({ "object": "policy_key", "id": "k" })
}

fn token_key() -> Value {
    json!({ "object": "key", "id": "web" })
}

/// Row by row, each on what the rows before have made.
#[tokio::test]
#[rustfmt::skip]
async fn every_write_is_one_change_and_says_which() {
    let origin = Origin::start();
    let geo = json!({ "restricted": true, "countries": ["de"] });
    let sources = json!([{ "src": "https://media.example.com/v.mp4", "container": "MP4" }]);
    let list = |videos: &[&str]| json!({ "name": "P", "type": "EXPLICIT", "video_ids": videos });
    let none = Value::Null;
    let (post, put, patch, delete) = (Method::POST, Method::PUT, Method::PATCH, Method::DELETE);
    let rows = [
        (&put, "1", json!({ "name": "A" }), account(), "existence"),
        (&patch, "1", json!({ "name": "B" }), account(), "content"),
        (&patch, "1", json!({ "ip_allow": ["192.0.2.0/24"] }), account(), "account"),
        (&put, "1", json!({ "name": "B" }), account(), "account"),
        (&put, "1/playback_rights/r", json!({ "name": "R" }), right(&[]), "existence"),
        (&put, "1/videos/7", json!({ "name": "V", "sources": sources }), video(&[]), "existence"),
        (&patch, "1/videos/7", json!({ "name": "W" }), video(&[]), "content"),
        (&patch, "1/videos/7", json!({ "reference_id": "old" }), video(&["old"]), "existence"),
        (&patch, "1/videos/7", json!({ "reference_id": "new" }), video(&["old", "new"]), "existence"),
        (&patch, "1/videos/7", json!({ "geo": geo }), video(&["new"]), "rights"),
        (&patch, "1/videos/7", json!({ "playback_rights_id": "r" }), video(&["new"]), "rights"),
        (&patch, "1/videos/7", json!({ "state": "INACTIVE" }), video(&["new"]), "rights"),
        (&patch, "1/playback_rights/r", json!({ "name": "S" }), right(&["7"]), "content"),
        (&patch, "1/playback_rights/r", json!({ "rules": "proxy-deny=(tor)" }), right(&["7"]), "rights"),
        (&put, "1/playback_rights/r", json!({ "name": "S" }), right(&["7"]), "rights"),
        (&put, "1/playlists/p", list(&["7"]), playlist(&[]), "existence"),
        (&patch, "1/playlists/p", json!({ "name": "Q" }), playlist(&[]), "content"),
        (&patch, "1/playlists/p", json!({ "video_ids": [] }), playlist(&[]), "list"),
        (&patch, "1/playlists/p", json!({ "reference_id": "l" }), playlist(&["l"]), "existence"),
        (&patch, "1/playlists/p", json!({ "reference_id": null }), playlist(&["l"]), "existence"),
        (&post, "1/policy_keys", json!({ "key-data": { "account-id": "1", "key-id": "k" } }), policy_key(), "existence"),
        (&delete, "1/policy_keys/k", none.clone(), policy_key(), "rights"),
        (&post, "1/keys", json!({ "id": "web", "value": ED25519 }), token_key(), "rights"),
        (&delete, "1/keys/web", none.clone(), token_key(), "rights"),
        (&delete, "1/playlists/p", none.clone(), playlist(&[]), "existence"),
        (&delete, "1/videos/7", none.clone(), video(&["new"]), "existence"),
        (&delete, "1/playback_rights/r", none, right(&[]), "existence"),
    ];
    for (before, (method, path, body, object, kind)) in rows.into_iter().enumerate() {
        let row = format!("{method} {path} {body}");
        let reply = origin.cms(method.clone(), path, body).await;
        assert!(reply.status < 300, "{row}: {}", reply.text);
        let seq = (before + 1).to_string();
        assert_eq!(reply.header("playback-change"), Some(seq.as_str()), "{row}");
        let page = page(&origin, &format!("?after={before}")).await;
        let mut told = page["changes"][0].clone();
        let members = told.as_object_mut().expect("a change");
        let told_seq = members.remove("seq").expect("a place");
        let at = members.remove("at").expect("a time");
        assert_eq!((&told_seq, &page["head"]), (&json!(before + 1), &json!(before + 1)), "{row}");
        assert!(at.as_str().is_some_and(|at| at.len() == 24 && at.ends_with('Z')), "{row}: {at}");
        assert_eq!(told, change(&object, kind), "{row}");
    }
}

#[tokio::test]
#[rustfmt::skip]
async fn what_changes_nothing_or_is_refused_is_no_change() {
    let origin = Origin::start();
    origin.account("1").await;
    let right = origin.cms(Method::PUT, "1/playback_rights/r", json!({ "name": "R" })).await;
    right.assert_status(201);
    origin.video("1", "7", json!({ "reference_id": "a", "playback_rights_id": "r" })).await;
    origin.video("1", "8", json!({ "reference_id": "b" })).await;
    let key = json!({ "key-data": { "account-id": "1", "key-id": "k" } });
    origin.cms(Method::POST, "1/policy_keys", key.clone()).await.assert_status(201);
    let token_key = json!({ "id": "web", "value": ED25519 });
    origin.cms(Method::POST, "1/keys", token_key.clone()).await.assert_status(201);
    let before = feed(&origin, 100).await;
    let none = Value::Null;
    let (get, post, put, patch, delete) =
        (Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE);
    for (method, path, body, status) in [
        (&get, "1/videos/7", none.clone(), 200),
        (&patch, "1", json!({ "name": "1" }), 200),
        (&put, "1", json!({ "name": "1" }), 200),
        (&patch, "1/videos/7", json!({}), 200),
        (&patch, "1/videos/7", json!({ "name": "A video" }), 200),
        (&put, "1/playback_rights/r", json!({ "name": "R" }), 200),
        (&post, "1/policy_keys", key, 200),
        (&post, "1/keys", token_key, 409),
        (&patch, "1/videos/7", json!({ "name": 7 }), 422),
        (&patch, "1/videos/7", json!({ "nmae": "x" }), 422),
        (&patch, "1/videos/7", json!({ "reference_id": "b" }), 409),
        (&patch, "1/videos/7", json!({ "playback_rights_id": "none" }), 422),
        (&patch, "1/videos/9", json!({ "name": "x" }), 404),
        (&put, "1/videos/7", json!({ "name": "x" }), 409),
        (&delete, "1/videos/9", none.clone(), 404),
        (&delete, "1/playback_rights/r", none.clone(), 409),
        (&delete, "1/policy_keys/none", none.clone(), 404),
        (&delete, "1/keys/none", none, 404),
    ] {
        let row = format!("{method} {path} {body}");
        let reply = origin.cms(method.clone(), path, body).await;
        assert_eq!(reply.status, status, "{row}: {}", reply.text);
        assert_eq!(reply.header("playback-change"), None, "{row}");
        assert_eq!(feed(&origin, 100).await, before, "{row}");
    }
}

#[tokio::test]
async fn a_right_of_many_videos_names_them_only_while_they_fit_a_purge() {
    for (count, is_named) in [(255, true), (256, false)] {
        let origin = Origin::start();
        let videos: Vec<_> = (0..count)
            .map(|id| json!({ "id": id.to_string(), "name": "V", "playback_rights_id": "r" }))
            .collect();
        let catalog = json!({ "accounts": [{
            "id": "1", "name": "A", "videos": videos,
            "playback_rights": [{ "id": "r", "name": "R" }],
        }] });
        loaded(origin.folder().path(), &catalog);
        let rules = json!({ "rules": "proxy-deny=(tor)" });
        let reply = origin.patch("1/playback_rights/r", rules).await;
        let reply = reply.assert_status(200);
        let seq: u64 = reply
            .header("playback-change")
            .expect("a place")
            .parse()
            .expect("digits");
        let page = page(&origin, &format!("?after={}", seq - 1)).await;
        let named = page["changes"][0]["videos"].as_array().map(Vec::len);
        assert_eq!(named, is_named.then_some(count), "{count} videos");
    }
}

#[tokio::test]
async fn a_load_is_the_changes_it_makes() {
    let origin = Origin::start();
    let folder = origin.folder();
    let mut catalog = json!({ "accounts": [{
        "id": "1", "name": "A",
        "playback_rights": [{ "id": "r", "name": "R" }],
        "videos": [
            { "id": "7", "name": "V", "reference_id": "a" },
            { "id": "8", "name": "W", "reference_id": "b" },
        ],
        "playlists": [{ "id": "p", "name": "P", "type": "EXPLICIT", "video_ids": ["7"] }],
    }] });
    let told = |changes: Vec<Value>| -> Vec<Value> {
        let brief = |change: Value| json!([change["id"], change["reference_ids"], change["kind"]]);
        changes.into_iter().map(brief).collect()
    };
    loaded(folder.path(), &catalog);
    let first = feed(&origin, 100).await;
    assert_eq!(seqs(&first), [1, 2, 3, 4, 5]);
    let want = [
        json!(["1", null, "existence"]),
        json!(["r", null, "existence"]),
        json!(["7", ["a"], "existence"]),
        json!(["8", ["b"], "existence"]),
        json!(["p", [], "existence"]),
    ];
    assert_eq!(told(first.clone()), want);

    loaded(folder.path(), &catalog);
    assert_eq!(feed(&origin, 100).await, first, "loaded twice");

    // Two swap their references, one is renamed.
    catalog["accounts"][0]["videos"][0]["reference_id"] = json!("b");
    catalog["accounts"][0]["videos"][1]["reference_id"] = json!("a");
    catalog["accounts"][0]["playlists"][0]["name"] = json!("Q");
    loaded(folder.path(), &catalog);
    let want = [
        json!(["7", ["a", "b"], "existence"]),
        json!(["8", ["b", "a"], "existence"]),
        json!(["p", [], "content"]),
    ];
    assert_eq!(told(feed(&origin, 100).await.split_off(5)), want);
}
