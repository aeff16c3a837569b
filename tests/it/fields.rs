//! Every member of every object: its type, its unit, and whether it is `null` or left out where
//! there is no value. Held to the tables are the demo's answers, through the edge, and two videos
//! that have everything and nothing.

mod extremes;
mod object;
mod tables;

use serde_json::Value;

use crate::harness::{
    demo::{self, DemoAccount, DemoKey, DemoViewer},
    edge::{Ask, Edge, send_all},
    oracle,
    reply::Reply,
};
use object::{Findings, Object};

/// Pages that some video of the demo is bound to, and no page at all.
const SITES: [Option<&str>; 5] = [
    None,
    Some("https://www.kittiwake-tv.example"),
    Some("https://intranet.brackenfield.example"),
    Some("https://learn.brackenfield.example"),
    Some("https://learn.schools.example"),
];

/// Far apart in every way: each of the demo's lists has something for one of them.
const VIEWERS: [&str; 8] = [
    "london-home",
    "dublin-home",
    "paris-home",
    "new-york-home",
    "tokyo-home",
    "utrecht-office",
    "cork-newsroom",
    "frankfurt-tor-exit",
];

fn edge() -> Edge {
    demo::world().edge()
}

/// Viewers and the pages they ask from.
type Asking = (&'static DemoViewer, Option<&'static str>);

/// Somebody who may have what these rules protect, or else somebody who could if it were the time.
fn somebody(layers: &oracle::Layers) -> Asking {
    let refusal = |(viewer, site): &Asking| {
        let viewer = oracle::viewer(viewer.address, &viewer.place, *site);
        oracle::refusal(layers, &viewer)
    };
    let all = || {
        let sites = SITES.into_iter();
        sites.flat_map(|site| demo::viewers().iter().map(move |viewer| (viewer, site)))
    };
    let admitted = all().find(|asking| refusal(asking).is_none());
    let in_vain = || all().find(|asking| refusal(asking).is_some_and(|r| !r.is_told_in_lists()));
    admitted
        .or_else(in_vain)
        .unwrap_or_else(|| panic!("nobody may have what is behind {layers:?}"))
}

impl Findings {
    /// Holds an answer to the table, or to that of errors.
    fn look_at_reply(&mut self, at: &str, reply: &Reply, table: &'static Object) {
        reply.assert_fit_for_viewers();
        match (reply.status, reply.json()) {
            (200, body) => self.look(at, &body, table),
            (_, Value::Array(errors)) if !errors.is_empty() => {
                for error in errors {
                    self.look_at_error(at, &error);
                }
            }
            (_, body) => self.complain(at, "expected an array of errors", &body),
        }
    }

    /// An error, and the members that only some subcodes have.
    fn look_at_error(&mut self, at: &str, error: &Value) {
        self.look(at, error, &tables::ERROR);
        for (member, subcode) in [("client_geo", "CLIENT_GEO"), ("api_call", "API")] {
            let has = error.get(member).is_some();
            if has != (error["error_subcode"] == subcode) {
                self.complain(at, &format!("`{member}` belongs to `{subcode}`"), error);
            }
        }
        if error["client_geo"]
            .as_str()
            .is_some_and(|geo| geo != geo.to_lowercase())
        {
            self.complain(at, "expected `client_geo` in lower case", error);
        }
    }

    /// What a video's members must be to each other, and to what an editor wrote.
    fn look_across(&mut self, video: &Value, written: &Value) {
        let id = video["id"].as_str().unwrap_or_default();
        for name in ["id", "name", "duration", "economics", "tags"] {
            let own = &written[name];
            if !own.is_null() && video[name] != *own {
                self.complain(
                    &format!("{id}.{name}"),
                    &format!("expected {own}"),
                    &video[name],
                );
            }
        }
        let list = |name: &str| video[name].as_array().cloned().unwrap_or_default();
        let milliseconds = video["duration"].as_f64().unwrap_or_default();
        for cue in list("cue_points") {
            if cue["time"].as_f64().unwrap_or_default() * 1_000.0 > milliseconds {
                self.complain(id, "a cue point lies within the video, in seconds", &cue);
            }
        }
        for source in list("sources") {
            let is_mp4 = source["container"] == "MP4";
            let has = |name: &str| source[name].is_u64();
            if is_mp4 && !(has("height") && has("width") && has("avg_bitrate")) {
                self.complain(id, "an MP4 has a size in pixels and a bitrate", &source);
            }
            if is_mp4 && source["duration"].as_f64() != Some(milliseconds) {
                self.complain(
                    id,
                    "an MP4 lasts as long as its video, in milliseconds",
                    &source,
                );
            }
        }
        for (picture, sources) in [
            ("poster", "poster_sources"),
            ("thumbnail", "thumbnail_sources"),
        ] {
            let first = list(sources).first().map(|source| source["src"].clone());
            if first.unwrap_or_default() != video[picture] {
                self.complain(
                    id,
                    &format!("expected `{picture}` in `{sources}`"),
                    &video[sources],
                );
            }
        }
        for track in list("text_tracks") {
            if track["account_id"] != video["account_id"] {
                self.complain(id, "a text track is of the video's account", &track);
            }
        }
    }
}

#[test]
fn every_video_of_the_demo_is_as_the_contract_says() {
    let mut findings = Findings::default();
    let (mut shown, mut drm) = (0, 0);
    for account in demo::accounts() {
        let key = account.key("web-player");
        for written in &account.videos {
            let id = written["id"].as_str().expect("an id");
            let path = account.path(&format!("/videos/{id}"));
            let layers = oracle::layers(&demo::world().origin().playback(&path));
            let (viewer, site) = somebody(&layers);
            let reply = viewer.asks(edge().get(&path).key(&key.text), site).send();
            if reply.status == 403 {
                reply.assert_error(403, "VIDEO_NOT_PLAYABLE", None);
                findings.look_at_error(id, &reply.error());
                continue;
            }
            let video = reply.assert_status(200).json();
            findings.look_at_reply(id, &reply, &tables::VIDEO);
            findings.look_across(&video, written);
            shown += 1;
            drm += usize::from(video["sources"].to_string().contains("key_systems"));
        }
    }
    findings.assert_none();
    assert!(
        shown >= 200 && drm >= 10,
        "{shown} videos, {drm} of them with DRM"
    );
}

/// Asks for a target as each of the viewers.
fn ask_as_all(targets: &[String], key: &DemoKey) -> Vec<(String, Reply)> {
    let asks: Vec<(String, Ask)> = targets
        .iter()
        .flat_map(|target| VIEWERS.map(|viewer| (target, demo::viewer(viewer))))
        .map(|(target, viewer)| {
            let ask = viewer.asks(edge().get(target).key(&key.text), None);
            (format!("{target} for {}", viewer.name), ask)
        })
        .collect();
    let (places, asks): (Vec<_>, Vec<_>) = asks.into_iter().unzip();
    places.into_iter().zip(send_all(asks)).collect()
}

#[test]
fn every_playlist_of_the_demo_is_as_the_contract_says() {
    let mut findings = Findings::default();
    for account in demo::accounts() {
        let key = account.key("web-player");
        for playlist in &account.playlists {
            let id = playlist["id"].as_str().expect("an id");
            let targets = ["?limit=100", "", "?limit=3&offset=2"]
                .map(|page| account.path(&format!("/playlists/{id}{page}")));
            let (table, is_explicit) = match playlist["type"].as_str() {
                Some("EXPLICIT") => (&tables::EXPLICIT, true),
                _ => (&tables::SMART, false),
            };
            let mut is_shown = false;
            for (at, reply) in ask_as_all(&targets, &key) {
                findings.look_at_reply(&at, &reply, table);
                let list = reply.json();
                is_shown |= reply.status == 200;
                for name in ["id", "name", "type"] {
                    if reply.status == 200 && list[name] != playlist[name] {
                        findings.complain(
                            &at,
                            &format!("expected the written `{name}`"),
                            &list[name],
                        );
                    }
                }
                if reply.status == 200 && is_explicit && list["video_ids"] != playlist["video_ids"]
                {
                    findings.complain(&at, "expected every listed id", &list["video_ids"]);
                }
            }
            assert!(is_shown, "nobody is shown the playlist {id}");
        }
    }
    findings.assert_none();
    for table in [&tables::EXPLICIT, &tables::SMART] {
        findings.assert_seen_all_of(table);
    }
}

#[test]
fn every_page_of_every_search_of_the_demo_is_as_the_contract_says() {
    let mut findings = Findings::default();
    for account in demo::accounts() {
        let key = account.key("search");
        let targets: Vec<_> = [
            "",
            "q=tags:drama,match,safety&",
            "q=%2Bname:the&",
            "sort=name&",
        ]
        .into_iter()
        .flat_map(|query| [0, 100, 200].map(|offset| format!("{query}limit=100&offset={offset}")))
        .map(|query| account.path(&format!("/videos?{query}")))
        .collect();
        for (at, reply) in ask_as_all(&targets, &key) {
            findings.look_at_reply(&at, &reply, &tables::SEARCH);
        }
        findings.look_at_related(account, &key);
    }
    findings.assert_none();
    findings.assert_seen_all_of(&tables::SEARCH);
    findings.assert_seen_all_of(&tables::RELATED);
}

impl Findings {
    /// What is like every tenth video.
    fn look_at_related(&mut self, account: &DemoAccount, key: &DemoKey) {
        let videos = account.videos.iter().step_by(10);
        let targets: Vec<_> = videos
            .filter_map(|video| video["id"].as_str())
            .map(|id| account.path(&format!("/videos/{id}/related?limit=100")))
            .collect();
        for (at, reply) in ask_as_all(&targets, key) {
            self.look_at_reply(&at, &reply, &tables::RELATED);
        }
    }
}
