//! Viewers whom a balancer leads, and who stay where they are until the connection ends.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use fastrand::Rng;
use tokio::{
    task::{JoinHandle, JoinSet},
    time::sleep,
};

use crate::{
    harness::{
        connection::Connection, edge::Edge, geolocation::GERMAN_VIEWER, http::RUNTIME, reply::Reply,
    },
    reliability::{
        catalog::Catalog,
        scale::Scale,
        viewer::{Target, path},
    },
};

const VIEWERS: usize = 16;

/// Between two requests of one viewer, at most.
const PAUSE: Duration = Duration::from_millis(80);

/// A connection is left after so many requests, so that a POP that is new gets viewers.
const REQUESTS: u32 = 40;

/// Where a balancer leads new connections.
#[derive(Clone)]
pub(super) struct Rotation(Arc<Mutex<Vec<SocketAddr>>>);

/// Viewers, until they are told to end.
pub(super) struct Viewers {
    is_over: Arc<AtomicBool>,
    seen: Arc<Mutex<Seen>>,
    asking: JoinHandle<Vec<Answers>>,
}

/// What each POP has answered: how often, and with which videos.
type Seen = BTreeMap<SocketAddr, (usize, BTreeSet<usize>)>;

/// What viewers were answered.
#[derive(Default)]
pub(super) struct Answers {
    pub(super) right: usize,
    /// The POP had closed a connection on which nothing was going on, and a request was on its way:
    /// nobody has read it, so that any client asks again.
    pub(super) asked_again: usize,
    pub(super) failed: Vec<String>,
}

// === impl Rotation ===

impl Rotation {
    pub(super) fn of(pops: impl Iterator<Item = SocketAddr>) -> Self {
        Self(Arc::new(Mutex::new(pops.collect())))
    }

    pub(super) fn take_out(&self, pop: SocketAddr) {
        let mut pops = self.0.lock().expect("nobody panicked");
        pops.retain(|address| *address != pop);
    }

    pub(super) fn put_in(&self, pop: SocketAddr) {
        self.0.lock().expect("nobody panicked").push(pop);
    }

    /// A connection that is still to be opened.
    fn lead(&self, dice: &mut Rng) -> Connection {
        let pops = self.0.lock().expect("nobody panicked");
        Connection::to(pops[dice.usize(0..pops.len())])
    }
}

// === impl Viewers ===

impl Viewers {
    pub(super) fn start(rotation: &Rotation, catalog: &Catalog, scale: &Scale) -> Self {
        let is_over = Arc::<AtomicBool>::default();
        let seen = Arc::<Mutex<Seen>>::default();
        let targets = |video| path(catalog, Target::Video(video));
        let targets: Arc<[_]> = (0..catalog.videos.len()).map(targets).collect();
        let mut asking = JoinSet::new();
        for viewer in 0..VIEWERS {
            let viewer = Viewer {
                rotation: rotation.clone(),
                targets: Arc::clone(&targets),
                key: catalog.key.clone(),
                dice: scale.dice(viewer as u64),
                seen: Arc::clone(&seen),
                answers: Answers::default(),
            };
            asking.spawn_on(viewer.ask_on(Arc::clone(&is_over)), RUNTIME.handle());
        }
        Self {
            is_over,
            seen,
            asking: RUNTIME.spawn(asking.join_all()),
        }
    }

    /// Whether viewers have had all videos from this POP.
    pub(super) fn has_all(&self, pop: SocketAddr, videos: usize) -> bool {
        let seen = self.seen.lock().expect("nobody panicked");
        seen.get(&pop).is_some_and(|(_, seen)| seen.len() == videos)
    }

    /// How often viewers were answered by this POP.
    pub(super) fn answers_of(&self, pop: SocketAddr) -> usize {
        let seen = self.seen.lock().expect("nobody panicked");
        seen.get(&pop).map_or(0, |(answers, _)| *answers)
    }

    /// Somebody asks this POP for what it does not have.
    pub(super) fn ask_for_another(
        &self,
        catalog: &Catalog,
        pop: SocketAddr,
        configuration: &str,
    ) -> JoinHandle<io::Result<Reply>> {
        let path = path(catalog, Target::Video(0));
        let edge = Edge { address: pop };
        let ask = edge.get(&format!("{path}?config_id={configuration}"));
        let ask = ask.key(&catalog.key).viewer(GERMAN_VIEWER);
        RUNTIME.spawn(ask.send_async())
    }

    #[track_caller]
    pub(super) fn end(self) -> Answers {
        self.is_over.store(true, Ordering::Relaxed);
        let mut all = Answers::default();
        for own in RUNTIME.block_on(self.asking).expect("nobody panicked") {
            all.right += own.right;
            all.asked_again += own.asked_again;
            all.failed.extend(own.failed);
        }
        all
    }
}

/// One viewer.
struct Viewer {
    rotation: Rotation,
    targets: Arc<[String]>,
    key: String,
    dice: Rng,
    seen: Arc<Mutex<Seen>>,
    answers: Answers,
}

// === impl Viewer ===

impl Viewer {
    async fn ask_on(mut self, is_over: Arc<AtomicBool>) -> Answers {
        let mut connection = self.rotation.lead(&mut self.dice);
        let mut left = REQUESTS;
        while !is_over.load(Ordering::Relaxed) {
            if left == 0 || connection.is_closed() {
                connection = self.rotation.lead(&mut self.dice);
                left = REQUESTS;
            }
            left -= 1;
            let video = self.dice.usize(0..self.targets.len());
            let was_open = connection.is_open();
            let mut reply = self.ask(&mut connection, video).await;
            if reply.is_err() && was_open {
                self.answers.asked_again += 1;
                connection = self.rotation.lead(&mut self.dice);
                reply = self.ask(&mut connection, video).await;
            }
            self.read(reply, connection.address(), video);
            sleep(PAUSE.mul_f64(self.dice.f64())).await;
        }
        self.answers
    }

    async fn ask(&self, connection: &mut Connection, video: usize) -> io::Result<Reply> {
        let address = connection.address();
        let ask = Edge { address }.get(&self.targets[video]);
        let ask = ask.key(&self.key).viewer(GERMAN_VIEWER);
        connection.send(ask.into_request()).await
    }

    fn read(&mut self, reply: io::Result<Reply>, pop: SocketAddr, video: usize) {
        let id = self.targets[video].rsplit('/').next();
        match reply {
            Ok(reply) if reply.status == 200 && reply.json()["id"].as_str() == id => {
                self.answers.right += 1;
                let mut seen = self.seen.lock().expect("nobody panicked");
                let (answers, videos) = seen.entry(pop).or_default();
                *answers += 1;
                videos.insert(video);
            }
            Ok(reply) => self.answers.failed.push(reply.to_string()),
            Err(error) => self.answers.failed.push(format!("{pop}: {error}")),
        }
    }
}
