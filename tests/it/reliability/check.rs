//! Whether what viewers were answered can be squared with the edits and their purges.
//!
//! An answer may be made of any version from a floor up to the newest that was asked for before the
//! answer ended. The floor is the newest version whose second purge was over before the viewer
//! asked. Nothing here knows the purger: only what it was seen to do.

/// From when on a version's predecessors may no longer be served.
mod floor;
mod verdict;

#[cfg(test)]
mod tests;

use std::time::Duration;

use super::record::{Evidence, History, Moment, Read, Seen, Version};
use floor::Floors;
pub(super) use floor::Why;
use verdict::Finding;
pub(super) use verdict::{Verdict, Wrong};

/// How much is allowed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How long the edge lets a fill take.
    pub(super) fill_deadline: Duration,
    /// A call this much later than commit and deadline has reached every late fill: less than the
    /// product's own margin, more than a store takes after the edge has looked at its clock.
    pub(super) store: Duration,
    /// Between the purge API's confirmation and the last POP.
    pub(super) spread: Duration,
    /// How much later than first purge and fill deadline an undisturbed second purge may be.
    pub(super) second_purge: Duration,
    /// How long after the commit a second purge may be over, whatever is in its way: faults that
    /// end, and a purger that begins anew when it is killed.
    pub(super) at_all: Duration,
}

/// Holds every answer to the edits.
pub(super) fn check(evidence: &Evidence, limits: &Limits) -> Verdict {
    let floors = Floors::of(evidence, limits);
    let mut verdict = Verdict {
        settled: floors.settled(),
        ..Verdict::default()
    };
    for read in &evidence.reads {
        for (video, seen) in &read.seen {
            verdict.judged += 1;
            let judge = Judge {
                history: &evidence.videos[*video],
                floors: &floors,
                video: *video,
                read,
                seen: *seen,
            };
            if let Some(wrong) = judge.wrong() {
                verdict.find(Finding::new(read, *video, *seen, wrong));
            } else if let Some(late) = judge.late() {
                verdict.late_fills += 1;
                verdict.latest = verdict.latest.max(late);
            }
        }
    }
    for read in &evidence.last_reads {
        for (video, seen) in &read.seen {
            let want = last(&evidence.videos[*video], read);
            if *seen != want {
                let wrong = Wrong::NeverVisible { want };
                verdict.find(Finding::new(read, *video, *seen, wrong));
            }
        }
    }
    verdict
}

/// What has to be seen when everything has come to rest.
fn last(history: &History, read: &Read) -> Seen {
    let (rights, content) = (&history.rights, &history.content);
    let rights = rights[rights.len() - 1];
    match rights.says.has(read.country) {
        true => Seen::Video {
            rights: rights.number,
            content: content[content.len() - 1].number,
        },
        false => Seen::Refused,
    }
}

/// One answer about one video.
struct Judge<'a> {
    history: &'a History,
    floors: &'a Floors,
    video: usize,
    read: &'a Read,
    seen: Seen,
}

// === impl Judge ===

impl Judge<'_> {
    /// What is wrong with it, if anything.
    fn wrong(&self) -> Option<Wrong> {
        let rights = &self.history.rights;
        let floor = self.floors.at(self.video, self.read.started);
        let below = || Wrong::Old {
            floor: rights[floor].number,
            why: self.floors.why(self.video, floor, self.read.started),
        };
        match self.seen {
            Seen::Video {
                rights: number,
                content,
            } => {
                let Some(index) = position(rights, number) else {
                    return Some(Wrong::NoSuchVersion);
                };
                let is_content_there = position(&self.history.content, content)
                    .is_some_and(|at| at < asked_for(&self.history.content, self.read.ended));
                if index >= self.ceiling() || !is_content_there {
                    Some(Wrong::FromTheFuture)
                } else if !rights[index].says.has(self.read.country) {
                    Some(Wrong::LetIn)
                } else {
                    (index < floor).then(below)
                }
            }
            Seen::Refused => {
                let newest = self.newest_that_refuses();
                match newest {
                    Some(index) if index >= floor => None,
                    Some(_) => Some(below()),
                    None => Some(Wrong::NoReason),
                }
            }
        }
    }

    /// How long after the first purge of its successor the version that was seen was served, if that
    /// is how it was: a fill came late.
    fn late(&self) -> Option<Duration> {
        let index = match self.seen {
            Seen::Video { rights, .. } => position(&self.history.rights, rights),
            Seen::Refused => self.newest_that_refuses(),
        };
        let first = self.floors.first_purge(self.video, index? + 1)?;
        self.read.started.checked_sub(first)
    }

    /// The first version that was asked for too late to be seen.
    fn ceiling(&self) -> usize {
        asked_for(&self.history.rights, self.read.ended)
    }

    fn newest_that_refuses(&self) -> Option<usize> {
        let known = &self.history.rights[..self.ceiling()];
        known
            .iter()
            .rposition(|version| !version.says.has(self.read.country))
    }
}

fn position<T>(versions: &[Version<T>], number: u32) -> Option<usize> {
    versions
        .binary_search_by_key(&number, |version| version.number)
        .ok()
}

/// How many of the versions had been asked for by then.
fn asked_for<T>(versions: &[Version<T>], moment: Moment) -> usize {
    versions.partition_point(|version| version.started <= moment)
}
