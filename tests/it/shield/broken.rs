//! A shield that does not do its part: viewers are answered all the same, by the origins, and nothing
//! but an origin's answer is believed.

use std::sync::OnceLock;

use serde_json::json;
use tempfile::TempDir;

use super::HOP_SECRET;
use crate::{
    broken_origin::{closed_port, pop_with},
    harness::{
        pop::Pop,
        scripted_case::{Case, head},
        scripted_origin::{Script, ScriptedOrigin, Then},
    },
};

/// A POP before an origin, with a shield that follows scripts.
struct Shielded {
    pop: Pop,
    shield: ScriptedOrigin,
    origin: ScriptedOrigin,
    _folder: TempDir,
}

fn shielded() -> &'static Shielded {
    static SHIELDED: OnceLock<Shielded> = OnceLock::new();
    SHIELDED.get_or_init(|| {
        let (shield, origin) = (ScriptedOrigin::start(), ScriptedOrigin::start());
        let site = json!(format!("http://{}", shield.address));
        let settings = [
            (
                "config_stores.playback-config.contents.shield",
                json!("far"),
            ),
            ("shielding_sites.far.encrypted", site.clone()),
            ("shielding_sites.far.unencrypted", site),
        ];
        let (pop, folder) = pop_with(&[origin.address], &settings);
        Shielded {
            pop,
            shield,
            origin,
            _folder: folder,
        }
    })
}

/// A shield's answer with these headers, that holds this message.
fn copy(headers: &[(&str, &str)], message: &[u8]) -> Script {
    let mut all = vec![("Content-Length".to_owned(), message.len().to_string())];
    all.extend(
        headers
            .iter()
            .map(|(name, value)| (str::to_owned(name), str::to_owned(value))),
    );
    Script {
        bytes: [&head(200, &all), message].concat(),
        then: Then::Close,
    }
}

const COPY: [(&str, &str); 2] = [("Content-Type", "application/http"), ("Age", "0")];

/// What an origin said, as a shield writes it.
fn message(case: &Case, others: &[(&str, &str)]) -> Vec<u8> {
    let Script { bytes, .. } = case.good_with(others);
    let text = String::from_utf8(bytes).expect("it is text");
    text.replacen(" Scripted\r\n", "\r\n", 1).into_bytes()
}

#[test]
fn the_shield_is_asked_with_the_secret_and_no_origin_is() {
    let (world, case) = (shielded(), Case::fresh());
    world
        .shield
        .script(&case.account, copy(&COPY, &message(&case, &[])));
    let viewer = case.ask(world.pop.edge()).header("cookie", "a=secret");
    viewer
        .viewer("203.0.113.49")
        .send()
        .assert_video(&case.video);
    case.ask(world.pop.edge()).send().assert_video(&case.video);
    let [asked] = &world.shield.asked(&case.account)[..] else {
        panic!("the shield is asked once")
    };
    let asked = asked.to_ascii_lowercase();
    assert!(
        asked.contains(&format!("playback-hop: {HOP_SECRET}\r\n")),
        "{asked}"
    );
    for private in [
        "cookie",
        "203.0.113.49",
        "bcov-policy",
        "pk=",
        "authorization",
    ] {
        assert!(!asked.contains(private), "{private}: {asked}");
    }
    assert!(world.origin.asked(&case.account).is_empty());
}

#[test]
fn whatever_is_no_copy_of_an_answer_sends_the_pop_to_the_origins() {
    let world = shielded();
    let good = Case::fresh();
    let other = message(&good, &[]);
    let plain = |bytes: &[u8], then| Script {
        bytes: bytes.to_vec(),
        then,
    };
    let broken = |case: &Case| -> Vec<(&str, Script)> {
        let said = message(case, &[]);
        vec![
            ("500", plain(b"HTTP/1.1 500 Oops\r\n\r\n", Then::Close)),
            (
                "the viewer's 401",
                plain(
                    b"HTTP/1.1 401 Who\r\nContent-Type: application/http\r\nAge: 0\r\n\r\n",
                    Then::Close,
                ),
            ),
            ("hangs up", plain(b"", Then::Close)),
            ("silent", plain(b"", Then::Silence)),
            ("not HTTP", plain(b"SSH-2.0-OpenSSH_9.9\r\n", Then::Close)),
            ("JSON", case.good()),
            ("no age", copy(&COPY[..1], &said)),
            (
                "an age that is none",
                copy(&[COPY[0], ("Age", "-1")], &said),
            ),
            ("no message", copy(&COPY, b"")),
            (
                "cut short",
                copy(&COPY, said.get(..said.len() - 9).expect("it is long")),
            ),
            (
                "a head without end",
                copy(&COPY, b"HTTP/1.1 200\r\netag: 1\r\n"),
            ),
            ("about another video", copy(&COPY, &other)),
            (
                "rules nobody can read",
                copy(
                    &COPY,
                    &message(case, &[("Playback-Video-Rules", "geo-allow=(")]),
                ),
            ),
            (
                "without rules",
                copy(
                    &COPY,
                    &message(
                        case,
                        &[
                            ("Playback-Video-Rules-X", "a"),
                            ("Playback-Account-Rules", "="),
                        ],
                    ),
                ),
            ),
        ]
    };
    let count = broken(&good).len();
    for at in 0..count {
        let case = Case::fresh();
        let (what, script) = broken(&case).swap_remove(at);
        world.shield.script(&case.account, script);
        world.origin.script(&case.account, case.good());
        let reply = case.ask(world.pop.edge()).send();
        assert_eq!(reply.status, 200, "{what}: {reply}");
        reply.assert_video(&case.video);
        let timing = reply.header("server-timing").expect("it is told");
        assert!(
            timing.contains(r#"origin;desc="origin""#),
            "{what}: {timing}"
        );
        // What the origin gave is kept.
        case.ask(world.pop.edge()).send().assert_video(&case.video);
        assert_eq!(world.origin.asked(&case.account).len(), 1, "{what}");
    }
}

#[test]
fn a_copy_lives_on_no_longer_than_it_would_have_at_the_shield() {
    let world = shielded();
    for (age, is_kept) in [
        ("0", true),
        ("59", true),
        ("60", false),
        ("99999999999", false),
    ] {
        let case = Case::fresh();
        let said = message(&case, &[("Surrogate-Control", "max-age=60")]);
        world
            .shield
            .script(&case.account, copy(&[COPY[0], ("Age", age)], &said));
        for _ in 0..2 {
            case.ask(world.pop.edge()).send().assert_video(&case.video);
        }
        let asked = world.shield.asked(&case.account).len();
        assert_eq!(asked, if is_kept { 1 } else { 2 }, "age {age} of 60");
    }
}

#[test]
fn when_all_fail_the_origins_fault_is_told() {
    let (world, case) = (shielded(), Case::fresh());
    let failing = || Script {
        bytes: b"HTTP/1.1 500 Oops\r\n\r\n".to_vec(),
        then: Then::Close,
    };
    world.shield.script(&case.account, failing());
    world.origin.script(&case.account, failing());
    let reply = case.ask(world.pop.edge()).send();
    reply.assert_error(502, "SERVER_ERROR", Some("VIDEO_RETRIEVE_FAILURE"));
}

/// It costs speed, and no viewer anything.
#[test]
fn a_shield_that_cannot_be_used_is_told_of_and_done_without() {
    let secrets = "secret_stores.playback-secrets.2.data";
    let site = json!(format!("http://{}", closed_port()));
    let name = (
        "config_stores.playback-config.contents.shield",
        json!("far"),
    );
    let sites = [
        ("shielding_sites.far.encrypted", site.clone()),
        ("shielding_sites.far.unencrypted", site),
    ];
    let [encrypted, unencrypted] = sites;
    for (what, settings, is_found_out_at_once) in [
        ("no such shield", vec![name.clone()], true),
        (
            "a secret that could be guessed",
            vec![
                name.clone(),
                encrypted.clone(),
                unencrypted.clone(),
                (secrets, json!("hop")),
            ],
            true,
        ),
        ("nobody there", vec![name, encrypted, unencrypted], false),
    ] {
        let origin = ScriptedOrigin::start();
        let (pop, _folder) = pop_with(&[origin.address], &settings);
        let case = Case::fresh();
        origin.script(&case.account, case.good());
        case.ask(pop.edge()).send().assert_video(&case.video);
        let told = pop
            .log_lines()
            .iter()
            .any(|line| line["failure"] == "shield");
        assert_eq!(told, is_found_out_at_once, "{what}: {}", pop.log_text());
    }
}
