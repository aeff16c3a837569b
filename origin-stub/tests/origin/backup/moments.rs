use reqwest::Method;
use serde_json::{Value, json};

use super::world::{World, assert_same, moment};
use crate::{
    search::{find, ids},
    token_keys::ED25519,
};

/// Edits of each kind of record, in an order in which each is possible.
fn edits() -> Vec<(Method, &'static str, Value)> {
    let video = |name: &str, reference: &str| {
        json!({
            "name": name, "reference_id": reference, "tags": ["wild", name], "playback_rights_id": "r",
            "description": "Zebras", "custom_fields": { "season": name },
            "sources": [{ "src": "https://media.example.com/v.mp4", "container": "MP4" }],
        })
    };
    vec![
        (Method::PUT, "2", json!({ "name": "new" })),
        (Method::PATCH, "2", json!({ "name": "renamed" })),
        (
            Method::PUT,
            "2/playback_rights/r",
            json!({ "name": "R", "is_default": true }),
        ),
        (
            Method::PUT,
            "2/playback_rights/s",
            json!({ "name": "S", "is_default": true }),
        ),
        (
            Method::PATCH,
            "2/playback_rights/r",
            json!({ "name": "R, renamed" }),
        ),
        (Method::PUT, "2/videos/7", video("One", "seven")),
        (
            Method::PATCH,
            "2/videos/7",
            json!({ "name": "Two \"\u{e9}\u{1f98a}\" \\ \n", "tags": [] }),
        ),
        (
            Method::PATCH,
            "2/videos/7",
            json!({ "custom_fields": {}, "reference_id": null }),
        ),
        (Method::PUT, "2/videos/8", video("Three", "seven")),
        (Method::DELETE, "2/videos/7", Value::Null),
        (Method::PUT, "2/videos/7", video("Seven again", "again")),
        (
            Method::PUT,
            "2/playlists/9",
            json!({ "name": "P", "type": "EXPLICIT", "video_ids": ["7", "8"] }),
        ),
        (
            Method::PATCH,
            "2/playlists/9",
            json!({ "video_ids": ["8"] }),
        ),
        (Method::DELETE, "2/playlists/9", Value::Null),
        (
            Method::POST,
            "2/policy_keys",
            json!({ "key-data": { "account-id": "2", "key-id": "web" } }),
        ),
        (Method::DELETE, "2/policy_keys/web", Value::Null),
        (
            Method::POST,
            "2/keys",
            json!({ "id": "k", "value": ED25519 }),
        ),
        (Method::DELETE, "2/keys/k", Value::Null),
        (Method::DELETE, "2/playback_rights/s", Value::Null),
    ]
}

#[tokio::test]
async fn each_edit_of_each_kind_can_be_gone_back_to() {
    let world = World::backed_up().await;
    let mut moments = Vec::new();
    for (at, (method, path, body)) in edits().into_iter().enumerate() {
        let what = format!("{method} {path}");
        let reply = world.origin.cms(method, path, body).await;
        assert!(reply.status < 300, "{what}: {}", reply.text);
        moments.push((what, moment().await, world.contents().await));
        // Some files have several edits, and one is a snapshot again.
        match at {
            4 | 5 | 11 | 18 => drop(world.back_up(&[])),
            8 => drop(world.back_up(&["--full"])),
            _ => {}
        }
    }
    for pair in moments.windows(2) {
        assert_ne!(
            pair[0].2, pair[1].2,
            "{}: the edit changes something",
            pair[1].0
        );
    }
    for (what, until, want) in &moments {
        let restored = world.restore(until);
        assert_same(what, &restored.contents().await, want);
    }
}

#[tokio::test]
async fn searches_find_what_they_found_then() {
    let world = World::backed_up().await;
    let origin = &world.origin;
    origin
        .video("1", "7", json!({ "name": "Running foxes" }))
        .await;
    origin.video("1", "8", json!({ "name": "A fox" })).await;
    world.back_up(&[]);
    let then = moment().await;
    origin
        .patch("1/videos/7", json!({ "name": "Badgers" }))
        .await;
    origin.cms(Method::DELETE, "1/videos/8", Value::Null).await;
    world.back_up(&[]);
    let now = world.restore("2999-01-01T00:00:00Z").serve(&[]);
    assert_eq!(ids(find(&now, "badger", "").await), ["7"]);
    assert!(ids(find(&now, "fox", "").await).is_empty());
    let then = world.restore(&then).serve(&[]);
    assert_eq!(ids(find(&then, "fox", "&sort=name").await), ["8", "7"]);
    assert!(ids(find(&then, "badger", "").await).is_empty());
    // Numbers of words go on where they were.
    then.video("1", "9", json!({ "name": "Fox and badger" }))
        .await;
    assert_eq!(ids(find(&then, "badger", "").await), ["9"]);
}

#[tokio::test]
async fn a_moment_after_the_last_is_the_last_and_says_so() {
    let world = World::backed_up().await;
    world.origin.video("1", "7", json!({})).await;
    let told = world.back_up(&[]);
    let restored = world.restore("2999-01-01T00:00:00Z");
    assert_eq!(restored.report["is_last"], true, "{}", restored.report);
    assert_eq!(
        restored.report["reached"], told["at"],
        "{}",
        restored.report
    );
    assert_same(
        "the last",
        &restored.contents().await,
        &world.contents().await,
    );
    let at = told["at"].as_str().expect("a moment");
    let exactly = world.restore(at);
    assert_eq!(exactly.report["is_last"], false, "{}", exactly.report);
}

#[tokio::test]
async fn a_backup_of_nothing_new_writes_no_file() {
    let world = World::backed_up().await;
    let told = world.back_up(&[]);
    assert_eq!(
        (&told["files"], &told["whole_because"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(world.files().len(), 1);
}
