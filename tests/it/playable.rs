//! What really plays: the media behind an answer's URLs are fetched and decoded, and open for
//! nobody else, nothing else and no longer than they are signed for.

mod expiry;
mod media;
mod static_address;

use serde_json::Value;

use crate::harness::{
    demo::{self, DemoAccount},
    edge::Ask,
};
use media::{decode, fetch, source, split, src, with_token};

const KITTIWAKE: &str = "5820417306001";
const LEAGUE: &str = "4409318250001";
/// Plays for everybody.
const TEST_CARD: &str = "4717200654403";
/// Plays in Great Britain and Ireland.
const TEST_CARD_FOR_THE_ISLES: &str = "6129583268900";
/// Plays for everybody, its media in the viewer's network alone.
const BIG_SCREEN_TEST: &str = "6663783050613";
/// Every video of the demo that plays, with its account.
const PLAYING: [(&str, &str); 4] = [
    (KITTIWAKE, TEST_CARD),
    (KITTIWAKE, TEST_CARD_FOR_THE_ISLES),
    (KITTIWAKE, "6777708699850"),
    (LEAGUE, BIG_SCREEN_TEST),
];

/// In Great Britain.
const LONDON: &str = "203.0.113.10";
/// The media server is asked from 127.0.0.1: a viewer of that network.
const NEIGHBOUR: &str = "127.0.0.77";

fn ask(account: &DemoAccount, video: &str) -> Ask {
    let path = account.path(&format!("/videos/{video}"));
    let key = account.key("web-player");
    demo::world().edge().get(&path).key(&key.text)
}

/// The video as this viewer gets it.
#[track_caller]
fn video(account: &str, video: &str, viewer: &str) -> Value {
    let reply = ask(demo::account(account), video).viewer(viewer).send();
    reply.assert_video(video).json()
}

fn is_hls(source: &Value) -> bool {
    source["type"] == "application/x-mpegURL"
}

fn is_dash(source: &Value) -> bool {
    source["type"] == "application/dash+xml"
}

fn is_mp4(source: &Value) -> bool {
    source["container"] == "MP4"
}

/// The largest picture that each kind of manifest of the demo's media has.
const LARGEST: (u64, u64) = (640, 360);

#[test]
fn hls_and_dash_decode_to_the_end_through_their_signed_urls() {
    let video = video(KITTIWAKE, TEST_CARD, LONDON);
    for is_kind in [is_hls, is_dash] {
        let url = src(source(&video, is_kind));
        let streams = decode(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        let largest = streams.iter().filter_map(media::Stream::size).max();
        assert_eq!(largest, Some(LARGEST), "{url}: {streams:?}");
        let has_sound = streams.iter().any(|stream| stream.codec_type == "audio");
        assert!(has_sound, "{url}: {streams:?}");
        for stream in &streams {
            // Eight seconds, of at least ten frames each.
            assert!(stream.frames() >= 80, "{url} breaks off: {stream:?}");
        }
    }
}

#[test]
fn mp4_renditions_decode_in_the_size_the_answer_tells() {
    let video = video(KITTIWAKE, TEST_CARD, LONDON);
    let sources = video["sources"].as_array().expect("a list");
    let mp4: Vec<_> = sources.iter().filter(|source| is_mp4(source)).collect();
    assert_eq!(mp4.len(), 2, "{sources:?}");
    for source in mp4 {
        let streams = decode(src(source)).unwrap_or_else(|error| panic!("{source}: {error}"));
        let told = source["width"].as_u64().zip(source["height"].as_u64());
        let found = streams.iter().find_map(media::Stream::size);
        assert_eq!(found, told, "{source}");
        let file = fetch(src(source));
        let size = u64::try_from(file.assert_status(200).body.len()).expect("not so large");
        assert_eq!(source["size"], size, "{source}");
    }
}

#[test]
fn everything_an_answer_names_opens_for_its_viewer() {
    for (account, id) in PLAYING {
        // Tokens of the first account are for everybody, those of the other for a network.
        let viewer = if account == LEAGUE { NEIGHBOUR } else { LONDON };
        let video = video(account, id, viewer);
        let list = |name: &str| video[name].as_array().cloned().unwrap_or_default();
        let members = [
            "sources",
            "text_tracks",
            "poster_sources",
            "thumbnail_sources",
        ];
        let mut urls: Vec<_> = members
            .into_iter()
            .flat_map(list)
            .map(|item| src(&item).to_owned())
            .collect();
        for picture in ["poster", "thumbnail"] {
            urls.push(video[picture].as_str().expect("a picture").to_owned());
        }
        assert!(urls.len() >= 9, "{urls:?}");
        for url in urls {
            let reply = fetch(&url);
            assert!(!reply.assert_status(200).body.is_empty(), "{url}");
            assert_eq!(
                reply.header("access-control-allow-origin"),
                Some("*"),
                "{url}"
            );
            fetch(split(&url).0).assert_status(403);
        }
    }
}

#[test]
fn a_token_with_any_one_character_changed_opens_nothing() {
    let video = video(KITTIWAKE, TEST_CARD, LONDON);
    for is_kind in [is_hls, is_mp4] {
        let url = src(source(&video, is_kind));
        fetch(url).assert_status(200);
        let (unsigned, token) = split(url);
        for (at, own) in token.char_indices() {
            let other = if own == '1' { '2' } else { '1' };
            let mut changed = token.to_owned();
            changed.replace_range(at..=at, other.encode_utf8(&mut [0; 4]));
            let reply = fetch(&with_token(unsigned, &changed));
            assert_eq!(reply.status, 403, "`{token}` as `{changed}`: {reply}");
            assert_ne!(reply.header("content-type"), Some("video/mp4"));
        }
        for broken in [&token[1..], &token[..token.len() - 1], ""] {
            fetch(&with_token(unsigned, broken)).assert_status(403);
        }
        assert!(
            decode(unsigned).is_err(),
            "`{unsigned}` plays without a token"
        );
    }
}

#[test]
fn a_token_opens_its_own_folder_and_no_other() {
    let video = video(KITTIWAKE, TEST_CARD, LONDON);
    let (manifest, token) = split(src(source(&video, is_hls)));
    let base = manifest
        .strip_suffix("/stream/master.m3u8")
        .expect("the demo's folder");
    fetch(&with_token(&format!("{base}/stream/manifest.mpd"), token)).assert_status(200);
    for elsewhere in [
        "/mp4/high.mp4",
        "/captions/en.vtt",
        "/images/1280x720/poster.jpg",
        "/stream/../mp4/high.mp4",
        "/stream/%2e%2e/mp4/high.mp4",
        "/mp4/../stream/master.m3u8",
    ] {
        fetch(&with_token(&format!("{base}{elsewhere}"), token)).assert_status(403);
    }
}

#[test]
fn media_bound_to_networks_open_in_the_viewers_network_alone() {
    // All of them may have the answer. The address they fetch from is 127.0.0.1.
    for (viewer, status) in [
        (NEIGHBOUR, 200),
        ("127.0.0.1", 200),
        ("127.0.1.1", 403),
        (LONDON, 403),
        ("2001:db8:e:2::1", 403),
        ("::ffff:127.0.0.9", 200),
    ] {
        let bound = video(LEAGUE, BIG_SCREEN_TEST, viewer);
        for is_kind in [is_hls, is_dash, is_mp4] {
            let reply = fetch(src(source(&bound, is_kind)));
            assert_eq!(reply.status, status, "for {viewer}: {reply}");
        }
        // An account that binds nobody signs for everybody.
        let open = video(KITTIWAKE, TEST_CARD, viewer);
        fetch(src(source(&open, is_mp4))).assert_status(200);
    }
    let url = video(LEAGUE, BIG_SCREEN_TEST, NEIGHBOUR);
    let streams = decode(src(source(&url, is_hls))).expect("it plays in its network");
    assert!(
        streams.iter().any(|stream| stream.size() == Some(LARGEST)),
        "{streams:?}"
    );
}
