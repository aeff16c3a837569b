use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use tokio::{task::JoinSet, time::sleep};

use super::World;
use crate::{
    harness::{Origin, PATIENCE, Reply},
    purge_api::PurgeApi,
};

/// What writers have come to.
#[derive(Default)]
struct Progress {
    confirmed: AtomicUsize,
    failed: AtomicUsize,
    is_over: AtomicBool,
}

impl Progress {
    /// Waits until so many more are confirmed.
    async fn more(&self, count: usize) {
        let (begun, before) = (Instant::now(), self.confirmed.load(Relaxed));
        while self.confirmed.load(Relaxed) < before + count {
            assert!(begun.elapsed() < 2 * PATIENCE, "nothing goes on");
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Makes videos until it is over; answers which of them the origin confirmed.
async fn write(origin: &Origin, writer: usize, progress: &Progress) -> BTreeSet<String> {
    let mut confirmed = BTreeSet::new();
    for at in 0.. {
        if progress.is_over.load(Relaxed) {
            break;
        }
        let id = format!("w{writer}-{at}");
        let path = format!("1/videos/{id}");
        let reply = origin.cms(Method::PUT, &path, json!({ "name": "a" })).await;
        if reply.status == 201 {
            progress.confirmed.fetch_add(1, Relaxed);
            confirmed.insert(id);
            continue;
        }
        // As the contract has it.
        progress.failed.fetch_add(1, Relaxed);
        match reply.status {
            500 => reply.assert_error(500, "SERVER_ERROR", "log"),
            _ => reply.assert_error(503, "SERVICE_UNAVAILABLE", "again"),
        };
    }
    confirmed
}

/// All changes of the feed, which has no gap.
async fn feed(origin: &Origin) -> Vec<Value> {
    let mut changes = Vec::new();
    loop {
        let path = format!("/v1/changes?limit=1000&after={}", changes.len());
        let page = origin.cms_get(&path).await.assert_status(200).json();
        let page = page["changes"].as_array().expect("a list").clone();
        if page.is_empty() {
            return changes;
        }
        for change in page {
            changes.push(change);
            let last = &changes[changes.len() - 1]["seq"];
            assert_eq!(last, &json!(changes.len()), "no number is left out");
        }
    }
}

/// Waits until everything in the feed was purged twice.
async fn settled(origin: &Origin) {
    let begun = Instant::now();
    loop {
        let reply = origin.cms_get("/v1/purger").await;
        if reply.status == 200 && reply.json()["settled"] == reply.json()["head"] {
            return;
        }
        assert!(begun.elapsed() < 2 * PATIENCE, "{}", reply.text);
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_server_that_is_killed_under_writes_loses_no_confirmed_edit_and_halves_none() {
    let mut world = World::start();
    let api = PurgeApi::start([]).await;
    // Both purge, that is one of them; it is not restarted.
    let origins = Arc::new([world.purging(&api), world.purging(&api)]);
    origins[0].account("1").await;
    let progress = Arc::new(Progress::default());
    let mut writers = JoinSet::new();
    for writer in 0..4 {
        let (origins, progress) = (Arc::clone(&origins), Arc::clone(&progress));
        writers.spawn(async move { write(&origins[writer % 2], writer, &progress).await });
    }
    for _ in 0..2 {
        progress.more(10).await;
        world.server.kill();
        world.server.start_again(&[]);
    }
    progress.more(10).await;
    progress.is_over.store(true, Relaxed);
    let confirmed: BTreeSet<_> = writers.join_all().await.into_iter().flatten().collect();
    assert!(progress.failed.load(Relaxed) > 0, "the server was gone");
    let changes = feed(&origins[0]).await;
    let told: BTreeSet<String> = changes[1..]
        .iter()
        .map(|change| change["id"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(told.len(), changes.len() - 1, "none is told twice");
    let lost: Vec<_> = confirmed.difference(&told).collect();
    assert!(lost.is_empty(), "{lost:?}");
    let mut database = connect(&world).await;
    let stored: Vec<String> = sqlx::query_scalar("select id from videos")
        .fetch_all(&mut database)
        .await
        .expect("the videos");
    let stored: BTreeSet<String> = stored.into_iter().collect();
    assert_eq!(stored, told, "a video and its change, or neither");
    settled(&origins[1]).await;
}

#[tokio::test]
async fn a_purger_whose_connection_is_ended_makes_room_for_another() {
    let world = World::start();
    let mut api = PurgeApi::start([]).await;
    let origins = [world.purging(&api), world.purging(&api)];
    origins[0].account("1").await;
    assert_eq!(api.call().await.keys, ["account-id-1"]);
    settled(&origins[1]).await;
    api.calls_so_far();
    let mut database = connect(&world).await;
    // Of the purger's lock, not of the one that is held for each write.
    let holders = "select pid from pg_locks where locktype = 'advisory' and granted
        and (classid::bigint << 32 | objid::bigint) <> x'706c61796261636b'::bigint";
    let first: Vec<i32> = sqlx::query_scalar(holders)
        .fetch_all(&mut database)
        .await
        .expect("the locks");
    assert_eq!(first.len(), 1, "one of the two works");
    let ended: bool = sqlx::query_scalar("select pg_terminate_backend($1)")
        .bind(first[0])
        .fetch_one(&mut database)
        .await
        .expect("it is ended");
    assert!(ended);
    let begun = Instant::now();
    loop {
        let holders: Vec<i32> = sqlx::query_scalar(holders)
            .fetch_all(&mut database)
            .await
            .expect("the locks");
        if holders.len() == 1 && holders != first {
            break;
        }
        assert!(holders.len() < 2, "never two");
        assert!(begun.elapsed() < PATIENCE, "nobody took over");
        sleep(Duration::from_millis(20)).await;
    }
    origins[0].account("2").await;
    assert_eq!(api.call().await.keys, ["account-id-2"]);
    settled(&origins[0]).await;
}

#[tokio::test]
async fn a_write_lock_that_does_not_come_free_is_answered_503_and_the_next_edit_is_not() {
    let world = World::start();
    let origin = world.origin();
    origin.account("1").await;
    let mut other = connect(&world).await;
    sqlx::query("select pg_advisory_lock($1)")
        .bind(i64::from_be_bytes(*b"playback"))
        .execute(&mut other)
        .await
        .expect("the lock");
    let reply = origin.patch("1", json!({ "name": "b" })).await;
    reply.assert_error(503, "SERVICE_UNAVAILABLE", "busy");
    // Reading goes on.
    origin.cms_get("/v1/accounts/1").await.assert_status(200);
    other.close().await.expect("it closes");
    let reply = origin.patch("1", json!({ "name": "c" })).await;
    reply.assert_status(200);
    assert_eq!(feed(&origin).await.len(), 2, "the first never happened");
}

#[tokio::test]
async fn a_server_without_a_free_connection_is_answered_503_until_it_has_one() {
    let mut world = World::start();
    let mut database = connect(&world).await;
    let create = "create role editor login; alter database origin owner to editor";
    run(&mut database, create).await;
    world.url = world.url.replace("origin@", "editor@");
    let origin = world.origin();
    origin.account("1").await;
    let send_out =
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'editor'";
    run(&mut database, "alter role editor connection limit 0").await;
    run(&mut database, send_out).await;
    let reply = Reply::of(origin.cms_request(Method::GET, "1")).await;
    assert_eq!(reply.header("retry-after"), Some("1"), "{}", reply.text);
    reply.assert_error(503, "SERVICE_UNAVAILABLE", "again");
    run(&mut database, "alter role editor connection limit -1").await;
    // As the refusal says; in a shorter while there may be more connections nobody knows are broken.
    sleep(Duration::from_secs(1)).await;
    let reply = Reply::of(origin.cms_request(Method::GET, "1")).await;
    reply.assert_status(200);
}

async fn connect(world: &World) -> PgConnection {
    let connected = PgConnection::connect(&world.url).await;
    connected.expect("a connection")
}

async fn run(database: &mut PgConnection, statements: &'static str) {
    let run = sqlx::raw_sql(statements).execute(database).await;
    run.expect("the statements run");
}
