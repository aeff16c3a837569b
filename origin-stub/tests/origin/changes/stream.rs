use std::time::{Duration, Instant};

use serde_json::json;

use super::{
    assert_run, feed,
    follower::{Follower, request},
};
use crate::{
    harness::{Origin, Reply},
    load::loaded,
};

/// As many streams as there may be.
const MOST: usize = 256;

#[tokio::test]
async fn a_stream_tells_what_was_and_then_what_is_changed() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.account("2").await;
    let mut follower = Follower::after(&origin, 0).await;
    for (header, want) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(follower.header(header), Some(want));
    }
    let mut told = follower.changes(2).await;
    origin.account("3").await;
    told.extend(follower.changes(1).await);
    assert_eq!(
        told,
        feed(&origin, 100).await,
        "the same changes as page by page"
    );
}

#[tokio::test]
async fn a_browser_that_comes_again_goes_on_after_its_last_event() {
    let origin = Origin::start();
    for id in 1..=6 {
        origin.account(&id.to_string()).await;
    }
    for (query, last, first) in [
        ("", None, 1),
        ("?after=4", None, 5),
        ("?after=4", Some("2"), 3),
        ("?after=99", Some("5"), 6),
        ("?after=4", Some("0"), 1),
    ] {
        let mut asked = request(&origin, query);
        if let Some(last) = last {
            asked = asked.header("Last-Event-ID", last);
        }
        let told = Follower::of(asked).await.change().await.expect("a change");
        assert_eq!(told["seq"], first, "{query} {last:?}");
    }
}

#[tokio::test]
async fn writes_of_another_process_arrive() {
    let origin = Origin::start();
    origin.account("1").await;
    let mut follower = Follower::after(&origin, 1).await;
    let catalog = json!({ "accounts": [{
        "id": "2", "name": "A", "videos": [{ "id": "7", "name": "V" }],
    }] });
    loaded(origin.folder().path(), &catalog);
    let told = follower.changes(2).await;
    assert_run(&told, 2, 3);
    assert_eq!(told[1]["id"], "7");
}

#[tokio::test]
async fn a_connection_cut_again_and_again_loses_nothing() {
    let origin = Origin::start();
    let writer = async {
        for id in 1..=150 {
            origin.account(&id.to_string()).await;
        }
    };
    let reader = async {
        let (mut told, mut last) = (Vec::new(), 0);
        for cut in 0..50 {
            let mut follower = Follower::again(&origin, last).await;
            let read = follower.changes(1 + cut % 5).await;
            last = read
                .last()
                .and_then(|change| change["seq"].as_u64())
                .expect("a place");
            told.extend(read);
        }
        let rest = usize::try_from(150 - last).expect("few");
        told.extend(Follower::again(&origin, last).await.changes(rest).await);
        told
    };
    let ((), told) = tokio::join!(writer, reader);
    assert_run(&told, 1, 150);
    assert_eq!(told, feed(&origin, 100).await);
}

#[tokio::test]
async fn there_is_a_bound_on_streams_and_one_that_ends_makes_room() {
    let origin = Origin::start();
    origin.account("1").await;
    let mut open = Vec::new();
    for _ in 0..MOST {
        open.push(Follower::after(&origin, 0).await);
    }
    let refused = Reply::of(request(&origin, "")).await;
    let refused = refused.assert_error(503, "SERVICE_UNAVAILABLE", "256 streams");
    assert_eq!(refused.header("retry-after"), Some("1"));
    origin.account("2").await;
    for follower in &mut open {
        assert_run(&follower.changes(2).await, 1, 2);
    }
    open.truncate(MOST - 1);
    let asked = Instant::now();
    while request(&origin, "")
        .send()
        .await
        .expect("an answer")
        .status()
        != 200
    {
        assert!(
            asked.elapsed() < Duration::from_secs(10),
            "the place is not free again"
        );
    }
}

#[tokio::test]
async fn streams_nobody_reads_hold_up_nobody() {
    let origin = Origin::start();
    super::pruned::fill(&origin, 4000).await;
    let mut unread = Vec::new();
    for _ in 0..20 {
        unread.push(request(&origin, "").send().await.expect("an answer"));
    }
    // There are fewer connections to the database than such streams.
    for id in 1..=10 {
        origin.account(&id.to_string()).await;
        origin.play("1/videos/7").await.assert_status(404);
    }
    let mut follower = Follower::after(&origin, 4000).await;
    assert_run(&follower.changes(10).await, 4001, 4010);
    assert!(unread.iter().all(|response| response.status() == 200));
}

// Two threads: one waits for the process to end, one reads what it streams.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_does_not_wait_for_streams() {
    let mut origin = Origin::start();
    origin.account("1").await;
    let mut open = Vec::new();
    for _ in 0..30 {
        let mut follower = Follower::after(&origin, 0).await;
        follower.changes(1).await;
        open.push(follower);
    }
    let stop = Instant::now();
    assert_eq!(origin.stop_by("TERM"), 0);
    assert!(
        stop.elapsed() < Duration::from_secs(3),
        "{:?}",
        stop.elapsed()
    );
    for follower in open {
        assert!(follower.has_ended().await, "a stream is cut, not ended");
    }
}
