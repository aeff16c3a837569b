use std::{
    mem,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use fastrand::Rng;
use tokio::task::JoinSet;

use super::{
    super::{
        check::{Verdict, check},
        editor::Editor,
        record::{Audience, Evidence, History, Moment, Read, Seen},
        scale::Scale,
        soak::Crowd,
        staleness::{self, LIMITS, Over},
        system::System,
    },
    backups::Backups,
    outcome::Outcome,
};
use crate::harness::http::RUNTIME;

/// Edits before the accident, and after everything is as it was: at least so long.
const BEFORE: Duration = Duration::from_secs(5);
const AFTER: Duration = Duration::from_secs(3);

/// How many milliseconds before the accident is the moment that everything goes back to: long enough
/// for some edits, and after the first of them.
const BACK_MS: Range<u64> = 500..3_500;

/// One accident.
pub(super) struct Round<'a> {
    system: &'a Arc<System>,
    scale: &'a Scale,
    dice: Rng,
    number: usize,
    /// Whether everything is purged and cached again before it.
    is_calm: bool,
}

/// When it happened.
#[derive(Clone, Copy)]
struct Times {
    accident: Moment,
    confirmed: Moment,
}

// === impl Round ===

impl<'a> Round<'a> {
    pub(super) fn new(system: &'a Arc<System>, scale: &'a Scale, number: usize) -> Self {
        Self {
            system,
            scale,
            dice: scale.dice(10_000 + number as u64),
            number,
            is_calm: false,
        }
    }

    /// What is cached when it happens is newer than what everything goes back to.
    pub(super) fn after_a_calm(mut self) -> Self {
        self.is_calm = true;
        self
    }

    pub(super) fn run(mut self, editors: Vec<Editor>) -> (Outcome, Vec<Editor>) {
        let mut outcome = Outcome::default();
        let over = Over::default();
        let crowd = Crowd::start(self.system, self.scale, &over);
        let backups = Backups::of(&self.database(self.number));
        let (mut editors, until) = self.edit_and_back_up(editors, &backups, &mut outcome);
        let then = self.system.clock.moment(until);
        let before = histories(&editors);
        outcome.edits = edits(&before);
        outcome.undone = edits_after(&before, then);

        let accident = self.system.clock.now();
        let next = self.database(self.number + 1);
        self.go_back(&backups, until, &next, accident, &mut outcome);
        let confirmed = self.system.clock.now();
        let going_back = async {
            for editor in &mut editors {
                outcome.not_as_then.extend(editor.go_back(then).await);
            }
        };
        RUNTIME.block_on(going_back);
        let at_rest = histories(&editors);
        let videos = at_rest.len();
        let last_reads = RUNTIME.block_on(staleness::last_reads(self.system, videos));
        outcome.looks = last_reads.len() as u64;
        let none = Vec::new();
        outcome.at_rest = self.check(at_rest, accident, none, last_reads);

        editors = self.edit(editors, AFTER, || ());
        over.tell();
        let mut crowd = crowd.end();
        staleness::come_to_rest(self.system);
        let last_reads = RUNTIME.block_on(staleness::last_reads(self.system, videos));
        let after = histories(&editors);
        outcome.edits_afterwards = edits(&after);
        outcome.odd = mem::take(&mut crowd.readers.odd);
        let reads = mem::take(&mut crowd.readers.reads);
        let times = Times {
            accident,
            confirmed,
        };
        self.judge(reads, times, (before, after), last_reads, &mut outcome);
        (outcome, editors)
    }

    /// Answers the moment to go back to: among the edits.
    fn edit_and_back_up(
        &mut self,
        editors: Vec<Editor>,
        backups: &Backups,
        outcome: &mut Outcome,
    ) -> (Vec<Editor>, SystemTime) {
        // From here on any moment can be gone back to.
        backups.make_one();
        let over = Over::default();
        let backing_up = RUNTIME.spawn(backups.clone().make(over.clone()));
        let back = Duration::from_millis(self.dice.u64(BACK_MS));
        let mut until = SystemTime::UNIX_EPOCH;
        let mut editors = self.edit(editors, BEFORE, || until = SystemTime::now() - back);
        if self.is_calm {
            // One more that will never have been, and that everybody sees.
            let editing = async {
                for editor in &mut editors {
                    editor.edit_rights(0, Audience::EVERYBODY).await;
                }
            };
            RUNTIME.block_on(editing);
            staleness::come_to_rest(self.system);
            let videos = histories(&editors).len();
            RUNTIME.block_on(staleness::last_reads(self.system, videos));
        }
        over.tell();
        outcome.backups = RUNTIME.block_on(backing_up).expect("backups are made");
        (editors, until)
    }

    /// Lets the editors work for a while, and calls when it is over.
    fn edit(
        &mut self,
        editors: Vec<Editor>,
        span: Duration,
        at_the_end: impl FnOnce(),
    ) -> Vec<Editor> {
        let over = Over::default();
        let mut editing = JoinSet::new();
        for editor in editors {
            let writing = staleness::write(editor, self.dice.fork(), over.clone(), || false);
            editing.spawn_on(writing, RUNTIME.handle());
        }
        RUNTIME.block_on(async { Over::default().sleep(span).await });
        at_the_end();
        over.tell();
        let mut editors = RUNTIME.block_on(editing.join_all());
        editors.sort_by_key(Editor::first_video);
        editors
    }

    /// Step by step as docs/backup.md says.
    fn go_back(
        &self,
        backups: &Backups,
        until: SystemTime,
        next: &Path,
        accident: Moment,
        outcome: &mut Outcome,
    ) {
        let since = || self.system.clock.now().saturating_sub(accident);
        self.system.purger.stop();
        for origin in &self.system.origins {
            origin.stop();
        }
        backups.make_one();
        backups.restore(until, next);
        outcome.restored = since();
        for origin in &self.system.origins {
            origin.move_to(next);
            origin.start_again();
        }
        outcome.back = since();
        self.system.purger.move_to(next);
        self.system.purger.start_again();
        staleness::come_to_rest(self.system);
        outcome.confirmed = since();
    }

    fn judge(
        &self,
        reads: Vec<Read>,
        times: Times,
        (before, after): (Vec<History>, Vec<History>),
        last_reads: Vec<Read>,
        outcome: &mut Outcome,
    ) {
        let (early, late): (Vec<_>, Vec<_>) = reads
            .into_iter()
            .partition(|read| read.ended <= times.accident);
        let (late, meanwhile): (Vec<_>, Vec<_>) = late
            .into_iter()
            .partition(|read| read.started >= times.confirmed);
        let is_undone = |(video, seen): &(usize, Seen)| match seen {
            Seen::Video { rights, .. } => {
                let first = after[*video].rights[0].number;
                *rights > first
            }
            Seen::Refused => false,
        };
        outcome.meanwhile = meanwhile.len() as u64;
        let undone = meanwhile
            .iter()
            .filter(|read| read.seen.iter().any(is_undone));
        outcome.undone_seen = undone.count() as u64;
        let none = Vec::new();
        outcome.before = self.check(before, Moment::ZERO, early, none);
        outcome.after = self.check(after, times.accident, late, last_reads);
    }

    fn check(
        &self,
        videos: Vec<History>,
        calls_from: Moment,
        reads: Vec<Read>,
        last_reads: Vec<Read>,
    ) -> Verdict {
        let mut evidence = Evidence {
            reads,
            last_reads,
            ..self.system.evidence(videos)
        };
        evidence.calls.retain(|call| call.arrived >= calls_from);
        check(&evidence, &LIMITS)
    }

    /// The origins' database before the round of this number.
    fn database(&self, number: usize) -> PathBuf {
        let name = match number {
            0 => "origin.db".to_owned(),
            number => format!("restored-{number}.db"),
        };
        self.system.folder().join(name)
    }
}

/// By the videos' numbers.
fn histories(editors: &[Editor]) -> Vec<History> {
    let mut all: Vec<_> = editors.iter().flat_map(Editor::histories).collect();
    all.sort_by_key(|(video, _)| *video);
    all.into_iter().map(|(_, history)| history).collect()
}

fn edits(histories: &[History]) -> u64 {
    edits_after(histories, Moment::ZERO)
}

/// How many were asked for after the moment.
fn edits_after(histories: &[History], moment: Moment) -> u64 {
    let later = |started: Moment| started > moment;
    let of = |history: &History| {
        let rights = history
            .rights
            .iter()
            .filter(|version| later(version.started));
        let content = history
            .content
            .iter()
            .filter(|version| later(version.started));
        rights.count() + content.count()
    };
    histories.iter().map(of).sum::<usize>() as u64
}
