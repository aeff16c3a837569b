use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use fastrand::Rng;
use tokio::{task::JoinSet, time::sleep};

use super::super::{
    record::Country,
    scale::Scale,
    staleness::{Over, Readers},
    system::System,
    viewer::{Outcome, SORTS, Target, Viewer},
};
use crate::harness::{http::RUNTIME, reply::Reply};

const VIEWERS: usize = 24;

/// Between two requests of one viewer, at most.
const PAUSE: Duration = Duration::from_millis(100);

/// Videos that are not there, and are asked for all the same: so many, for ever the same, since a
/// local POP keeps a place for every key that it was ever asked for.
pub(super) const UNKNOWN: u64 = 100;

/// All viewers, at work.
pub(in crate::reliability) struct Crowd {
    asking: JoinSet<Answers>,
    asks: Arc<AtomicU64>,
}

/// What they were answered.
#[derive(Default)]
pub(in crate::reliability) struct Answers {
    pub(in crate::reliability) readers: Readers,
    pub(super) searches: u64,
    pub(super) unknown: u64,
    pub(super) bad_keys: u64,
}

/// Where a video would be that is not there.
pub(super) fn unknown(system: &System, number: u64) -> String {
    let account = &system.catalog.account;
    format!(
        "/playback/v1/accounts/{account}/videos/{}",
        99_000_000 + number
    )
}

// === impl Crowd ===

impl Crowd {
    pub(in crate::reliability) fn start(system: &Arc<System>, scale: &Scale, over: &Over) -> Self {
        let asks = Arc::new(AtomicU64::new(0));
        let mut asking = JoinSet::new();
        for viewer in 0..VIEWERS {
            let asking_on = ask(
                Arc::clone(system),
                viewer,
                scale.dice(1_000 + viewer as u64),
                over.clone(),
                Arc::clone(&asks),
            );
            asking.spawn_on(asking_on, RUNTIME.handle());
        }
        Self { asking, asks }
    }

    /// How often they have asked.
    pub(super) fn asks(&self) -> u64 {
        self.asks.load(Ordering::Relaxed)
    }

    /// Waits for the last answers, after everybody was told that it is over.
    pub(in crate::reliability) fn end(self) -> Answers {
        let mut all = Answers::default();
        for own in RUNTIME.block_on(self.asking.join_all()) {
            all.readers.add(own.readers);
            all.searches += own.searches;
            all.unknown += own.unknown;
            all.bad_keys += own.bad_keys;
        }
        all
    }
}

/// One viewer's requests.
async fn ask(
    system: Arc<System>,
    number: usize,
    mut dice: Rng,
    over: Over,
    asks: Arc<AtomicU64>,
) -> Answers {
    let mut own = Answers::default();
    let mut viewer = Viewer::at(&system, number % system.pop.edges.len());
    let catalog = &system.catalog;
    while !over.is_told() {
        let country = match dice.bool() {
            true => Country::Germany,
            false => Country::France,
        };
        let target = match dice.u8(0..20) {
            0 => {
                let path = unknown(&system, dice.u64(0..UNKNOWN));
                own.ask_for_nothing(&system, &mut viewer, &path).await;
                None
            }
            1 => {
                let key: String = (0..48).map(|_| dice.alphanumeric()).collect();
                let path = unknown(&system, dice.u64(0..UNKNOWN));
                let reply = viewer.ask(&path, &key, country).await;
                own.bad_keys += 1;
                own.expect(reply, 401, "INVALID_POLICY_KEY");
                None
            }
            2 => {
                own.searches += 1;
                Some(Target::Search(dice.usize(0..SORTS.len())))
            }
            3..=5 => Some(Target::List(dice.usize(0..catalog.lists.len()))),
            _ => Some(Target::Video(dice.usize(0..catalog.videos.len()))),
        };
        if let Some(target) = target {
            own.readers
                .count(viewer.read(catalog, country, target).await);
        }
        asks.fetch_add(1, Ordering::Relaxed);
        sleep(PAUSE.mul_f64(dice.f64())).await;
    }
    own
}

// === impl Answers ===

impl Answers {
    async fn ask_for_nothing(&mut self, system: &System, viewer: &mut Viewer, path: &str) {
        let started = system.clock.now();
        let reply = viewer
            .ask(path, &system.catalog.key, Country::Germany)
            .await;
        self.unknown += 1;
        match reply {
            Ok(reply) if [502, 504].contains(&reply.status) => {
                let ended = system.clock.now();
                self.readers.count(Outcome::NoAnswer { started, ended });
            }
            reply => self.expect(reply, 404, "VIDEO_NOT_FOUND"),
        }
    }

    fn expect(&mut self, reply: std::io::Result<Reply>, status: u16, code: &str) {
        let odd = match reply {
            Ok(reply) if reply.status == status && reply.json()[0]["error_code"] == code => return,
            Ok(reply) => reply.to_string(),
            Err(error) => error.to_string(),
        };
        self.readers.count(Outcome::Odd(odd));
    }
}
