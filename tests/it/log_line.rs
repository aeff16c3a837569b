//! One line of JSON for each request: enough to explain it, nothing that tells on anybody.

use serde_json::Value;

use crate::harness::{
    eventually::eventually,
    geolocation::FRENCH_VIEWER,
    local::{CMS_TOKEN, EDGE_PROOF, PURGE_TOKEN, SIGNING_KEY},
    scenario::Layers,
    stage::{Props, Stage},
    world,
};

/// The lines about the stage's account, once there are as many as expected.
#[track_caller]
fn lines(stage: &Stage<'_>, expected: usize) -> Vec<Value> {
    eventually(&format!("there are {expected} lines"), || {
        let mut lines = stage.world.pop.log_lines();
        lines.retain(|line| line["account"] == stage.account.as_str());
        (lines.len() >= expected).then_some(lines)
    })
}

/// Whether the member is a whole number, as microseconds are.
fn is_number(line: &Value, member: &str) -> bool {
    line[member].is_u64()
}

#[test]
fn a_miss_and_a_hit_are_one_line_each() {
    let stage = Stage::open(world::without_purges());
    stage.ask().send().assert_video(&stage.video);
    stage.ask().send().assert_video(&stage.video);
    let lines = lines(&stage, 2);
    let [miss, hit] = lines.as_slice() else {
        panic!("not two lines: {lines:?}")
    };
    for line in [miss, hit] {
        assert_eq!(line["video"], stage.video.as_str(), "{line}");
        assert_eq!(line["status"], 200, "{line}");
        assert_eq!(line["decision"], "allow", "{line}");
        assert_eq!(line["method"], "GET", "{line}");
        assert!(is_number(line, "total_us"), "{line}");
        assert!(
            line["request_id"].as_str().is_some_and(|id| !id.is_empty()),
            "{line}"
        );
    }
    assert_eq!(miss["cache"], "MISS", "{miss}");
    assert!(is_number(miss, "origin_us"), "{miss}");
    assert_eq!(hit["cache"], "HIT", "{hit}");
    assert!(!is_number(hit, "origin_us"), "{hit}");
    assert_ne!(miss["request_id"], hit["request_id"]);
}

#[test]
fn a_refusal_is_found_by_the_id_the_viewer_was_told() {
    let layers = Layers {
        account: Some(r#"geo-deny=("FR")"#.to_owned()),
        ..Layers::default()
    };
    let stage = Stage::with(
        world::without_purges(),
        &Props {
            layers,
            ..Props::default()
        },
    );
    let refused = stage.ask().viewer(FRENCH_VIEWER).send();
    refused.assert_error(403, "ACCESS_DENIED", Some("CLIENT_GEO"));
    let lines = lines(&stage, 1);
    let line = &lines[0];
    assert_eq!(line["request_id"], refused.error()["request_id"], "{line}");
    assert_eq!(line["status"], 403, "{line}");
    assert_eq!(line["decision"], "deny", "{line}");
    assert_eq!(line["layer"], "account", "{line}");
    assert_eq!(line["member"], "geo-deny", "{line}");
    assert_eq!(line["seen"], "FR", "{line}");
    assert_eq!(line["cache"], "MISS", "{line}");
}

#[test]
fn an_address_is_logged_as_its_network_only() {
    let layers = Layers {
        video: Some(r#"ip-allow=("192.0.2.1")"#.to_owned()),
        ..Layers::default()
    };
    for (viewer, network) in [
        ("198.51.100.77", "198.51.100.0/24"),
        ("2001:db8:aaaa:bbbb::77", "2001:db8:aaaa::/48"),
    ] {
        let props = Props {
            layers: layers.clone(),
            ..Props::default()
        };
        let stage = Stage::with(world::without_purges(), &props);
        stage.ask().viewer(viewer).send().assert_status(403);
        let lines = lines(&stage, 1);
        assert_eq!(lines[0]["seen"], network, "{}", lines[0]);
        assert!(!lines[0].to_string().contains(viewer), "{}", lines[0]);
    }
}

#[test]
fn a_refused_key_is_a_line_without_the_key() {
    let stage = Stage::open(world::without_purges());
    let forged = format!("{}A", stage.key);
    let refused = stage.world.edge().get(&stage.path()).key(&forged).send();
    refused.assert_error(401, "INVALID_POLICY_KEY", None);
    let lines = lines(&stage, 1);
    assert_eq!(lines[0]["error_code"], "INVALID_POLICY_KEY", "{}", lines[0]);
    assert_eq!(
        lines[0]["request_id"],
        refused.error()["request_id"],
        "{}",
        lines[0]
    );
    assert_eq!(lines[0]["cache"], Value::Null, "{}", lines[0]);
    assert!(!lines[0].to_string().contains(&stage.key), "{}", lines[0]);
}

#[test]
fn a_key_is_told_apart_by_its_id() {
    let key = serde_json::json!({ "key-id": "player-7" });
    let stage = Stage::with(
        world::without_purges(),
        &Props {
            key,
            ..Props::default()
        },
    );
    stage.ask().send().assert_video(&stage.video);
    assert_eq!(lines(&stage, 1)[0]["key_id"], "player-7");
}

#[test]
fn what_a_viewer_sends_cannot_forge_a_line() {
    let stage = Stage::open(world::without_purges());
    let forged = "%0Aplayback-log%20::%20%7B%22forged%22:true%7D";
    let target = format!(
        "/playback/v1/accounts/{}/videos/ref:{forged}",
        stage.account
    );
    stage.ask_at(&target).send().assert_status(404);
    let target = format!(
        "/playback/v1/accounts/{}/videos/ref:%22%7D%7B%22",
        stage.account
    );
    stage.ask_at(&target).send().assert_status(404);
    lines(&stage, 1);
    let is_forged = |line: &Value| line.get("forged").is_some();
    assert!(!stage.world.pop.log_lines().iter().any(is_forged));
}

#[test]
fn no_secret_and_no_key_is_ever_logged() {
    let stage = Stage::open(world::without_purges());
    stage.ask().send().assert_video(&stage.video);
    stage
        .world
        .edge()
        .get(&stage.path())
        .header("authorization", "Bearer token-of-a-viewer")
        .send();
    lines(&stage, 2);
    let text = stage.world.pop.log_text();
    let (_, signing_secret) = SIGNING_KEY.split_once('=').expect("a number and a secret");
    for secret in [
        stage.key.as_str(),
        EDGE_PROOF,
        CMS_TOKEN,
        PURGE_TOKEN,
        signing_secret,
        "token-of-a-viewer",
    ] {
        assert!(!text.contains(secret), "`{secret}` was logged");
    }
}
