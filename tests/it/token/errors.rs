//! What there is not, and what is not playable: told to a good token as to a policy key, and to no
//! other token.

use serde_json::json;

use super::{Backend, claims_of, delete_key, register_key, settle_keys};
use crate::harness::{
    edge::Ask,
    stage::{Stage, fresh_number, playable},
    world,
};

/// An error as viewers read it: status, code, subcode.
type Told = (u16, &'static str, Option<&'static str>);

/// What a viewer asks for in vain.
struct Missing {
    path: String,
    /// What a good token is told, and a policy key.
    why: Told,
    /// What a bad token is told.
    refusal: Told,
}

const NO_VIDEO: Told = (404, "VIDEO_NOT_FOUND", None);
const NO_PLAYLIST: Told = (404, "PLAYLIST_NOT_FOUND", None);
const NO_RENDITION: Told = (404, "RESOURCE_NOT_FOUND", None);
const NOT_PLAYABLE: Told = (403, "VIDEO_NOT_PLAYABLE", None);
const BAD_TOKEN: Told = (401, "ACCESS_DENIED", Some("TOKEN_VALIDATION"));
const BAD_JWT: Told = (401, "INVALID_JWT", None);

/// Everything that can be missing in an account with one video that plays and one switched off.
fn missing(stage: &Stage<'_>) -> Vec<Missing> {
    let (unknown, inactive) = (fresh_number(), fresh_number());
    let mut video = playable("switched off");
    video["state"] = json!("INACTIVE");
    let origin = stage.world.origin();
    origin.put_video(&stage.account, &inactive.to_string(), &video);
    let there = &stage.video;
    [
        (format!("videos/{unknown}"), NO_VIDEO, BAD_TOKEN),
        ("videos/ref:nobody".to_owned(), NO_VIDEO, BAD_TOKEN),
        (format!("videos/{inactive}"), NOT_PLAYABLE, BAD_TOKEN),
        (format!("playlists/{unknown}"), NO_PLAYLIST, BAD_TOKEN),
        (format!("videos/{unknown}/master.m3u8"), NO_VIDEO, BAD_JWT),
        (
            format!("videos/{inactive}/master.m3u8"),
            NOT_PLAYABLE,
            BAD_JWT,
        ),
        (format!("videos/{there}/high.mp4"), NO_RENDITION, BAD_JWT),
    ]
    .map(|(below, why, refusal)| Missing {
        path: format!("/playback/v1/accounts/{}/{below}", stage.account),
        why,
        refusal,
    })
    .into()
}

/// Asks for everything at every POP, and lists the answers that are not as `want` has it.
#[track_caller]
fn assert_told(
    stage: &Stage<'_>,
    missing: &[Missing],
    show: impl Fn(Ask) -> Ask,
    want: fn(&Missing) -> Told,
) {
    let asked = stage
        .world
        .pop
        .edges
        .iter()
        .flat_map(|edge| missing.iter().map(move |row| (*edge, row)));
    let differences = asked.filter_map(|(edge, row)| {
        let reply = show(edge.get(&row.path)).send();
        let (status, code, subcode) = want(row);
        let told = reply.differs_from_error(status, code, subcode);
        let difference = told.and_then(|()| reply.is_fit_for_viewers()).err()?;
        Some(format!("{}: {difference}", row.path))
    });
    let differences: Vec<_> = differences.collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn a_good_token_is_told_what_is_missing_as_long_as_its_key_is_registered() {
    let stage = Stage::open(world::with_purges());
    let missing = missing(&stage);
    let bearer = |backend: &Backend| {
        let token = backend.token(&claims_of(&stage.account));
        move |ask: Ask| ask.header("authorization", &format!("Bearer {token}"))
    };
    let backend = Backend::new(5);
    let (good, bad) = (bearer(&backend), bearer(&Backend::new(6)));
    // From now on each of these answers is kept, without keys.
    assert_told(&stage, &missing, &good, |row| row.refusal);

    register_key(&stage, "app", &backend);
    settle_keys(&stage, 1);
    assert_told(&stage, &missing, &good, |row| row.why);
    let calls = stage.origin_calls();
    assert_told(&stage, &missing, &good, |row| row.why);
    assert_told(&stage, &missing, &bad, |row| row.refusal);
    assert_eq!(stage.origin_calls(), calls, "each answer is kept");

    delete_key(&stage, "app");
    assert_told(&stage, &missing, &good, |row| row.refusal);
    let key = |ask: Ask| ask.key(&stage.key);
    assert_told(&stage, &missing, key, |row| row.why);
}

#[test]
fn no_token_is_told_that_there_is_no_such_account() {
    let account = fresh_number().to_string();
    let token = Backend::new(5).token(&claims_of(&account));
    let path = format!("/playback/v1/accounts/{account}/videos/1");
    let ask = world::with_purges().edge().get(&path);
    let reply = ask
        .header("authorization", &format!("Bearer {token}"))
        .send();
    let (status, code, subcode) = BAD_TOKEN;
    reply.assert_error(status, code, subcode);
}
