//! A viewer in one of the two countries, whose reads are written down.

use std::io;

use serde_json::Value;

use super::{
    catalog::Catalog,
    record::{Clock, Country, Moment, Read, Seen},
    system::System,
};
use crate::harness::{
    connection::Connection,
    edge::Edge,
    geolocation::{FRENCH_VIEWER, GERMAN_VIEWER},
    reply::Reply,
};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Video(usize),
    List(usize),
    /// All videos, in one of some orders.
    Search(usize),
}

/// What came of asking.
pub(super) enum Outcome {
    Read(Read),
    /// 502 or 504: the origin is out, or too slow.
    NoAnswer {
        started: Moment,
        ended: Moment,
    },
    /// Anything else, in words.
    Odd(String),
}

/// Each is an entry of its own.
pub(super) const SORTS: [&str; 4] = ["name", "-name", "updated_at", "-created_at"];

/// A viewer at one POP, on a connection that stays open.
pub(super) struct Viewer {
    pop: usize,
    edge: Edge,
    connection: Connection,
    clock: Clock,
}

// === impl Viewer ===

impl Viewer {
    pub(super) fn at(system: &System, pop: usize) -> Self {
        let edge = system.pop.edges[pop];
        Self {
            pop,
            edge,
            connection: Connection::to(edge.address),
            clock: system.clock,
        }
    }

    /// Asks for anything at all.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub(super) async fn ask(
        &mut self,
        path: &str,
        key: &str,
        country: Country,
    ) -> io::Result<Reply> {
        let address = match country {
            Country::Germany => GERMAN_VIEWER,
            Country::France => FRENCH_VIEWER,
        };
        let ask = self.edge.get(path).key(key).viewer(address);
        self.connection.send(ask.into_request()).await
    }

    pub(super) async fn read(
        &mut self,
        catalog: &Catalog,
        country: Country,
        target: Target,
    ) -> Outcome {
        let path = path(catalog, target);
        let started = self.clock.now();
        let reply = self.ask(&path, &catalog.key, country).await;
        let ended = self.clock.now();
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => return Outcome::Odd(format!("{target:?}: {error}")),
        };
        if [502, 504].contains(&reply.status) {
            return Outcome::NoAnswer { started, ended };
        }
        match seen(catalog, target, &reply) {
            Some(seen) => Outcome::Read(Read {
                pop: self.pop,
                country,
                started,
                ended,
                seen,
            }),
            None => Outcome::Odd(format!("{target:?}: {reply}")),
        }
    }
}

pub(super) fn path(catalog: &Catalog, target: Target) -> String {
    let what = match target {
        Target::Video(at) => format!("videos/{}", catalog.videos[at]),
        Target::List(at) => format!("playlists/{}", catalog.lists[at].0),
        Target::Search(at) => format!("videos?q=%2Bname:content&limit=100&sort={}", SORTS[at]),
    };
    format!("/playback/v1/accounts/{}/{what}", catalog.account)
}

/// What an answer says of each video that was asked for, if it is one that may come.
pub(super) fn seen(catalog: &Catalog, target: Target, reply: &Reply) -> Option<Vec<(usize, Seen)>> {
    let asked = match target {
        Target::Video(at) => vec![at],
        Target::List(at) => catalog.lists[at].1.clone(),
        Target::Search(_) => (0..catalog.videos.len()).collect(),
    };
    let body: Value = serde_json::from_slice(&reply.body).ok()?;
    let items = match (reply.status, target) {
        (200, Target::Video(_)) => vec![body],
        (200, Target::List(_) | Target::Search(_)) => body["videos"].as_array()?.clone(),
        (403, _) if body[0]["error_subcode"] == "CLIENT_GEO" => Vec::new(),
        (404, Target::Video(_))
            if catalog.deletes && body[0]["error_code"] == "VIDEO_NOT_FOUND" =>
        {
            Vec::new()
        }
        _ => return None,
    };
    let mut seen: Vec<_> = asked.iter().map(|at| (*at, Seen::Refused)).collect();
    for item in &items {
        let number = catalog.number(&item["id"])?;
        let entry = seen.iter_mut().find(|(at, _)| *at == number)?;
        let rights = version(&item["description"], "rights ")?;
        let content = version(&item["name"], "content ")?;
        entry.1 = Seen::Video { rights, content };
    }
    Some(seen)
}

fn version(label: &Value, prefix: &str) -> Option<u32> {
    label.as_str()?.strip_prefix(prefix)?.parse().ok()
}
