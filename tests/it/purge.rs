//! Edits and what they purge: nothing less, in time, and hard or soft as it must be.

mod aged;
mod late;

use serde_json::{Value, json};

use crate::harness::{
    gate::Manner,
    geolocation::{FRENCH_VIEWER, GERMAN_VIEWER},
    http::RUNTIME,
    reply::Reply,
    scenario::Layers,
    stage::{Props, Stage},
    world,
};

fn name(reply: &Reply) -> Value {
    reply.assert_status(200);
    reply.json()["name"].clone()
}

#[track_caller]
fn assert_refused_for_the_country(reply: &Reply) {
    reply.assert_error(403, "ACCESS_DENIED", Some("CLIENT_GEO"));
}

/// What takes the permission from everybody outside Germany.
fn only_germany() -> Value {
    json!({ "rules": r#"geo-allow=("DE")"# })
}

// === what an edit reaches ===

#[test]
fn an_edit_shows_in_the_next_answer() {
    let stage = Stage::open(world::with_purges());
    assert_eq!(name(&stage.ask().send()), "a video");
    for title in ["renamed", "renamed again", "and again"] {
        stage.patch(&json!({ "name": title }));
        assert_eq!(name(&stage.ask().send()), title);
    }
}

#[test]
fn a_revoked_permission_is_gone_from_every_pop_at_once() {
    let stage = Stage::open(world::with_purges());
    let edges = &stage.world.pop.edges;
    assert!(edges.len() > 1, "one POP proves nothing");
    let ask = |edge: usize| {
        edges[edge]
            .get(&stage.path())
            .key(&stage.key)
            .viewer(FRENCH_VIEWER)
            .send()
    };
    for edge in 0..edges.len() {
        ask(edge).assert_video(&stage.video);
    }
    stage.patch(&only_germany());
    for edge in 0..edges.len() {
        assert_refused_for_the_country(&ask(edge));
    }
}

#[test]
fn a_new_permission_shows_in_the_next_answer() {
    let layers = Layers {
        video: Some(r#"geo-allow=("DE")"#.to_owned()),
        ..Layers::default()
    };
    let stage = Stage::with(
        world::with_purges(),
        &Props {
            layers,
            ..Props::default()
        },
    );
    assert_refused_for_the_country(&stage.ask().viewer(FRENCH_VIEWER).send());
    stage.patch(&json!({ "rules": r#"geo-allow=("DE" "FR")"# }));
    stage
        .ask()
        .viewer(FRENCH_VIEWER)
        .send()
        .assert_video(&stage.video);
}

#[test]
fn the_cms_forms_for_geo_and_schedule_are_permissions_too() {
    let stage = Stage::open(world::with_purges());
    let french = || stage.ask().viewer(FRENCH_VIEWER).send();
    french().assert_video(&stage.video);
    stage.patch(&json!({ "geo": { "restricted": true, "countries": ["de"] } }));
    assert_refused_for_the_country(&french());
    stage.patch(&json!({ "geo": null }));
    french().assert_video(&stage.video);
    stage.patch(&json!({ "schedule": { "ends_at": "2010-01-01T00:00:00.000Z" } }));
    french().assert_error(403, "VIDEO_NOT_PLAYABLE", None);
    stage.patch(&json!({ "schedule": null }));
    french().assert_video(&stage.video);
}

#[test]
fn an_edit_of_the_account_reaches_all_its_videos() {
    let stage = Stage::open(world::with_purges());
    stage
        .ask()
        .viewer(FRENCH_VIEWER)
        .send()
        .assert_video(&stage.video);
    stage
        .world
        .origin()
        .patch_account(&stage.account, &only_germany());
    assert_refused_for_the_country(&stage.ask().viewer(FRENCH_VIEWER).send());
    stage
        .ask()
        .viewer(GERMAN_VIEWER)
        .send()
        .assert_video(&stage.video);
}

#[test]
fn the_address_list_of_the_account_reaches_all_its_videos() {
    let stage = Stage::open(world::with_purges());
    stage
        .ask()
        .viewer(FRENCH_VIEWER)
        .send()
        .assert_video(&stage.video);
    stage
        .world
        .origin()
        .patch_account(&stage.account, &json!({ "ip_allow": ["192.0.2.0/24"] }));
    let refused = stage.ask().viewer(FRENCH_VIEWER).send();
    refused.assert_error(403, "ACCESS_DENIED", Some("CLIENT_IP"));
    stage
        .ask()
        .viewer("192.0.2.7")
        .send()
        .assert_video(&stage.video);
}

#[test]
fn an_edit_of_a_right_reaches_the_videos_that_use_it() {
    let layers = Layers {
        right: Some("geo-default=allow".to_owned()),
        ..Layers::default()
    };
    let stage = Stage::with(
        world::with_purges(),
        &Props {
            layers,
            ..Props::default()
        },
    );
    stage
        .ask()
        .viewer(FRENCH_VIEWER)
        .send()
        .assert_video(&stage.video);
    let right = format!("right-{}", stage.video);
    stage
        .world
        .origin()
        .patch_right(&stage.account, &right, &only_germany());
    assert_refused_for_the_country(&stage.ask().viewer(FRENCH_VIEWER).send());
}

#[test]
fn an_edit_leaves_other_videos_in_the_cache() {
    let (edited, other) = (
        Stage::open(world::with_purges()).settle(),
        Stage::open(world::with_purges()).settle(),
    );
    edited.ask().send().assert_video(&edited.video);
    other.ask().send().assert_video(&other.video);
    edited.patch(&only_germany());
    other.ask().send().assert_video(&other.video);
    assert_eq!(other.origin_calls(), 1);
}

// === soft and hard ===

#[test]
fn after_an_edit_of_content_one_viewer_refreshes_and_the_others_are_served_meanwhile() {
    let stage = Stage::open(world::with_purges()).settle();
    assert_eq!(name(&stage.ask().send()), "a video");
    let bar = stage
        .world
        .fills
        .bar(&stage.fill_label(), Manner::HoldAnswer);
    stage.patch(&json!({ "name": "renamed" }));
    let refreshing = RUNTIME.spawn(stage.ask().send_async());
    bar.wait_until_reached();
    for _ in 0..3 {
        let meanwhile = stage.ask().send();
        assert_eq!(meanwhile.header("x-cache"), Some("STALE"), "{meanwhile}");
        assert_eq!(name(&meanwhile), "a video");
    }
    bar.lift();
    let refreshed = RUNTIME
        .block_on(refreshing)
        .expect("no panic")
        .expect("an answer");
    assert_eq!(name(&refreshed), "renamed");
    assert_eq!(name(&stage.ask().send()), "renamed");
}

#[test]
fn after_an_edit_of_content_the_old_copy_stands_in_while_the_origin_is_down() {
    let stage = Stage::open(world::with_purges()).settle();
    assert_eq!(name(&stage.ask().send()), "a video");
    let outage = stage.world.fills.bar(&stage.fill_label(), Manner::Cut);
    stage.patch(&json!({ "name": "renamed" }));
    for _ in 0..3 {
        let meanwhile = stage.ask().send();
        assert_eq!(meanwhile.header("x-cache"), Some("STALE"), "{meanwhile}");
        assert_eq!(name(&meanwhile), "a video");
    }
    outage.lift();
    assert_eq!(name(&stage.ask().send()), "renamed");
}

#[test]
fn after_an_edit_of_rights_nothing_old_stands_in_while_the_origin_is_down() {
    let stage = Stage::open(world::with_purges()).settle();
    stage
        .ask()
        .viewer(FRENCH_VIEWER)
        .send()
        .assert_video(&stage.video);
    let outage = stage.world.fills.bar(&stage.fill_label(), Manner::Cut);
    stage.patch(&only_germany());
    for viewer in [FRENCH_VIEWER, GERMAN_VIEWER] {
        let reply = stage.ask().viewer(viewer).send();
        reply.assert_error(502, "SERVER_ERROR", Some("VIDEO_RETRIEVE_FAILURE"));
    }
    outage.lift();
    assert_refused_for_the_country(&stage.ask().viewer(FRENCH_VIEWER).send());
}

#[test]
fn an_edit_of_rights_and_content_together_is_an_edit_of_rights() {
    let stage = Stage::open(world::with_purges()).settle();
    stage
        .ask()
        .viewer(FRENCH_VIEWER)
        .send()
        .assert_video(&stage.video);
    let outage = stage.world.fills.bar(&stage.fill_label(), Manner::Cut);
    stage.patch(&json!({ "name": "renamed" }));
    stage.patch(&json!({ "name": "renamed again", "rules": r#"geo-allow=("DE")"# }));
    stage.patch(&json!({ "name": "and again" }));
    let reply = stage.ask().viewer(FRENCH_VIEWER).send();
    reply.assert_error(502, "SERVER_ERROR", Some("VIDEO_RETRIEVE_FAILURE"));
    outage.lift();
}

// === what an edit leaves alone ===

#[test]
fn an_edit_that_changes_nothing_purges_nothing() {
    let stage = Stage::open(world::with_purges()).settle();
    stage.ask().send().assert_video(&stage.video);
    let purges = stage.world.purges.passed(&stage.video_label());
    stage.patch(&json!({ "name": "a video" }));
    stage.ask().send().assert_video(&stage.video);
    assert_eq!(stage.world.purges.passed(&stage.video_label()), purges);
    assert_eq!(stage.origin_calls(), 1);
}
