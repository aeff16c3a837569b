use reqwest::Method;
use serde_json::{Value, json};

use super::{ask, assert_run, feed, follower::request, page};
use crate::harness::{CMS_TOKEN, Origin, Reply};

/// An origin of three changes.
async fn of_three() -> Origin {
    let origin = Origin::start();
    for id in ["1", "2", "3"] {
        origin.account(id).await;
    }
    origin
}

#[tokio::test]
async fn a_feed_without_changes_begins_and_ends_at_0() {
    let origin = Origin::start();
    let empty = json!({ "changes": [], "next": 0, "head": 0 });
    assert_eq!(page(&origin, "").await, empty);
    assert_eq!(page(&origin, "?after=0").await, empty);
    ask(&origin, "?after=1")
        .await
        .assert_error(409, "CURSOR_AHEAD", "ends at 0");
}

#[tokio::test]
async fn a_page_says_where_the_next_begins_and_where_the_feed_ends() {
    let origin = of_three().await;
    for (query, ids, next) in [
        ("", vec!["1", "2", "3"], 3),
        ("?after=1", vec!["2", "3"], 3),
        ("?limit=2", vec!["1", "2"], 2),
        ("?after=2&limit=1", vec!["3"], 3),
        ("?after=3", vec![], 3),
        ("?limit=1000", vec!["1", "2", "3"], 3),
        ("?after=%32&before=7", vec!["3"], 3),
    ] {
        let page = page(&origin, query).await;
        let changes = page["changes"].as_array().expect("changes");
        let told: Vec<_> = changes.iter().map(|change| &change["id"]).collect();
        assert_eq!(told, ids.iter().collect::<Vec<_>>(), "{query}");
        assert_eq!(
            (&page["next"], &page["head"]),
            (&json!(next), &json!(3)),
            "{query}"
        );
    }
}

#[tokio::test]
async fn pages_of_any_size_are_the_same_feed() {
    let origin = Origin::start();
    for id in 1..=130 {
        origin.account(&id.to_string()).await;
    }
    let all = feed(&origin, 1000).await;
    assert_run(&all, 1, 130);
    for limit in [1, 7, 130] {
        assert_eq!(feed(&origin, limit).await, all, "pages of {limit}");
    }
    let page = page(&origin, "").await;
    assert_eq!(page["next"], 100, "a page is 100 changes unless it is told");
}

/// Every row is refused, and the answer names the parameter.
#[tokio::test]
async fn what_is_no_cursor_is_refused() {
    let origin = of_three().await;
    for value in [
        "",
        "-1",
        "%2B1",
        "+1",
        "x",
        "1x",
        "1.0",
        "1e3",
        "0x1",
        "%201",
        "%00",
        "%FF",
        "\u{661}",
        "9223372036854775808",
        "18446744073709551616",
        "00000000000000000001",
        "1&after=1",
    ] {
        let query = format!("?after={value}");
        ask(&origin, &query)
            .await
            .assert_error(400, "BAD_REQUEST", "`after`");
        let streamed = Reply::of(request(&origin, &query)).await;
        streamed.assert_error(400, "BAD_REQUEST", "`after`");
    }
    for value in [
        "",
        "0",
        "1001",
        "-1",
        "%2B1",
        "x",
        "4294967296",
        "1&limit=1",
    ] {
        let query = format!("?limit={value}");
        ask(&origin, &query)
            .await
            .assert_error(400, "BAD_REQUEST", "`limit`");
    }
    for value in [
        "",
        "-1",
        "+1",
        "x",
        "1 2",
        "9223372036854775808",
        "caf\u{e9}",
    ] {
        let asked = request(&origin, "").header("Last-Event-ID", value);
        let reply = Reply::of(asked).await;
        reply.assert_error(400, "BAD_REQUEST", "`Last-Event-ID`");
    }
    let twice = request(&origin, "")
        .header("Last-Event-ID", "1")
        .header("Last-Event-ID", "1");
    Reply::of(twice)
        .await
        .assert_error(400, "BAD_REQUEST", "`Last-Event-ID`");
}

#[tokio::test]
async fn a_cursor_of_another_database_is_told_where_to_go_on() {
    let origin = of_three().await;
    for after in ["4", "9223372036854775807"] {
        let query = format!("?after={after}");
        for request in [
            origin.request(Method::GET, &format!("/v1/changes{query}")),
            origin.request(Method::GET, &format!("/v1/changes/stream{query}")),
            origin
                .request(Method::GET, "/v1/changes/stream")
                .header("Last-Event-ID", after),
        ] {
            let reply = Reply::of(request.bearer_auth(CMS_TOKEN)).await;
            let reply = reply.assert_error(409, "CURSOR_AHEAD", "`after=3`");
            assert_eq!(reply.json()[0]["head"], 3);
            assert_eq!(reply.header("cache-control"), Some("no-store"));
        }
    }
}

#[tokio::test]
async fn the_feed_is_for_who_has_the_editors_token() {
    let origin = of_three().await;
    for path in ["/v1/changes", "/v1/changes/stream", "/v1/changes?after=x"] {
        let unnamed = Reply::of(origin.request(Method::GET, path)).await;
        unnamed.assert_error(401, "UNAUTHORIZED", "Bearer");
        let wrong = origin
            .request(Method::GET, path)
            .bearer_auth("wrong-cms-token");
        Reply::of(wrong)
            .await
            .assert_error(401, "UNAUTHORIZED", "Bearer");
    }
    for path in ["/v1/changes", "/v1/changes/stream"] {
        let posted = origin.request(Method::POST, path).bearer_auth(CMS_TOKEN);
        let reply = Reply::of(posted.json(&Value::Null)).await;
        reply.assert_error(405, "METHOD_NOT_ALLOWED", "not allowed");
    }
}
