//! A running system, its edits and its purges: what the checker needs to know.

use std::{
    net::SocketAddr,
    ops::Range,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use http_body_util::Full;
use hyper::{Request, body::Bytes};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{task::JoinHandle, time::sleep};

use super::{
    edition,
    load::{Answer, Asked, answered},
    regions::{REGIONS, Regions},
    rows::Ways,
    wire::Wire,
};
use crate::{
    harness::{
        edge::Edge,
        geolocation::Geolocation,
        http::{self, RUNTIME},
        local::{PURGE_TOKEN, SERVICE_ID},
        pop::{Pop, PopPlan},
        world,
    },
    reliability::{
        catalog::{Catalog, content_label, rights_label, rules},
        check::{Limits, Verdict, check},
        record::{Audience, Call, Clock, Country, Evidence, History, Read, Version},
        staleness::LIMITS,
        viewer::{Target, path},
    },
};

const DEADLINE_MS: u32 = 2_500;

pub(super) const POPS: [&str; 2] = ["fra", "nrt"];

/// Of videos of each sort.
pub(super) const VIDEOS: usize = 4;

/// Between two purges of the same videos.
const EVERY: Duration = Duration::from_millis(250);

/// Origins, the ways to them, POPs, and what is played.
pub(super) struct Stage {
    pub(super) clock: Clock,
    pub(super) pop: Pop,
    pub(super) doors: Arc<Doors>,
    pub(super) wires: [Wire; REGIONS],
    pub(super) regions: Regions,
    histories: Mutex<Vec<History>>,
    calls: Arc<Mutex<Vec<Call>>>,
    /// Last, so that it is removed after the processes that write into it have ended.
    folder: TempDir,
}

/// How POPs are started.
pub(super) fn plan<'a>(
    origins: &'a [SocketAddr],
    geolocation: Geolocation,
    settings: &'a [(&'a str, Value)],
) -> PopPlan<'a> {
    PopPlan {
        names: &POPS,
        origins,
        fill_deadline_ms: DEADLINE_MS,
        stale_s: world::A_DAY,
        geolocation,
        overlay: "edge",
        settings,
    }
}

/// What viewers need to know.
pub(super) struct Doors {
    edges: Vec<Edge>,
    /// Where viewers are led instead.
    elsewhere: Mutex<Option<Vec<Edge>>>,
    asked_elsewhere: AtomicUsize,
    pub(super) catalog: Catalog,
    pub(super) clock: Clock,
    purge_api: SocketAddr,
}

/// Purges that come again and again.
pub(super) struct Purging {
    is_over: Arc<AtomicBool>,
    purging: JoinHandle<()>,
}

// === impl Stage ===

impl Stage {
    #[track_caller]
    pub(super) fn start(ways: Ways) -> Self {
        let clock = Clock::start();
        let folder = world::folder();
        let regions = Regions::start(folder.path());
        let wires = regions.addresses.map(Wire::to);
        let origins = match ways {
            Ways::Direct | Ways::Editions => regions.addresses,
            Ways::Wired => [wires[0].address, wires[1].address],
        };
        let plan = plan(&origins, Geolocation::Scenarios, &[]);
        let pop = match ways {
            Ways::Direct | Ways::Wired => Pop::start(folder.path(), &plan),
            Ways::Editions => edition::pop(folder.path(), &plan),
        };
        // Three sorts, and one that nobody watches.
        let catalog = regions.catalog(3 * VIDEOS + 1);
        let doors = Doors {
            edges: pop.edges.clone(),
            elsewhere: Mutex::default(),
            asked_elsewhere: AtomicUsize::new(0),
            catalog,
            clock,
            purge_api: pop.purge_api,
        };
        let stage = Self {
            clock,
            pop,
            doors: Arc::new(doors),
            wires,
            regions,
            histories: Mutex::new((0..3 * VIDEOS).map(|_| History::new()).collect()),
            calls: Arc::default(),
            folder,
        };
        // So that some are refused, also what is never purged.
        for (video, audience) in [Audience::GERMANS, Audience::FRENCH, Audience::NOBODY]
            .into_iter()
            .enumerate()
        {
            stage.edit_rights(video, audience);
        }
        stage
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A video that nobody watches.
    pub(super) fn scratch(&self) -> usize {
        3 * VIDEOS
    }

    /// Its record.
    pub(super) fn scratch_record(&self) -> String {
        self.doors.catalog.record(self.scratch())
    }

    /// Leaves a copy of everything in every POP.
    #[track_caller]
    pub(super) fn warm(&self) {
        let all = self.everything(Asked::Warm);
        let failed = all.iter().find(|answer| answer.is_failure());
        assert!(failed.is_none(), "nothing fails yet: {failed:?}");
    }

    /// Edits the rights of what will be purged hard, and the content of what will be purged softly.
    #[track_caller]
    pub(super) fn edit(&self) {
        for video in self.doors.videos(Asked::Purged) {
            let now = {
                let histories = self.histories.lock().expect("nobody panicked");
                histories[video].rights.last().expect("there is one").says
            };
            let others = match now == Audience::GERMANS {
                true => Audience::FRENCH,
                false => Audience::GERMANS,
            };
            self.edit_rights(video, others);
        }
        for video in self.doors.videos(Asked::Stale) {
            let number = self.next(video, |history| history.content.len());
            let version = self.write(video, number, (), &json!({ "name": content_label(number) }));
            let mut histories = self.histories.lock().expect("nobody panicked");
            histories[video].content.push(version);
        }
    }

    #[track_caller]
    fn edit_rights(&self, video: usize, says: Audience) {
        let number = self.next(video, |history| history.rights.len());
        let body = json!({ "rules": rules(says), "description": rights_label(number) });
        let version = self.write(video, number, says, &body);
        let mut histories = self.histories.lock().expect("nobody panicked");
        histories[video].rights.push(version);
    }

    fn next(&self, video: usize, len: fn(&History) -> usize) -> u32 {
        let histories = self.histories.lock().expect("nobody panicked");
        u32::try_from(len(&histories[video])).expect("few edits")
    }

    #[track_caller]
    fn write<T>(&self, video: usize, number: u32, says: T, body: &Value) -> Version<T> {
        let started = self.clock.now();
        let record = self.doors.catalog.record(video);
        let reply = self.regions.cms("PATCH", &record, Some(body));
        reply.assert_status(200);
        Version {
            number,
            says,
            started,
            committed_by: self.clock.now(),
        }
    }

    pub(super) fn purge_again_and_again(&self) -> Purging {
        let is_over = Arc::<AtomicBool>::default();
        let (doors, calls) = (Arc::clone(&self.doors), Arc::clone(&self.calls));
        let over = Arc::clone(&is_over);
        let purging = async move {
            while !over.load(Ordering::Relaxed) {
                doors.purge(&calls).await;
                sleep(EVERY).await;
            }
        };
        Purging {
            is_over,
            purging: RUNTIME.spawn(purging),
        }
    }

    /// Asks again for what failed, and complains of what fails still.
    #[track_caller]
    pub(super) fn asked_again(&self, failed: &[&Answer]) -> Option<String> {
        let again = failed.iter().map(|answer| {
            let asking = answer.again(&self.doors);
            RUNTIME.block_on(asking)
        });
        let fails = again.into_iter().find(Answer::is_failure)?;
        Some(format!("it was kept: {fails:?}"))
    }

    /// What everybody sees in the end, when everything is purged once more.
    pub(super) fn last_reads(&self) -> Vec<Read> {
        RUNTIME.block_on(self.doors.purge(&self.calls));
        // The first one may come with the last stale copy.
        self.everything(Asked::Purged);
        let all = self.everything(Asked::Purged);
        all.iter().filter_map(Answer::as_read).collect()
    }

    /// Every video, at every POP, in both countries.
    fn everything(&self, asked: Asked) -> Vec<Answer> {
        let mut all = Vec::new();
        for pop in 0..POPS.len() {
            for video in 0..3 * VIDEOS {
                for country in [Country::Germany, Country::France] {
                    let path = path(&self.doors.catalog, Target::Video(video));
                    let asking = answered(&self.doors, pop, country, asked, video, path);
                    all.push(RUNTIME.block_on(asking));
                }
            }
        }
        all
    }

    /// Holds the answers to the edits and purges so far.
    pub(super) fn check(&self, answers: &[Answer], last_reads: Vec<Read>) -> Verdict {
        let evidence = Evidence {
            videos: self.histories.lock().expect("nobody panicked").clone(),
            calls: self.calls.lock().expect("nobody panicked").clone(),
            disturbed: Vec::new(),
            reads: answers.iter().filter_map(Answer::as_read).collect(),
            last_reads,
        };
        let limits = Limits {
            fill_deadline: Duration::from_millis(DEADLINE_MS.into()),
            ..LIMITS
        };
        check(&evidence, &limits)
    }
}

// === impl Doors ===

impl Doors {
    /// The POP that viewers are led to, and whether it is another one.
    pub(super) fn edge(&self, pop: usize) -> (Edge, bool) {
        let elsewhere = self.elsewhere.lock().expect("nobody panicked");
        match elsewhere.as_ref() {
            Some(edges) => {
                self.asked_elsewhere.fetch_add(1, Ordering::Relaxed);
                (edges[pop], true)
            }
            None => (self.edges[pop], false),
        }
    }

    /// Leads viewers to other POPs, or back.
    pub(super) fn lead(&self, elsewhere: Option<Vec<Edge>>) {
        if elsewhere.is_some() {
            self.asked_elsewhere.store(0, Ordering::Relaxed);
        }
        *self.elsewhere.lock().expect("nobody panicked") = elsewhere;
    }

    /// How many requests went to the last other POPs.
    pub(super) fn asked_elsewhere(&self) -> usize {
        self.asked_elsewhere.load(Ordering::Relaxed)
    }

    /// The videos that are treated so.
    pub(super) fn videos(&self, asked: Asked) -> Range<usize> {
        match asked {
            Asked::Warm | Asked::Cold => 0..VIDEOS,
            Asked::Stale => VIDEOS..2 * VIDEOS,
            Asked::Purged => 2 * VIDEOS..3 * VIDEOS,
        }
    }

    async fn purge(&self, calls: &Mutex<Vec<Call>>) {
        for (asked, is_hard) in [(Asked::Purged, true), (Asked::Stale, false)] {
            let videos: Vec<_> = self.videos(asked).collect();
            let key = |video: &usize| format!("video-id-{}", self.catalog.videos[*video]);
            let keys: Vec<_> = videos.iter().map(key).collect();
            let path = format!("/service/{SERVICE_ID}/purge");
            let mut request = Request::post(path)
                .header("fastly-key", PURGE_TOKEN)
                .header("surrogate-key", keys.join(" "));
            if !is_hard {
                request = request.header("fastly-soft-purge", "1");
            }
            let request = request.body(Full::<Bytes>::default());
            let request = request.expect("tests write valid requests");
            let arrived = self.clock.now();
            let reply = http::send(self.purge_api, request).await;
            reply.expect("it is there").assert_status(200);
            calls.lock().expect("nobody panicked").push(Call {
                arrived,
                confirmed: self.clock.now(),
                is_hard,
                videos,
            });
        }
    }
}

// === impl Purging ===

impl Purging {
    #[track_caller]
    pub(super) fn end(self) {
        self.is_over.store(true, Ordering::Relaxed);
        RUNTIME.block_on(self.purging).expect("nobody panicked");
    }
}
