//! Addresses of one rendition or picture: who may have it is sent to its signed URL.

use serde_json::Value;

use super::{
    KITTIWAKE, LEAGUE, LONDON, NEIGHBOUR, TEST_CARD, TEST_CARD_FOR_THE_ISLES, decode, fetch,
    is_dash, is_hls, is_mp4, media, split, src, video,
};
use crate::harness::{
    demo,
    edge::{Ask, Edge},
    reply::Reply,
};

const PARIS: &str = "203.0.113.5";

const ASSETS: [&str; 6] = [
    "master.m3u8",
    "manifest.mpd",
    "high.mp4",
    "low.mp4",
    "poster.jpg",
    "thumbnail.jpg",
];

fn edge() -> Edge {
    demo::world().edge()
}

fn path(account: &str, video: &str, asset: &str) -> String {
    demo::account(account).path(&format!("/videos/{video}/{asset}"))
}

/// Asks with the account's plain key in the query, where players put it.
fn ask(method: &str, account: &str, video: &str, asset: &str) -> Ask {
    let key = demo::account(account).key("web-player").text;
    let path = path(account, video, asset);
    edge().ask(method, &format!("{path}?bcov_auth={key}"))
}

/// Where the viewer is sent.
#[track_caller]
fn location(reply: &Reply) -> &str {
    reply.assert_status(302).assert_fit_for_viewers();
    assert_eq!(
        reply.header("etag"),
        None,
        "nobody may remember it: {reply}"
    );
    let location = reply.header("location");
    location.unwrap_or_else(|| panic!("sent nowhere: {reply}"))
}

/// The address in the whole answer that a static address stands for.
#[track_caller]
fn stands_for<'v>(video: &'v Value, asset: &str) -> &'v str {
    let bitrate = |source: &&Value| source["avg_bitrate"].as_u64();
    let sources = || {
        let all = video["sources"].as_array().into_iter().flatten();
        all.filter(|source| is_mp4(source))
    };
    let found = match asset {
        "master.m3u8" => Some(src(media::source(video, is_hls))),
        "manifest.mpd" => Some(src(media::source(video, is_dash))),
        "high.mp4" => sources().max_by_key(bitrate).map(src),
        "low.mp4" => sources().min_by_key(bitrate).map(src),
        "poster.jpg" => video["poster"].as_str(),
        "thumbnail.jpg" => video["thumbnail"].as_str(),
        _ => None,
    };
    found.unwrap_or_else(|| panic!("nothing stands behind `{asset}`"))
}

#[test]
fn a_static_address_leads_to_what_the_answer_names() {
    let video = video(KITTIWAKE, TEST_CARD, LONDON);
    for asset in ASSETS {
        for below in [TEST_CARD, "ref:test-card", "ref%3atest-card"] {
            let ask = ask("GET", KITTIWAKE, below, asset).viewer(LONDON);
            let reply = ask.send();
            let (unsigned, _) = split(location(&reply));
            assert_eq!(unsigned, split(stands_for(&video, asset)).0, "{asset}");
            assert!(!fetch(location(&reply)).assert_status(200).body.is_empty());
            fetch(unsigned).assert_status(403);
        }
    }
}

#[test]
fn what_a_static_address_leads_to_decodes() {
    for (asset, size) in [
        ("master.m3u8", (640, 360)),
        ("manifest.mpd", (640, 360)),
        ("high.mp4", (640, 360)),
        ("low.mp4", (320, 180)),
    ] {
        let reply = ask("GET", KITTIWAKE, TEST_CARD, asset).send();
        let streams = decode(location(&reply)).unwrap_or_else(|error| panic!("{asset}: {error}"));
        let largest = streams.iter().filter_map(media::Stream::size).max();
        assert_eq!(largest, Some(size), "{asset}: {streams:?}");
    }
}

#[test]
fn a_player_follows_a_static_address_to_the_end() {
    let account = demo::account(KITTIWAKE);
    let key = account.key("web-player").text;
    let address = edge().address;
    // ffprobe sends the local POP no viewer: it is asked from 127.0.0.1, which no rule refuses.
    for asset in ["master.m3u8", "high.mp4"] {
        let path = path(KITTIWAKE, TEST_CARD, asset);
        let streams = decode(&format!("http://{address}{path}?bcov_auth={key}"));
        let streams = streams.unwrap_or_else(|error| panic!("{asset}: {error}"));
        assert!(
            streams.iter().all(|stream| stream.frames() > 0),
            "{streams:?}"
        );
    }
}

#[test]
fn a_refused_viewer_is_sent_nowhere() {
    for asset in ASSETS {
        for (viewer, admitted) in [(LONDON, true), (PARIS, false)] {
            for method in ["GET", "HEAD"] {
                let ask = ask(method, KITTIWAKE, TEST_CARD_FOR_THE_ISLES, asset);
                let reply = ask.viewer(viewer).header("if-none-match", "*").send();
                if admitted {
                    location(&reply);
                    continue;
                }
                reply.assert_status(403).assert_fit_for_viewers();
                assert_eq!(reply.header("location"), None, "{reply}");
                if method == "GET" {
                    reply.assert_error(403, "ACCESS_DENIED", Some("CLIENT_GEO"));
                    assert_eq!(reply.error()["client_geo"], "fr");
                }
            }
        }
    }
}

#[test]
fn the_key_of_a_static_address_is_in_its_query_or_where_it_always_is() {
    let path = path(KITTIWAKE, TEST_CARD, "poster.jpg");
    let account = demo::account(KITTIWAKE);
    let (key, other) = (account.key("web-player").text, account.key("search").text);
    let foreign = demo::account(LEAGUE).key("web-player").text;
    let in_query = |key: &str| edge().get(&format!("{path}?bcov_auth={key}"));
    location(&in_query(&key).send());
    location(&edge().get(&path).key(&key).send());
    location(&in_query(&key).key(&key).send());
    for (what, ask) in [
        ("none", edge().get(&path)),
        ("an empty one", in_query("")),
        ("another in a header", in_query(&key).key(&other)),
        (
            "a changed one",
            in_query(&format!("{}x", &key[..key.len() - 1])),
        ),
        (
            "under another name",
            edge().get(&format!("{path}?pk={key}")),
        ),
    ] {
        let reply = ask.send();
        assert_eq!(reply.header("location"), None, "{what}: {reply}");
        reply.assert_error(401, "INVALID_POLICY_KEY", None);
    }
    in_query("eyJhbGciOiJub25lIn0.e30.c2ln")
        .send()
        .assert_error(401, "INVALID_JWT", None);
    in_query(&foreign)
        .send()
        .assert_error(403, "ACCESS_DENIED", Some("ACCOUNT_ID"));
}

#[test]
fn head_of_a_static_address_says_where_it_leads() {
    for asset in ASSETS {
        let get = ask("GET", KITTIWAKE, TEST_CARD, asset).send();
        let head = ask("HEAD", KITTIWAKE, TEST_CARD, asset).send();
        assert_eq!(split(location(&get)).0, split(location(&head)).0);
        assert!(head.body.is_empty(), "{head}");
        let behind = media::ask("HEAD", location(&head));
        behind.assert_status(200);
    }
}

#[test]
fn a_static_address_is_bound_to_the_viewers_network_as_the_answer_is() {
    for (viewer, status) in [(NEIGHBOUR, 200), (LONDON, 403)] {
        let ask = ask("GET", LEAGUE, super::BIG_SCREEN_TEST, "high.mp4");
        let reply = ask.viewer(viewer).send();
        fetch(location(&reply)).assert_status(status);
    }
}

#[test]
fn what_a_video_does_not_have_leads_nowhere() {
    // Sold in the north, and only with DRM: there is no MP4 of it.
    let (film, oslo) = ("42377736806", "203.0.113.18");
    location(
        &ask("GET", KITTIWAKE, film, "master.m3u8")
            .viewer(oslo)
            .send(),
    );
    for (video, asset, status, code) in [
        (film, "high.mp4", 404, "RESOURCE_NOT_FOUND"),
        (film, "medium.mp4", 404, "RESOURCE_NOT_FOUND"),
        ("1", "poster.jpg", 404, "VIDEO_NOT_FOUND"),
        // Its window closed in 2021.
        ("50345448443", "poster.jpg", 403, "VIDEO_NOT_PLAYABLE"),
        (film, "hls.vmap", 500, "SERVER_ERROR"),
    ] {
        let reply = ask("GET", KITTIWAKE, video, asset).viewer(oslo).send();
        reply.assert_error(status, code, None);
        assert_eq!(reply.header("location"), None, "{reply}");
    }
}

#[test]
fn one_entry_of_a_static_address_serves_everybody() {
    let path = path(KITTIWAKE, TEST_CARD, "low.mp4");
    let account = demo::account(KITTIWAKE);
    for (at, viewer) in demo::viewers().iter().step_by(9).enumerate() {
        let key = account.key(["web-player", "search"][at % 2]).text;
        let ask = edge().get(&format!("{path}?_={at}&bcov_auth={key}"));
        location(&viewer.asks(ask, None).send());
    }
    let fills = demo::world().fills.passed(&format!("GET {path} "));
    assert_eq!(fills, 1);
}
