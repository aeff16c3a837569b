//! What is kept, for whom, and what makes it go. A hit is proven by the origin's own count.

use serde_json::json;

use crate::harness::{
    edge::Ask,
    geolocation::{FRENCH_VIEWER, GERMAN_VIEWER},
    scenario::Layers,
    stage::{Props, Stage, playable},
    world,
};

/// Only for viewers in Germany.
fn for_germany() -> Props {
    let video = Some(r#"geo-allow=("DE")"#.to_owned());
    Props {
        layers: Layers {
            video,
            ..Layers::default()
        },
        ..Props::default()
    }
}

#[test]
fn the_second_viewer_is_served_without_the_origin() {
    let stage = Stage::open(world::without_purges());
    let first = stage.ask().viewer(GERMAN_VIEWER).send();
    let second = stage.ask().viewer(FRENCH_VIEWER).send();
    assert_eq!(
        first.assert_video(&stage.video).header("x-cache"),
        Some("MISS")
    );
    assert_eq!(
        second.assert_video(&stage.video).header("x-cache"),
        Some("HIT")
    );
    assert_eq!(first.body, second.body);
    assert_eq!(stage.origin_calls(), 1);
}

#[test]
fn a_refused_viewer_fills_the_entry_that_serves_the_next() {
    let stage = Stage::with(world::without_purges(), &for_germany());
    let refused = stage.ask().viewer(FRENCH_VIEWER).send();
    refused.assert_error(403, "ACCESS_DENIED", Some("CLIENT_GEO"));
    stage
        .ask()
        .viewer(GERMAN_VIEWER)
        .send()
        .assert_video(&stage.video);
    let refused = stage.ask().viewer(FRENCH_VIEWER).send();
    refused.assert_error(403, "ACCESS_DENIED", Some("CLIENT_GEO"));
    assert_eq!(stage.origin_calls(), 1);
}

#[test]
fn one_entry_serves_every_policy_key() {
    let stage = Stage::open(world::without_purges());
    let narrow = json!({ "geo": { "countries": ["de"] } });
    let narrow = stage.world.origin().mint_key(&stage.account, &narrow);
    let with_narrow = || stage.world.edge().get(&stage.path()).key(&narrow);
    stage
        .ask()
        .viewer(FRENCH_VIEWER)
        .send()
        .assert_video(&stage.video);
    let refused = with_narrow().viewer(FRENCH_VIEWER).send();
    refused.assert_error(403, "ACCESS_DENIED", Some("CLIENT_GEO"));
    with_narrow()
        .viewer(GERMAN_VIEWER)
        .send()
        .assert_video(&stage.video);
    assert_eq!(stage.origin_calls(), 1);
}

#[test]
fn each_pop_fills_a_cache_of_its_own() {
    let stage = Stage::open(world::with_purges()).settle();
    for edge in &stage.world.pop.edges {
        for _ in 0..2 {
            edge.get(&stage.path())
                .key(&stage.key)
                .send()
                .assert_video(&stage.video);
        }
    }
    assert_eq!(stage.origin_calls(), stage.world.pop.edges.len() as u64);
}

#[test]
fn rules_of_every_size_are_kept_whole() {
    // The last is more than travels in an entry's metadata.
    for networks in [1, 100, 600] {
        let list: Vec<_> = (0..networks)
            .map(|n| format!("\"2001:db8:{n:x}::/48\""))
            .collect();
        let video = Some(format!("ip-deny=({})", list.join(" ")));
        let layers = Layers {
            video,
            ..Layers::default()
        };
        let props = Props {
            layers,
            ..Props::default()
        };
        let stage = Stage::with(world::without_purges(), &props);
        let last = format!("2001:db8:{:x}:ffff::1", networks - 1);
        let beyond = format!("2001:db8:{networks:x}::1");
        for _ in 0..2 {
            let denied = stage.ask().viewer(&last).send();
            denied.assert_error(403, "ACCESS_DENIED", Some("CLIENT_IP"));
            stage
                .ask()
                .viewer(&beyond)
                .send()
                .assert_video(&stage.video);
        }
        assert_eq!(stage.origin_calls(), 1, "{networks} networks");
    }
}

#[test]
fn a_video_that_is_not_there_is_remembered_until_it_is_created() {
    let stage = Stage::without_video(world::with_purges(), &Props::default());
    let by_reference = || stage.ask_at(&stage.reference_path());
    let ways: [&dyn Fn() -> Ask; 2] = [&|| stage.ask(), &by_reference];
    stage.settle_account();
    for ask in ways {
        for _ in 0..2 {
            ask()
                .send()
                .assert_error(404, "VIDEO_NOT_FOUND", None)
                .assert_fit_for_viewers();
        }
    }
    assert_eq!(stage.origin_calls(), 2, "each way once");
    let mut body = playable("at last");
    body["reference_id"] = json!(stage.reference);
    stage
        .world
        .origin()
        .put_video(&stage.account, &stage.video, &body);
    for ask in ways {
        ask().send().assert_video(&stage.video);
    }
}

#[test]
fn a_video_that_is_not_playable_is_remembered_until_it_is_published() {
    let stage = Stage::open(world::with_purges()).settle();
    stage.patch(&json!({ "state": "INACTIVE" }));
    let before = stage.origin_calls();
    for _ in 0..2 {
        stage
            .ask()
            .send()
            .assert_error(403, "VIDEO_NOT_PLAYABLE", None)
            .assert_fit_for_viewers();
    }
    assert_eq!(stage.origin_calls(), before + 1);
    stage.patch(&json!({ "state": "ACTIVE" }));
    stage.ask().send().assert_video(&stage.video);
}

#[test]
fn an_account_that_is_not_there_is_remembered_until_it_is_created() {
    let stage = Stage::open(world::with_purges());
    let (account, video) = (format!("1{}", &stage.account), format!("1{}", &stage.video));
    let key = crate::harness::scripted_case::key_of(&account);
    let path = format!("/playback/v1/accounts/{account}/videos/{video}");
    let ask = || stage.world.edge().get(&path).key(&key);
    for _ in 0..2 {
        ask().send().assert_error(404, "ACCOUNT_NOT_FOUND", None);
    }
    assert_eq!(stage.world.origin().playback_answers(&account), 1);
    stage
        .world
        .origin()
        .put_account(&account, &json!({ "name": "at last" }));
    ask().send().assert_error(404, "VIDEO_NOT_FOUND", None);
    stage
        .world
        .origin()
        .put_video(&account, &video, &playable("at last"));
    ask().send().assert_video(&video);
}

#[test]
fn a_deleted_video_is_gone_at_once() {
    let stage = Stage::open(world::with_purges());
    stage.ask().send().assert_video(&stage.video);
    stage
        .ask_at(&stage.reference_path())
        .send()
        .assert_video(&stage.video);
    stage
        .world
        .origin()
        .delete_video(&stage.account, &stage.video);
    stage
        .ask()
        .send()
        .assert_error(404, "VIDEO_NOT_FOUND", None);
    stage
        .ask_at(&stage.reference_path())
        .send()
        .assert_error(404, "VIDEO_NOT_FOUND", None);
}

#[test]
fn entries_by_id_and_by_reference_are_purged_together() {
    let stage = Stage::open(world::with_purges());
    let name = |ask: Ask| ask.send().assert_video(&stage.video).json()["name"].clone();
    let by_reference = || stage.ask_at(&stage.reference_path());
    assert_eq!(
        (name(stage.ask()), name(by_reference())),
        (json!("a video"), json!("a video"))
    );
    stage.patch(&json!({ "name": "renamed" }));
    assert_eq!(
        (name(stage.ask()), name(by_reference())),
        (json!("renamed"), json!("renamed"))
    );
}

#[test]
fn a_new_reference_opens_the_video_and_the_old_one_no_longer_does() {
    let stage = Stage::open(world::with_purges());
    let new = format!("new-{}", stage.reference);
    let new_path = stage.reference_path().replace(&stage.reference, &new);
    stage
        .ask_at(&stage.reference_path())
        .send()
        .assert_video(&stage.video);
    stage
        .ask_at(&new_path)
        .send()
        .assert_error(404, "VIDEO_NOT_FOUND", None);
    stage.patch(&json!({ "reference_id": new }));
    stage
        .ask_at(&stage.reference_path())
        .send()
        .assert_error(404, "VIDEO_NOT_FOUND", None);
    stage.ask_at(&new_path).send().assert_video(&stage.video);
}

#[test]
fn a_list_of_addresses_that_cannot_be_read_refuses_everybody() {
    for member in ["ip-allow-list", "ip-deny-list"] {
        let video = Some(format!("{member}=(\"not-there\")"));
        let layers = Layers {
            video,
            ..Layers::default()
        };
        let props = Props {
            layers,
            ..Props::default()
        };
        let stage = Stage::with(world::without_purges(), &props);
        let refused = stage.ask().send();
        refused.assert_error(500, "SERVER_ERROR", None);
    }
}
