use axum::body::to_bytes;
use serde_json::Value;
use tempfile::TempDir;

use super::*;
use crate::{
    model::{Account, IsoTime},
    store::Place,
};

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);

/// A database of so many changes.
async fn of_changes(folder: &TempDir, count: usize) -> Store {
    let store = Store::open(&Place::from(folder.path().join("origin.db").as_path())).await;
    let store = store.expect("a database");
    let mut write = store.write().await.expect("the write begins");
    for id in 0..count {
        let id = id.to_string().parse().expect("an account id");
        let fields = serde_json::from_value(json!({ "name": "A" })).expect("an account");
        let account = Account::new(id, fields, IsoTime::now());
        let put = write.put_account(None, &account).await;
        put.expect("the account is written");
    }
    write.commit().await.expect("the write ends");
    store
}

/// Waits until every place is free again.
async fn all_places(streams: &Streams) {
    let most = u32::try_from(MAX_STREAMS).expect("few");
    let all = timeout(PATIENCE, streams.places.acquire_many(most)).await;
    drop(all.expect("the place is free in time"));
}

/// What the client of an answer reads, to the end.
async fn read(answer: Response) -> Vec<Value> {
    let body = timeout(PATIENCE, to_bytes(answer.into_body(), usize::MAX)).await;
    let body = body.expect("it ends").expect("it is not cut");
    let text = String::from_utf8(body.to_vec()).expect("text");
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).expect("JSON"))
        .collect()
}

#[tokio::test]
async fn a_client_that_takes_nothing_loses_its_stream_and_finds_the_end() {
    let folder = TempDir::new().expect("a folder");
    let store = of_changes(&folder, 100).await;
    let streams = Streams {
        stall: Duration::from_millis(20),
        ..Streams::new()
    };
    let answer = streams.open(&store, Seq::default()).expect("there is room");
    all_places(&streams).await;
    let told = read(answer).await;
    let seqs: Vec<_> = told.iter().map(|change| change["seq"].as_u64()).collect();
    // The first of what waits for it says how soon to come again.
    let want: Vec<_> = (1..AHEAD as u64).map(Some).collect();
    assert_eq!(seqs, want);
}

#[tokio::test]
async fn a_client_that_leaves_frees_its_place() {
    let folder = TempDir::new().expect("a folder");
    for changes in [0, 100] {
        let store = of_changes(&folder, changes).await;
        let streams = Streams::new();
        drop(streams.open(&store, Seq::default()).expect("there is room"));
        all_places(&streams).await;
    }
}

#[tokio::test]
async fn a_stream_that_is_opened_while_the_origin_stops_ends_at_once() {
    let folder = TempDir::new().expect("a folder");
    let store = of_changes(&folder, 0).await;
    let streams = Streams::new();
    let before = streams.open(&store, Seq::default()).expect("there is room");
    streams.stop();
    let after = streams.open(&store, Seq::default()).expect("there is room");
    for answer in [before, after] {
        assert_eq!(read(answer).await, Vec::<Value>::new());
    }
}
