//! The turns of all, side by side.

use std::fmt;

use serde::Serialize;

use super::Report;
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
    })
}

// === impl Row ===

impl Row {
    /// A difference is noticeable, and the same way round in every round.
    fn verdict(&self) -> &'static str {
        match self.of_ours {
            Some(ratio) if ratio.median > 1.0 + NOTICEABLE && ratio.least > 1.0 => {
                "faster than ours"
            }
            Some(ratio) if ratio.median < 1.0 - NOTICEABLE && ratio.most < 1.0 => {
                "slower than ours"
            }
            _ => "",
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<20} {:<16} {:>10.0} {:>16} {:>7.2} {:>7.2} {:>7.0} {:>13} {:>8}  {}",
            self.what,
            self.contender,
            self.requests_per_s.median,
            self.requests_per_s.range(0),
            self.p50_ms.median,
            self.p99_ms.median,
            self.cpu_us.median,
            self.cpu_us.range(0),
            self.of_ours
                .map_or(String::new(), |ratio| format!("{:.2}", ratio.median)),
            self.verdict()
        )
    }
}

// === impl Report ===

impl Report {
    /// What a POP takes for a request around a program that does nothing.
    fn floor_us(&self) -> Option<f64> {
        let floor = Contender::Floor.name();
        let row = self.rows.iter().find(|row| row.contender == floor)?;
        Some(row.cpu_us.median)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<20} {:<16} {:>10} {:>16} {:>7} {:>7} {:>7} {:>13} {:>8}",
            "peers", "", "requests/s", "range", "p50 ms", "p99 ms", "CPU µs", "range", "of ours"
        )?;
        for row in &self.rows {
            write!(f, "\n{row}")?;
        }
        let floor_us = self.floor_us();
        for row in &self.rows {
            if let (Some(guest), Some(floor_us)) = (row.guest_us, floor_us) {
                write!(
                    f,
                    "\n{}: of our {:.0} µs of CPU a POP takes {floor_us:.0} alone ({:.0} %); by its own \
                     clock, with what it asks of the POP, the program takes {:.0} ({})",
                    row.what,
                    row.cpu_us.median,
                    100.0 * floor_us / row.cpu_us.median,
                    guest.median,
                    guest.range(0),
                )?;
            }
        }
        write!(
            f,
            "\n{} requests were answered alike by all",
            self.answered_alike
        )
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
        assert_eq!(nginx.verdict(), "faster than ours");
        assert_eq!(ours.guest_us.map(|guest| guest.median), Some(20.0));
        assert_eq!(ours.of_ours.map(|ratio| ratio.median), Some(1.0));
        assert_eq!(ours.verdict(), "");
    }

    #[test]
    fn a_pop_alone_is_no_contender_and_tells_the_share_of_the_pop() {
        use Contender::{Floor, Ours};
        let mut floor = figures(900.0, None);
        floor[0].what = "constant body";
        floor[0].cpu_us = 240.0;
        let report = Report {
            rows: rows(&[(Floor, floor), (Ours, figures(100.0, Some(30.0)))]),
            answered_alike: 2,
            skipped: Vec::new(),
        };
        assert_eq!(report.rows[0].of_ours, None);
        assert_eq!(report.rows[0].verdict(), "");
        let told = report.to_string();
        assert!(
            told.contains("of our 300 µs of CPU a POP takes 240 alone (80 %)"),
            "{told}"
        );
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
            assert_eq!(rows[1].verdict(), want, "{theirs:?}");
        }
    }
}
