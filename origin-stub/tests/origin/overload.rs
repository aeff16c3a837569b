use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::{task::JoinSet, time::sleep};

use crate::{
    database,
    harness::{Origin, Reply},
};

#[tokio::test]
async fn what_is_too_much_is_refused_at_once_and_the_rest_is_answered() {
    let limits = ["--max-requests", "2", "--max-waiting", "3"];
    let origin = Origin::start_with(&limits);
    origin.account("1").await;
    origin.video("1", "7", json!({})).await;
    // While somebody else writes, an edit takes as long as that.
    let lock = database::lock(origin.folder().path()).await;
    let mut edits = JoinSet::new();
    for name in 0..20 {
        let edit = origin.cms_request(Method::PATCH, "1/videos/7");
        let edit = edit.json(&json!({ "name": name.to_string() }));
        edits.spawn(Reply::of(edit));
    }
    for _ in 0..15 {
        let reply = edits
            .join_next()
            .await
            .expect("20 edits")
            .expect("no panic");
        assert_eq!(reply.header("retry-after"), Some("1"), "{}", reply.text);
        reply.assert_error(503, "SERVICE_UNAVAILABLE", "more requests");
    }
    // Editors do not stand before the edge's door, nor who only looks whether it is well.
    origin.play("1/videos/7").await.assert_status(200);
    let health = Reply::of(origin.request(Method::GET, "/healthz")).await;
    health.assert_status(200);
    sleep(Duration::from_millis(100)).await;
    lock.release().await;
    for reply in edits.join_all().await {
        reply.assert_status(200);
    }
}

#[tokio::test]
async fn who_has_no_proof_takes_nobodys_turn() {
    let origin = Origin::start_with(&["--max-requests", "1", "--max-waiting", "0"]);
    origin.account("1").await;
    let lock = database::lock(origin.folder().path()).await;
    let edit = origin.cms_request(Method::PATCH, "1");
    let edit = tokio::spawn(Reply::of(edit.json(&json!({ "name": "b" }))));
    sleep(Duration::from_millis(200)).await;
    let stranger = origin.request(Method::GET, "/v1/accounts/1");
    Reply::of(stranger).await.assert_status(401);
    let editor = origin.cms_request(Method::GET, "1");
    Reply::of(editor).await.assert_status(503);
    lock.release().await;
    edit.await.expect("no panic").assert_status(200);
}
