use reqwest::Method;
use serde_json::{Value, json};

use super::World;
use crate::{
    harness::{program_at, run, stderr},
    purge_api::PurgeApi,
};

#[test]
fn backup_and_restore_say_what_to_use_instead() {
    let world = World::start();
    let folder = world.path().join("backups");
    let folder = folder.to_str().expect("text");
    let mut backup = program_at("backup", &world.url);
    backup.args(["--to", folder]);
    let mut restore = std::process::Command::new(backup.get_program());
    restore.args([
        "restore",
        "--from",
        folder,
        "--until",
        "2026-01-01T00:00:00Z",
    ]);
    restore.args(["--to", &world.url]);
    for (command, hint) in [
        (backup, "pg_basebackup"),
        (restore, "point-in-time recovery"),
    ] {
        let output = run(&mut { command });
        assert_eq!(output.status.code(), Some(1), "{hint}");
        let error = stderr(&output);
        assert!(error.contains(hint), "{error}");
    }
}

#[tokio::test]
async fn a_database_taken_back_is_purged_whole_and_gives_no_number_twice() {
    let mut world = World::start();
    let mut api = PurgeApi::start([]).await;
    let origin = world.origin();
    origin.account("1").await;
    drop(origin);
    // As of this moment; what comes now is lost.
    let earlier = world.server.create_from("earlier", "origin");
    let origin = world.purging(&api);
    origin.account("2").await;
    let lost = origin.cms(Method::PUT, "3", json!({ "name": "c" })).await;
    assert_eq!(lost.header("playback-change"), Some("3"));
    drop(origin);
    api.calls_so_far();

    world.url = earlier;
    let output = run(program_at("restored", &world.url).arg("--json"));
    assert!(output.status.success(), "{}", stderr(&output));
    let told: Value = serde_json::from_slice(&output.stdout).expect("a line of JSON");
    let head = told["feed_head"].as_u64().expect("a number");
    assert!(head > 1_000_000_000_000_000, "{head}");

    let origin = world.purging(&api);
    assert_eq!(api.call().await.keys, ["account-id-1"], "all it has");
    let follower = origin.cms_get("/v1/changes?after=3").await;
    assert_eq!(follower.assert_status(410).json()[0]["head"], head);
    let made = origin.cms(Method::PUT, "2", json!({ "name": "b" })).await;
    let next = (head + 1).to_string();
    assert_eq!(made.header("playback-change"), Some(next.as_str()));
}
