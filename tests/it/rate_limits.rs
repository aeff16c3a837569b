//! Limits for each network of clients, with a counter in place of the platform's, which Viceroy lacks.

use std::sync::LazyLock;

use serde_json::json;
use tempfile::TempDir;

use crate::{
    harness::{
        edge::Edge,
        geolocation::Geolocation,
        pop::{Pop, PopPlan},
        processes,
        reply::Reply,
        stage::{Props, Stage, playable},
        world::{self, A_DAY, World},
    },
    token::{Backend, claims_of, register_key},
};

/// How often in ten seconds.
const MOST: usize = 3;

/// A POP with limits before the origin of another world.
struct Limited {
    pop: Pop,
    _folder: TempDir,
}

impl Limited {
    #[track_caller]
    fn start(world: &World) -> Self {
        let folder = world::folder();
        let most = json!(MOST.to_string());
        let settings = [
            ("config_stores.test-edition.format", json!("inline-toml")),
            (
                "config_stores.test-edition.contents.edition",
                json!("counting"),
            ),
            (
                "config_stores.playback-config.contents.misses-per-10s",
                most.clone(),
            ),
            (
                "config_stores.playback-config.contents.bad-credentials-per-10s",
                most,
            ),
        ];
        let plan = PopPlan {
            names: &["fra"],
            origins: &[world.fills.address],
            fill_deadline_ms: 20_000,
            stale_s: A_DAY,
            geolocation: Geolocation::Scenarios,
            overlay: "edge",
            settings: &settings,
        };
        Self {
            pop: Pop::around(&processes::editions(), folder.path(), &plan),
            _folder: folder,
        }
    }
}

/// Shared: each test has clients of its own.
fn edge() -> Edge {
    static LIMITED: LazyLock<Limited> = LazyLock::new(|| Limited::start(world::without_purges()));
    LIMITED.pop.edge()
}

/// A stage with so many videos, and their paths.
fn paths(stage: &Stage<'_>, videos: usize) -> Vec<String> {
    let origin = stage.world.origin();
    let paths = (0..videos).map(|number| {
        let video = format!("{}-{number}", stage.video);
        origin.put_video(&stage.account, &video, &playable("a video"));
        format!("{}-{number}", stage.path())
    });
    paths.collect()
}

#[track_caller]
fn assert_too_many(reply: &Reply) {
    reply.assert_error(429, "TOO_MANY_REQUESTS", None);
    assert_eq!(reply.header("retry-after"), Some("10"));
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
}

#[test]
fn a_client_that_misses_too_often_gets_hits_only_and_others_get_everything() {
    let stage = Stage::open(world::without_purges());
    let paths = paths(&stage, MOST + 2);
    let get = |path: &str, client| edge().get(path).key(&stage.key).viewer(client).send();
    for path in &paths[..MOST] {
        let reply = get(path, "198.51.100.1");
        reply.assert_status(200);
    }
    let calls = stage.origin_calls();
    assert_too_many(&get(&paths[MOST], "198.51.100.1"));
    assert_too_many(&get(&paths[MOST + 1], "::ffff:198.51.100.1"));
    assert_eq!(
        stage.origin_calls(),
        calls,
        "the origin hears nothing of it"
    );
    for path in &paths[..MOST] {
        let reply = get(path, "198.51.100.1");
        reply.assert_status(200);
        assert_eq!(reply.header("x-cache"), Some("HIT"));
    }
    let reply = get(&paths[MOST], "198.51.100.2");
    reply.assert_status(200);
    let reply = get(&paths[MOST], "198.51.100.1");
    assert_eq!(
        reply.header("x-cache"),
        Some("HIT"),
        "somebody else has paid"
    );
}

#[test]
fn a_household_is_one_client_however_many_addresses_it_has() {
    let stage = Stage::open(world::without_purges());
    let paths = paths(&stage, MOST + 2);
    let get = |path: &str, client: &str| edge().get(path).key(&stage.key).viewer(client).send();
    for (at, path) in paths[..MOST].iter().enumerate() {
        get(path, &format!("2001:db8:1:2{at:02}::1")).assert_status(200);
    }
    assert_too_many(&get(&paths[MOST], "2001:db8:1:2ff:ffff::9"));
    get(&paths[MOST + 1], "2001:db8:1:300::1").assert_status(200);
}

#[test]
fn who_guesses_keys_is_told_to_stop_and_a_good_key_opens_all_the_same() {
    let stage = Stage::open(world::without_purges());
    let client = "198.51.100.3";
    let ask = || edge().get(&stage.path()).viewer(client);
    let guess = || ask().key(&format!("{}x", stage.key)).send();
    for _ in 0..MOST {
        guess().assert_error(401, "INVALID_POLICY_KEY", None);
    }
    assert_too_many(&guess());
    ask().send().assert_error(401, "INVALID_POLICY_KEY", None);
    ask().key(&stage.key).send().assert_status(200);
}

#[test]
fn who_forges_tokens_is_told_to_stop_and_a_token_that_was_good_opens_all_the_same() {
    let props = Props {
        layers: crate::harness::scenario::Layers {
            video: Some("token=required".to_owned()),
            ..Default::default()
        },
        ..Props::default()
    };
    let stage = Stage::with(world::without_purges(), &props);
    let (good, forger) = (Backend::new(7), Backend::new(8));
    register_key(&stage, "app", &good);
    let client = "198.51.100.4";
    let claims = claims_of(&stage.account);
    let show = |token: &str| {
        let bearer = format!("Bearer {token}");
        let ask = edge().get(&stage.path()).key(&stage.key).viewer(client);
        ask.header("authorization", &bearer).send()
    };
    show(&good.token(&claims)).assert_status(200);
    for _ in 0..MOST {
        let refused = show(&forger.token(&claims));
        refused.assert_error(401, "ACCESS_DENIED", Some("TOKEN_VALIDATION"));
    }
    assert_too_many(&show(&forger.token(&claims)));
    show(&good.token(&claims)).assert_status(200);
    // It may be good, and is not looked at.
    let mut others = claims.clone();
    others["uid"] = json!("somebody");
    assert_too_many(&show(&good.token(&others)));
}
