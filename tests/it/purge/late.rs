//! What arrives late: a fill after the purge, a purge after the edit.
//!
//! These tests keep purges from arriving, which holds up all purges of the same origin: they have a
//! world of their own, and take turns.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::{assert_refused_for_the_country, only_germany};
use crate::harness::{
    eventually::eventually,
    gate::Manner,
    geolocation::FRENCH_VIEWER,
    http::RUNTIME,
    stage::Stage,
    world::{PLAIN, World, WorldPlan},
};

fn world() -> (&'static World, MutexGuard<'static, ()>) {
    static WORLD: OnceLock<World> = OnceLock::new();
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    // A test that failed has lifted its bars all the same.
    let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let world = WORLD.get_or_init(|| {
        World::start(&WorldPlan {
            purges: true,
            fill_deadline_ms: 2_500,
            ..PLAIN
        })
    });
    (world, turn)
}

#[test]
fn a_fill_that_read_old_data_before_the_edit_does_not_outlive_the_second_purge() {
    let (world, _turn) = world();
    let stage = Stage::open(world).settle();
    let first_rounds = stage.world.purges.passed(&stage.video_label());
    let fill = stage
        .world
        .fills
        .bar(&stage.fill_label(), Manner::HoldAnswer);
    let viewer = RUNTIME.spawn(stage.ask().viewer(FRENCH_VIEWER).send_async());
    // The origin has read the old rules; its answer is on the way.
    fill.wait_until_reached();
    stage.patch(&only_germany());
    assert_eq!(
        stage.world.purges.passed(&stage.video_label()),
        first_rounds + 1
    );
    let second_round = stage.world.purges.bar(&stage.video_label(), Manner::Cut);
    fill.lift();
    RUNTIME
        .block_on(viewer)
        .expect("no panic")
        .expect("an answer")
        .assert_video(&stage.video);
    // The race is real: without the second purge the old permission would stay for ever.
    stage
        .ask()
        .viewer(FRENCH_VIEWER)
        .send()
        .assert_video(&stage.video);
    second_round.wait_until_reached();
    stage
        .ask()
        .viewer(FRENCH_VIEWER)
        .send()
        .assert_video(&stage.video);
    second_round.lift();
    eventually("the second purge arrives", || {
        let rounds = stage.world.purges.passed(&stage.video_label());
        (rounds == first_rounds + 2).then_some(())
    });
    assert_refused_for_the_country(&stage.ask().viewer(FRENCH_VIEWER).send());
}

#[test]
fn a_purge_that_failed_is_tried_until_it_succeeds() {
    let (world, _turn) = world();
    let stage = Stage::open(world).settle();
    stage
        .ask()
        .viewer(FRENCH_VIEWER)
        .send()
        .assert_video(&stage.video);
    let outage = stage.world.purges.bar(&stage.video_label(), Manner::Cut);
    // The edit is committed all the same.
    stage.patch(&only_germany());
    outage.wait_until_reached();
    stage
        .ask()
        .viewer(FRENCH_VIEWER)
        .send()
        .assert_video(&stage.video);
    outage.lift();
    let refused = eventually("the purge arrives", || {
        let reply = stage.ask().viewer(FRENCH_VIEWER).send();
        (reply.status == 403).then_some(reply)
    });
    assert_refused_for_the_country(&refused);
}

#[test]
fn a_fill_slower_than_the_deadline_is_not_kept() {
    let (world, _turn) = world();
    let stage = Stage::open(world).settle();
    let fill = stage
        .world
        .fills
        .bar(&stage.fill_label(), Manner::HoldAnswer);
    // Held for as long as the viewer is patient with the edge, which is the deadline.
    stage.ask().send().assert_error(504, "SERVER_TIMEOUT", None);
    fill.lift();
    stage.ask().send().assert_video(&stage.video);
    assert_eq!(stage.origin_calls(), 2);
}
