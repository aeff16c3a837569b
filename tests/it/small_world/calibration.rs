//! What the programs themselves take, measured where nothing is far from anything. It is known before
//! the trace begins, and nothing of the trace goes into it.

use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::{Request, header};
use playback_world::{
    model::Service,
    small::{Small, SmallPurging},
};
use tokio::time::sleep;

use super::{
    driver::{Door, edit_request, rules},
    parts::Parts,
};
use crate::harness::{
    connection::Connection,
    eventually::eventually,
    http::{self, RUNTIME},
    local::EDGE_PROOF,
};

/// How many videos are asked for at every POP, a third of them first at each.
const VIDEOS: usize = 60;
/// How many edits are followed.
const EDITS: usize = 12;
/// Between two requests: as often as the trace has them.
const PACE: Duration = Duration::from_millis(20);

/// A request that found nothing at its POP.
struct Miss {
    pop: usize,
    /// Whether another POP had asked before, so that a shield has a copy.
    is_later: bool,
    took: Duration,
}

/// Who asks for what no trace asks for.
struct Calibration<'a> {
    parts: &'a Parts,
    small: &'a Small,
    key: String,
}

/// The same world, its programs as fast as they are here.
#[track_caller]
pub(super) fn calibrated(small: &Small, parts: &Parts) -> Small {
    let spare = small.catalog.videos + 1..;
    let names: Vec<_> = spare.take(2 * VIDEOS).map(|n| n.to_string()).collect();
    let videos = names.iter();
    let videos = videos.map(|video| (video.clone(), rules(small, video).to_owned()));
    let key = parts.catalog(&small.catalog.account, videos);
    let calibration = Calibration { parts, small, key };
    let (warm_up, names) = names.split_at(VIDEOS);
    // New sandboxes are not what is measured.
    calibration.misses_and_hits(warm_up);
    let (misses, hits) = calibration.misses_and_hits(names);
    Small {
        service: calibration.service(&misses, hits, names),
        purging: calibration.purging(names),
        ..small.clone()
    }
}

// === impl Calibration ===

impl Calibration<'_> {
    fn misses_and_hits(&self, names: &[String]) -> (Vec<Miss>, Vec<Duration>) {
        let (mut misses, mut hits) = (Vec::new(), Vec::new());
        let pops = self.small.pops.len();
        for (first, names) in names.chunks(names.len().div_ceil(pops)).enumerate() {
            for at in 0..pops {
                let pop = (first + at) % pops;
                let is_later = at > 0;
                let took = self.ask_each(pop, names, false).into_iter();
                misses.extend(took.map(|took| Miss {
                    pop,
                    is_later,
                    took,
                }));
                hits.extend(self.ask_each(pop, names, true));
            }
        }
        (misses, hits)
    }

    /// One after another; all are hits, or none.
    #[track_caller]
    fn ask_each(&self, pop: usize, names: &[String], are_hits: bool) -> Vec<Duration> {
        let door = Door::at(self.parts.doors[pop]);
        let (account, viewer) = (&self.small.catalog.account, self.small.viewers[0].address);
        RUNTIME.block_on(async {
            let mut took = Vec::new();
            for video in names {
                let said = door.ask(account, video, viewer, &self.key).await;
                assert_eq!(said.is_hit, are_hits, "video {video} at POP {pop}");
                took.push(said.first_byte);
                sleep(PACE).await;
            }
            took
        })
    }

    /// What is the whole of a request, taken apart as the model puts it together.
    #[track_caller]
    fn service(&self, misses: &[Miss], hits: Vec<Duration>, names: &[String]) -> Service {
        let of = |is_it: &dyn Fn(&Miss) -> bool| {
            let those = misses.iter().filter(|miss| is_it(miss));
            median(those.map(|miss| miss.took).collect())
        };
        let hit_ms = median(hits);
        let shield = &self.small.shield;
        if !shield.used {
            let origin_ms = median(self.origin(names));
            let fill_ms = of(&|_| true) - hit_ms - origin_ms;
            return Service {
                hit_ms,
                fill_ms,
                shield_ms: 0.0,
                origin_ms,
            };
        }
        // The shield itself, which has a copy; the others, where it has one and where it has none.
        let here = of(&|miss| miss.is_later && miss.pop == shield.pop);
        let there = of(&|miss| miss.is_later && miss.pop != shield.pop);
        let nowhere = of(&|miss| !miss.is_later && miss.pop != shield.pop);
        Service {
            hit_ms,
            fill_ms: here - hit_ms,
            shield_ms: there - here,
            origin_ms: nowhere - there,
        }
    }

    /// What the origin takes for those who ask it themselves.
    #[track_caller]
    fn origin(&self, names: &[String]) -> Vec<Duration> {
        let account = &self.small.catalog.account;
        RUNTIME.block_on(async {
            let mut connection = Connection::to(self.parts.origin.address);
            connection.open().await.expect("it is there");
            let mut took = Vec::new();
            for video in names {
                let path = format!("/playback/v1/accounts/{account}/videos/{video}");
                let request = Request::get(path)
                    .header(header::AUTHORIZATION, format!("Bearer {EDGE_PROOF}"))
                    .body(Full::default());
                let request = request.expect("tests write valid requests");
                let answered = connection.send_timed(request).await;
                let (reply, first_byte) = answered.expect("it answers");
                reply.assert_status(200);
                took.push(first_byte);
                sleep(PACE).await;
            }
            took
        })
    }

    /// From an edit to the confirmation of the purger's first call, and what a call takes.
    #[track_caller]
    fn purging(&self, names: &[String]) -> SmallPurging {
        let timed = names.iter().take(EDITS).enumerate().map(|(number, video)| {
            let edit = edit_request(self.small, video, number);
            let begun = Instant::now();
            let reply = RUNTIME.block_on(http::send(self.parts.origin.address, edit));
            reply.expect("the CMS answers").assert_status(200);
            // Where there is a shield, its copies go first.
            let tier = if self.small.shield.used {
                "shield-"
            } else {
                ""
            };
            let label = format!("{tier}video-id-{video}");
            let purges = &self.parts.purges;
            let call = eventually("the edit is purged", || purges.first(&label, begun));
            (call.came + call.took - begun, call.took)
        });
        let (confirmed, calls) = timed.unzip();
        SmallPurging {
            confirmed_ms: median(confirmed),
            everywhere_ms: 0.0,
            call_ms: median(calls),
        }
    }
}

fn median(mut all: Vec<Duration>) -> f64 {
    all.sort_unstable();
    let middle = all.get(all.len() / 2).copied().unwrap_or_default();
    middle.as_secs_f64() * 1_000.0
}
