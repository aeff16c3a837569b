//! An edit while answers are on their way through two tiers of caches.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::json;

use crate::harness::{
    eventually::eventually,
    gate::Manner,
    geolocation::FRENCH_VIEWER,
    http::RUNTIME,
    stage::Stage,
    world::{GATED, PLAIN, World, WorldPlan},
};

/// Two POPs that ask the first one as their shield, with a gate on that way. These tests hold purges
/// up, which holds up all of them: they take turns.
fn world() -> (&'static World, MutexGuard<'static, ()>) {
    static WORLD: OnceLock<World> = OnceLock::new();
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let world = WORLD.get_or_init(|| {
        World::start(&WorldPlan {
            purges: true,
            pops: &["fra", "nrt"],
            // Half of it is the POP's patience with the shield.
            fill_deadline_ms: 6_000,
            shield: Some(GATED),
            ..PLAIN
        })
    });
    (world, turn)
}

fn refuse_france(stage: &Stage<'_>) {
    stage.patch(&json!({ "rules": r#"geo-allow=("DE")"# }));
}

/// The label of the shield's copy, as a purge call writes it.
fn copy_label(stage: &Stage<'_>) -> String {
    format!("\"shield-video-id-{}\"", stage.video)
}

fn status(stage: &Stage<'_>) -> u16 {
    let edge = stage.world.pop.edges[1];
    let ask = edge.get(&stage.path()).key(&stage.key);
    ask.viewer(FRENCH_VIEWER).send().status
}

/// A POP that is purged while the shield is not would fetch the old answer from there. So it is not
/// purged before.
#[test]
fn no_pop_is_purged_before_the_shield() {
    let (world, _turn) = world();
    let stage = Stage::open(world).settle();
    assert_eq!(status(&stage), 200);
    let copies = world.purges.bar(&copy_label(&stage), Manner::Cut);
    let before = world.purges.passed(&stage.video_label());
    refuse_france(&stage);
    copies.wait_until_reached();
    assert_eq!(status(&stage), 200, "nothing is purged yet");
    assert_eq!(world.purges.passed(&stage.video_label()), before);
    copies.lift();
    eventually("the edit is in effect", || {
        (status(&stage) == 403).then_some(())
    });
}

/// The shield's answer is on its way when the shield is purged for the second and last time, and comes
/// after the POP was. Only a third purge ends it.
#[test]
fn an_answer_between_the_tiers_does_not_outlive_the_third_purge() {
    let (world, _turn) = world();
    let stage = Stage::open(world).settle();
    let before = world.purges.passed(&stage.video_label());
    let round = |n: usize| world.purges.passed(&stage.video_label()) == before + n;
    // The shield asks, the origin has read the old rules: its answer comes after the first purge.
    let to_shield = world.fills.bar(&stage.fill_label(), Manner::HoldAnswer);
    let other = stage.world.pop.edges[0]
        .get(&stage.path())
        .key(&stage.key)
        .viewer(FRENCH_VIEWER);
    let other = RUNTIME.spawn(other.send_async());
    to_shield.wait_until_reached();
    refuse_france(&stage);
    assert!(round(1), "the edit is purged");
    to_shield.lift();
    let late = RUNTIME
        .block_on(other)
        .expect("no panic")
        .expect("an answer");
    assert_eq!(late.status, 200, "it was asked for before the edit");
    // Just before the second purge a POP gets the shield's old copy, and keeps it just after.
    let second_copies = world.purges.bar(&copy_label(&stage), Manner::Cut);
    second_copies.wait_until_reached();
    let to_pop = world.hops.bar(&stage.fill_label(), Manner::HoldAnswer);
    let edge = stage.world.pop.edges[1];
    let viewer = edge
        .get(&stage.path())
        .key(&stage.key)
        .viewer(FRENCH_VIEWER);
    let viewer = RUNTIME.spawn(viewer.send_async());
    to_pop.wait_until_reached();
    second_copies.lift();
    eventually("the second purge arrives", || round(2).then_some(()));
    to_pop.lift();
    let late = RUNTIME
        .block_on(viewer)
        .expect("no panic")
        .expect("an answer");
    assert_eq!(
        late.status, 200,
        "the shield had said so before it was purged"
    );
    // The race is real: the copy is there, and the shield is right for good.
    assert!(round(2));
    assert_eq!(status(&stage), 200, "it stays until the third purge");
    eventually("the third purge arrives", || round(3).then_some(()));
    assert_eq!(status(&stage), 403);
}
