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
fn loaded(folder: &Path, catalog: &Value) -> Value {
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
        "accounts": counts(1, 0, 0), "playback_rights": counts(1, 0, 0), "videos": counts(2, 0, 0),
    });
    assert_eq!(first, created);
    let unchanged = json!({
        "accounts": counts(0, 0, 1), "playback_rights": counts(0, 0, 1), "videos": counts(0, 0, 2),
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
    assert_eq!(loaded(folder.path(), &changed)["videos"], counts(0, 2, 0));
    let origin = Origin::start_in(folder.into(), &[]);
    let video = origin
        .cms(Method::GET, "938456/videos/1", Value::Null)
        .await
        .assert_status(200);
    assert_eq!(video.json()["reference_id"], "two");
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
