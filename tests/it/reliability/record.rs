//! What happened, as it was seen from outside: all that the checker knows.

use std::time::{Duration, Instant, SystemTime};

/// The time since a run began.
pub(super) type Moment = Duration;

/// When the run began, by the clock that never jumps and by the one that others write down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    began: Instant,
    began_at: SystemTime,
}

/// Where a viewer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Country {
    Germany,
    France,
}

/// Which of the two countries a version lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Audience {
    pub(super) germany: bool,
    pub(super) france: bool,
}

/// A version of a video's rights, or of its content, and the edit that made it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Version<T> {
    pub(super) number: u32,
    /// What it says.
    pub(super) says: T,
    /// When the editor began to ask for it.
    pub(super) started: Moment,
    /// The commit was not later than this: the answer, or the look at the record after it was lost.
    pub(super) committed_by: Moment,
}

/// What a video has been, in the order of its edits. Edits that turned out not to have happened are
/// left out.
#[derive(Clone, Debug)]
pub(super) struct History {
    pub(super) rights: Vec<Version<Audience>>,
    pub(super) content: Vec<Version<()>>,
}

/// A call that the purge API confirmed, whether or not the purger lived to hear of it.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// When it was passed on.
    pub(super) arrived: Moment,
    pub(super) confirmed: Moment,
    /// As the purger meant it.
    pub(super) is_hard: bool,
    pub(super) videos: Vec<usize>,
}

/// What an answer says of one video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// The video, made of these versions.
    Video { rights: u32, content: u32 },
    /// Refused, or absent from the list.
    Refused,
}

/// An answer. One of a list says something of each video that the list names.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) pop: usize,
    pub(super) country: Country,
    pub(super) started: Moment,
    pub(super) ended: Moment,
    pub(super) seen: Vec<(usize, Seen)>,
}

/// What happened.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// By the videos' numbers.
    pub(super) videos: Vec<History>,
    pub(super) calls: Vec<Call>,
    /// When the purger or its calls were disturbed on purpose.
    pub(super) disturbed: Vec<Moment>,
    pub(super) reads: Vec<Read>,
    /// Reads after everything had come to rest.
    pub(super) last_reads: Vec<Read>,
}

// === impl Clock ===

impl Clock {
    pub(super) fn start() -> Self {
        Self {
            began: Instant::now(),
            began_at: SystemTime::now(),
        }
    }

    pub(super) fn now(self) -> Moment {
        self.began.elapsed()
    }

    /// A time that somebody wrote down; the beginning, if that was earlier.
    pub(super) fn moment(self, written: SystemTime) -> Moment {
        let since = written.duration_since(self.began_at);
        since.unwrap_or_default()
    }
}

// === impl Audience ===

impl Audience {
    pub(super) const EVERYBODY: Self = Self {
        germany: true,
        france: true,
    };

    pub(super) const GERMANS: Self = Self {
        germany: true,
        france: false,
    };

    pub(super) const FRENCH: Self = Self {
        germany: false,
        france: true,
    };

    pub(super) const NOBODY: Self = Self {
        germany: false,
        france: false,
    };

    pub(super) const ALL: [Self; 4] = [Self::EVERYBODY, Self::GERMANS, Self::FRENCH, Self::NOBODY];

    pub(super) fn has(self, country: Country) -> bool {
        match country {
            Country::Germany => self.germany,
            Country::France => self.france,
        }
    }
}

// === impl History ===

impl History {
    /// A video that was there, for everybody, before the run began.
    pub(super) fn new() -> Self {
        Self {
            rights: vec![Version::first(Audience::EVERYBODY)],
            content: vec![Version::first(())],
        }
    }
}

impl<T> Version<T> {
    /// An edit that was asked for, and committed by then.
    pub(super) fn of(number: u32, says: T, (started, committed_by): (Moment, Moment)) -> Self {
        Self {
            number,
            says,
            started,
            committed_by,
        }
    }

    fn first(says: T) -> Self {
        Self {
            number: 0,
            says,
            started: Moment::ZERO,
            committed_by: Moment::ZERO,
        }
    }
}
