//! What the checker found.

use std::{fmt, time::Duration};

use super::{
    super::record::{Country, Moment, Read, Seen},
    floor::Why,
};

/// How many findings are told; the others are counted.
const TOLD: usize = 10;

/// What came of a check.
#[derive(Debug, Default)]
pub(in super::super) struct Verdict {
    /// How many answers about one video were held to its edits.
    pub(in super::super) judged: u64,
    /// How many versions of rights were purged twice, so that older ones were forbidden.
    pub(in super::super) settled: usize,
    /// Answers older than a first purge and younger than the second: a fill came late.
    pub(in super::super) late_fills: u64,
    /// How long after the first purge the last of them was asked for.
    pub(in super::super) latest: Duration,
    pub(in super::super) wrong: u64,
    pub(in super::super) findings: Vec<Finding>,
}

/// An answer that should not have been given.
#[derive(Clone, Debug)]
pub(in super::super) struct Finding {
    pop: usize,
    country: Country,
    video: usize,
    seen: Seen,
    started: Moment,
    ended: Moment,
    pub(in super::super) wrong: Wrong,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Wrong {
    /// It is of a version older than this one, or refuses by one.
    Old { floor: u32, why: Why },
    /// It is of a version that was never made.
    NoSuchVersion,
    /// It is of a version that was asked for later.
    FromTheFuture,
    /// The version that it is of refuses this viewer.
    LetIn,
    /// No version refuses this viewer.
    NoReason,
    /// The last edit did not come through, although everything has come to rest.
    NeverVisible { want: Seen },
}

// === impl Verdict ===

impl Verdict {
    pub(super) fn find(&mut self, finding: Finding) {
        self.wrong += 1;
        if self.findings.len() < TOLD {
            self.findings.push(finding);
        }
    }

    /// Whether this was found, among what is told.
    pub(in super::super) fn has(&self, is_it: impl Fn(Wrong) -> bool) -> bool {
        self.findings.iter().any(|finding| is_it(finding.wrong))
    }

    #[track_caller]
    pub(in super::super) fn assert_clean(&self) {
        assert!(self.wrong == 0, "{self}");
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} of {} answers are wrong", self.wrong, self.judged)?;
        for finding in &self.findings {
            writeln!(f, "  {finding}")?;
        }
        Ok(())
    }
}

// === impl Finding ===

impl Finding {
    pub(super) fn new(read: &Read, video: usize, seen: Seen, wrong: Wrong) -> Self {
        Self {
            pop: read.pop,
            country: read.country,
            video,
            seen,
            started: read.started,
            ended: read.ended,
            wrong,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pop,
            country,
            video,
            seen,
            started,
            ended,
            wrong,
        } = self;
        let (started, ended) = (started.as_secs_f64(), ended.as_secs_f64());
        write!(
            f,
            "POP {pop}, {country:?}, video {video}, {started:.3} to {ended:.3} s: {seen:?}: "
        )?;
        match wrong {
            Wrong::Old { floor, why } => {
                let reason = match why {
                    Why::PurgedTwice => "was purged twice",
                    Why::SecondPurgeDue => "should have been purged twice",
                    Why::NotPurged => "should have been purged twice by now, come what may",
                };
                write!(f, "rights version {floor} {reason}")
            }
            Wrong::NoSuchVersion => f.write_str("there is no such version"),
            Wrong::FromTheFuture => f.write_str("nobody had asked for that version"),
            Wrong::LetIn => f.write_str("that version refuses this viewer"),
            Wrong::NoReason => f.write_str("no version refuses this viewer"),
            Wrong::NeverVisible { want } => write!(f, "everything is at rest at {want:?}"),
        }
    }
}
