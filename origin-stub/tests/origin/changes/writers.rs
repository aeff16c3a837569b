use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{assert_run, feed, follower::Follower};
use crate::harness::Origin;

const WRITERS: usize = 20;
const WRITES: usize = 10;

/// A video of its own for each writer, made and then renamed; each write's place as it was answered.
async fn write(origin: &Origin, writer: usize) -> Vec<(String, String)> {
    let mut places = Vec::new();
    for at in 0..WRITES {
        let path = format!("1/videos/w{writer}");
        let method = if at == 0 { Method::PUT } else { Method::PATCH };
        let reply = origin
            .cms(method, &path, json!({ "name": format!("{at}") }))
            .await;
        assert!(reply.status < 300, "{}", reply.text);
        let seq = reply.header("playback-change").expect("a place").to_owned();
        places.push((seq, format!("w{writer}")));
    }
    places
}

#[tokio::test]
async fn twenty_writers_at_two_origins_make_one_feed() {
    let origin = Origin::start();
    // A second process writes the same database.
    let other = Origin::start_in(origin.folder(), &[]);
    origin.account("1").await;
    let mut here = Follower::after(&origin, 0).await;
    let mut there = Follower::after(&other, 0).await;
    let count = 1 + WRITERS * WRITES;
    let writers = async {
        let mut writers = tokio::task::JoinSet::new();
        let origins = std::sync::Arc::new([origin, other]);
        for writer in 0..WRITERS {
            let origins = std::sync::Arc::clone(&origins);
            writers.spawn(async move { write(&origins[writer % 2], writer).await });
        }
        let answered: BTreeMap<String, String> =
            writers.join_all().await.into_iter().flatten().collect();
        (answered, origins)
    };
    let ((answered, origins), here, there) =
        tokio::join!(writers, here.changes(count), there.changes(count));
    let all = feed(&origins[0], 1000).await;
    assert_run(&all, 1, count as u64);
    assert_eq!(here, all, "streamed by one origin");
    assert_eq!(there, all, "streamed by the other");
    let told: BTreeMap<String, String> = all[1..]
        .iter()
        .map(|change| {
            let id = change["id"].as_str().expect("an id").to_owned();
            (change["seq"].to_string(), id)
        })
        .collect();
    assert_eq!(told, answered, "each answer names its own change");
}

/// Writes on until the origin is gone; answers how many writes it confirmed.
async fn write_until_it_dies(requests: Vec<reqwest::RequestBuilder>) -> usize {
    let mut confirmed = 0;
    for request in requests {
        match request.send().await {
            Ok(response) if response.status() == StatusCode::CREATED => confirmed += 1,
            Ok(response) => panic!("{}", response.status()),
            Err(_cut) => break,
        }
    }
    confirmed
}

#[tokio::test]
async fn nothing_is_lost_when_the_origin_is_killed_in_the_midst_of_writes() {
    let origin = Origin::start();
    let folder = origin.folder();
    origin.account("1").await;
    let mut follower = Follower::after(&origin, 0).await;
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let put = |at: usize| {
                let path = format!("1/videos/w{writer}-{at}");
                origin
                    .cms_request(Method::PUT, &path)
                    .json(&json!({ "name": "V" }))
            };
            tokio::spawn(write_until_it_dies((0..2000).map(put).collect()))
        })
        .collect();
    let mut told = follower.changes(100).await;
    // Dropped, it is killed by a signal that it cannot catch.
    drop(origin);
    while let Some(change) = follower.change().await {
        told.push(change);
    }
    let mut confirmed = 1;
    for writer in writers {
        confirmed += writer.await.expect("no panic");
    }
    assert!(confirmed < 8000, "it was killed after the last write");

    let origin = Origin::start_in(folder, &[]);
    let last = told
        .last()
        .and_then(|change| change["seq"].as_u64())
        .expect("a place");
    let mut follower = Follower::again(&origin, last).await;
    origin.account("2").await;
    loop {
        let change = follower.change().await.expect("the stream goes on");
        let is_last = change["id"] == "2";
        told.push(change);
        if is_last {
            break;
        }
    }
    let all = feed(&origin, 1000).await;
    assert_run(&told, 1, all.len() as u64);
    assert_eq!(told, all, "before and after");
    let videos = all
        .iter()
        .filter(|change| change["object"] == "video")
        .count();
    assert!(
        videos + 1 >= confirmed,
        "{videos} of {confirmed} confirmed writes are in the feed"
    );
    let shown = origin
        .cms(Method::GET, "1/videos?limit=1", Value::Null)
        .await;
    shown.assert_status(200);
}
