//! The demo that `cargo xtask serve` starts with: it loads, and every video of it has an answer.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::harness::{origin, processes::workspace, reply::Reply, world};

const CATALOG: &str = "demo/catalog.json";

#[track_caller]
fn json(file: &str) -> Value {
    let text = fs::read_to_string(workspace().join(file))
        .unwrap_or_else(|error| panic!("`{file}` cannot be read: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("`{file}` is not JSON: {error}"))
}

#[track_caller]
fn list<'v>(value: &'v Value, member: &str) -> &'v [Value] {
    value[member]
        .as_array()
        .unwrap_or_else(|| panic!("`{member}` is not a list"))
}

/// The sum of one count over accounts, rights and videos.
fn count(report: &Value, outcome: &str) -> u64 {
    let kinds = report
        .as_object()
        .expect("the report is an object")
        .values();
    kinds.filter_map(|counts| counts[outcome].as_u64()).sum()
}

#[test]
fn the_catalog_loads_in_under_two_seconds_and_a_second_time_changes_nothing() {
    let folder = world::folder();
    let database = folder.path().join("demo.db");
    let begun = Instant::now();
    let first = origin::load(&database, CATALOG, None);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(2), "loading took {took:?}");
    assert_eq!(
        (count(&first, "updated"), count(&first, "unchanged")),
        (0, 0),
        "{first}"
    );
    let second = origin::load(&database, CATALOG, None);
    assert_eq!(
        (count(&second, "created"), count(&second, "updated")),
        (0, 0),
        "{second}"
    );
    assert_eq!(
        count(&second, "unchanged"),
        count(&first, "created"),
        "{first} {second}"
    );
}

#[test]
fn the_demo_is_as_large_as_promised() {
    let catalog = json(CATALOG);
    let accounts = list(&catalog, "accounts");
    let videos: Vec<_> = accounts
        .iter()
        .flat_map(|account| list(account, "videos"))
        .collect();
    assert!(accounts.len() >= 3, "{} accounts", accounts.len());
    assert!(videos.len() >= 200, "{} videos", videos.len());
    let is_real = |id: &Value| {
        let id = id.as_str().unwrap_or_default();
        (10..=13).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit())
    };
    for thing in videos.into_iter().chain(accounts) {
        assert!(
            is_real(&thing["id"]),
            "`{}` is not like a real id",
            thing["id"]
        );
    }
    let viewers = json("demo/viewers.json");
    let viewers = viewers.as_array().expect("a list of viewers");
    let mut countries: Vec<_> = viewers
        .iter()
        .filter_map(|one| one["country"].as_str())
        .collect();
    countries.sort_unstable();
    countries.dedup();
    assert!(viewers.len() >= 80, "{} viewers", viewers.len());
    assert!(countries.len() >= 40, "{} countries", countries.len());
}

#[test]
fn every_viewer_of_the_demo_has_a_geolocation_record_or_is_meant_to_have_none() {
    let records = json("demo/geolocation.json");
    for viewer in json("demo/viewers.json")
        .as_array()
        .expect("a list of viewers")
    {
        for address in ["address", "loopback"] {
            let record = viewer[address]
                .as_str()
                .and_then(|address| records.get(address));
            let country = record.and_then(|record| record["country_code"].as_str());
            assert_eq!(country, viewer["country"].as_str(), "{viewer}");
        }
    }
}

#[test]
fn every_video_of_the_demo_is_answered_to_every_kind_of_viewer() {
    let demo = world::of_the_demo();
    let (catalog, viewers) = (json(CATALOG), json("demo/viewers.json"));
    // Viewers far apart in the list, which is ordered: countries, metros, proxies, v4 and v6.
    let viewers = viewers
        .as_array()
        .expect("a list of viewers")
        .iter()
        .step_by(11);
    let viewers: Vec<_> = viewers
        .filter_map(|viewer| viewer["address"].as_str())
        .collect();
    let mut statuses = Vec::new();
    for account in list(&catalog, "accounts") {
        let id = account["id"].as_str().expect("an id");
        let key = crate::harness::scripted_case::key_of(id);
        for video in list(account, "videos") {
            let path = format!("/playback/v1/accounts/{id}/videos/{}", text(&video["id"]));
            for viewer in &viewers {
                let reply = demo.edge().get(&path).key(&key).viewer(viewer).send();
                assert_is_an_answer(&reply, video);
                statuses.push(reply.status);
            }
        }
    }
    // A catalog that refuses nobody, or everybody, would show nothing.
    assert!(statuses.contains(&200) && statuses.contains(&403));
}

#[track_caller]
fn assert_is_an_answer(reply: &Reply, video: &Value) {
    match reply.status {
        200 => reply
            .assert_video(text(&video["id"]))
            .assert_fit_for_viewers(),
        403 => reply.assert_fit_for_viewers(),
        _ => panic!("{}: {reply}", video["id"]),
    };
}

#[track_caller]
fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("`{value}` is not text"))
}
