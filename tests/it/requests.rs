//! Requests as they come, hostile ones first of all: every row of `requests.toml`, and what rows
//! cannot say.

mod fill_in;
mod rows;

use std::collections::BTreeMap;

use crate::harness::{reply::Reply, stage::Stage, world};

/// The alphabet of policy keys, in the order of its six bits.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[test]
fn a_policy_key_with_any_one_bit_flipped_opens_nothing() {
    let stage = Stage::open(world::without_purges());
    let edge = stage.world.edge();
    let mut tried = 0;
    for at in 0..stage.key.len() {
        for bit in 0..6 {
            let key = flipped(&stage.key, at, bit);
            let reply = edge.get(&stage.path()).key(&key).send();
            reply.assert_error(401, "INVALID_POLICY_KEY", None);
            tried += 1;
        }
    }
    assert!(
        tried > 6 * 18,
        "the key is shorter than its tag: {}",
        stage.key
    );
    assert_eq!(stage.origin_calls(), 0, "a forged key reached the origin");
    stage.ask().send().assert_video(&stage.video);
}

/// The key with one bit of one character turned round.
fn flipped(key: &str, at: usize, bit: u32) -> String {
    let mut bytes = key.as_bytes().to_vec();
    let value = ALPHABET.iter().position(|letter| *letter == bytes[at]);
    bytes[at] = ALPHABET[value.expect("a key has no other characters") ^ (1 << bit)];
    String::from_utf8(bytes).expect("the alphabet is ASCII")
}

#[test]
fn a_policy_key_is_short_enough_to_need_no_preflight() {
    let stage = Stage::open(world::without_purges());
    let accept = format!("application/json;pk={}", stage.key);
    assert!(accept.len() <= 128, "{} bytes: {accept}", accept.len());
    assert!(
        stage.key.bytes().all(|byte| ALPHABET.contains(&byte)),
        "{}",
        stage.key
    );
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let stage = Stage::open(world::without_purges());
    // So that both find the entry in the cache.
    stage.ask().send().assert_video(&stage.video);
    let edge = stage.world.edge();
    let ask = |method| edge.ask(method, &stage.path()).key(&stage.key).send();
    assert_eq!(lasting_headers(&ask("HEAD")), lasting_headers(&ask("GET")));
    assert!(ask("HEAD").body.is_empty());
    let refuse = |method| edge.ask(method, &stage.path()).send();
    assert_eq!(
        lasting_headers(&refuse("HEAD")),
        lasting_headers(&refuse("GET"))
    );
}

/// Headers that do not differ from second to second.
fn lasting_headers(reply: &Reply) -> BTreeMap<String, String> {
    let pairs = reply.headers.iter().map(|(name, value)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    });
    pairs
        .filter(|(name, _)| !["age", "date", "server-timing"].contains(&name.as_str()))
        .collect()
}

#[test]
fn an_answer_does_not_tell_viewers_apart_by_its_length_or_type() {
    let stage = Stage::open(world::without_purges());
    let first = stage.ask().viewer("203.0.113.49").send();
    let second = stage.ask().viewer("2001:db8:1:1::1").send();
    first.assert_video(&stage.video);
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("content-type"), second.header("content-type"));
    assert_eq!(
        first.header("content-type"),
        Some("application/json; charset=UTF-8")
    );
}

#[test]
fn the_edge_has_no_purge_route() {
    let stage = Stage::open(world::without_purges());
    stage.ask().send().assert_video(&stage.video);
    for (method, target) in [
        ("PURGE", stage.path()),
        (
            "POST",
            format!(
                "/service/local0service0playback/purge/video-id-{}",
                stage.video
            ),
        ),
        (
            "POST",
            "/service/local0service0playback/purge_all".to_owned(),
        ),
        ("GET", "/purge".to_owned()),
    ] {
        let reply = stage
            .world
            .edge()
            .ask(method, &target)
            .header("fastly-key", "local-purge-token");
        let reply = reply.send();
        assert!(
            [404, 405].contains(&reply.status),
            "{method} {target}: {reply}"
        );
    }
    stage.ask().send().assert_video(&stage.video);
    assert_eq!(stage.origin_calls(), 1, "something emptied the cache");
}

#[test]
fn a_target_that_is_not_ascii_never_gets_as_far_as_the_program() {
    let stage = Stage::open(world::without_purges());
    // The POP itself refuses it, as no HTTP request may have such a target.
    let reply = stage
        .ask_at(&stage.path().replace("videos", "vidéos"))
        .send();
    reply.assert_status(400);
    stage.ask().send().assert_video(&stage.video);
}
