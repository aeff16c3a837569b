//! The turns of all, side by side.

use serde::Serialize;

use super::contender::Contender;
use super::turn::Figures;
use crate::bench::spread::Spread;

/// One contender with one kind of request: the turns' medians and ranges.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    what: &'static str,
    contender: &'static str,
    requests_per_s: Spread,
    p50_ms: Spread,
    p99_ms: Spread,
    cpu_us: Spread,
    /// What our program takes inside of its POP.
    #[serde(skip_serializing_if = "Option::is_none")]
    guest_us: Option<Spread>,
    /// Requests per second beside ours of the same round, where we were asked the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    of_ours: Option<Spread>,
    verdict: &'static str,
}

/// How many rows of others there are beside ours.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Verdicts {
    compared: usize,
    faster: usize,
    slower: usize,
}

const FASTER: &str = "faster than ours";
const SLOWER: &str = "slower than ours";

/// How the CPU that ours takes divides, as far as that can be told from outside.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Divided {
    what: &'static str,
    cpu_us: f64,
    /// What a POP takes for a request around a program that does nothing.
    pop_us: f64,
    /// What the program takes by its own clock, with what it asks of the POP.
    program_us: Spread,
    /// What is left.
    viceroy_percent: f64,
}

/// Turns lie further apart than this by themselves: nothing below it is a difference.
const NOTICEABLE: f64 = 0.15;

/// Kind by kind, in the order in which they were measured.
pub(super) fn rows(turns: &[(Contender, Vec<Figures>)]) -> Vec<Row> {
    let mut kinds: Vec<&str> = Vec::new();
    let mut contenders: Vec<Contender> = Vec::new();
    for (contender, figures) in turns {
        if !contenders.contains(contender) {
            contenders.push(*contender);
        }
        for one in figures {
            if !kinds.contains(&one.what) {
                kinds.push(one.what);
            }
        }
    }
    let rounds = |contender: Contender, kind: &str| -> Vec<Figures> {
        let turns = turns.iter().filter(|(who, _)| *who == contender);
        let figures = turns.flat_map(|(_, figures)| figures);
        figures.filter(|one| one.what == kind).copied().collect()
    };
    let mut rows = Vec::new();
    for kind in kinds {
        let ours = rounds(Contender::Ours, kind);
        let of_kind = contenders.iter();
        rows.extend(of_kind.filter_map(|one| row(*one, &rounds(*one, kind), &ours)));
    }
    rows
}

fn row(contender: Contender, rounds: &[Figures], ours: &[Figures]) -> Option<Row> {
    let spread = |of: &dyn Fn(&Figures) -> f64| {
        let values: Vec<f64> = rounds.iter().map(of).collect();
        Spread::of(&values)
    };
    let guest: Option<Vec<f64>> = rounds.iter().map(|figures| figures.guest_us).collect();
    let of_ours: Vec<f64> = rounds
        .iter()
        .zip(ours)
        .map(|(theirs, ours)| theirs.measured.requests_per_s / ours.measured.requests_per_s)
        .collect();
    Some(Row {
        what: rounds.first()?.what,
        contender: contender.name(),
        requests_per_s: spread(&|figures| figures.measured.requests_per_s)?,
        p50_ms: spread(&|figures| figures.measured.p50_ms)?,
        p99_ms: spread(&|figures| figures.measured.p99_ms)?,
        cpu_us: spread(&|figures| figures.cpu_us)?,
        guest_us: guest.as_deref().and_then(Spread::of),
        of_ours: Spread::of(&of_ours),
        verdict: verdict(Spread::of(&of_ours)),
    })
}

/// Kind by kind; nothing where no POP was measured alone.
pub(super) fn divided(rows: &[Row]) -> Vec<Divided> {
    let floor = Contender::Floor.name();
    let Some(floor) = rows.iter().find(|row| row.contender == floor) else {
        return Vec::new();
    };
    let (pop_us, ours) = (floor.cpu_us.median, rows.iter());
    ours.filter_map(|row| {
        let (cpu_us, program_us) = (row.cpu_us.median, row.guest_us?);
        Some(Divided {
            what: row.what,
            cpu_us,
            pop_us,
            program_us,
            viceroy_percent: 100.0 * (1.0 - program_us.median / cpu_us),
        })
    })
    .collect()
}

/// A difference is noticeable, and the same way round in every round.
fn verdict(of_ours: Option<Spread>) -> &'static str {
    match of_ours {
        Some(ratio) if ratio.median > 1.0 + NOTICEABLE && ratio.least > 1.0 => FASTER,
        Some(ratio) if ratio.median < 1.0 - NOTICEABLE && ratio.most < 1.0 => SLOWER,
        _ => "",
    }
}

// === impl Verdicts ===

impl Verdicts {
    pub(super) fn of(rows: &[Row]) -> Self {
        let ours = Contender::Ours.name();
        let others = rows.iter().filter(|row| row.contender != ours);
        let others: Vec<_> = others.filter(|row| row.of_ours.is_some()).collect();
        let with = |verdict| others.iter().filter(|row| row.verdict == verdict).count();
        Self {
            compared: others.len(),
            faster: with(FASTER),
            slower: with(SLOWER),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::edge::wrk::Measured;

    fn figures(requests_per_s: f64, guest_us: Option<f64>) -> Vec<Figures> {
        let measured = Measured {
            requests_per_s,
            p50_ms: 1.0,
            p99_ms: 2.0,
            requests: 1,
        };
        vec![Figures {
            what: "hit",
            measured,
            cpu_us: 300.0,
            guest_us,
        }]
    }

    #[test]
    fn a_contender_is_held_against_us_in_the_same_round() {
        use Contender::{Nginx, Ours};
        let turns = [
            (Ours, figures(100.0, Some(30.0))),
            (Nginx, figures(500.0, None)),
            (Ours, figures(200.0, Some(20.0))),
            (Nginx, figures(1200.0, None)),
            (Ours, figures(100.0, Some(10.0))),
            (Nginx, figures(590.0, None)),
        ];
        let rows = rows(&turns);
        let [ours, nginx] = &rows[..] else {
            panic!("{rows:?}");
        };
        let of_ours = nginx.of_ours.expect("both were asked");
        assert_eq!(
            (of_ours.range(1), of_ours.median),
            ("5.0 to 6.0".to_owned(), 5.9)
        );
        assert_eq!(nginx.requests_per_s.median, 590.0);
        assert_eq!(nginx.guest_us, None);
        assert_eq!(nginx.verdict, "faster than ours");
        assert_eq!(ours.guest_us.map(|guest| guest.median), Some(20.0));
        assert_eq!(ours.of_ours.map(|ratio| ratio.median), Some(1.0));
        assert_eq!(ours.verdict, "");
    }

    #[test]
    fn a_pop_alone_is_no_contender_and_tells_the_share_of_the_pop() {
        use Contender::{Floor, Ours};
        let mut floor = figures(900.0, None);
        floor[0].what = "constant body";
        floor[0].cpu_us = 240.0;
        let rows = rows(&[(Floor, floor), (Ours, figures(100.0, Some(30.0)))]);
        assert_eq!(rows[0].of_ours, None);
        assert_eq!(rows[0].verdict, "");
        let want = Divided {
            what: "hit",
            cpu_us: 300.0,
            pop_us: 240.0,
            program_us: Spread::of(&[30.0]).expect("one"),
            viceroy_percent: 90.0,
        };
        assert_eq!(divided(&rows), [want]);
        assert_eq!(divided(&rows[1..]), []);
    }

    #[test]
    fn what_turns_differ_by_anyway_is_no_difference() {
        use Contender::{Ours, Varnish};
        for (theirs, want) in [
            ([84.0, 84.0], "slower than ours"),
            ([86.0, 86.0], ""),
            ([114.0, 114.0], ""),
            ([116.0, 116.0], "faster than ours"),
            // Of two, the upper one is the median.
            ([98.0, 300.0], ""),
            ([101.0, 300.0], "faster than ours"),
        ] {
            let [one, other] = theirs.map(|theirs| (Varnish, figures(theirs, None)));
            let ours = || (Ours, figures(100.0, None));
            let rows = rows(&[ours(), one, ours(), other]);
            assert_eq!(rows[1].verdict, want, "{theirs:?}");
            let verdicts = Verdicts {
                compared: 1,
                faster: usize::from(want == FASTER),
                slower: usize::from(want == SLOWER),
            };
            assert_eq!(Verdicts::of(&rows), verdicts, "{theirs:?}");
        }
    }
}
