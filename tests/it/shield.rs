//! One POP asks the origins for all others: once in the whole world, and nobody is judged there.

mod broken;
mod race;

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::harness::{
    edge::Edge,
    eventually::eventually,
    geolocation::{FRENCH_VIEWER, GERMAN_VIEWER},
    reply::Reply,
    scenario::Layers,
    stage::{Props, Stage},
    world::{PLAIN, World, WorldPlan},
};

/// What POPs prove with to the shield, as `fastly.toml` has it.
const HOP_SECRET: &str = "local-hop-secret-for-pops-not-a-secret";

/// Three POPs, the second of which is the shield.
fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        World::start(&WorldPlan {
            purges: true,
            pops: &["fra", "iad", "nrt"],
            fill_deadline_ms: 2_500,
            shield: Some("iad"),
            ..PLAIN
        })
    })
}

fn shield() -> Edge {
    world().pop.edges[1]
}

fn ask(stage: &Stage<'_>, pop: usize, viewer: &str) -> Reply {
    let edge = stage.world.pop.edges[pop];
    let ask = edge.get(&stage.path()).key(&stage.key);
    ask.viewer(viewer).send()
}

/// Asks as a POP would, with this as the proof.
fn hop(edge: Edge, path: &str, proof: &str) -> Reply {
    edge.get(path).header("playback-hop", proof).send()
}

fn only_germany() -> Layers {
    Layers {
        video: Some(r#"geo-allow=("DE")"#.to_owned()),
        ..Layers::default()
    }
}

#[test]
fn a_cold_video_costs_one_origin_call_in_the_whole_world() {
    for order in [[0, 1, 2], [1, 2, 0], [2, 0, 1]] {
        let stage = Stage::open(world());
        for pop in order {
            ask(&stage, pop, GERMAN_VIEWER).assert_video(&stage.video);
            ask(&stage, pop, GERMAN_VIEWER).assert_video(&stage.video);
        }
        assert_eq!(stage.origin_calls(), 1, "POPs in the order {order:?}");
    }
}

#[test]
fn the_rules_cross_the_hop_and_the_viewers_pop_judges() {
    let props = Props {
        layers: only_germany(),
        ..Props::default()
    };
    let stage = Stage::with(world(), &props);
    // Whoever comes first is refused: what crosses the hop is what everybody is judged by.
    for pop in 0..3 {
        let refused = ask(&stage, pop, FRENCH_VIEWER);
        refused.assert_error(403, "ACCESS_DENIED", Some("CLIENT_GEO"));
        ask(&stage, pop, GERMAN_VIEWER).assert_video(&stage.video);
    }
    assert_eq!(stage.origin_calls(), 1);
}

#[test]
fn what_does_not_exist_is_asked_for_once_and_appears_everywhere() {
    let stage = Stage::without_video(world(), &Props::default());
    for pop in 0..3 {
        let reply = ask(&stage, pop, GERMAN_VIEWER);
        reply.assert_error(404, "VIDEO_NOT_FOUND", None);
    }
    assert_eq!(stage.origin_calls(), 1);
    let body = crate::harness::stage::playable("a video");
    let origin = world().origin();
    origin.put_video(&stage.account, &stage.video, &body);
    for pop in 0..3 {
        ask(&stage, pop, GERMAN_VIEWER).assert_video(&stage.video);
    }
    assert_eq!(stage.origin_calls(), 2);
}

#[test]
fn an_edit_shows_in_the_next_answer_of_every_pop() {
    let stage = Stage::open(world());
    for (title, rules) in [
        ("renamed", None),
        ("renamed again", Some(r#"geo-allow=("DE")"#)),
        ("and again", Some("")),
    ] {
        let mut patch = json!({ "name": title });
        patch["rules"] = json!(rules);
        stage.patch(&patch);
        let before = stage.origin_calls();
        for pop in 0..3 {
            let reply = ask(&stage, pop, GERMAN_VIEWER);
            assert_eq!(reply.json()["name"], title, "POP {pop}: {reply}");
        }
        assert_eq!(stage.origin_calls() - before, 1, "{title}: one origin call");
    }
}

#[test]
fn lists_and_searches_cross_the_hop_too() {
    let stage = Stage::with(
        world(),
        &Props {
            key: json!({ "apis": ["search"] }),
            ..Props::default()
        },
    );
    let playlist = format!("9{}", stage.video);
    let body = json!({ "name": "list", "type": "EXPLICIT", "video_ids": [stage.video] });
    world()
        .origin()
        .put_playlist(&stage.account, &playlist, &body);
    let base = format!("/playback/v1/accounts/{}", stage.account);
    for path in [
        format!("{base}/playlists/{playlist}?limit=5"),
        format!("{base}/videos/{}/related", stage.video),
        format!("{base}/videos/ref:{}", stage.reference),
        format!("{base}/videos?q=name:%22a%20video%22&sort=-name"),
    ] {
        let before = stage.origin_calls();
        let answers: Vec<_> = stage
            .world
            .pop
            .edges
            .iter()
            .map(|edge| edge.get(&path).key(&stage.key).send())
            .collect();
        for answer in &answers {
            answer.assert_status(200);
            assert_eq!(answer.body, answers[0].body, "{path}");
        }
        assert_eq!(stage.origin_calls() - before, 1, "{path}");
    }
}

#[test]
fn timings_and_log_tell_of_the_hop() {
    let stage = Stage::open(world());
    let reply = ask(&stage, 0, GERMAN_VIEWER);
    let timing = reply.header("server-timing").expect("it is told");
    assert!(
        timing.contains(r#"origin;desc="shield-iad";dur="#),
        "{timing}"
    );
    // A line is written when who asked has the answer, so either may be first.
    let line_of = |hop: Value| {
        eventually("both POPs have logged", || {
            let mut lines = stage.world.pop.log_lines().into_iter();
            lines.find(|line| line["video"] == stage.video.as_str() && line["hop"] == hop)
        })
    };
    let at_shield = line_of(json!("asked"));
    assert_eq!(at_shield["hop"], "asked", "{at_shield}");
    assert_eq!(at_shield["origin"], "origin", "{at_shield}");
    assert_eq!(at_shield["decision"], Value::Null, "{at_shield}");
    let at_pop = line_of(Value::Null);
    assert_eq!(at_pop["origin"], "shield-iad", "{at_pop}");
    assert_eq!(at_pop["decision"], "allow", "{at_pop}");
}

#[test]
fn a_pop_that_proves_itself_gets_what_the_origin_said() {
    let props = Props {
        layers: only_germany(),
        ..Props::default()
    };
    let stage = Stage::with(world(), &props);
    for outcome in ["MISS", "HIT"] {
        let reply = hop(shield(), &stage.path(), HOP_SECRET);
        reply.assert_status(200);
        assert_eq!(reply.header("content-type"), Some("application/http"));
        assert_eq!(reply.header("x-cache"), Some(outcome));
        let text = String::from_utf8_lossy(&reply.body);
        assert!(text.starts_with("HTTP/1.1 200\r\n"), "{text}");
        assert!(
            text.contains("playback-video-rules: geo-allow=(\"DE\")"),
            "{text}"
        );
        assert!(!text.contains("local-edge-proof"), "{text}");
    }
}

/// Whoever has not the secret is a viewer, and gets what a viewer gets who shows no key.
#[test]
fn without_the_secret_the_header_is_nothing() {
    let stage = Stage::open(world());
    let wrong = [
        "",
        "x",
        "local-hop-secret-for-pops-not-a-secreT",
        "local-hop-secret-for-pops-not-a-secret ,",
        "local-explain-secret-not-a-secret",
        "local-edge-proof-not-a-secret",
    ];
    for edge in &stage.world.pop.edges {
        for proof in wrong {
            let reply = hop(*edge, &stage.path(), proof);
            reply.assert_error(401, "INVALID_POLICY_KEY", None);
        }
        let twice = edge
            .get(&stage.path())
            .header("playback-hop", HOP_SECRET)
            .header("playback-hop", HOP_SECRET);
        twice.send().assert_error(401, "INVALID_POLICY_KEY", None);
        // Nor does it take anything from a viewer who has a key.
        let viewer = edge.get(&stage.path()).key(&stage.key);
        let reply = viewer.header("playback-hop", "x").send();
        reply.assert_video(&stage.video);
    }
    let is_unproven =
        |line: &&Value| line["video"] == stage.video.as_str() && line["hop"] == "unproven";
    eventually("each of them is logged", || {
        let lines = stage.world.pop.log_lines();
        let unproven = lines.iter().filter(is_unproven).count();
        (unproven == 3 * (wrong.len() + 2)).then_some(())
    });
    let log = stage.world.pop.log_text();
    assert!(!log.contains("local-hop-secret"), "no secret is logged");
}

/// A POP that was asked does not ask the shield in turn, so no loop can arise.
#[test]
fn any_pop_answers_a_hop_from_the_origins() {
    let stage = Stage::open(world());
    let reply = hop(stage.world.pop.edges[2], &stage.path(), HOP_SECRET);
    reply.assert_status(200);
    let timing = reply.header("server-timing").expect("it is told");
    assert!(timing.contains(r#"origin;desc="origin""#), "{timing}");
}
