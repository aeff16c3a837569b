//! An editor: writes into the CMS, and finds out what became of an edit whose answer was lost.

/// Videos that are deleted, and made again.
mod existence;
/// A database that goes back to a moment.
mod restored;

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use fastrand::Rng;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    catalog::{content_label, rights_label, rules},
    record::{Audience, History, Moment, Version},
    system::System,
};
use crate::harness::{connection::Connection, origin::cms_request, reply::Reply};

/// The only one who edits these videos.
pub(super) struct Editor {
    system: Arc<System>,
    dice: Rng,
    connection: Connection,
    videos: Vec<Own>,
    /// Whether this one deletes videos, too.
    deletes: bool,
    pub(super) lost: Lost,
}

/// A video and what it has been.
struct Own {
    video: usize,
    history: History,
    /// The highest number that was tried; some edits never happen.
    rights: u32,
    content: u32,
    is_deleted: bool,
    /// The versions that were deletions.
    deletions: Vec<u32>,
}

/// Edits without an answer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lost {
    pub(super) happened: u32,
    pub(super) never_happened: u32,
}

/// What became of an edit.
enum Became {
    Committed,
    /// Its answer was lost, and it is in the record all the same.
    FoundCommitted,
    /// Its answer was lost, and so was the edit.
    Nothing,
}

// === impl Editor ===

impl Editor {
    pub(super) fn new(system: &Arc<System>, dice: Rng, videos: &[usize]) -> Self {
        let own = |video: &usize| Own {
            video: *video,
            history: History::new(),
            rights: 0,
            content: 0,
            is_deleted: false,
            deletions: Vec::new(),
        };
        Self {
            system: Arc::clone(system),
            dice,
            connection: Connection::to(system.origin),
            videos: videos.iter().map(own).collect(),
            deletes: system.catalog.deletes,
            lost: Lost::default(),
        }
    }

    /// Edits by way of this origin.
    pub(super) fn by_way_of(mut self, origin: SocketAddr) -> Self {
        self.connection = Connection::to(origin);
        self
    }

    /// One edit by the dice: the first videos are edited much more often than the last, which have
    /// time to settle.
    pub(super) async fn edit(&mut self) {
        let mut at = 0;
        while at + 1 < self.videos.len() && self.dice.u8(0..3) == 0 {
            at += 1;
        }
        if self.videos[at].is_deleted {
            self.make_again(at).await;
        } else if self.deletes && self.dice.u8(0..8) == 0 {
            self.delete(at).await;
        } else if self.dice.u8(0..4) == 0 {
            self.edit_content(at).await;
        } else {
            let now = self.audience(at);
            // Another one: rights that stay as they are would not be an edit of rights.
            let others: Vec<_> = Audience::ALL.into_iter().filter(|a| *a != now).collect();
            let audience = others[self.dice.usize(0..others.len())];
            self.edit_rights(at, audience).await;
        }
    }

    /// By this an editor is known.
    pub(super) fn first_video(&self) -> Option<usize> {
        self.videos.first().map(|own| own.video)
    }

    /// Who may see one of this editor's videos now.
    pub(super) fn audience(&self, at: usize) -> Audience {
        let rights = &self.videos[at].history.rights;
        rights[rights.len() - 1].says
    }

    /// The number of the next version of a video's rights.
    pub(super) fn next_rights(&self, at: usize) -> u32 {
        self.videos[at].rights + 1
    }

    /// Gives one of this editor's videos to this audience.
    pub(super) async fn edit_rights(&mut self, at: usize, audience: Audience) {
        let number = self.next_rights(at);
        self.videos[at].rights = number;
        let label = rights_label(number);
        let body = json!({ "rules": rules(audience), "description": label });
        let is_there = |shown: &Reply| shown.json()["description"] == label;
        let written = self.write(at, "PATCH", Some(&body), is_there).await;
        if let Some(written) = written {
            self.note_rights(at, Version::of(number, audience, written));
        }
    }

    pub(super) async fn edit_content(&mut self, at: usize) {
        self.videos[at].content += 1;
        let number = self.videos[at].content;
        let label = content_label(number);
        let body = json!({ "name": label });
        let is_there = |shown: &Reply| shown.json()["name"] == label;
        let written = self.write(at, "PATCH", Some(&body), is_there).await;
        if let Some(written) = written {
            let version = Version::of(number, (), written);
            self.videos[at].history.content.push(version);
        }
    }

    fn note_rights(&mut self, at: usize, version: Version<Audience>) {
        self.videos[at].history.rights.push(version);
    }

    /// What the videos have been, by their numbers.
    pub(super) fn into_histories(self) -> impl Iterator<Item = (usize, History)> {
        self.videos.into_iter().map(|own| (own.video, own.history))
    }

    /// When the edit was asked for, and by when it had been committed; nothing if it never happened,
    /// which what the record shows tells where the answer was lost.
    async fn write(
        &mut self,
        at: usize,
        method: &str,
        body: Option<&Value>,
        is_there: impl Fn(&Reply) -> bool,
    ) -> Option<(Moment, Moment)> {
        let record = self.system.catalog.record(self.videos[at].video);
        let clock = self.system.clock;
        let started = clock.now();
        let request = cms_request(method, &record, body);
        self.system.in_flight.fetch_add(1, Ordering::Relaxed);
        let answered = self.connection.send(request).await;
        self.system.in_flight.fetch_sub(1, Ordering::Relaxed);
        let became = match answered {
            Ok(reply) if (200..300).contains(&reply.status) => Became::Committed,
            Ok(reply) if reply.status < 500 => panic!("an edit was refused: {reply}"),
            Ok(_) | Err(_) => self.look(&record, is_there).await,
        };
        match became {
            Became::Committed => {}
            Became::FoundCommitted => self.lost.happened += 1,
            Became::Nothing => {
                self.lost.never_happened += 1;
                return None;
            }
        }
        Some((started, clock.now()))
    }

    /// Looks at the record until the origin is there to show it.
    async fn look(&mut self, record: &str, is_there: impl Fn(&Reply) -> bool) -> Became {
        loop {
            let shown = self.connection.send(cms_request("GET", record, None)).await;
            match shown {
                Ok(reply) if [200, 404].contains(&reply.status) => {
                    return match is_there(&reply) {
                        true => Became::FoundCommitted,
                        false => Became::Nothing,
                    };
                }
                Ok(_) | Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
    }
}
