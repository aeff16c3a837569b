use std::{sync::OnceLock, time::Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    broken_origin::{FILL_DEADLINE, closed_port, pop_before, pop_with},
    harness::{
        eventually::eventually,
        pop::Pop,
        scripted_case::Case,
        scripted_origin::{Script, ScriptedOrigin, Then},
    },
};

/// A POP before two origins.
struct Two {
    pop: Pop,
    first: ScriptedOrigin,
    second: ScriptedOrigin,
    _folder: TempDir,
}

fn two() -> &'static Two {
    static TWO: OnceLock<Two> = OnceLock::new();
    TWO.get_or_init(|| {
        let (first, second) = (ScriptedOrigin::start(), ScriptedOrigin::start());
        let (pop, folder) = pop_before(&[first.address, second.address]);
        Two {
            pop,
            first,
            second,
            _folder: folder,
        }
    })
}

/// What a failing origin sends.
fn failures() -> [(&'static str, Script); 7] {
    let script = |bytes: &[u8], then| Script {
        bytes: bytes.to_vec(),
        then,
    };
    [
        ("500", script(b"HTTP/1.1 500 Oops\r\n\r\n", Then::Close)),
        ("502", script(b"HTTP/1.1 502 Bad\r\n\r\n", Then::Close)),
        ("no proof", script(b"HTTP/1.1 401 Who\r\n\r\n", Then::Close)),
        ("hangs up", script(b"", Then::Close)),
        ("not HTTP", script(b"SSH-2.0-OpenSSH_9.9\r\n", Then::Close)),
        (
            "breaks off",
            script(
                b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{",
                Then::Close,
            ),
        ),
        ("silent", script(b"", Then::Silence)),
    ]
}

/// The last line about the case. It is written when the viewer has the answer.
fn line_of(pop: &Pop, case: &Case) -> Value {
    eventually("the request is logged", || {
        let lines = pop.log_lines();
        let mut lines = lines.into_iter();
        lines.rfind(|line| line["video"] == case.video.as_str())
    })
}

#[test]
fn the_first_is_asked_alone_while_it_answers() {
    let (two, case) = (two(), Case::fresh());
    two.first.script(&case.account, case.good());
    let reply = case.ask(two.pop.edge()).send();
    reply.assert_video(&case.video);
    let timing = reply.header("server-timing").expect("it is told");
    assert!(timing.contains(r#"origin;desc="origin";dur="#), "{timing}");
    assert_eq!(two.second.asked(&case.account).len(), 0);
    assert_eq!(line_of(&two.pop, &case)["origin"], "origin");
}

#[test]
fn the_next_answers_for_one_that_fails_in_any_way() {
    let two = two();
    for (what, failure) in failures() {
        let case = Case::fresh();
        two.first.script(&case.account, failure);
        two.second.script(&case.account, case.good());
        let reply = case.ask(two.pop.edge()).send();
        assert_eq!(reply.status, 200, "{what}: {reply}");
        let timing = reply.header("server-timing").expect("it is told");
        assert!(
            timing.contains(r#"origin;desc="origin-2";dur="#),
            "{what}: {timing}"
        );
        // What it gave is kept: nobody is asked again.
        case.ask(two.pop.edge()).send().assert_video(&case.video);
        assert_eq!(two.second.asked(&case.account).len(), 1, "{what}");
    }
}

#[test]
fn the_log_tells_who_failed() {
    let (two, case) = (two(), Case::fresh());
    let [(_, failure), ..] = failures();
    two.first.script(&case.account, failure);
    two.second.script(&case.account, case.good());
    case.ask(two.pop.edge()).send().assert_video(&case.video);
    let line = line_of(&two.pop, &case);
    assert_eq!(line["origin"], "origin-2", "{line}");
    assert_eq!(line["origins_failed"], json!(["origin"]), "{line}");
}

#[test]
fn an_answer_is_an_answer_whatever_it_says() {
    let two = two();
    for (status, code) in [(404, "VIDEO_NOT_FOUND"), (403, "VIDEO_NOT_PLAYABLE")] {
        let case = Case::fresh();
        let body = format!(r#"[{{"error_code":"{code}","message":""}}]"#);
        let mut answer = case.good_body_with(&body, &[]);
        let head = format!("HTTP/1.1 {status} ");
        let text = String::from_utf8(answer.bytes).expect("text");
        answer.bytes = text.replacen("HTTP/1.1 200 ", &head, 1).into_bytes();
        two.first.script(&case.account, answer);
        two.second.script(&case.account, case.good());
        let reply = case.ask(two.pop.edge()).send();
        reply.assert_error(status, code, None);
        assert_eq!(two.second.asked(&case.account).len(), 0);
    }
}

#[test]
fn rules_that_cannot_be_read_are_not_asked_for_elsewhere() {
    let (two, case) = (two(), Case::fresh());
    let unknown = case.good_with(&[("Playback-Video-Rules", "moon-phase=full")]);
    two.first.script(&case.account, unknown);
    two.second.script(&case.account, case.good());
    let reply = case.ask(two.pop.edge()).send();
    reply.assert_error(502, "SERVER_ERROR", Some("VIDEO_RETRIEVE_FAILURE"));
    assert_eq!(two.second.asked(&case.account).len(), 0);
}

#[test]
fn all_together_have_one_deadline() {
    let two = two();
    let silent = || Script {
        bytes: Vec::new(),
        then: Then::Silence,
    };
    let case = Case::fresh();
    two.first.script(&case.account, silent());
    two.second.script(&case.account, silent());
    let began = Instant::now();
    let reply = case.ask(two.pop.edge()).send();
    assert!([502, 504].contains(&reply.status), "{reply}");
    let took = began.elapsed();
    assert!(took < FILL_DEADLINE * 2, "{took:?}");
}

#[test]
fn a_region_nobody_reaches_is_passed_over() {
    let second = ScriptedOrigin::start();
    let (pop, _folder) = pop_before(&[closed_port(), second.address]);
    let case = Case::fresh();
    second.script(&case.account, case.good());
    case.ask(pop.edge()).send().assert_video(&case.video);
}

#[test]
fn an_origin_the_platform_finds_ill_is_asked_last() {
    let (first, second) = (ScriptedOrigin::start(), ScriptedOrigin::start());
    let ill = [("backends.origin.health", json!("unhealthy"))];
    let (pop, _folder) = pop_with(&[first.address, second.address], &ill);
    let case = Case::fresh();
    first.script(&case.account, case.good());
    second.script(&case.account, case.good());
    case.ask(pop.edge()).send().assert_video(&case.video);
    assert_eq!(first.asked(&case.account).len(), 0);
    // It may have recovered since.
    let case = Case::fresh();
    let [(_, failure), ..] = failures();
    first.script(&case.account, case.good());
    second.script(&case.account, failure);
    case.ask(pop.edge()).send().assert_video(&case.video);
}

#[test]
fn a_pop_asks_whom_it_is_near() {
    let (first, second) = (ScriptedOrigin::start(), ScriptedOrigin::start());
    // As the local platform calls its only POP, and its only region.
    for (near, nearest) in [
        (vec!["origins-XXX"], "origins-XXX"),
        (vec!["origins-Somewhere"], "origins-Somewhere"),
        (vec!["origins-XXX", "origins-Somewhere"], "origins-XXX"),
    ] {
        let settings: Vec<_> = near
            .iter()
            .map(|item| {
                let names = if *item == nearest {
                    "origin-2"
                } else {
                    "origin"
                };
                (
                    format!("config_stores.playback-config.contents.{item}"),
                    json!(names),
                )
            })
            .collect();
        let settings: Vec<_> = settings
            .iter()
            .map(|(key, value)| (key.as_str(), value.clone()))
            .collect();
        let (pop, _folder) = pop_with(&[first.address, second.address], &settings);
        let case = Case::fresh();
        second.script(&case.account, case.good());
        case.ask(pop.edge()).send().assert_video(&case.video);
        assert_eq!(first.asked(&case.account).len(), 0, "{near:?}");
    }
}

#[test]
fn a_name_without_a_backend_is_told_to_operators_alone() {
    let origin = ScriptedOrigin::start();
    for names in ["origin nowhere", " "] {
        let unknown = [(
            "config_stores.playback-config.contents.origins-XXX",
            json!(names),
        )];
        let (pop, _folder) = pop_with(&[origin.address], &unknown);
        let case = Case::fresh();
        origin.script(&case.account, case.good());
        let reply = case.ask(pop.edge()).send();
        reply.assert_error(500, "SERVER_ERROR", None);
        assert_eq!(line_of(&pop, &case)["failure"], "CONFIG_ERROR", "{names}");
    }
}

/// A POP of its own: that an origin rests is so for every test.
#[test]
fn an_origin_that_has_too_much_to_do_is_left_alone_as_long_as_it_says() {
    let (first, second) = (ScriptedOrigin::start(), ScriptedOrigin::start());
    let (pop, _folder) = pop_before(&[first.address, second.address]);
    let refused = |retry_after: &str| Script {
        bytes: format!("HTTP/1.1 503 Later\r\n{retry_after}Content-Length: 0\r\n\r\n").into_bytes(),
        then: Then::Close,
    };
    let is_first_asked = |refusal: Option<&str>| {
        let case = Case::fresh();
        let script = refusal.map_or_else(|| case.good(), refused);
        first.script(&case.account, script);
        second.script(&case.account, case.good());
        case.ask(pop.edge()).send().assert_video(&case.video);
        first.asked(&case.account).len() == 1
    };
    for (told, pause) in [
        ("Retry-After: 3\r\n", 3.0),
        ("", 1.0),
        ("Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n", 1.0),
        ("Retry-After: -5\r\n", 1.0),
        ("Retry-After: 0\r\n", 0.0),
    ] {
        let since = Instant::now();
        assert!(is_first_asked(Some(told)), "{told:?}: it rests no more");
        eventually("it is asked again", || is_first_asked(None).then_some(()));
        let rested = since.elapsed().as_secs_f64();
        assert!(
            rested >= pause,
            "{told:?}: it was left alone for {rested} s"
        );
    }
}

#[test]
fn the_only_one_is_asked_again_at_once() {
    let origin = ScriptedOrigin::start();
    let (pop, _folder) = pop_before(&[origin.address]);
    let (refused, let_in) = (Case::fresh(), Case::fresh());
    let too_much = b"HTTP/1.1 503 Later\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n";
    let script = Script {
        bytes: too_much.to_vec(),
        then: Then::Close,
    };
    origin.script(&refused.account, script);
    origin.script(&let_in.account, let_in.good());
    assert_eq!(refused.ask(pop.edge()).send().status, 502);
    let_in.ask(pop.edge()).send().assert_video(&let_in.video);
}
