//! A key that is refused, a flood, a database that is locked, a disk that is full.

use std::{collections::BTreeMap, process::Command, sync::Arc, time::Duration};

use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;

use super::World;
use crate::{
    database::{self, execute},
    harness::{Origin, program},
    purge_api::PurgeApi,
};

#[tokio::test]
async fn a_key_that_is_refused_holds_up_no_other() {
    let mut world = World::start([]).await;
    world.api = PurgeApi::refusing("video-id-8").await;
    world.origin.account("1").await;
    for id in ["6", "7", "8", "9"] {
        world.origin.video("1", id, json!({})).await;
    }
    let _purger = world.purger();
    let mut confirmed = BTreeMap::<String, usize>::new();
    let is_purged = |confirmed: &BTreeMap<String, usize>| {
        let twice = |id: &str| confirmed.get(&format!("video-id-{id}")) >= Some(&2);
        ["6", "7", "9"].into_iter().all(twice)
    };
    while !is_purged(&confirmed) {
        let call = world.api.call().await;
        if !call.keys.contains(&"video-id-8".to_owned()) {
            for key in call.keys {
                *confirmed.entry(key).or_default() += 1;
            }
        }
    }
    let edit = world
        .origin
        .patch("1/videos/6", json!({ "name": "b" }))
        .await;
    edit.assert_status(200);
    let later = world.calls_naming("video-id-6", 1).await;
    assert!(later.len() < 5, "the next edit is purged at once");
    assert!(
        world.status().await["purged"].as_u64() < Some(4),
        "and nothing is forgotten"
    );
}

#[tokio::test]
async fn a_hundred_thousand_changes_at_once_are_all_purged_twice() {
    const CHANGES: usize = 100_000;
    let mut world = World::start([]).await;
    execute(
        world.folder.path(),
        &format!(
            r#"with recursive n (i) as (select 1 union all select i + 1 from n where i < {CHANGES})
               insert into changes (seq, account_id, object, kind, created_at)
               select i, '1', '{{"object":"video","id":"' || i || '","reference_ids":[]}}', 'rights',
                      '2026-01-01T00:00:00.000Z' from n;"#
        ),
    )
    .await;
    let _purger = world.purger();
    let mut purges = BTreeMap::<String, usize>::new();
    let mut calls = 0;
    while purges.len() <= CHANGES || purges.values().any(|times| *times < 2) {
        let call = world.api.call().await;
        assert!(call.keys.len() <= 256);
        calls += 1;
        for key in call.keys {
            *purges.entry(key).or_default() += 1;
        }
    }
    assert_eq!(purges.len(), CHANGES + 1, "each video, and the searches");
    assert!(calls < 2 * CHANGES / 200, "{calls} calls");
    world.settled().await;
}

#[tokio::test]
async fn a_locked_database_holds_up_neither_the_purge_nor_readers() {
    let mut world = World::start([]).await;
    let _purger = world.purger();
    world.origin.account("1").await;
    world.settled().await;
    world.api.calls_so_far();
    let lock = database::lock(world.folder.path()).await;
    let edit = world
        .origin
        .cms_request(Method::PATCH, "1")
        .json(&json!({ "name": "b" }));
    let editing = tokio::spawn(edit.send());
    tokio::time::sleep(Duration::from_millis(300)).await;
    world.status().await;
    // Freed for a moment, in which the edit is committed, and taken again for the cursor's.
    lock.release().await;
    let lock = loop {
        if world.status().await["head"] == 2 {
            break database::lock(world.folder.path()).await;
        }
    };
    assert_eq!(world.api.call().await.keys, ["account-id-1"]);
    assert_eq!(world.api.call().await.keys, ["account-id-1"], "and again");
    lock.release().await;
    assert_eq!(
        editing
            .await
            .expect("no panic")
            .expect("an answer")
            .status(),
        200
    );
    world.settled().await;
}

/// A file that cannot grow is as a full disk.
mod of_sqlite {
    use super::*;

    #[tokio::test]
    async fn an_edit_that_finds_the_disk_full_has_not_happened_and_no_other_is_lost() {
        let mut world = World::start([]).await;
        world.origin.account("1").await;
        world
            .origin
            .video("1", "7", json!({ "name": "before" }))
            .await;
        drop(std::mem::replace(
            &mut world.origin,
            full_disk(&world.folder),
        ));
        let filler = "x".repeat(200);
        let mut refused = 0;
        for attempt in 0..20 {
            // Each writes pages anew, until the log of writes is as long as a file may be.
            let edit = json!({ "name": format!("{attempt} {filler}") });
            let reply = world.origin.patch("1/videos/7", edit).await;
            if reply.status != 200 {
                reply.assert_error(507, "INSUFFICIENT_STORAGE", "disk");
                refused += 1;
            }
        }
        assert!(refused > 0, "the disk is full");
        let head = world.status().await["head"].as_u64().expect("a number");
        assert_eq!(
            head,
            2 + 20 - refused,
            "one change for each edit that happened"
        );
        // Space again.
        drop(std::mem::replace(
            &mut world.origin,
            Origin::purged_apart(&world.folder),
        ));
        let _purger = world.purger();
        world.calls_naming("video-id-7", 2).await;
        world.settled().await;
        world
            .origin
            .patch("1/videos/7", json!({ "name": "after" }))
            .await
            .assert_status(200);
    }

    /// An origin whose files cannot grow much: what `ulimit -f` forbids is refused as a full disk is.
    fn full_disk(folder: &Arc<TempDir>) -> Origin {
        let serve = program("serve", &folder.path().join("origin.db"));
        let mut command = Command::new("sh");
        command
            .args(["-c", r#"trap "" XFSZ; ulimit -f 256; exec "$0" "$@""#])
            .arg(serve.get_program())
            .args(serve.get_args())
            .args(["--purger", "apart", "--service-id", crate::harness::SERVICE]);
        for (name, value) in serve.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        Origin::spawn(Arc::clone(folder), &mut command)
    }
}
