//! Viewers and editors, each when it is time, whether or not the others have been answered.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use http_body_util::Full;
use hyper::{Request, body::Bytes};
use playback_world::small::{Line, Small};
use serde_json::json;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use super::{
    parts::Parts,
    stalls::{Heartbeat, Stalls},
};
use crate::harness::{
    connection::Connection,
    edge::Edge,
    http::{self, RUNTIME},
    origin::cms_request,
};

/// Before the first one is due, everybody gets ready.
const LEAD: Duration = Duration::from_millis(300);

/// Connections that are open at each POP before it begins.
const WARM: usize = 12;

/// What a viewer was answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    /// The line of the trace.
    pub(super) line: usize,
    pub(super) pop: usize,
    pub(super) is_hit: bool,
    /// Whether the viewer may watch.
    pub(super) is_allowed: bool,
    /// From the request, on an open connection, until the answer's head was read.
    pub(super) first_byte: Duration,
    /// Whether the machine had no time meanwhile.
    pub(super) is_stalled: bool,
}

/// Connections to one POP; who finds none opens another.
pub(super) struct Door {
    edge: Edge,
    free: Mutex<Vec<Connection>>,
}

/// What is said of a video, and when it was.
pub(super) struct Said {
    asked: Instant,
    pub(super) is_hit: bool,
    pub(super) is_allowed: bool,
    pub(super) first_byte: Duration,
}

// === impl Door ===

impl Door {
    pub(super) fn at(address: SocketAddr) -> Arc<Self> {
        Arc::new(Self {
            edge: Edge { address },
            free: Mutex::default(),
        })
    }

    async fn open(&self) {
        for _ in 0..WARM {
            let mut connection = Connection::to(self.edge.address);
            connection.open().await.expect("the POP takes everybody");
            self.give_back(connection);
        }
    }

    fn give_back(&self, connection: Connection) {
        let mut free = self.free.lock().expect("nobody panicked");
        free.push(connection);
    }

    /// Asks for a video.
    ///
    /// # Panics
    ///
    /// When the answer is neither the video nor the refusal of it.
    pub(super) async fn ask(&self, account: &str, video: &str, viewer: IpAddr, key: &str) -> Said {
        let path = format!("/playback/v1/accounts/{account}/videos/{video}");
        let ask = self.edge.get(&path).key(key).viewer(&viewer.to_string());
        let free = self.free.lock().expect("nobody panicked").pop();
        let mut connection = free.unwrap_or_else(|| Connection::to(self.edge.address));
        // So that nothing but the exchange is timed.
        connection.open().await.expect("the POP takes everybody");
        let asked = Instant::now();
        let (reply, first_byte) = connection
            .send_timed(ask.into_request())
            .await
            .unwrap_or_else(|error| panic!("no answer about `{video}`: {error}"));
        self.give_back(connection);
        let is_hit = match reply.header("x-cache") {
            Some("HIT") => true,
            Some("MISS") => false,
            _ => panic!("it is told where an answer comes from: {reply}"),
        };
        let is_allowed = reply.status == 200;
        if !is_allowed {
            reply.assert_error(403, "ACCESS_DENIED", Some("CLIENT_GEO"));
        }
        Said {
            asked,
            is_hit,
            is_allowed,
            first_byte,
        }
    }
}

/// Every line at its time. The answers are in the order of their lines.
pub(super) fn replay(parts: &Parts, small: &Small, trace: &[Line], key: &str) -> Vec<Answer> {
    let doors: Vec<_> = parts.doors.iter().map(|door| Door::at(*door)).collect();
    let cms = parts.origin.address;
    let heartbeat = Heartbeat::start();
    let replaying = async {
        for door in &doors {
            door.open().await;
        }
        let start = Instant::now() + LEAD;
        let (mut asking, mut editing) = (JoinSet::new(), JoinSet::new());
        for (line, what) in trace.iter().enumerate() {
            let due = start + Duration::from_secs_f64(what.at_ms() / 1_000.0);
            match what.clone() {
                Line::Request {
                    pop,
                    video,
                    account,
                    viewer,
                    ..
                } => {
                    let (door, key) = (Arc::clone(&doors[pop]), key.to_owned());
                    asking.spawn(async move {
                        sleep_until(due).await;
                        (line, pop, door.ask(&account, &video, viewer, &key).await)
                    });
                }
                Line::Edit { edit, .. } => {
                    let edit = edit_request(small, &edit, line);
                    editing.spawn(async move {
                        sleep_until(due).await;
                        http::send(cms, edit).await
                    });
                }
            }
        }
        let edited: io::Result<Vec<_>> = editing.join_all().await.into_iter().collect();
        for reply in edited.expect("the CMS answers") {
            reply.assert_status(200);
        }
        asking.join_all().await
    };
    let mut said = RUNTIME.block_on(replaying);
    let stalls = heartbeat.stop();
    said.sort_by_key(|(line, ..)| *line);
    let said = said.iter();
    said.map(|(line, pop, said)| Answer::of(*line, *pop, said, &stalls))
        .collect()
}

/// An edit of rights that changes nobody's, and yet has to reach every cache.
pub(super) fn edit_request(small: &Small, video: &str, number: usize) -> Request<Full<Bytes>> {
    let account = &small.catalog.account;
    let rules = rules(small, video);
    // Until some day in 2100.
    let until = 4_102_444_800 + number;
    let body = json!({ "rules": format!("{rules}, until=@{until}") });
    let record = format!("/v1/accounts/{account}/videos/{video}");
    cms_request("PATCH", &record, Some(&body))
}

/// A video's rules; the numbers are the model's.
pub(super) fn rules<'s>(small: &'s Small, video: &str) -> &'s str {
    small.rules(video.parse().expect("the model numbers its videos"))
}

// === impl Answer ===

impl Answer {
    pub(super) fn of(line: usize, pop: usize, said: &Said, stalls: &Stalls) -> Self {
        let asked = said.asked.into_std();
        Self {
            line,
            pop,
            is_hit: said.is_hit,
            is_allowed: said.is_allowed,
            first_byte: said.first_byte,
            is_stalled: stalls.touch(asked, asked + said.first_byte),
        }
    }
}
