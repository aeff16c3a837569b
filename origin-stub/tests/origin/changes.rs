/// Cursors that will do, and those that will not.
mod cursors;
/// Each write, and the change it is.
mod edits;
/// A client of the stream.
mod follower;
/// What is no longer kept.
mod pruned;
/// Server-Sent Events.
mod stream;
/// Many writers and processes, and one that is killed.
mod writers;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{CMS_TOKEN, Origin, Reply};

async fn ask(origin: &Origin, query: &str) -> Reply {
    let path = format!("/v1/changes{query}");
    Reply::of(origin.request(Method::GET, &path).bearer_auth(CMS_TOKEN)).await
}

/// A page of the feed.
async fn page(origin: &Origin, query: &str) -> Value {
    ask(origin, query).await.assert_status(200).json()
}

/// All of the feed, page by page.
async fn feed(origin: &Origin, limit: u32) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), json!(0));
    loop {
        let page = page(origin, &format!("?after={after}&limit={limit}")).await;
        let changes = page["changes"].as_array().expect("changes").clone();
        if changes.is_empty() {
            assert_eq!((&page["next"], &page["head"]), (&after, &after));
            return all;
        }
        all.extend(changes);
        after = page["next"].clone();
    }
}

fn seqs(changes: &[Value]) -> Vec<u64> {
    let seq = |change: &Value| change["seq"].as_u64().expect("a number");
    changes.iter().map(seq).collect()
}

/// From `first` to `last` without a gap.
#[track_caller]
fn assert_run(changes: &[Value], first: u64, last: u64) {
    let want: Vec<_> = (first..=last).collect();
    assert_eq!(seqs(changes), want, "no gap, nothing twice, in order");
}
