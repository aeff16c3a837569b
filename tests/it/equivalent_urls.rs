//! One entry for each meaning: ten thousand spellings of some two hundred requests cost the origin
//! as many answers as there are meanings, and none of them gets another's answer.

mod catalog;
mod meaning;
mod random;
mod spelling;

use std::collections::{BTreeMap, BTreeSet};

use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::harness::{
    edge::{Ask, send_all},
    geolocation::{FRENCH_VIEWER, GERMAN_VIEWER},
    reply::Reply,
    stage::{Props, Stage},
    world,
};
use catalog::{PLAYLISTS, VIDEOS};
use meaning::{Kind, Meaning, playlist_id, video_id};
use random::Random;

const SPELLINGS: usize = 10_000;
const SEED: u64 = 20_261_122;

/// An account with the whole catalog.
fn stage() -> Stage<'static> {
    let stage = Stage::without_video(world::without_purges(), &Props::default());
    let (origin, account) = (stage.world.origin(), &stage.account);
    let ids: Vec<_> = (0..VIDEOS.len()).map(|at| video_id(account, at)).collect();
    for (at, video) in VIDEOS.iter().enumerate() {
        origin.put_video(account, &ids[at], &video.to_json(at));
    }
    for (at, playlist) in PLAYLISTS.iter().enumerate() {
        origin.put_playlist(account, &playlist_id(account, at), &playlist.to_json(&ids));
    }
    stage
}

/// Keys that open all of the account; the last one in Germany alone.
fn keys(stage: &Stage<'_>) -> Vec<String> {
    let members = [
        json!({ "apis": ["search"] }),
        json!({ "apis": ["search"], "key-id": "second" }),
        json!({ "apis": ["search"], "rules": "ip-deny=(\"192.0.2.0/24\")" }),
        json!({ "apis": ["search"], "geo": { "countries": ["de"] } }),
    ];
    let mint = |members| stage.world.origin().mint_key(&stage.account, members);
    members.iter().map(mint).collect()
}

/// One way to ask for this meaning: any spelling, any method, any viewer, any key, anywhere.
fn asked(stage: &Stage<'_>, keys: &[String], meaning: &Meaning, random: &mut Random) -> Ask {
    let key = random.below(keys.len());
    let viewer = match key + 1 == keys.len() {
        true => GERMAN_VIEWER,
        false => random.choose(&[GERMAN_VIEWER, FRENCH_VIEWER, "2001:db8:1:1::1"]),
    };
    let key = &keys[key];
    let form = random.below(6);
    let mut more = Vec::new();
    match meaning.kind {
        Kind::Static if form == 0 => more.push(("bcov_auth", key.clone())),
        Kind::Static => {}
        _ if random.once_in(8) => more.push(("bcov_auth", "elsewhere".to_owned())),
        _ => {}
    }
    let target = meaning.spelled(&stage.account, more, random);
    let method = if random.once_in(10) { "HEAD" } else { "GET" };
    let ask = stage.world.edge().ask(method, &target).viewer(viewer);
    let ask = match (form, meaning.kind) {
        (0, Kind::Static) => ask.header("accept", "*/*"),
        (0, _) | (1, _) => ask.key(key),
        (2, _) => ask.header("accept", &format!("text/html, */*; v=2; PK=\"{key}\"")),
        (3, _) => ask.header("BCOV-POLICY", key),
        (4, _) => ask.header("authorization", &format!("bcov-policy {key}")),
        _ => ask.key(key).header("bcov-policy", key),
    };
    match random.below(4) {
        0 => ask.header("origin", "https://www.example.com"),
        1 => ask.header("referer", "https://www.example.com/page"),
        _ => ask,
    }
}

/// What of an answer must be alike in all answers of one meaning.
#[derive(Clone, Debug, PartialEq)]
enum Content {
    Json(Bytes),
    Location(String),
    /// Each error has an id of its own.
    Error(Value),
}

impl Content {
    fn of(reply: &Reply) -> Self {
        match (reply.status, reply.header("location")) {
            (302, Some(location)) => Self::Location(location.to_owned()),
            (200, None) => Self::Json(reply.body.clone()),
            _ => Self::Error(reply.assert_status(404).error()["error_code"].clone()),
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::Json(_) => 200,
            Self::Location(_) => 302,
            Self::Error(_) => 404,
        }
    }

    /// The same, out of what the origin tells the edge.
    fn of_origin(reply: &Reply, meaning: &Meaning) -> Self {
        match (reply.status, meaning.kind) {
            (200, Kind::Static) => {
                let src = reply.json()["src"].clone();
                Self::Location(src.as_str().expect("an address").to_owned())
            }
            (200, _) => Self::Json(reply.body.clone()),
            _ => Self::of(reply),
        }
    }

    /// Whether an edge's answer is this one of the origin's, but for the rules in it.
    fn is_shown_as(&self, shown: &Self) -> bool {
        let (Self::Json(own), Self::Json(shown)) = (self, shown) else {
            return self == shown;
        };
        let read = |body| serde_json::from_slice::<Value>(body).expect("JSON");
        let mut own = read(own);
        let items = own.get_mut("videos").and_then(Value::as_array_mut);
        for video in items.into_iter().flatten() {
            video
                .as_object_mut()
                .and_then(|video| video.remove("$rules"));
        }
        own == read(shown)
    }
}

#[test]
fn equivalent_requests_share_one_entry_and_different_ones_none() {
    let (stage, mut random) = (stage(), Random::new(SEED));
    let (keys, meanings) = (keys(&stage), meaning::all(&stage.account));
    let distinct: BTreeSet<_> = meanings.iter().collect();
    assert_eq!(distinct.len(), meanings.len(), "two meanings are one");
    assert!(meanings.len() >= 190, "only {} meanings", meanings.len());

    // Each meaning at least once, the others by chance, in any order.
    let mut order: Vec<_> = (0..SPELLINGS)
        .map(|at| {
            if at < meanings.len() {
                at
            } else {
                random.below(meanings.len())
            }
        })
        .collect();
    random.shuffle(&mut order);
    let mut answers: BTreeMap<usize, Content> = BTreeMap::new();
    let (mut complaints, mut heads) = (Vec::new(), Vec::new());
    for some in order.chunks(500) {
        let asks: Vec<_> = some
            .iter()
            .map(|at| asked(&stage, &keys, &meanings[*at], &mut random))
            .collect();
        for ((at, ask), reply) in some.iter().zip(&asks).zip(send_all(asks.clone())) {
            if ask.is_head() {
                heads.push((*at, reply.status));
                continue;
            }
            let content = Content::of(&reply);
            let first = answers.entry(*at).or_insert_with(|| content.clone());
            if *first != content {
                let plain = meanings[*at].plain(&stage.account);
                complaints.push(format!("{ask:?} was not answered as {plain}: {reply}"));
            }
        }
    }
    assert!(
        complaints.is_empty(),
        "{} of {SPELLINGS}:\n{}",
        complaints.len(),
        complaints[0]
    );
    assert_eq!(
        stage.origin_calls(),
        meanings.len() as u64,
        "answers of the origin"
    );
    stage.world.pop.assert_no_panic();
    for (at, status) in heads {
        let of_get = answers.get(&at).map(Content::status);
        assert_eq!(
            Some(status),
            of_get,
            "HEAD {}",
            meanings[at].plain(&stage.account)
        );
    }

    // Only now, since these count too.
    for (at, meaning) in meanings.iter().enumerate() {
        let plain = meaning.plain(&stage.account);
        let wanted = Content::of_origin(&stage.world.origin().playback(&plain), meaning);
        let Some(shown) = answers.get(&at) else {
            panic!("`{plain}` was asked for by HEAD alone: choose another seed");
        };
        assert!(
            wanted.is_shown_as(shown),
            "{plain}: wanted {wanted:?}, shown {shown:?}"
        );
    }
}
