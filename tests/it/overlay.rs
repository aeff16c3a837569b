//! Who lays a policy key's rules over an answer. The tables of scenarios show that both ways decide
//! alike; here is what differs: how many entries there are, and what the origin is told.

use serde_json::json;

use crate::harness::{
    geolocation::{FRENCH_VIEWER, GERMAN_VIEWER},
    stage::Stage,
    world,
};

#[test]
fn an_origin_that_overlays_is_asked_once_for_each_key() {
    let stage = Stage::open(world::overlaid_by_the_origin());
    let narrow = json!({ "geo": { "countries": ["de"] } });
    let narrow = stage.world.origin().mint_key(&stage.account, &narrow);
    let ask = |key: &str, viewer: &str| {
        let ask = stage.world.edge().get(&stage.path());
        ask.key(key).viewer(viewer).send()
    };
    for _ in 0..2 {
        ask(&stage.key, FRENCH_VIEWER).assert_video(&stage.video);
        ask(&narrow, GERMAN_VIEWER).assert_video(&stage.video);
        let refused = ask(&narrow, FRENCH_VIEWER);
        refused.assert_error(403, "ACCESS_DENIED", Some("CLIENT_GEO"));
    }
    assert_eq!(stage.origin_calls(), 2);
}

#[test]
fn a_key_of_three_sets_narrows_by_each_of_them() {
    let sets = json!({
        "geo": { "countries": ["de", "fr"] },
        "allowed-domains": ["https://www.example.com"],
        "rules": "geo-deny=(\"FR\")",
    });
    for world in [world::without_purges(), world::overlaid_by_the_origin()] {
        let stage = Stage::open(world);
        let key = world.origin().mint_key(&stage.account, &sets);
        let ask = |viewer: &str| world.edge().get(&stage.path()).key(&key).viewer(viewer);
        let site = |viewer: &str| ask(viewer).header("origin", "https://www.example.com");
        site(GERMAN_VIEWER).send().assert_video(&stage.video);
        let refused = site(FRENCH_VIEWER).send();
        refused.assert_error(403, "ACCESS_DENIED", Some("CLIENT_GEO"));
        let refused = ask(GERMAN_VIEWER).send();
        refused.assert_error(403, "ACCESS_DENIED", Some("DOMAIN"));
    }
}

#[test]
fn a_forged_key_is_refused_before_an_origin_that_overlays_hears_of_it() {
    let stage = Stage::open(world::overlaid_by_the_origin());
    let forged = format!("{}x", &stage.key[..stage.key.len() - 1]);
    let reply = stage.world.edge().get(&stage.path()).key(&forged).send();
    reply.assert_error(401, "INVALID_POLICY_KEY", None);
    assert_eq!(stage.origin_calls(), 0);
}
