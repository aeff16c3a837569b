use std::{path::Path, process::Command};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Origin, program, run, stderr};

fn catalog() -> Value {
    json!({ "accounts": [{
        "id": "938456",
        "name": "Demo",
        "ip_allow": [],
        "rules": null,
        "policy_keys": [{ "name": "web", "key-data": { "account-id": "938456" } }],
        "playback_rights": [{ "id": "r", "name": "R", "rules": r#"geo-allow=("DE")"# }],
        "videos": [
            { "id": "1", "name": "One", "reference_id": "one", "demo_kind": "plain" },
            { "id": "2", "name": "Two", "reference_id": "two", "playback_rights_id": "r" },
        ],
        "playlists": [
            { "id": "10", "name": "All", "reference_id": "all", "type": "ALPHABETICAL" },
            {
                "id": "11", "name": "Both", "reference_id": "both", "type": "EXPLICIT",
                "video_ids": ["2", "1"],
            },
        ],
    }] })
}

fn load(folder: &Path, catalog: &Value) -> Command {
    let file = folder.join("catalog.json");
    std::fs::write(&file, catalog.to_string()).expect("the folder can be written");
    let mut command = program("load", &folder.join("origin.db"));
    command.arg("--json").arg(file);
    command
}

#[track_caller]
pub(crate) fn loaded(folder: &Path, catalog: &Value) -> Value {
    let output = run(&mut load(folder, catalog));
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn counts(created: u32, updated: u32, unchanged: u32) -> Value {
    json!({ "created": created, "updated": updated, "unchanged": unchanged })
}

#[test]
fn loading_twice_changes_nothing() {
    let folder = TempDir::new().expect("a folder");
    let first = loaded(folder.path(), &catalog());
    let created = json!({
        "accounts": counts(1, 0, 0),
        "playback_rights": counts(1, 0, 0),
        "videos": counts(2, 0, 0),
        "playlists": counts(2, 0, 0),
    });
    assert_eq!(first, created);
    let unchanged = json!({
        "accounts": counts(0, 0, 1),
        "playback_rights": counts(0, 0, 1),
        "videos": counts(0, 0, 2),
        "playlists": counts(0, 0, 2),
    });
    assert_eq!(loaded(folder.path(), &catalog()), unchanged);
}

#[tokio::test]
async fn a_changed_catalog_updates_what_changed_and_references_may_swap() {
    let folder = TempDir::new().expect("a folder");
    loaded(folder.path(), &catalog());
    let mut changed = catalog();
    changed["accounts"][0]["videos"][0]["reference_id"] = json!("two");
    changed["accounts"][0]["videos"][1]["reference_id"] = json!("one");
    changed["accounts"][0]["playlists"][0]["reference_id"] = json!("both");
    changed["accounts"][0]["playlists"][1]["reference_id"] = json!("all");
    let report = loaded(folder.path(), &changed);
    assert_eq!(report["videos"], counts(0, 2, 0));
    assert_eq!(report["playlists"], counts(0, 2, 0));
    let origin = Origin::start_in(folder.into(), &[]);
    let video = origin
        .cms(Method::GET, "938456/videos/1", Value::Null)
        .await
        .assert_status(200);
    assert_eq!(video.json()["reference_id"], "two");
    let playlist = origin
        .play("938456/playlists/ref:all")
        .await
        .assert_status(200);
    assert_eq!(playlist.json()["id"], "11");
}

#[tokio::test]
async fn the_address_of_the_media_is_told_when_loading() {
    let mut with_media = catalog();
    with_media["accounts"][0]["url_signing"] = json!({
        "key": "k", "hosts": ["{media_host}"], "lifetime": 60, "parameter": "token",
    });
    with_media["accounts"][0]["videos"][0]["sources"] =
        json!([{ "src": "{media}/1.mp4", "container": "MP4" }]);
    for (url, host, media) in [
        (None, "127.0.0.1:7700", "http://127.0.0.1:7700/media"),
        (
            Some("https://media.example.com"),
            "media.example.com",
            "https://media.example.com",
        ),
        (
            Some("http://media.example.com:8080/a/"),
            "media.example.com:8080",
            "http://media.example.com:8080/a",
        ),
    ] {
        let folder = TempDir::new().expect("a folder");
        let mut load = load(folder.path(), &with_media);
        load.args(url.iter().flat_map(|url| ["--media-url", url]));
        let output = run(&mut load);
        assert!(output.status.success(), "{}", stderr(&output));
        let origin = Origin::start_in(folder.into(), &[]);
        let reply = origin.play("938456/videos/1").await.assert_status(200);
        assert_eq!(reply.json()["sources"][0]["src"], format!("{media}/1.mp4"));
        let signing = reply.header("playback-url-signing").expect("a header");
        assert!(
            signing.contains(&format!("hosts=(\"{host}\")")),
            "{signing}"
        );
    }
}

#[test]
fn a_catalog_that_is_wrong_anywhere_loads_nothing_and_says_where() {
    for (pointer, value, place) in [
        (
            "/accounts/0/videos/1/duration",
            json!("x"),
            "accounts[0].videos[1]: `2`: `duration`",
        ),
        ("/accounts/0/videos/1/id", json!(2), "accounts[0].videos[1]"),
        (
            "/accounts/0/videos/1/reference_id",
            json!("one"),
            "video `2`",
        ),
        (
            "/accounts/0/videos/1/playback_rights_id",
            json!("none"),
            "video `2`",
        ),
        (
            "/accounts/0/playback_rights/0/rules",
            json!("x"),
            "accounts[0].playback_rights[0]",
        ),
        (
            "/accounts/0/playlists/1/limit",
            json!(3),
            "accounts[0].playlists[1]: `11`: `limit`",
        ),
        (
            "/accounts/0/playlists/1/reference_id",
            json!("all"),
            "playlist `11`",
        ),
        (
            "/accounts/0/policy_keys/0/key-data/account-id",
            json!("1"),
            "accounts[0].policy_keys[0]",
        ),
        (
            "/accounts/0/extra",
            json!(1),
            "accounts[0]: `938456`: `extra`",
        ),
        ("/accounts", json!({}), "not the JSON of a catalog"),
    ] {
        let folder = TempDir::new().expect("a folder");
        let mut wrong = catalog();
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        wrong.pointer_mut(parent).expect("the parent")[name] = value;
        let output = run(&mut load(folder.path(), &wrong));
        assert!(!output.status.success(), "{pointer}");
        assert!(
            stderr(&output).contains(place),
            "`{place}` is not in {}",
            stderr(&output)
        );
        let created = &loaded(folder.path(), &catalog())["videos"]["created"];
        assert_eq!(created, 2, "nothing of {pointer} was kept");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = TempDir::new().expect("a folder");
    let mut command = program("load", &folder.path().join("origin.db"));
    let output = run(command.arg("nothing.json"));
    assert!(!output.status.success());
    assert!(
        stderr(&output).contains("cannot read `nothing.json`"),
        "{}",
        stderr(&output)
    );
}
