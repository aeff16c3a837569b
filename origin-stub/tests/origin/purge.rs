use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::{Origin, PURGE_TOKEN},
    purge_api::{PurgeApi, Script},
};

/// Makes account 1 and video 7 known as `old`, and lets their purges pass by, both rounds.
async fn with_video(api: &mut PurgeApi) -> Origin {
    let origin = Origin::purging(api);
    origin.account("1").await;
    origin
        .video("1", "7", json!({ "reference_id": "old" }))
        .await;
    let mut keys = 0;
    while keys < 8 {
        keys += api.call().await.keys.len();
    }
    origin
}

#[tokio::test]
async fn a_content_edit_is_purged_soft_and_then_once_more() {
    let mut api = PurgeApi::start([]).await;
    let origin = with_video(&mut api).await;
    let reply = origin
        .patch("1/videos/7", json!({ "name": "B" }))
        .await
        .assert_status(200);
    assert_eq!(reply.header("playback-purge"), Some("done"));
    for _round in 0..2 {
        let call = api.call().await;
        assert!(call.is_soft);
        assert_eq!(call.path, "/service/service0/purge");
        assert_eq!(call.token.as_deref(), Some(PURGE_TOKEN));
        assert_eq!(call.keys.len(), 3, "{:?}", call.keys);
        assert!(
            call.keys.contains(&"video-id-7".to_owned()),
            "{:?}",
            call.keys
        );
    }
}

#[tokio::test]
async fn a_rights_edit_is_purged_hard_before_the_editor_is_answered() {
    let mut api = PurgeApi::start([]).await;
    let origin = with_video(&mut api).await;
    let reply = origin
        .patch("1/videos/7", json!({ "rules": r#"geo-deny=("KP")"# }))
        .await;
    assert_eq!(
        reply.assert_status(200).header("playback-purge"),
        Some("done")
    );
    assert!(api.calls_so_far() >= 1);
}

#[tokio::test]
async fn what_comes_moves_and_goes_is_purged_hard_under_every_name() {
    let mut api = PurgeApi::start([]).await;
    let origin = with_video(&mut api).await;
    origin
        .patch("1/videos/7", json!({ "reference_id": "new" }))
        .await
        .assert_status(200);
    let moved = api.call().await;
    assert_eq!(
        (moved.is_soft, moved.keys.len()),
        (false, 4),
        "{:?}",
        moved.keys
    );
    api.call().await;
    origin
        .cms(Method::DELETE, "1/videos/7", Value::Null)
        .await
        .assert_status(204);
    let gone = api.call().await;
    assert_eq!(
        (gone.is_soft, gone.keys.len()),
        (false, 3),
        "{:?}",
        gone.keys
    );
    assert!(gone.keys.iter().all(|key| moved.keys.contains(key)));
}

#[tokio::test]
async fn a_right_edit_purges_the_videos_that_use_it() {
    let mut api = PurgeApi::start([]).await;
    let origin = with_video(&mut api).await;
    origin
        .cms(Method::PUT, "1/playback_rights/r", json!({ "name": "r" }))
        .await
        .assert_status(201);
    origin
        .patch("1/videos/7", json!({ "playback_rights_id": "r" }))
        .await
        .assert_status(200);
    api.call().await;
    api.call().await;
    let rules = json!({ "rules": "proxy-deny=(tor)" });
    origin
        .patch("1/playback_rights/r", rules)
        .await
        .assert_status(200);
    let call = api.call().await;
    assert!(!call.is_soft);
    assert_eq!(call.keys, ["search-account-id-1", "video-id-7"]);
}

#[tokio::test]
async fn an_edit_that_changes_nothing_purges_nothing() {
    let mut api = PurgeApi::start([]).await;
    let origin = with_video(&mut api).await;
    let before = origin
        .cms(Method::GET, "1/videos/7", Value::Null)
        .await
        .json();
    let reply = origin
        .patch("1/videos/7", json!({ "name": "A video" }))
        .await
        .assert_status(200);
    assert_eq!(reply.header("playback-purge"), Some("nothing"));
    assert_eq!(reply.json(), before, "not even the time of the last edit");
    origin
        .patch("1/videos/7", json!({ "name": 7 }))
        .await
        .assert_status(422);
    // The next call is that of the next edit.
    origin
        .patch("1", json!({ "name": "B" }))
        .await
        .assert_status(200);
    assert_eq!(api.call().await.keys, ["account-id-1"]);
}

#[tokio::test]
async fn a_purge_is_repeated_after_the_fill_deadline() {
    let mut api = PurgeApi::start([]).await;
    let origin = Origin::purging_with(&api.base(), &["--fill-deadline-ms", "700"]);
    origin.account("1").await;
    let first = api.call().await;
    let second = api.call().await;
    assert_eq!(first.keys, second.keys);
    let pause = second.at.duration_since(first.at);
    assert!(pause >= Duration::from_millis(700), "{pause:?}");
}

#[tokio::test]
async fn a_purge_that_fails_is_tried_until_it_is_confirmed() {
    let failures = [
        Script::Status(500),
        Script::Body("<html>"),
        Script::Body("{\"status\":\"ok\"}"),
        Script::Status(401),
        Script::Status(302),
        // The pauses before the success are three seconds at least: the editor waits for one.
        Script::Status(503),
    ];
    let mut api = PurgeApi::start(failures.clone()).await;
    let origin = Origin::purging(&api);
    let edit = tokio::time::Instant::now();
    let reply = origin
        .cms(Method::PUT, "1", json!({ "name": "a" }))
        .await
        .assert_status(201);
    assert_eq!(reply.header("playback-purge"), Some("pending"));
    assert!(
        edit.elapsed() < Duration::from_secs(5),
        "the editor does not wait for it"
    );
    for _failure_and_success in 0..=failures.len() {
        assert_eq!(api.call().await.keys, ["account-id-1"]);
    }
    assert_eq!(
        api.call().await.keys,
        ["account-id-1"],
        "and the second round"
    );
    let failed = "origin_purge_calls_total{kind=\"hard\",outcome=\"failed\"}";
    assert_eq!(origin.metric(failed).await, Some(failures.len() as u64));
}

#[tokio::test]
async fn an_api_that_asks_for_a_pause_gets_it() {
    let mut api = PurgeApi::start([Script::TooMany { retry_after_s: 1 }]).await;
    let origin = Origin::purging(&api);
    let at_once = origin
        .cms_request(Method::PUT, "1")
        .json(&json!({ "name": "a" }));
    let edit = tokio::spawn(async move { at_once.send().await.expect("an answer").status() });
    let refused = api.call().await;
    let confirmed = api.call().await;
    let pause = confirmed.at.duration_since(refused.at);
    assert!(pause >= Duration::from_secs(1), "{pause:?}");
    assert_eq!(edit.await.expect("no panic"), 201);
}

#[tokio::test]
async fn edits_during_an_outage_are_purged_in_one_call_when_it_ends() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let origin = Origin::purging_with(&format!("http://{address}"), &[]);
    let reply = origin
        .cms(Method::PUT, "1", json!({ "name": "a" }))
        .await
        .assert_status(201);
    assert_eq!(reply.header("playback-purge"), Some("pending"));
    for id in ["7", "8", "9"] {
        origin.video("1", id, json!({})).await;
    }
    let open = origin.metric("origin_purge_open_keys").await;
    assert_eq!(open, Some(5));
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .expect("the port is free again");
    let mut api = PurgeApi::start_on(listener, []);
    let call = api.call().await;
    assert_eq!(
        call.keys,
        [
            "account-id-1",
            "search-account-id-1",
            "video-id-7",
            "video-id-8",
            "video-id-9"
        ]
    );
}

// Two threads: one waits for the process to end, one is the purge API it talks to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_orderly_stop_waits_for_both_rounds() {
    let mut api = PurgeApi::start([Script::Status(500), Script::Status(500)]).await;
    let mut origin = Origin::purging_with(&api.base(), &["--fill-deadline-ms", "500"]);
    origin.account("1").await;
    assert_eq!(origin.stop_by("TERM"), 0);
    assert_eq!(api.calls_so_far(), 4, "two failures and two rounds");
}

// Two threads: one waits for the process to end, one is the purge API it talks to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_does_not_wait_forever_for_an_api_that_is_gone() {
    let api = PurgeApi::start([Script::Silence]).await;
    let base = api.base();
    let mut origin = Origin::purging_with(&base, &["--stop-timeout-ms", "300"]);
    origin.account("1").await;
    drop(api);
    let stop = Instant::now();
    assert_eq!(origin.stop_by("TERM"), 0);
    assert!(
        stop.elapsed() < Duration::from_secs(10),
        "{:?}",
        stop.elapsed()
    );
}

#[tokio::test]
async fn an_editor_who_hangs_up_does_not_stop_the_purge() {
    let mut api = PurgeApi::start([Script::Status(500)]).await;
    let origin = Origin::purging(&api);
    let edit = origin
        .cms_request(Method::PUT, "1")
        .json(&json!({ "name": "a" }));
    let asking = tokio::spawn(edit.send());
    api.call().await;
    asking.abort();
    assert_eq!(api.call().await.keys, ["account-id-1"]);
}

#[tokio::test]
async fn without_a_purge_api_an_edit_says_so() {
    let origin = Origin::start();
    let reply = origin
        .cms(Method::PUT, "1", json!({ "name": "a" }))
        .await
        .assert_status(201);
    assert_eq!(reply.header("playback-purge"), Some("off"));
}
