//! How long a soft-purged copy stands in.

use std::{sync::OnceLock, thread::sleep, time::Duration};

use http_body_util::Full;
use hyper::Request;
use serde_json::json;

use super::name;
use crate::harness::{
    gate::Manner,
    http::{self, RUNTIME},
    local::{PURGE_TOKEN, SERVICE_ID},
    stage::Stage,
    world::{PLAIN, World, WorldPlan},
};

const STALE_S: u32 = 3;

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        World::start(&WorldPlan {
            purges: true,
            fill_deadline_ms: 2_500,
            stale_s: STALE_S,
            ..PLAIN
        })
    })
}

fn wait_until_too_old() {
    sleep(Duration::from_secs(STALE_S.into()) + Duration::from_millis(200));
}

/// Purges the video's answers by hand: what comes in their place is the same to the byte.
fn soft_purge(stage: &Stage) {
    let request = Request::post(format!(
        "/service/{SERVICE_ID}/purge/video-id-{}",
        stage.video
    ))
    .header("fastly-key", PURGE_TOKEN)
    .header("fastly-soft-purge", "1")
    .body(Full::default())
    .expect("a valid request");
    let reply = http::send_now(stage.world.pop.purge_api, request);
    assert_eq!(reply.status, 200, "{reply}");
}

#[test]
fn a_copy_stands_in_as_long_as_is_configured_and_not_longer() {
    let stage = Stage::open(world()).settle();
    assert_eq!(name(&stage.ask().send()), "a video");
    // A copy may be older than that, as long as it is true.
    wait_until_too_old();
    let outage = stage.world.fills.bar(&stage.fill_label(), Manner::Cut);
    stage.patch(&json!({ "name": "renamed" }));
    let meanwhile = stage.ask().send();
    assert_eq!(meanwhile.header("x-cache"), Some("STALE"), "{meanwhile}");
    wait_until_too_old();
    for _ in 0..2 {
        let reply = stage.ask().send();
        reply.assert_error(502, "SERVER_ERROR", Some("VIDEO_RETRIEVE_FAILURE"));
    }
    outage.lift();
    assert_eq!(name(&stage.ask().send()), "renamed");
}

#[test]
fn a_copy_that_replaced_one_like_it_is_not_taken_for_that() {
    let stage = Stage::open(world()).settle();
    for _ in 0..2 {
        assert_eq!(name(&stage.ask().send()), "a video");
        wait_until_too_old();
        let outage = stage.world.fills.bar(&stage.fill_label(), Manner::Cut);
        soft_purge(&stage);
        let meanwhile = stage.ask().send();
        assert_eq!(meanwhile.header("x-cache"), Some("STALE"), "{meanwhile}");
        outage.lift();
        assert_eq!(stage.ask().send().header("x-cache"), Some("MISS"));
    }
}

#[test]
fn a_copy_that_is_too_old_is_served_to_nobody_while_it_is_refreshed() {
    let stage = Stage::open(world()).settle();
    assert_eq!(name(&stage.ask().send()), "a video");
    let outage = stage.world.fills.bar(&stage.fill_label(), Manner::Cut);
    stage.patch(&json!({ "name": "renamed" }));
    assert_eq!(name(&stage.ask().send()), "a video");
    wait_until_too_old();
    outage.lift();
    let slow = stage
        .world
        .fills
        .bar(&stage.fill_label(), Manner::HoldAnswer);
    let first = RUNTIME.spawn(stage.ask().send_async());
    slow.wait_until_reached();
    let second = RUNTIME.spawn(stage.ask().send_async());
    sleep(Duration::from_millis(300));
    slow.lift();
    for viewer in [first, second] {
        let reply = RUNTIME.block_on(viewer).expect("no panic");
        assert_eq!(name(&reply.expect("an answer")), "renamed");
    }
}
