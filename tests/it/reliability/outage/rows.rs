//! The table.

use std::time::Duration;

use super::{
    fault::{
        Fault, Missing,
        Whose::{self, All, First},
    },
    load::{
        Answer, Answers,
        Asked::{self, Cold, Purged, Warm},
        Kind::{self, BadGateway, Fill, Hit, NextOrigin, ServerError, Timeout},
    },
    stage::{POPS, VIDEOS},
    wire::Mode,
};
use crate::reliability::record::Moment;

/// A fault, and what is wanted of it.
pub(super) struct Row {
    /// Its figures' name in the templates.
    pub(super) name: &'static str,
    pub(super) ways: Ways,
    pub(super) fault: Fault,
    pub(super) wanted: Wanted,
}

/// The system that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ways {
    /// POPs before origins.
    Direct,
    /// The same, by way of wires that can break.
    Wired,
    /// The same, around several editions of the program.
    Editions,
}

/// What viewers may be answered, beside what they asked for.
pub(super) struct Wanted {
    /// Where there is a copy.
    warm: &'static [Kind],
    /// Where nothing is in the cache.
    misses: &'static [Kind],
    /// Where there is a copy that was purged softly.
    stale: &'static [Kind],
    /// How often what has a copy is fetched at most.
    fetched: Option<usize>,
    /// What is to be seen, or the fault was none.
    shows: &'static [(Asked, Kind)],
}

/// An answer beside the table that comes this late after the end of a fault is the fault's no more.
const GONE: Duration = Duration::from_millis(500);

/// Of so many answers one may be 504 for no reason but a machine that is busy with something else.
const BUSY: usize = 200;

/// Viewers notice nothing.
const NOTHING: Wanted = Wanted {
    warm: &[],
    misses: &[],
    stale: &[],
    fetched: None,
    shows: &[(Cold, Fill), (Purged, Fill), (Warm, Hit)],
};

/// Another origin answers.
const NEXT: Wanted = Wanted {
    shows: &[
        (Cold, NextOrigin),
        (Purged, NextOrigin),
        (Asked::Stale, NextOrigin),
    ],
    ..NOTHING
};

/// Nobody can be asked. Who waits for one who asks in vain has the turn after that one, until the
/// time is over.
const NOBODY: Wanted = Wanted {
    misses: &[BadGateway, Timeout],
    shows: &[(Cold, BadGateway), (Purged, BadGateway), STALE, (Warm, Hit)],
    ..NOTHING
};

/// Nobody has answered at the deadline: nobody speaks, or ends.
const LATE: Wanted = Wanted {
    misses: &[BadGateway, Timeout],
    shows: &[(Cold, Timeout), (Purged, Timeout), STALE, (Warm, Hit)],
    ..NOTHING
};

/// They may be new: nobody else is asked, and no copy stands in.
const UNREADABLE: Wanted = Wanted {
    misses: &[BadGateway, Timeout],
    stale: &[BadGateway],
    shows: &[
        (Cold, BadGateway),
        (Purged, BadGateway),
        (Asked::Stale, BadGateway),
        (Warm, Hit),
    ],
    ..NOTHING
};

/// Nobody is let in, nobody is told anything.
const CLOSED: Wanted = Wanted {
    warm: &[ServerError],
    misses: &[ServerError],
    stale: &[ServerError],
    shows: &[(Warm, ServerError), (Cold, ServerError)],
    ..NOTHING
};

/// Every POP fetches once what it has under the keys of another edition, and is as it was afterwards.
const BESIDE: Wanted = Wanted {
    fetched: Some(POPS.len() * VIDEOS),
    ..ANEW
};

/// What another edition has left is as if it were not there.
const ANEW: Wanted = Wanted {
    warm: &[Fill],
    shows: &[(Warm, Fill), (Warm, Hit), (Cold, Fill), (Purged, Fill)],
    ..NOTHING
};

const STALE: (Asked, Kind) = (Asked::Stale, Kind::Stale);

#[rustfmt::skip]
pub(super) const ROWS: [Row; 21] = [
    direct("killed",          Fault::Killed(First),                NEXT),
    direct("frozen",          Fault::Frozen(First),                NEXT),
    direct("all_killed",      Fault::Killed(All),                  NOBODY),
    direct("all_frozen",      Fault::Frozen(All),                  LATE),
    direct("disk_full",       Fault::DiskFull,                     NOTHING),
    direct("locked",          Fault::Locked,                       NOTHING),
    direct("no_place",        Fault::Platform(Missing::Geolocation), ELSEWHERE),
    direct("no_settings",     Fault::Platform(Missing::Settings),  CLOSED),
    direct("no_secrets",      Fault::Platform(Missing::Secrets),   CLOSED),
    wired("unavailable",      First, Mode::Unavailable,            NEXT),
    wired("garbage",          First, Mode::Garbage,                NEXT),
    wired("half_closed",      First, Mode::HalfClosed,             NEXT),
    wired("black_hole",       First, Mode::BlackHole,              NEXT),
    wired("trickle",          First, Mode::Trickle,                NEXT),
    wired("all_unavailable",  All,   Mode::Unavailable,            NOBODY),
    wired("all_black_hole",   All,   Mode::BlackHole,              LATE),
    wired("all_trickle",      All,   Mode::Trickle,                LATE),
    wired("rules",            First, Mode::UnknownRules,           UNREADABLE),
    edition("next_edition",   Fault::Edition("next"),              BESIDE),
    edition("foreign_entries", Fault::Edition("foreign"),          ANEW),
    edition("trap",           Fault::Traps,                        NOTHING),
];

/// At a POP that has nothing in its cache.
const ELSEWHERE: Wanted = Wanted {
    warm: &[Fill],
    ..NOTHING
};

const fn direct(name: &'static str, fault: Fault, wanted: Wanted) -> Row {
    Row {
        name,
        ways: Ways::Direct,
        fault,
        wanted,
    }
}

const fn edition(name: &'static str, fault: Fault, wanted: Wanted) -> Row {
    Row {
        name,
        ways: Ways::Editions,
        fault,
        wanted,
    }
}

const fn wired(name: &'static str, whose: Whose, mode: Mode, wanted: Wanted) -> Row {
    Row {
        name,
        ways: Ways::Wired,
        fault: Fault::Way(whose, mode),
        wanted,
    }
}

// === impl Wanted ===

impl Wanted {
    /// What is not as it should be.
    pub(super) fn complaints(&self, answers: &Answers, fault: (Moment, Moment)) -> Vec<String> {
        let Answers {
            all: answers,
            stalls,
        } = answers;
        let unwanted = answers.iter().filter(|answer| !self.allows(answer, fault));
        // Who was late because the machine stood still says nothing of the program.
        let is_excused = |answer: &&Answer| {
            let mut stalls = stalls.iter();
            let is_there =
                |(from, to): &(Moment, Moment)| *from <= answer.ended && answer.started <= *to;
            answer.kind == Timeout && stalls.any(is_there)
        };
        let unwanted = unwanted.filter(|answer| !is_excused(answer));
        let (late, others): (Vec<_>, Vec<_>) = unwanted.partition(|answer| answer.kind == Timeout);
        let mut complaints = Vec::new();
        if late.len() * BUSY > answers.len() {
            complaints.push(format!("{} late, {:?}", late.len(), late[0]));
        }
        if let Some(first) = others.first() {
            complaints.push(format!("{} beside the table, {first:?}", others.len()));
        }
        let fetched = |answer: &&Answer| answer.asked == Warm && answer.kind == Fill;
        let fetched = answers.iter().filter(fetched).count();
        if self.fetched.is_some_and(|most| fetched > most) {
            complaints.push(format!("{fetched} times fetched what has a copy"));
        }
        for (asked, kind) in self.shows {
            let is_it = |answer: &Answer| answer.asked == *asked && answer.kind == *kind;
            let mut of_the_fault = answers.iter().filter(|answer| is_of(answer, fault));
            if !of_the_fault.any(is_it) {
                complaints.push(format!(
                    "nobody who asked for {asked:?} was answered by {kind:?}"
                ));
            }
        }
        complaints
    }

    fn allows(&self, answer: &Answer, fault: (Moment, Moment)) -> bool {
        let among = |kinds: &[Kind]| is_of(answer, fault) && kinds.contains(&answer.kind);
        match (answer.asked, &answer.kind) {
            (_, Hit) | (Asked::Stale, Kind::Stale) => true,
            // Who comes first after the fault may come late.
            (Warm, Fill) => answer.ended >= fault.0 && self.warm.contains(&Fill),
            // Nothing has happened to it.
            (Warm, _) => among(self.warm),
            (_, Fill | NextOrigin) => true,
            (Cold | Purged, _) => among(self.misses),
            (Asked::Stale, _) => among(self.stale),
        }
    }
}

/// Whether the fault may have had to do with it.
fn is_of(answer: &Answer, (from, to): (Moment, Moment)) -> bool {
    answer.ended >= from && answer.started <= to + GONE
}
