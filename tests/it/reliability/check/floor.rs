//! The oldest version that may still be served, at any moment.
//!
//! Three things end the time of a version's predecessors, each for itself: a second purge; the time
//! at which an undisturbed purger would have made one; and the patience with a disturbed one.

use super::{
    super::record::{Call, Evidence, Moment, Version},
    Limits,
};

/// Why a version's predecessors may no longer be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Why {
    /// It was purged a second time.
    PurgedTwice,
    /// Its second purge was due, and nothing had been put in its way.
    SecondPurgeDue,
    /// It should have been purged twice by then, whatever was put in its way.
    NotPurged,
}

/// The floors of all videos.
pub(super) struct Floors {
    videos: Vec<Video>,
}

struct Video {
    versions: Vec<Ends>,
    /// For each version the earliest end of its predecessors' time, by itself or a later one.
    ends: Vec<Moment>,
}

/// When the time of a version's predecessors ends.
struct Ends {
    first_purge: Option<Moment>,
    second_purge: Option<Moment>,
    due: Option<Moment>,
    not_purged: Option<Moment>,
}

/// The hard calls for one video.
struct Calls {
    /// Arrival and confirmation, by arrival.
    confirmed: Vec<(Moment, Moment)>,
}

// === impl Floors ===

impl Floors {
    pub(super) fn of(evidence: &Evidence, limits: &Limits) -> Self {
        let mut disturbed = evidence.disturbed.clone();
        disturbed.sort_unstable();
        let videos = evidence.videos.iter().enumerate().map(|(number, history)| {
            let calls = Calls::of(number, &evidence.calls);
            let ends = |version: &Version<_>| Ends::of(version, &calls, &disturbed, limits);
            Video::new(history.rights.iter().map(ends).collect())
        });
        Self {
            videos: videos.collect(),
        }
    }

    /// The oldest version that may be served to who asks at this moment.
    pub(super) fn at(&self, video: usize, moment: Moment) -> usize {
        let ends = &self.videos[video].ends;
        ends.partition_point(|end| *end < moment).saturating_sub(1)
    }

    pub(super) fn why(&self, video: usize, floor: usize, moment: Moment) -> Why {
        let ends = &self.videos[video].versions[floor];
        let is_over = |end: Option<Moment>| end.is_some_and(|end| end < moment);
        match () {
            () if is_over(ends.second_purge) => Why::PurgedTwice,
            () if is_over(ends.due) => Why::SecondPurgeDue,
            () => Why::NotPurged,
        }
    }

    /// When a version was purged for the first time, if there is such a version.
    pub(super) fn first_purge(&self, video: usize, version: usize) -> Option<Moment> {
        self.videos[video].versions.get(version)?.first_purge
    }

    /// How many versions were purged twice.
    pub(super) fn settled(&self) -> usize {
        let versions = self.videos.iter().flat_map(|video| &video.versions);
        versions
            .filter(|ends| ends.second_purge.is_some_and(|end| end > Moment::ZERO))
            .count()
    }
}

// === impl Video ===

impl Video {
    fn new(versions: Vec<Ends>) -> Self {
        let mut ends: Vec<_> = versions.iter().map(Ends::earliest).collect();
        for at in (1..ends.len()).rev() {
            ends[at - 1] = ends[at - 1].min(ends[at]);
        }
        Self { versions, ends }
    }
}

// === impl Ends ===

impl Ends {
    fn of<T>(version: &Version<T>, calls: &Calls, disturbed: &[Moment], limits: &Limits) -> Self {
        if version.number == 0 {
            return Self {
                first_purge: None,
                second_purge: Some(Moment::ZERO),
                due: None,
                not_purged: None,
            };
        }
        let confirmed = |call: (Moment, Moment)| call.1 + limits.spread;
        let settling = version.committed_by + limits.fill_deadline + limits.store;
        Self {
            first_purge: calls.after(version.started).map(confirmed),
            second_purge: calls.after(settling).map(confirmed),
            due: due(version.started, calls, disturbed, limits),
            not_purged: Some(version.committed_by + limits.at_all),
        }
    }

    fn earliest(&self) -> Moment {
        let ends = [self.second_purge, self.due, self.not_purged];
        ends.into_iter().flatten().min().unwrap_or(Moment::MAX)
    }
}

/// When the second purge has to be over: deadline and margin after a first one, with no disturbance
/// in between. After a disturbance the purger may begin anew.
fn due(started: Moment, calls: &Calls, disturbed: &[Moment], limits: &Limits) -> Option<Moment> {
    let mut from = started;
    loop {
        let (arrived, confirmed) = calls.after(from)?;
        let due = confirmed + limits.fill_deadline + limits.second_purge;
        let next = disturbed.partition_point(|moment| *moment < arrived);
        match disturbed.get(next) {
            // A disturbance at the call's own moment must not bring the same call again.
            Some(moment) if *moment <= due => {
                from = (*moment).max(arrived + Moment::from_micros(1));
            }
            Some(_) | None => return Some(due),
        }
    }
}

// === impl Calls ===

impl Calls {
    fn of(video: usize, calls: &[Call]) -> Self {
        let hard = calls
            .iter()
            .filter(|call| call.is_hard && call.videos.contains(&video));
        let mut confirmed: Vec<_> = hard.map(|call| (call.arrived, call.confirmed)).collect();
        confirmed.sort_unstable();
        Self { confirmed }
    }

    /// Arrival and confirmation of the first call passed on from this moment on.
    fn after(&self, moment: Moment) -> Option<(Moment, Moment)> {
        let at = self
            .confirmed
            .partition_point(|(arrived, _)| *arrived < moment);
        self.confirmed.get(at).copied()
    }
}
