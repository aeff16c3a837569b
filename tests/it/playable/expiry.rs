//! A URL ends by the clock, the entry behind it does not. This is the one place where a test waits
//! for the clock: nobody can set it forward for edge and media server alike.

use std::{
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::json;

use super::media::{expiry, fetch, split, src};
use crate::harness::{
    eventually::eventually,
    reply::Reply,
    stage::{Stage, playable},
    world,
};

/// An account whose URLs are good for a second, with one video that plays.
fn stage() -> Stage<'static> {
    let stage = Stage::without_video(world::without_purges(), &Default::default());
    let origin = stage.world.origin();
    let host = origin.address.to_string();
    let signing = json!({
        "key": "media-2", "hosts": [host], "lifetime": 1, "parameter": "playback_token",
    });
    origin.patch_account(&stage.account, &json!({ "url_signing": signing }));
    let mut video = playable("a video");
    video["sources"] = json!([{
        "src": format!("http://{host}/media/mp4/low.mp4"), "container": "MP4",
    }]);
    origin.put_video(&stage.account, &stage.video, &video);
    stage
}

/// An answer whose URL still opens. On a busy machine a second may pass on the way.
#[track_caller]
fn fresh(stage: &Stage<'_>) -> (Reply, String) {
    eventually("a fresh URL opens", || {
        let reply = stage.ask().send();
        let video = reply.assert_video(&stage.video).json();
        let url = src(&video["sources"][0]).to_owned();
        (fetch(&url).status == 200).then_some((reply, url))
    })
}

fn wait_until(moment: u64) {
    let moment = UNIX_EPOCH + Duration::from_secs(moment);
    while let Ok(left) = moment.duration_since(SystemTime::now()) {
        thread::sleep(left + Duration::from_millis(10));
    }
}

#[test]
fn a_url_is_shut_a_second_after_its_expiry_and_the_same_entry_gives_another() {
    let stage = stage();
    let (first, url) = fresh(&stage);
    let (_, token) = split(&url);
    wait_until(expiry(token) + 1);
    fetch(&url).assert_status(403);
    let (second, another) = fresh(&stage);
    assert!(
        expiry(split(&another).1) > expiry(token),
        "{url}, then {another}"
    );
    assert_eq!(second.header("x-cache"), Some("HIT"));
    assert_eq!(stage.origin_calls(), 1, "the entry was fetched again");
    // What the viewer has is no longer good, so a validator of it is not either.
    let etag = first.header("etag").expect("a video has a validator");
    let again = stage.ask().header("if-none-match", etag).send();
    again.assert_video(&stage.video);
    assert_ne!(again.header("etag"), Some(etag));
}

#[test]
fn urls_are_good_for_at_least_their_lifetime() {
    let stage = stage();
    let now = || {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.expect("it is later than 1970").as_secs()
    };
    let before = now();
    let video = stage.ask().send().assert_video(&stage.video).json();
    let expires = expiry(split(src(&video["sources"][0])).1);
    // A second of lifetime, and at most another up to the next step.
    assert!(
        (before + 1..=now() + 2).contains(&expires),
        "{before}, {expires}"
    );
}
