//! The parts, together: origins that can crash, their purger beside them, three POPs, and what stands
//! on the ways between them.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tempfile::TempDir;

use super::{
    catalog::Catalog,
    purger::{Purger, PurgerPlan},
    purges::{Passed, Purges},
    record::{Call, Clock, Evidence, History},
    serving::Serving,
};
use crate::harness::{
    gate::Gate,
    geolocation::Geolocation,
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
    /// How many, on one database. The POPs ask the first, and where it fails the next.
    pub(super) origins: usize,
    /// Whether videos are deleted, too, and made again.
    pub(super) deletes: bool,
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
    /// On the way from the POPs to the first origin.
    pub(super) fills: Gate,
    /// On the ways to the others.
    pub(super) other_fills: Vec<Gate>,
    /// On the way from the purger to the purge API.
    pub(super) purges: Purges,
    pub(super) catalog: Catalog,
    /// The first.
    pub(super) origin: SocketAddr,
    pub(super) origins: Vec<Serving>,
    /// Edits that were sent and not answered yet.
    pub(super) in_flight: AtomicUsize,
    /// Whether all but the last origin live on from now on, and the purger does.
    pub(super) spares: AtomicBool,
    /// Last, so that it is removed after the processes that write into it have ended.
    folder: TempDir,
}

// === impl Plan ===

impl Plan {
    /// A system that works.
    pub(super) fn of(videos: usize) -> Self {
        Self {
            pops: &POPS,
            videos,
            videos_a_list: videos.min(6),
            origins: 1,
            deletes: false,
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
        let purges = Purges::start(clock);
        let serving =
            |at: usize| Serving::start(folder.path().join(format!("origin-{at}")), &database);
        let origins: Vec<_> = (0..plan.origins).map(serving).collect();
        let mut gates = origins.iter().map(|origin| {
            let gate = Gate::start();
            gate.lead_to(origin.address);
            gate
        });
        let fills = gates.next().expect("there is an origin");
        let other_fills: Vec<_> = gates.collect();
        let ways: Vec<_> = [&fills]
            .into_iter()
            .chain(&other_fills)
            .map(|gate| gate.address)
            .collect();
        let pop = Pop::start(
            folder.path(),
            &PopPlan {
                names: plan.pops,
                origins: &ways,
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
        let catalog = origins[0].with(|origin| Catalog::write(origin, plan));
        Self {
            clock,
            purger,
            pop,
            fills,
            other_fills,
            purges,
            catalog,
            origin: origins[0].address,
            origins,
            in_flight: AtomicUsize::new(0),
            spares: AtomicBool::new(false),
            folder,
        }
    }

    /// Kills an origin in the middle of whatever it does, each in its turn, and starts it again on its
    /// database and port. Blocks until it is ready.
    #[track_caller]
    pub(super) fn crash_origin(&self) {
        let last = self.origins.len() - 1;
        let victim = match self.spares.load(Ordering::Relaxed) {
            true => last,
            false => self.origin_crashes() as usize % self.origins.len(),
        };
        self.origins[victim].crash();
    }

    /// How many times an origin was killed; fails if once one did not get up again.
    #[track_caller]
    pub(super) fn origin_crashes(&self) -> u32 {
        self.origins.iter().map(Serving::crashes).sum()
    }

    /// The ways from the POPs to the origins.
    pub(super) fn gates(&self) -> impl Iterator<Item = &Gate> {
        [&self.fills].into_iter().chain(&self.other_fills)
    }

    /// How many requests of the POPs an origin has answered.
    pub(super) fn origin_calls(&self) -> u64 {
        self.gates().map(|gate| gate.passed("") as u64).sum()
    }

    /// Where the processes write.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
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
