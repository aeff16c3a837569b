//! What a broken origin cannot do: break the edge, get itself stored, or get through to viewers.

mod rows;
mod script;

use std::{
    net::SocketAddr,
    sync::OnceLock,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::harness::{
    geolocation::Geolocation,
    http::RUNTIME,
    local::EDGE_PROOF,
    pop::{Pop, PopPlan},
    scripted_case::Case,
    scripted_origin::{Script, ScriptedOrigin, Then},
    world,
};

/// How long a fill may take here: silence is waited for in every row that is about it.
pub(crate) const FILL_DEADLINE: Duration = Duration::from_millis(800);

/// A POP before an origin that follows scripts.
pub(crate) struct Facing {
    pub(crate) pop: Pop,
    pub(crate) origin: ScriptedOrigin,
    _folder: TempDir,
}

pub(crate) fn facing() -> &'static Facing {
    static FACING: OnceLock<Facing> = OnceLock::new();
    FACING.get_or_init(|| {
        let origin = ScriptedOrigin::start();
        let (pop, folder) = pop_before(&[origin.address]);
        Facing {
            pop,
            origin,
            _folder: folder,
        }
    })
}

/// A POP that asks these, in this order.
pub(crate) fn pop_before(origins: &[SocketAddr]) -> (Pop, TempDir) {
    pop_with(origins, &[])
}

/// The same with other settings.
pub(crate) fn pop_with(origins: &[SocketAddr], settings: &[(&str, Value)]) -> (Pop, TempDir) {
    let folder = world::folder();
    let fill_deadline_ms = u32::try_from(FILL_DEADLINE.as_millis()).expect("it is short");
    let geolocation = Geolocation::Scenarios;
    let plan = PopPlan {
        names: &["fra"],
        origins,
        fill_deadline_ms,
        stale_s: world::A_DAY,
        geolocation,
        overlay: "edge",
        settings,
    };
    (Pop::start(folder.path(), &plan), folder)
}

/// A port nobody listens on: bound once, then let go.
pub(crate) fn closed_port() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound")
}

#[test]
fn the_origin_is_told_the_video_and_the_proof_and_nothing_of_the_viewer() {
    let (facing, case) = (facing(), Case::fresh());
    facing.origin.script(&case.account, case.good());
    let target = format!(
        "/playback/v1/accounts/{}/videos/{}?utm=secret&config_id=b&ad_config_id=a",
        case.account, case.video
    );
    let ask = facing
        .pop
        .edge()
        .get(&target)
        .key(&case.key)
        .viewer("203.0.113.49");
    let reply = ask
        .header("cookie", "session=secret")
        .header("user-agent", "secret-agent")
        .header("origin", "https://secret.example")
        .header("referer", "https://secret.example/page")
        .header("x-forwarded-for", "192.0.2.7")
        .header("fastly-client-ip", "192.0.2.7")
        .header("playback-video-rules", "geo-default=deny")
        .header("accept-language", "secret")
        .send();
    reply.assert_video(&case.video);
    let asked = facing.origin.asked(&case.account);
    let [head] = asked.as_slice() else {
        panic!("asked {} times", asked.len())
    };
    let wanted = format!(
        "GET /playback/v1/accounts/{}/videos/{}?ad_config_id=a&config_id=b HTTP/1.1",
        case.account, case.video
    );
    assert_eq!(head.lines().next(), Some(wanted.as_str()), "{head}");
    let lower = head.to_lowercase();
    assert!(
        lower.contains(&format!("authorization: bearer {EDGE_PROOF}")),
        "{head}"
    );
    for private in [
        "secret.example",
        "secret-agent",
        "session",
        "203.0.113.49",
        "192.0.2.7",
        "playback-video-rules",
        "local-viewer",
        "utm",
        "accept-language",
        &case.key.to_lowercase(),
    ] {
        assert!(
            !lower.contains(private),
            "`{private}` reached the origin: {head}"
        );
    }
}

#[test]
fn an_unreachable_origin_is_a_502_that_is_not_kept() {
    let closed = closed_port();
    let (pop, _folder) = pop_before(&[closed]);
    let case = Case::fresh();
    for _ in 0..2 {
        let reply = case.ask(pop.edge()).send();
        reply.assert_error(502, "SERVER_ERROR", Some("VIDEO_RETRIEVE_FAILURE"));
        reply.assert_fit_for_viewers();
    }
    pop.edge().get("/healthz").send().assert_status(200);
}

#[test]
fn viewers_who_wait_for_a_silent_origin_are_all_released_in_time() {
    let (facing, case) = (facing(), Case::fresh());
    facing.origin.script(
        &case.account,
        Script {
            bytes: Vec::new(),
            then: Then::Silence,
        },
    );
    let begun = Instant::now();
    let replies = RUNTIME.block_on(async {
        let mut viewers = JoinSet::new();
        for _ in 0..20 {
            viewers.spawn(case.ask(facing.pop.edge()).send_async());
        }
        viewers.join_all().await
    });
    let waited = begun.elapsed();
    for reply in replies {
        reply
            .expect("every viewer is answered")
            .assert_error(504, "SERVER_TIMEOUT", None);
    }
    // One after the other they would wait twenty deadlines.
    assert!(
        waited < FILL_DEADLINE * 6,
        "the last of 20 viewers waited {waited:?}"
    );
}

#[test]
fn viewers_who_wait_for_a_failing_fill_get_the_next_good_one() {
    let (facing, case) = (facing(), Case::fresh());
    let bad = Script {
        bytes: b"HTTP/1.1 500 Oops\r\n\r\n".to_vec(),
        then: Then::Close,
    };
    facing.origin.script(&case.account, bad);
    let first = case.ask(facing.pop.edge()).send();
    first.assert_error(502, "SERVER_ERROR", Some("VIDEO_RETRIEVE_FAILURE"));
    facing.origin.script(&case.account, case.good());
    case.ask(facing.pop.edge()).send().assert_video(&case.video);
    case.ask(facing.pop.edge()).send().assert_video(&case.video);
    assert_eq!(facing.origin.asked(&case.account).len(), 2);
}
