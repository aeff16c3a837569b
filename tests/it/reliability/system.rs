//! The parts, together: an origin that can crash, its purger beside it, three POPs, and what stands
//! on the ways between them.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, atomic::AtomicUsize},
};

use tempfile::TempDir;

use super::{
    catalog::Catalog,
    purger::{Purger, PurgerPlan},
    purges::{Passed, Purges},
    record::{Call, Clock, Evidence, History},
};
use crate::harness::{
    gate::Gate,
    geolocation::Geolocation,
    local::SERVICE_ID,
    origin::{self, Origin},
    pop::{Pop, PopPlan},
    world,
};

pub(super) const POPS: [&str; 3] = ["fra", "nrt", "iad"];

/// The edge's deadline for a fill, where a test does not choose its own.
pub(super) const FILL_DEADLINE_MS: u32 = 2_500;

/// What a system is like.
pub(super) struct Plan {
    pub(super) pops: &'static [&'static str],
    pub(super) videos: usize,
    pub(super) videos_a_list: usize,
    /// The edge's.
    pub(super) fill_deadline_ms: u32,
    /// What the purger believes that to be.
    pub(super) purger_deadline_ms: u32,
    /// Whether the purger forgets how far it was when it is killed.
    pub(super) forgets: bool,
}

/// A running system with one account.
pub(super) struct System {
    pub(super) clock: Clock,
    pub(super) purger: Arc<Purger>,
    pub(super) pop: Pop,
    /// On the way from the POPs to the origin.
    pub(super) fills: Gate,
    /// On the way from the purger to the purge API.
    pub(super) purges: Purges,
    pub(super) catalog: Catalog,
    pub(super) origin: SocketAddr,
    /// Edits that were sent and not answered yet.
    pub(super) in_flight: AtomicUsize,
    running: Mutex<Running>,
    database: PathBuf,
    /// Last, so that it is removed after the processes that write into it have ended.
    folder: TempDir,
}

struct Running {
    /// Nothing between two lives.
    origin: Option<Origin>,
    lives: u32,
}

// === impl Plan ===

impl Plan {
    /// A system that works.
    pub(super) fn of(videos: usize) -> Self {
        Self {
            pops: &POPS,
            videos,
            videos_a_list: videos.min(6),
            fill_deadline_ms: FILL_DEADLINE_MS,
            purger_deadline_ms: FILL_DEADLINE_MS,
            forgets: false,
        }
    }
}

// === impl System ===

impl System {
    #[track_caller]
    pub(super) fn start(plan: &Plan) -> Self {
        let clock = Clock::start();
        let folder = world::folder();
        let database = folder.path().join("origin.db");
        let (fills, purges) = (Gate::start(), Purges::start(clock));
        let origin = serve(&folder, &database, "127.0.0.1:0", 0);
        fills.lead_to(origin.address);
        let pop = Pop::start(
            folder.path(),
            &PopPlan {
                names: plan.pops,
                origins: &[fills.address],
                fill_deadline_ms: plan.fill_deadline_ms,
                stale_s: world::A_DAY,
                geolocation: Geolocation::Scenarios,
                overlay: "edge",
                settings: &[],
            },
        );
        let purger = Arc::new(Purger::start(PurgerPlan {
            folder: folder.path().to_owned(),
            database: database.clone(),
            purge_api: purges.address,
            fill_deadline_ms: plan.purger_deadline_ms,
            forgets: plan.forgets,
        }));
        purges.join(Arc::clone(&purger), pop.purge_api);
        let catalog = Catalog::write(&origin, plan.videos, plan.videos_a_list);
        Self {
            clock,
            purger,
            pop,
            fills,
            purges,
            catalog,
            origin: origin.address,
            in_flight: AtomicUsize::new(0),
            running: Mutex::new(Running {
                origin: Some(origin),
                lives: 1,
            }),
            database,
            folder,
        }
    }

    /// Kills the origin in the middle of whatever it does, and starts it again on its database and
    /// port. Blocks until it is ready.
    #[track_caller]
    pub(super) fn crash_origin(&self) {
        let mut running = self.running.lock().expect("it got up again every time");
        // Dropped is killed.
        drop(running.origin.take());
        let address = self.origin.to_string();
        let origin = serve(&self.folder, &self.database, &address, running.lives);
        running.origin = Some(origin);
        running.lives += 1;
    }

    /// How many times the origin was killed; fails if once it did not get up again.
    #[track_caller]
    pub(super) fn origin_crashes(&self) -> u32 {
        let running = self.running.lock().expect("it got up again every time");
        running.lives - 1
    }

    /// The video's surrogate key.
    pub(super) fn video_key(&self, video: usize) -> String {
        format!("video-id-{}", self.catalog.videos[video])
    }

    /// What the fills of the video have in their target, and those of lists have not.
    pub(super) fn fill_label(&self, video: usize) -> String {
        format!("/videos/{}", self.catalog.videos[video])
    }

    /// What was seen of the purger, beside what editors did.
    pub(super) fn evidence(&self, videos: Vec<History>) -> Evidence {
        let keys: Vec<_> = (0..videos.len()).map(|at| self.video_key(at)).collect();
        let seen = self.purges.seen();
        let call = |passed: Passed| Call {
            arrived: passed.arrived,
            confirmed: passed.confirmed,
            is_hard: passed.is_hard,
            videos: (0..keys.len())
                .filter(|video| passed.keys.contains(&keys[*video]))
                .collect(),
        };
        Evidence {
            videos,
            calls: seen.passed.into_iter().map(call).collect(),
            disturbed: seen.disturbed,
            ..Evidence::default()
        }
    }
}

#[track_caller]
fn serve(folder: &TempDir, database: &std::path::Path, listen: &str, life: u32) -> Origin {
    let mut command = origin::serve(database, listen);
    command.args(["--purger", "apart", "--service-id", SERVICE_ID]);
    Origin::run(
        &mut command,
        folder.path().join(format!("origin-{life}.log")),
    )
}
