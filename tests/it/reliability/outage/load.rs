//! An open loop of viewers: a request is due whether or not the last one is answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use fastrand::Rng;
use tokio::{
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep_until},
};

use super::stage::{Doors, POPS, Stage};
use crate::{
    harness::{
        geolocation::{FRENCH_VIEWER, GERMAN_VIEWER},
        http::RUNTIME,
        reply::Reply,
    },
    reliability::{
        record::{Country, Moment, Read, Seen},
        viewer::{Target, path, seen},
    },
};

/// Viewers are late by this much only where the machine has no time for anybody.
const LATE: Duration = Duration::from_millis(150);

/// What everybody was answered.
pub(super) struct Answers {
    pub(super) all: Vec<Answer>,
    /// When the machine had no time, as the viewers noticed by their own clocks.
    pub(super) stalls: Vec<(Moment, Moment)>,
}

/// Viewers, as long as it lasts.
pub(super) struct Load {
    is_over: Arc<AtomicBool>,
    asking: JoinHandle<Answers>,
}

/// What is in the cache of what a viewer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A copy, which nobody purges.
    Warm,
    /// Nothing: nobody has asked for it.
    Cold,
    /// What was left by the last soft purge.
    Stale,
    /// What was left by the last hard purge.
    Purged,
}

/// What a viewer was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Hit,
    Stale,
    /// By the origin that is asked first.
    Fill,
    /// By another one.
    NextOrigin,
    /// 502.
    BadGateway,
    /// 504.
    Timeout,
    /// 500.
    ServerError,
    /// No answer: the connection broke, or nobody spoke.
    Lost(String),
    /// Nothing that may come.
    Odd(String),
}

/// A request and its answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) asked: Asked,
    pub(super) kind: Kind,
    /// When it was due; it was sent then.
    pub(super) started: Moment,
    pub(super) ended: Moment,
    /// Whether viewers had been led to other POPs.
    pub(super) is_elsewhere: bool,
    pub(super) seen: Vec<(usize, Seen)>,
    path: String,
    video: usize,
    pop: usize,
    country: Country,
}

// === impl Load ===

impl Load {
    pub(super) fn start(stage: &Stage, every: Duration, dice: Rng) -> Self {
        let is_over = Arc::<AtomicBool>::default();
        let asking = ask_on(Arc::clone(&stage.doors), every, dice, Arc::clone(&is_over));
        Self {
            is_over,
            asking: RUNTIME.spawn(asking),
        }
    }

    /// What everybody was answered, the last ones too.
    #[track_caller]
    pub(super) fn end(self) -> Answers {
        self.is_over.store(true, Ordering::Relaxed);
        RUNTIME.block_on(self.asking).expect("nobody panicked")
    }
}

/// A request is due whether or not the last one is answered.
async fn ask_on(
    doors: Arc<Doors>,
    every: Duration,
    mut dice: Rng,
    is_over: Arc<AtomicBool>,
) -> Answers {
    let mut asking = JoinSet::new();
    let mut stalls = Vec::new();
    let mut due = Instant::now();
    while !is_over.load(Ordering::Relaxed) {
        sleep_until(due).await;
        let late = due.elapsed();
        if late > LATE {
            let now = doors.clock.now();
            stalls.push((now.saturating_sub(late), now));
        }
        due += every;
        let doors = Arc::clone(&doors);
        let dice = dice.fork();
        asking.spawn(async move { ask(&doors, dice).await });
    }
    let all = asking.join_all().await;
    Answers { all, stalls }
}

async fn ask(doors: &Doors, mut dice: Rng) -> Answer {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let asked = match dice.u8(0..10) {
        0..4 => Asked::Warm,
        4..6 => Asked::Cold,
        6..8 => Asked::Stale,
        _ => Asked::Purged,
    };
    let video = dice.usize(doors.videos(asked));
    let mut path = path(&doors.catalog, Target::Video(video));
    if asked == Asked::Cold {
        // Another configuration is another entry.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        path.push_str(&format!("?config_id=cold-{number}"));
    }
    let country = match dice.bool() {
        true => Country::Germany,
        false => Country::France,
    };
    let pop = dice.usize(0..POPS.len());
    answered(doors, pop, country, asked, video, path).await
}

/// Asks, and reads the answer.
pub(super) async fn answered(
    doors: &Doors,
    pop: usize,
    country: Country,
    asked: Asked,
    video: usize,
    path: String,
) -> Answer {
    let address = match country {
        Country::Germany => GERMAN_VIEWER,
        Country::France => FRENCH_VIEWER,
    };
    let (edge, is_elsewhere) = doors.edge(pop);
    let ask = edge.get(&path).key(&doors.catalog.key);
    let started = doors.clock.now();
    let reply = ask.viewer(address).send_async().await;
    let ended = doors.clock.now();
    let (kind, seen) = match reply {
        Err(error) => (Kind::Lost(error.to_string()), Vec::new()),
        Ok(reply) => match seen(&doors.catalog, Target::Video(video), &reply) {
            Some(seen) => (kind(&reply), seen),
            None => (failure(&reply), Vec::new()),
        },
    };
    Answer {
        asked,
        kind,
        started,
        ended,
        is_elsewhere,
        seen,
        path,
        video,
        pop,
        country,
    }
}

/// Where an answer came from, as it says.
fn kind(reply: &Reply) -> Kind {
    let header = |name: &str| {
        reply
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let is_next = header("server-timing").is_some_and(|timing| timing.contains(r#""origin-2""#));
    match header("x-cache") {
        Some("HIT") => Kind::Hit,
        Some("STALE") => Kind::Stale,
        Some("MISS") if is_next => Kind::NextOrigin,
        Some("MISS") => Kind::Fill,
        _ => Kind::Odd(reply.to_string()),
    }
}

/// An error, as the contract has it.
fn failure(reply: &Reply) -> Kind {
    let is = |status, code, subcode| reply.differs_from_error(status, code, subcode).is_ok();
    match () {
        () if is(502, "SERVER_ERROR", Some("VIDEO_RETRIEVE_FAILURE")) => Kind::BadGateway,
        () if is(504, "SERVER_TIMEOUT", None) => Kind::Timeout,
        () if is(500, "SERVER_ERROR", None) => Kind::ServerError,
        () => Kind::Odd(reply.to_string()),
    }
}

// === impl Answer ===

impl Answer {
    /// Whether the viewer got nothing of what was asked for.
    pub(super) fn is_failure(&self) -> bool {
        match self.kind {
            Kind::Hit | Kind::Stale | Kind::Fill | Kind::NextOrigin => false,
            Kind::BadGateway | Kind::Timeout | Kind::ServerError | Kind::Lost(_) | Kind::Odd(_) => {
                true
            }
        }
    }

    /// The same request once more.
    pub(super) async fn again(&self, doors: &Doors) -> Self {
        let path = self.path.clone();
        answered(doors, self.pop, self.country, self.asked, self.video, path).await
    }

    /// What it says of the video, if it is an answer.
    pub(super) fn as_read(&self) -> Option<Read> {
        (!self.is_failure()).then(|| Read {
            pop: self.pop,
            country: self.country,
            started: self.started,
            ended: self.ended,
            seen: self.seen.clone(),
        })
    }
}
