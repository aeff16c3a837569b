use std::collections::BTreeSet;

use serde_json::json;
use tempfile::TempDir;

use crate::{
    database::execute,
    harness::Origin,
    load::loaded,
    search::{find, ids},
};

#[tokio::test]
async fn each_field_orders_both_ways_and_what_is_missing_comes_last() {
    let origin = Origin::start();
    origin.account("1").await;
    for (id, members) in [
        (
            "1",
            json!({
                "name": "beta", "reference_id": "x", "plays_total": 7, "plays_trailing_week": 10,
                "schedule": { "starts_at": "2026-01-03T00:00:00Z", "ends_at": "2026-02-01T00:00:00Z" },
            }),
        ),
        (
            "2",
            json!({
                "name": "Alpha", "reference_id": "z", "plays_total": 70, "plays_trailing_week": 9,
                "schedule": { "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-02-03T00:00:00Z" },
            }),
        ),
        (
            "3",
            json!({
                "name": "Gamma", "reference_id": "y", "plays_total": 0,
                "schedule": { "starts_at": "2026-01-02T00:00:00Z" },
            }),
        ),
        ("4", json!({ "name": "alpha" })),
    ] {
        origin.video("1", id, members).await;
    }
    let times = "update videos set created_at = '2024-01-01T00:00:00.00' || (5 - cast(id as integer)) || 'Z',
                                   updated_at = '2024-01-02T00:00:00.00' || id || 'Z',
                                   published_at = '2024-01-03T00:00:00.00' || (cast(id as integer) % 3) || 'Z'";
    execute(origin.folder().path(), times).await;
    for (sort, want) in [
        ("name", ["2", "4", "1", "3"]),
        ("-name", ["3", "1", "2", "4"]),
        ("reference_id", ["1", "3", "2", "4"]),
        ("-reference_id", ["2", "3", "1", "4"]),
        ("created_at", ["4", "3", "2", "1"]),
        ("-created_at", ["1", "2", "3", "4"]),
        ("published_at", ["3", "1", "4", "2"]),
        ("-published_at", ["2", "1", "4", "3"]),
        ("updated_at", ["1", "2", "3", "4"]),
        ("-updated_at", ["4", "3", "2", "1"]),
        ("schedule_starts_at", ["2", "3", "1", "4"]),
        ("-schedule_starts_at", ["1", "3", "2", "4"]),
        ("schedule_ends_at", ["1", "2", "3", "4"]),
        ("-schedule_ends_at", ["2", "1", "3", "4"]),
        ("state", ["1", "2", "3", "4"]),
        ("-state", ["1", "2", "3", "4"]),
        ("plays_total", ["3", "1", "2", "4"]),
        ("-plays_total", ["2", "1", "3", "4"]),
        ("plays_trailing_week", ["2", "1", "3", "4"]),
        ("-plays_trailing_week", ["1", "2", "3", "4"]),
    ] {
        let reply = origin.play(&format!("1/videos?sort={sort}")).await;
        assert_eq!(ids(reply), want, "{sort}");
        let searched = find(&origin, "alpha,beta,gamma", &format!("&sort={sort}")).await;
        assert_eq!(ids(searched), want, "{sort}");
    }
    assert_eq!(ids(origin.play("1/videos").await), ["4", "3", "2", "1"]);
}

#[tokio::test]
async fn without_a_wish_the_best_match_comes_first() {
    let origin = Origin::start();
    origin.account("1").await;
    for (id, members) in [
        ("1", json!({ "name": "Otter" })),
        (
            "2",
            json!({
                "name": "A film", "description": "about much, and among it an otter",
                "long_description": "and a great many other things ".repeat(20),
            }),
        ),
        (
            "3",
            json!({ "name": "Otter", "custom_fields": { "season": "3" } }),
        ),
        ("4", json!({ "name": "Otter and seal" })),
        ("5", json!({ "name": "Otter" })),
    ] {
        origin.video("1", id, members).await;
    }
    let times = "update videos set updated_at = '2024-01-01T00:00:00.000Z';
                 update videos set updated_at = '2024-01-02T00:00:00.000Z' where id = '5';";
    execute(origin.folder().path(), times).await;
    for (q, want) in [
        // Equal matches: the last edited, then by id.
        ("name:otter", ["5", "1", "3", "4"].as_slice()),
        ("otter", &["5", "1", "3", "4", "2"]),
        ("otter seal", &["4", "5", "1", "3", "2"]),
        ("+otter seal", &["4", "5", "1", "3", "2"]),
        ("+otter season:3", &["3", "5", "1", "4", "2"]),
        ("+otter season:3 seal id:2", &["4", "3", "2", "5", "1"]),
        ("+otter updated_at:2024-01-01", &["1", "3", "4", "2", "5"]),
        ("id:1,2,3,5", &["5", "1", "2", "3"]),
        ("-seal", &["5", "1", "2", "3"]),
    ] {
        let found = ids(find(&origin, q, "").await);
        // A longer text is a weaker match; among the others the order is told above.
        assert_eq!(found, want, "{q}");
    }
}

#[tokio::test]
async fn pages_neither_repeat_nor_leave_out() {
    let origin = Origin::start();
    origin.account("1").await;
    for at in 0..25 {
        let document = json!({ "name": "Same", "tags": ["same"] });
        origin
            .video("1", &format!("v{}", (at * 7) % 25), document)
            .await;
    }
    let times = "update videos set updated_at = '2024-01-01T00:00:00.000Z', published_at = null";
    execute(origin.folder().path(), times).await;
    for query in [
        "",
        "q=same",
        "q=tags:same+name:same",
        "q=-other",
        "q=%2Bsame&sort=name",
        "sort=-name",
        "sort=state",
        "sort=plays_total",
        "sort=-published_at",
        "sort=schedule_starts_at",
    ] {
        let mut seen = Vec::new();
        for offset in [0, 7, 14, 21, 28] {
            let path = format!("1/videos?{query}&limit=7&offset={offset}");
            let reply = origin.play(&path).await.assert_status(200);
            assert_eq!(reply.json()["count"], 25, "{query}");
            seen.extend(ids(reply));
        }
        let distinct: BTreeSet<_> = seen.iter().collect();
        assert_eq!((seen.len(), distinct.len()), (25, 25), "{query}: {seen:?}");
    }
    assert_eq!(
        ids(origin.play("1/videos").await).len(),
        20,
        "unless told otherwise"
    );
}

#[tokio::test]
async fn a_search_finds_a_thousand_videos_at_most() {
    let folder = TempDir::new().expect("a folder");
    let videos: Vec<_> = (0..1005)
        .map(|at| {
            json!({
                "id": format!("v{at:04}"), "name": "Same",
                "sources": [{ "src": "https://media.example.com/v.mp4", "container": "MP4" }],
            })
        })
        .collect();
    loaded(
        folder.path(),
        &json!({ "accounts": [{ "id": "1", "name": "a", "videos": videos }] }),
    );
    let origin = Origin::start_in(folder.into(), &[]);
    for query in ["q=same", "sort=name", "q=-other"] {
        let last = origin
            .play(&format!("1/videos?{query}&limit=100&offset=950"))
            .await;
        let last = last.assert_status(200);
        assert_eq!(last.json()["count"], 1000, "{query}");
        let found = ids(last);
        assert_eq!(found.len(), 50, "{query}");
        assert_eq!(found.last().map(String::as_str), Some("v0999"), "{query}");
        for offset in ["1000", "5000000000"] {
            let beyond = origin
                .play(&format!("1/videos?{query}&offset={offset}"))
                .await;
            assert_eq!(beyond.json()["count"], 1000);
            assert_eq!(ids(beyond), [""; 0]);
        }
    }
    let related = origin
        .play("1/videos/v0001/related?limit=100&offset=950")
        .await;
    assert_eq!(ids(related).len(), 50);
}

#[tokio::test]
async fn what_the_clock_alone_changes_is_cached_for_a_minute() {
    let origin = Origin::start();
    origin.account("1").await;
    for (q, max_age) in [
        ("created_at:-1day..", "max-age=60"),
        ("fox -published_at:..NOW", "max-age=60"),
        ("created_at:2024-01-01..", "max-age=31536000"),
        ("\"now\"", "max-age=31536000"),
    ] {
        let reply = find(&origin, q, "").await.assert_status(200);
        assert_eq!(reply.header("surrogate-control"), Some(max_age), "{q}");
    }
}
