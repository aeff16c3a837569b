use std::collections::BTreeSet;

use serde_json::json;

use super::world::{World, moment};
use crate::{
    harness::{Origin, PURGE_TOKEN, SERVICE},
    purge_api::PurgeApi,
};

/// The keys that are purged hard, until there are as many.
async fn purged(api: &mut PurgeApi, count: usize) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    while keys.len() < count {
        let call = api.call().await;
        assert!(!call.is_soft);
        keys.extend(call.keys);
    }
    keys
}

#[tokio::test]
async fn every_account_is_purged_those_of_later_too() {
    let mut api = PurgeApi::start([]).await;
    let world = World {
        origin: Origin::purging(&api),
        backups: tempfile::TempDir::new().expect("a folder"),
    };
    for account in ["1", "2"] {
        world.origin.account(account).await;
    }
    world.back_up(&[]);
    let then = moment().await;
    world.origin.account("3").await;
    world.back_up(&[]);
    world.origin.account("4").await;
    world.back_up(&["--full"]);
    purged(&mut api, 4).await;

    let restored = world.restore(&then);
    assert_eq!(restored.report["later_accounts"], 2, "{}", restored.report);
    for service in [SERVICE, "another"] {
        api.calls_so_far();
        let _purging = restored.serve(&[
            "--purge-url",
            &api.base(),
            "--purge-token",
            PURGE_TOKEN,
            "--service-id",
            service,
        ]);
        let want = ["1", "2", "3", "4"].map(|id| format!("account-id-{id}"));
        assert_eq!(purged(&mut api, 4).await, BTreeSet::from(want), "{service}");
    }
}

#[tokio::test]
async fn a_follower_begins_anew_and_no_number_is_given_twice() {
    let world = World::backed_up().await;
    let then = moment().await;
    for id in ["7", "8", "9"] {
        world.origin.video("1", id, json!({})).await;
    }
    world.back_up(&[]);
    // One that no backup has, but followers may have seen.
    world.origin.video("1", "10", json!({})).await;
    let seen = world.origin.cms_get("/v1/changes").await.json()["head"].clone();
    let mut heads = vec![seen.as_u64().expect("a number")];
    for _ in 0..2 {
        let restored = world.restore(&then);
        let head = restored.report["feed_head"].as_u64().expect("a number");
        assert!(head > heads[heads.len() - 1], "beyond {heads:?}: {head}");
        assert!(head < 1 << 53, "a number in every JSON: {head}");
        let origin = restored.serve(&[]);
        for after in [0, heads[0], head - 1] {
            let reply = origin.cms_get(&format!("/v1/changes?after={after}")).await;
            let reply = reply.assert_error(410, "CURSOR_EXPIRED", "Read the catalog");
            assert_eq!(reply.json()[0]["head"], head);
        }
        let page = origin.cms_get(&format!("/v1/changes?after={head}")).await;
        assert_eq!(page.assert_status(200).json()["changes"], json!([]));
        let reply = origin.video("1", "7", json!({})).await;
        let next = (head + 1).to_string();
        assert_eq!(reply.header("playback-change"), Some(next.as_str()));
        heads.push(head + 1);
    }
    // Who has seen the restored feed, and comes to the one before.
    let ahead = format!("/v1/changes?after={}", heads[1]);
    let reply = world.origin.cms_get(&ahead).await;
    let reply = reply.assert_error(409, "CURSOR_AHEAD", "another database");
    assert_eq!(reply.json()[0]["head"], seen);
}
