//! The change feed, read through a line that breaks after any byte: who comes back with
//! `Last-Event-ID` misses nothing and is told nothing twice.

/// A line that breaks.
mod line;

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use fastrand::Rng;
use serde_json::{Value, json};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    scale::Scale,
    sse::{Event, Stream},
};
use crate::harness::{
    connection::Connection,
    http::RUNTIME,
    origin::{self, Origin, cms_request},
    stage::{fresh_number, playable},
    world,
};
use line::Line;

const WRITERS: usize = 2;

/// Nothing takes longer to be told.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn a_reader_that_is_cut_off_again_and_again_misses_nothing_and_repeats_nothing() {
    let scale = Scale::of("RECONNECTS", 50);
    let folder = world::folder();
    let mut command = origin::serve(&folder.path().join("origin.db"), "127.0.0.1:0");
    let origin = Origin::run(&mut command, folder.path().join("origin.log"));
    let account = fresh_number().to_string();
    origin.put_account(&account, &json!({ "name": "an account" }));
    let over = Arc::new(AtomicBool::new(false));
    let mut writing = JoinSet::new();
    for writer in 0..WRITERS {
        let video = fresh_number().to_string();
        origin.put_video(&account, &video, &playable("a video"));
        let record = format!("/v1/accounts/{account}/videos/{video}");
        let dice = scale.dice(100 + writer as u64);
        let writing_on = write(origin.address, record, dice, Arc::clone(&over));
        writing.spawn_on(writing_on, RUNTIME.handle());
    }
    let line = Line::to(origin.address, scale.dice(1));
    let (mut events, within_an_event) = RUNTIME.block_on(read_until_cut(&line, &scale));
    over.store(true, Ordering::Relaxed);
    let written = RUNTIME.block_on(writing.join_all()).concat();
    let paged = RUNTIME.block_on(pages(origin.address));
    let head = u64::try_from(paged.len()).expect("it fits");
    RUNTIME.block_on(read_to(origin.address, &mut events, head));
    scale.sum_up(json!({
        "reconnects": line.cuts(),
        "cut_within_an_event": within_an_event,
        "changes": head,
        "read": events.len(),
        "written": written.len(),
    }));
    assert!(written.len() > scale.amount, "hardly anything was written");
    assert!(
        within_an_event * 4 > scale.amount,
        "hardly an event was cut"
    );
    let ids: Vec<_> = events.iter().map(|event| event.id).collect();
    let all: Vec<_> = (1..=head).collect();
    assert_eq!(ids, all, "something was missed, or told twice");
    let data: Vec<_> = events.into_iter().map(|event| event.data).collect();
    assert!(data == paged, "the stream and the pages tell two stories");
    let told: BTreeSet<_> = ids.into_iter().collect();
    assert!(written.iter().all(|seq| told.contains(seq)), "{written:?}");
}

/// Edits until it is over; answers the numbers of the changes.
async fn write(
    origin: SocketAddr,
    record: String,
    mut dice: Rng,
    over: Arc<AtomicBool>,
) -> Vec<u64> {
    let mut cms = Connection::to(origin);
    let mut written = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let body = json!({ "name": format!("edit {}", written.len()) });
        let reply = cms.send(cms_request("PATCH", &record, Some(&body))).await;
        let reply = reply.expect("the origin answers");
        reply.assert_status(200);
        let seq = reply
            .header("playback-change")
            .and_then(|seq| seq.parse().ok());
        written.push(seq.unwrap_or_else(|| panic!("the change has no number: {reply}")));
        sleep(Duration::from_millis(dice.u64(0..8))).await;
    }
    written
}

/// Reads until the line has broken as often as it is to; answers how often that was within an event.
async fn read_until_cut(line: &Line, scale: &Scale) -> (Vec<Event>, usize) {
    let mut events: Vec<Event> = Vec::new();
    let mut within_an_event = 0;
    while line.cuts() < scale.amount {
        let last = events.last().map_or(0, |event| event.id);
        scale.tell(|| format!("cut {} times, {last} changes", line.cuts()));
        // Broken before the answer came.
        let Ok(mut stream) = Stream::open(line.address, last).await else {
            continue;
        };
        while let Ok(event) = stream.next().await {
            events.push(event);
        }
        within_an_event += usize::from(stream.is_within_an_event());
    }
    (events, within_an_event)
}

/// Reads on, by a line that holds.
async fn read_to(origin: SocketAddr, events: &mut Vec<Event>, head: u64) {
    let reading = async {
        let last = events.last().map_or(0, |event| event.id);
        let mut stream = Stream::open(origin, last)
            .await
            .expect("the origin is there");
        while events.last().is_none_or(|event| event.id < head) {
            events.push(stream.next().await.expect("the line holds"));
        }
    };
    let read = timeout(PATIENCE, reading).await;
    assert!(read.is_ok(), "the feed never told of change {head}");
}

/// All changes, page by page.
async fn pages(origin: SocketAddr) -> Vec<Value> {
    let mut cms = Connection::to(origin);
    let mut changes = Vec::new();
    loop {
        let page = format!("/v1/changes?after={}&limit=100", changes.len());
        let reply = cms.send(cms_request("GET", &page, None)).await;
        let reply = reply.expect("the origin answers").json();
        let some = reply["changes"].as_array().expect("a page has `changes`");
        changes.extend(some.iter().cloned());
        if some.is_empty() {
            assert_eq!(reply["head"], changes.len(), "{reply}");
            return changes;
        }
    }
}
