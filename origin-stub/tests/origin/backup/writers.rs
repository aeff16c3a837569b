use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use reqwest::Method;
use serde_json::{Value, json};

use super::world::{World, assert_same, moment, report};
use crate::{harness::run, load::loaded};

const WRITERS: usize = 10;
const WRITES: usize = 15;

/// Makes, renames and deletes videos of its own.
fn request(world: &World, round: usize, writer: usize, at: usize) -> reqwest::RequestBuilder {
    let path = format!("1/videos/w{writer}-{}", at / 3);
    let name = format!("Fox {round} {at}");
    match (at % 3, (writer + round) % 3) {
        (2, 0) => world.origin.cms_request(Method::DELETE, &path),
        _ => {
            let edit = json!({ "name": name, "custom_fields": { "round": name } });
            let put = world.origin.cms_request(Method::PUT, &path);
            put.json(&edit)
        }
    }
}

/// Backs up again and again until told to stop; answers how often.
fn back_up_until(world: &World, is_done: Arc<AtomicBool>) -> std::thread::JoinHandle<usize> {
    let mut command = world.backup(&[]);
    std::thread::spawn(move || {
        let mut backups = 0;
        while !is_done.load(Ordering::Relaxed) {
            report(&run(&mut command));
            backups += 1;
        }
        backups
    })
}

#[tokio::test]
async fn what_ten_writers_write_meanwhile_is_whole_at_every_moment() {
    let world = World::start();
    world.origin.account("1").await;
    let mut moments = Vec::new();
    for round in 0..4 {
        let is_done = Arc::new(AtomicBool::new(false));
        // The first of all is a snapshot that is made while they write.
        let backups = back_up_until(&world, Arc::clone(&is_done));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let requests: Vec<_> = (0..WRITES)
                    .map(|at| request(&world, round, writer, at))
                    .collect();
                tokio::spawn(async move {
                    for request in requests {
                        let status = request.send().await.expect("an answer").status();
                        assert!(
                            status.as_u16() < 300 || status == 409 || status == 404,
                            "{status}"
                        );
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.expect("no panic");
        }
        is_done.store(true, Ordering::Relaxed);
        assert!(backups.join().expect("no panic") > 0);
        moments.push((moment().await, world.contents().await));
    }
    world.back_up(&[]);
    let kinds: Vec<_> = world.files();
    let snapshots = kinds
        .iter()
        .filter(|file| file.to_string_lossy().contains("snapshot"));
    assert_eq!(snapshots.count(), 1, "all others go on from it: {kinds:?}");
    for (until, want) in &moments {
        let restored = world.restore(until);
        assert_same(until, &restored.contents().await, want);
    }
}

/// A catalog of as many videos, all with this name.
fn catalog(name: &str) -> Value {
    let video = |id: usize| json!({ "id": id.to_string(), "name": name });
    let videos: Vec<_> = (1..=200).map(video).collect();
    json!({ "accounts": [{ "id": "1", "name": name, "videos": videos }] })
}

#[tokio::test]
async fn a_load_of_many_records_is_there_whole_or_not_at_all() {
    let world = World::backed_up().await;
    let folder = world.origin.folder();
    let is_done = Arc::new(AtomicBool::new(false));
    let backups = back_up_until(&world, Arc::clone(&is_done));
    let mut moments = Vec::new();
    for load in 0..6 {
        let name = format!("v{load}");
        loaded(folder.path(), &catalog(&name));
        moments.push((moment().await, name));
    }
    is_done.store(true, Ordering::Relaxed);
    backups.join().expect("no panic");
    world.back_up(&[]);
    let names_at = async |until: &str| {
        let contents = world.restore(until).contents().await;
        let mut names: Vec<_> = contents["videos"]
            .iter()
            .map(|row| serde_json::from_str::<Value>(row).expect("JSON")["name"].to_string())
            .collect();
        let count = names.len();
        names.dedup();
        (count, names)
    };
    for (until, name) in &moments {
        assert_eq!(
            names_at(until).await,
            (200, vec![format!("\"{name}\"")]),
            "after {name}"
        );
    }
    // Within each load: its records say when it began, its changes when each was written.
    let contents = world.contents().await;
    let last: Value = serde_json::from_str(&contents["videos"][0]).expect("JSON");
    let began = last["updated_at"].as_str().expect("a time");
    assert_eq!(
        names_at(began).await,
        (200, vec!["\"v4\"".to_owned()]),
        "while the last is loaded"
    );
    let feed = world
        .origin
        .cms_get("/v1/changes?after=200&limit=1000")
        .await
        .json();
    for change in feed["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .step_by(40)
    {
        let at = change["at"].as_str().expect("a time");
        let (count, names) = names_at(at).await;
        assert!(
            count == 0 || (count == 200 && names.len() == 1),
            "{at}: {count} of {names:?}"
        );
    }
}
