use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::sleep,
    time::Duration,
};

use serde_json::json;
use tokio::task::JoinSet;

use crate::harness::{
    edge::Edge,
    geolocation::Geolocation,
    http::RUNTIME,
    origin::{self, Origin},
    pop::{Pop, PopPlan},
    stage::fresh_number,
    world,
};

const VIEWERS: usize = 8;

/// An origin on this database that purges nothing.
#[track_caller]
fn start(folder: &Path, listen: &str, life: u32) -> Origin {
    let mut command = origin::serve(&folder.join("origin.db"), listen);
    let log = format!("origin-{}-{life}.log", listen.replace(':', "-"));
    Origin::run(&mut command, folder.join(log))
}

/// What viewers were answered by whom.
#[derive(Default)]
struct Answers {
    by_first: usize,
    by_second: usize,
    failed: Vec<String>,
}

/// A viewer who goes on asking for what no cache has.
async fn ask(edge: Edge, account: String, key: String, is_over: Arc<AtomicBool>) -> Answers {
    let mut answers = Answers::default();
    while !is_over.load(Ordering::Relaxed) {
        let path = format!("/playback/v1/accounts/{account}/videos/{}", fresh_number());
        let reply = edge.get(&path).key(&key).send_async().await;
        let reply = match reply {
            // No such video: an answer only an origin can give.
            Ok(reply) if reply.status == 404 => reply,
            Ok(reply) => {
                answers.failed.push(reply.to_string());
                continue;
            }
            Err(error) => {
                answers.failed.push(error.to_string());
                continue;
            }
        };
        match reply.header("server-timing").unwrap_or_default() {
            timing if timing.contains(r#"desc="origin-2""#) => answers.by_second += 1,
            _ => answers.by_first += 1,
        }
    }
    answers
}

#[test]
fn origins_are_replaced_one_after_the_other_and_no_viewer_notices() {
    let folder = world::folder();
    let origins: Vec<_> = (0..2)
        .map(|life| start(folder.path(), "127.0.0.1:0", life))
        .collect();
    let addresses: Vec<SocketAddr> = origins.iter().map(|origin| origin.address).collect();
    let account = fresh_number().to_string();
    origins[0].put_account(&account, &json!({ "name": "a" }));
    let key = origins[1].mint_key(&account, &json!({}));
    let pop = Pop::start(
        folder.path(),
        &PopPlan {
            names: &["fra"],
            origins: &addresses,
            // Far more than anything takes here that works.
            fill_deadline_ms: 10_000,
            stale_s: world::A_DAY,
            geolocation: Geolocation::Scenarios,
            overlay: "edge",
            settings: &[],
        },
    );
    let is_over = Arc::new(AtomicBool::new(false));
    let mut viewers = JoinSet::new();
    for _ in 0..VIEWERS {
        let viewer = ask(
            pop.edge(),
            account.clone(),
            key.clone(),
            Arc::clone(&is_over),
        );
        viewers.spawn_on(viewer, RUNTIME.handle());
    }
    let mut running = origins;
    for life in 1..=3 {
        for (at, address) in addresses.iter().enumerate() {
            sleep(Duration::from_millis(300));
            running.remove(at).stop();
            sleep(Duration::from_millis(300));
            running.insert(at, start(folder.path(), &address.to_string(), life));
        }
    }
    sleep(Duration::from_millis(300));
    is_over.store(true, Ordering::Relaxed);
    let all = RUNTIME.block_on(viewers.join_all());
    let failed: Vec<_> = all.iter().flat_map(|answers| &answers.failed).collect();
    assert!(failed.is_empty(), "{} failed: {}", failed.len(), failed[0]);
    let by_first: usize = all.iter().map(|answers| answers.by_first).sum();
    let by_second: usize = all.iter().map(|answers| answers.by_second).sum();
    assert!(by_first > 0, "the first answers while it is there");
    assert!(by_second > 0, "the second while it is not");
}
