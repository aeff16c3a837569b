//! A system at rest with a video that everybody may see, and a checker's view of what is done to it.

use std::{sync::Arc, time::Duration};

use fastrand::Rng;

use super::super::{
    check::{Limits, Verdict, check},
    editor::Editor,
    record::{Audience, Country, Evidence, Moment, Read, Seen},
    staleness::{self, LIMITS},
    system::{Plan, System},
    viewer::{Outcome, Target, Viewer},
};
use crate::harness::{eventually::eventually, http::RUNTIME};

/// The video of every arrangement.
pub(super) const VIDEO: usize = 0;

/// A system at rest, what is done to it, and what is seen meanwhile.
pub(super) struct Arrangement {
    pub(super) system: Arc<System>,
    pub(super) editor: Editor,
    pub(super) limits: Limits,
    reads: Vec<Read>,
}

// === impl Arrangement ===

impl Arrangement {
    pub(super) fn of(plan: &Plan) -> Self {
        let system = Arc::new(System::start(plan));
        staleness::come_to_rest(&system);
        let videos: Vec<_> = (0..plan.videos).collect();
        let limits = Limits {
            fill_deadline: Duration::from_millis(plan.fill_deadline_ms.into()),
            ..LIMITS
        };
        Self {
            editor: Editor::new(&system, Rng::with_seed(1), &videos),
            system,
            limits,
            reads: Vec::new(),
        }
    }

    /// The edit of every arrangement. Answers when it was asked for.
    pub(super) fn take_from_the_french(&mut self) -> Moment {
        let started = self.system.clock.now();
        RUNTIME.block_on(self.editor.edit_rights(VIDEO, Audience::GERMANS));
        started
    }

    /// Waits for a hard call for the video after this moment, and answers when it was confirmed.
    pub(super) fn next_hard_purge(&self, after: Moment) -> Moment {
        self.next_hard_purge_of(VIDEO, after)
    }

    pub(super) fn next_hard_purge_of(&self, video: usize, after: Moment) -> Moment {
        let key = self.system.video_key(video);
        let passed = eventually("a hard purge comes", || {
            self.system.purges.first_hard(&key, after)
        });
        passed.confirmed
    }

    /// Leaves a copy of the old rights in the cache.
    pub(super) fn copy(&mut self) {
        eventually("a copy is there", || {
            self.read(0);
            self.reads
                .last()
                .filter(|read| is_old_video(read))
                .map(drop)
        });
    }

    /// A French viewer asks. No answer is no evidence.
    pub(super) fn read(&mut self, pop: usize) {
        let outcome = RUNTIME.block_on(ask(&self.system, pop));
        self.reads.extend(read(outcome));
    }

    pub(super) fn verdict(self, last_reads: Vec<Read>) -> Verdict {
        let mut histories: Vec<_> = self.editor.into_histories().collect();
        histories.sort_by_key(|(video, _)| *video);
        let histories = histories.into_iter().map(|(_, history)| history);
        let evidence = Evidence {
            reads: self.reads,
            last_reads,
            ..self.system.evidence(histories.collect())
        };
        check(&evidence, &self.limits)
    }
}

/// A French viewer asks.
pub(super) async fn ask(system: &System, pop: usize) -> Outcome {
    let mut viewer = Viewer::at(system, pop);
    viewer
        .read(&system.catalog, Country::France, Target::Video(VIDEO))
        .await
}

/// What was read, if there was an answer.
pub(super) fn read(outcome: Outcome) -> Option<Read> {
    match outcome {
        Outcome::Read(read) => Some(read),
        Outcome::NoAnswer { .. } => None,
        Outcome::Odd(text) => panic!("{text}"),
    }
}

/// Whether it is the video as it was before any edit.
pub(super) fn is_old_video(read: &Read) -> bool {
    matches!(read.seen[..], [(VIDEO, Seen::Video { rights: 0, .. })])
}
