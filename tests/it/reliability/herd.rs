//! Many viewers at once, of a video that is not there, that was just purged, or that just became
//! stale: each POP asks the origin once, and with a shield one POP does.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use http_body_util::Full;
use hyper::{Request, body::Bytes};
use serde_json::{Value, json};
use tokio::{sync::Barrier, task::JoinSet};

use super::{
    scale::{Scale, Spread},
    system::POPS,
};
use crate::harness::{
    connection::Connection,
    edge::Edge,
    http::{self, RUNTIME},
    local::{PURGE_TOKEN, SERVICE_ID},
    stage::Stage,
    world::{PLAIN, World, WorldPlan},
};

/// Asking at the same moment: as many as one machine takes, viewers and POPs together.
const CONNECTIONS: usize = 500;

/// What all of them find when they come.
#[derive(Clone, Copy, Debug)]
enum Found {
    Nothing,
    /// Nothing any more.
    Purged,
    /// A copy that is no longer true, and may be served while it is fetched anew.
    Stale,
}

/// What a herd was answered.
struct Answers {
    took: Vec<Duration>,
    /// How many were told that theirs is a stale copy.
    stale: usize,
    /// How many got the video under its old name.
    old: usize,
}

/// Where a herd comes.
struct Place {
    world: &'static World,
    /// How many origin calls it costs.
    calls: u64,
}

/// Three POPs without a purger: nobody empties a cache but the test.
fn without_shield() -> Place {
    static WORLD: OnceLock<World> = OnceLock::new();
    Place {
        world: WORLD.get_or_init(|| {
            World::start(&WorldPlan {
                pops: &POPS,
                ..PLAIN
            })
        }),
        calls: POPS.len() as u64,
    }
}

/// The same and a shield, with the purger, which knows what goes first. Its second round comes when all
/// is over.
fn with_shield() -> Place {
    static WORLD: OnceLock<World> = OnceLock::new();
    Place {
        world: WORLD.get_or_init(|| {
            World::start(&WorldPlan {
                purges: true,
                pops: &[POPS[0], POPS[1], POPS[2], "sjc"],
                fill_deadline_ms: 120_000,
                shield: Some("sjc"),
                ..PLAIN
            })
        }),
        calls: 1,
    }
}

#[test]
fn a_herd_costs_each_pop_one_origin_call_and_with_a_shield_the_world() {
    let scale = Scale::of("VIEWERS", 1_000);
    let mut figures =
        json!({ "viewers": scale.amount, "connections": CONNECTIONS.min(scale.amount) });
    for (at, place) in [("pops", without_shield()), ("world", with_shield())] {
        for (name, found) in [
            ("cold", Found::Nothing),
            ("purged", Found::Purged),
            ("stale", Found::Stale),
        ] {
            figures[at][name] = stampede(&place, found, scale.amount);
            eprintln!("{at}, {name}: {}", figures[at][name]);
        }
    }
    scale.sum_up(figures);
}

fn stampede(place: &Place, found: Found, viewers: usize) -> Value {
    let stage = Stage::open(place.world);
    for edge in edges(&stage) {
        match found {
            Found::Nothing => {}
            Found::Purged | Found::Stale => {
                let reply = edge.get(&stage.path()).key(&stage.key).send();
                reply.assert_video(&stage.video);
            }
        }
    }
    // What takes nothing from anybody, and yet is about rights.
    let rules = matches!(found, Found::Purged).then_some(r#"geo-deny=("XK")"#);
    stage.patch(&json!({ "name": "renamed", "rules": rules }));
    match (found, place.calls) {
        (Found::Nothing, _) | (_, 1) => {}
        (Found::Purged, _) => purge(&stage, &[]),
        (Found::Stale, _) => purge(&stage, &[("fastly-soft-purge", "1")]),
    }
    let before = stage.origin_calls();
    let Answers { took, stale, old } = RUNTIME.block_on(all_at_once(&stage, viewers));
    assert_eq!(took.len(), viewers, "{found:?}: everybody is answered");
    let calls = stage.origin_calls() - before;
    assert_eq!(calls, place.calls, "{found:?}: origin calls");
    // So no POP has been spared by another's two calls.
    for edge in edges(&stage) {
        let reply = edge.get(&stage.path()).key(&stage.key).send();
        assert_eq!(reply.json()["name"], "renamed", "{found:?}: {reply}");
    }
    match found {
        Found::Nothing | Found::Purged => assert_eq!((stale, old), (0, 0), "{found:?}"),
        Found::Stale => assert_eq!(stale, old, "what is old is called stale, and nothing else"),
    }
    json!({ "origin_calls": calls, "stale": stale, "took": Spread::of(took).figures() })
}

/// Where viewers are.
fn edges<'w>(stage: &Stage<'w>) -> &'w [Edge] {
    &stage.world.pop.edges[..POPS.len()]
}

/// Purges the video everywhere.
fn purge(stage: &Stage<'_>, headers: &[(&str, &str)]) {
    let path = format!("/service/{SERVICE_ID}/purge/video-id-{}", stage.video);
    let mut request = Request::post(path).header("fastly-key", PURGE_TOKEN);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::<Bytes>::default());
    let request = request.expect("tests write valid requests");
    http::send_now(stage.world.pop.purge_api, request).assert_status(200);
}

/// Everybody is connected before the first one asks. A connection has many viewers, one by one.
async fn all_at_once(stage: &Stage<'_>, viewers: usize) -> Answers {
    let connections = CONNECTIONS.min(viewers);
    let start = Arc::new(Barrier::new(connections));
    let mut asking = JoinSet::new();
    for number in 0..connections {
        let edges = edges(stage);
        let edge = edges[number % edges.len()];
        let requests = (number..viewers).step_by(connections).map(|viewer| {
            let ask = edge.get(&stage.path()).key(&stage.key);
            let ask = ask.viewer(&format!("2001:db8::{viewer:x}"));
            ask.into_request()
        });
        let requests: Vec<_> = requests.collect();
        let start = Arc::clone(&start);
        asking.spawn(async move {
            let mut connection = Connection::to(edge.address);
            connection.open().await.expect("the POP takes everybody");
            start.wait().await;
            let mut own = Vec::new();
            for request in requests {
                let asked = Instant::now();
                let reply = connection.send(request).await;
                let reply = reply.expect("every viewer is answered");
                reply.assert_status(200);
                own.push((
                    asked.elapsed(),
                    reply.header("x-cache") == Some("STALE"),
                    reply.json()["name"] != "renamed",
                ));
            }
            own
        });
    }
    let all = asking.join_all().await.concat();
    let count = |is_it: fn(&(Duration, bool, bool)) -> bool| {
        all.iter().filter(|answer| is_it(answer)).count()
    };
    Answers {
        stale: count(|(_, is_stale, _)| *is_stale),
        old: count(|(.., is_old)| *is_old),
        took: all.into_iter().map(|(took, ..)| took).collect(),
    }
}
