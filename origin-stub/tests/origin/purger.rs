mod faults;
mod process;

use std::{sync::Arc, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    database::execute,
    harness::{Origin, SERVICE, program, run, stderr},
    purge_api::{Call, PurgeApi, Script},
};
use process::Purger;

/// A database, an origin that leaves purging to others, and a purge API.
struct World {
    folder: Arc<TempDir>,
    origin: Origin,
    api: PurgeApi,
}

impl World {
    async fn start(script: impl IntoIterator<Item = Script>) -> Self {
        let folder = Arc::new(TempDir::new().expect("a folder"));
        Self {
            origin: Origin::purged_apart(&folder),
            api: PurgeApi::start(script).await,
            folder,
        }
    }

    fn purger(&self) -> Purger {
        Purger::start(self.folder.path(), &self.api.base(), &[])
    }

    /// Calls until `key` was purged so often.
    async fn calls_naming(&mut self, key: &str, times: usize) -> Vec<Call> {
        let (mut calls, mut seen) = (Vec::new(), 0);
        while seen < times {
            let call = self.api.call().await;
            seen += usize::from(call.keys.iter().any(|own| own == key));
            calls.push(call);
        }
        calls
    }

    async fn status(&self) -> Value {
        let request = self.origin.cms_get("/v1/purger");
        request.await.assert_status(200).json()
    }

    /// Waits until the durable cursor is at the feed's end.
    async fn settled(&self) {
        for _ in 0..400 {
            let status = self.status().await;
            if status["settled"] == status["head"] {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("not settled: {}", self.status().await);
    }
}

#[tokio::test]
async fn a_purger_apart_purges_before_the_editor_is_answered() {
    let mut world = World::start([]).await;
    let _purger = world.purger();
    let reply = world
        .origin
        .cms(Method::PUT, "1", json!({ "name": "a" }))
        .await
        .assert_status(201);
    assert_eq!(reply.header("playback-purge"), Some("done"));
    assert_eq!(reply.header("playback-change"), Some("1"));
    assert!(world.api.calls_so_far() >= 1);
    world.settled().await;
    let status = world.status().await;
    let want = json!({
        "service_id": SERVICE, "head": 1, "purged": 1, "settled": 1, "oldest_unpurged_ms": null,
    });
    assert_eq!(status, want);
}

#[tokio::test]
async fn without_a_purger_an_edit_waits_in_the_feed() {
    let mut world = World::start([]).await;
    let reply = world
        .origin
        .cms(Method::PUT, "1", json!({ "name": "a" }))
        .await
        .assert_status(201);
    assert_eq!(reply.header("playback-purge"), Some("pending"));
    let status = world.status().await;
    assert_eq!((&status["head"], &status["purged"]), (&json!(1), &json!(0)));
    assert!(
        status["oldest_unpurged_ms"].as_u64() >= Some(900),
        "{status}"
    );
    let _purger = world.purger();
    assert_eq!(world.api.call().await.keys, ["account-id-1"]);
}

#[tokio::test]
async fn a_purger_killed_during_a_call_makes_it_again() {
    let mut world = World::start([Script::Silence]).await;
    let mut purger = world.purger();
    world.origin.account("1").await;
    assert_eq!(world.api.call().await.keys, ["account-id-1"]);
    purger.kill();
    let _next = world.purger();
    world.calls_naming("account-id-1", 2).await;
    world.settled().await;
}

#[tokio::test]
async fn a_purger_killed_before_the_second_purge_begins_with_the_first() {
    let mut world = World::start([]).await;
    let mut purger = Purger::start(
        world.folder.path(),
        &world.api.base(),
        &["--fill-deadline-ms", "60000"],
    );
    world.origin.account("1").await;
    world.calls_naming("account-id-1", 1).await;
    purger.kill();
    let _next = world.purger();
    world.calls_naming("account-id-1", 2).await;
    world.settled().await;
}

#[tokio::test]
async fn what_is_settled_is_not_purged_again() {
    let mut world = World::start([]).await;
    let mut purger = world.purger();
    world.origin.account("1").await;
    world.settled().await;
    purger.kill();
    world.api.calls_so_far();
    let _next = world.purger();
    world.origin.account("2").await;
    assert_eq!(world.api.call().await.keys, ["account-id-2"]);
}

#[tokio::test]
async fn of_two_purgers_the_second_waits_until_the_first_is_gone() {
    let mut world = World::start([]).await;
    let mut first = world.purger();
    world.origin.account("1").await;
    world.calls_naming("account-id-1", 1).await;
    // It says at once that it is ready: to take over.
    let _second = world.purger();
    world.settled().await;
    assert_eq!(world.api.calls_so_far(), 1, "the first one's second purge");
    first.kill();
    world.origin.account("2").await;
    world.calls_naming("account-id-2", 2).await;
    world.settled().await;
}

#[tokio::test]
async fn an_origin_that_purges_itself_stands_by_while_another_does() {
    let mut world = World::start([]).await;
    let mut first = world.purger();
    world.origin.account("1").await;
    let purging = [
        "--purge-url",
        &world.api.base(),
        "--purge-token",
        crate::harness::PURGE_TOKEN,
        "--service-id",
        SERVICE,
    ];
    let beside = Origin::start_in(Arc::clone(&world.folder), &purging);
    let edit = beside.cms(Method::PUT, "2", json!({ "name": "b" })).await;
    assert_eq!(edit.header("playback-purge"), Some("done"));
    first.kill();
    beside.account("3").await;
    world.calls_naming("account-id-3", 2).await;
}

#[tokio::test]
async fn what_another_process_loads_is_purged() {
    let mut world = World::start([]).await;
    let _purger = world.purger();
    let catalog = json!({ "accounts": [{
        "id": "1", "name": "a", "playback_rights": [], "playlists": [],
        "videos": [{ "id": "7", "name": "v" }],
    }] });
    crate::load::loaded(world.folder.path(), &catalog);
    world.calls_naming("video-id-7", 2).await;
    world.settled().await;
}

#[tokio::test]
async fn a_cursor_that_is_not_of_this_feed_purges_every_account() {
    // Pruned beyond it, or of a database that was put back to an earlier day.
    for spoil in [
        "update change_feed set pruned_to = 2; delete from changes where seq <= 2;",
        "insert into purge_cursors values ('service0', 99, 99, '2026-01-01T00:00:00.000Z');",
    ] {
        let mut world = World::start([]).await;
        for account in ["1", "2", "3"] {
            world.origin.account(account).await;
        }
        execute(world.folder.path(), spoil).await;
        let slowly = ["--fill-deadline-ms", "60000"];
        let mut killed = Purger::start(world.folder.path(), &world.api.base(), &slowly);
        let every = ["account-id-1", "account-id-2", "account-id-3"];
        let call = world.api.call().await;
        assert_eq!(
            (call.is_soft, call.keys),
            (false, every.map(str::to_owned).into())
        );
        // The next one has to know that not all of it was purged twice.
        tokio::time::sleep(Duration::from_millis(300)).await;
        killed.kill();
        let _purger = world.purger();
        for _ in 0..2 {
            assert_eq!(world.api.call().await.keys, every);
        }
        world.settled().await;
    }
}

#[tokio::test]
async fn a_purger_told_to_begin_at_the_end_leaves_what_is_older() {
    let mut world = World::start([]).await;
    world.origin.account("1").await;
    let _purger = Purger::start(world.folder.path(), &world.api.base(), &["--skip-to-head"]);
    world.origin.account("2").await;
    assert_eq!(world.api.call().await.keys, ["account-id-2"]);
}

#[tokio::test]
async fn a_dry_run_prints_the_calls_and_moves_nothing() {
    let mut world = World::start([]).await;
    world.origin.account("1").await;
    world.origin.video("1", "7", json!({})).await;
    let patch = json!({ "name": "b" });
    world
        .origin
        .patch("1/videos/7", patch)
        .await
        .assert_status(200);
    let database = world.folder.path().join("origin.db");
    let dry = |flags: &[&str]| {
        let mut command = program("purge", &database);
        command
            .args(["--service-id", SERVICE, "--dry-run"])
            .args(flags);
        let output = run(&mut command);
        assert!(output.status.success(), "{}", stderr(&output));
        String::from_utf8(output.stdout).expect("text")
    };
    assert_eq!(
        dry(&[]),
        "hard account-id-1 search-account-id-1 video-id-7\n\
         3 changes to purge, 1 calls, each to be repeated\n"
    );
    let call: Value = serde_json::from_str(&dry(&["--json"])).expect("a line of JSON");
    let keys = ["account-id-1", "search-account-id-1", "video-id-7"];
    assert_eq!(call, json!({ "kind": "hard", "surrogate_keys": keys }));
    assert_eq!(world.api.calls_so_far(), 0);
    assert_eq!(world.status().await["purged"], 0);
}

#[test]
fn a_purger_needs_to_know_where_and_as_whom() {
    let folder = TempDir::new().expect("a folder");
    let database = folder.path().join("origin.db");
    for (flags, hint) in [
        (vec![], "--purge-url"),
        (vec!["--purge-url", "http://127.0.0.1:1"], "--purge-token"),
        (
            vec![
                "--purge-url",
                "http://127.0.0.1:1",
                "--purge-token",
                "a-token-of-some-length",
                "--service-id",
                "../..",
            ],
            "--service-id",
        ),
        (vec!["--json"], "--dry-run"),
        (vec!["--dry-run"], "--service-id"),
    ] {
        let output = run(program("purge", &database).args(&flags));
        assert!(!output.status.success(), "{flags:?}");
        assert!(
            stderr(&output).contains(hint),
            "{flags:?}: {}",
            stderr(&output)
        );
    }
}
