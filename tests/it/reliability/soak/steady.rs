use super::vitals::{Process, Vitals, between};

/// How what a process takes develops.
#[derive(Clone, Debug)]
pub(super) struct Trend {
    /// Kilobytes of its own, in the middle of each quarter's looks.
    pub(super) quarters: [f64; 4],
    /// How many it gained in the second half, by the straight line that is nearest to all looks.
    pub(super) gained: f64,
    /// Whether it was one process for the whole second half.
    pub(super) is_one: bool,
    /// The most in the third and in the last quarter, and the most ever.
    pub(super) descriptors: [u64; 2],
    pub(super) threads: [u64; 2],
    pub(super) resident_kb: u64,
}

// === impl Trend ===

impl Trend {
    pub(super) fn of(looks: &[Vitals], name: &str) -> Self {
        let end = looks.last().map(|look| look.at).unwrap_or_default();
        let quarter = |number: u32| {
            let part = between(looks, end * number / 4, end * (number + 1) / 4);
            let seen = part.iter().filter_map(|look| look.processes.get(name));
            seen.collect::<Vec<_>>()
        };
        let half = between(looks, end / 2, end);
        let seen: Vec<_> = half
            .iter()
            .filter_map(|look| Some((look.at.as_secs_f64(), look.processes.get(name)?)))
            .collect();
        let line: Vec<_> = seen
            .iter()
            .map(|(at, process)| (*at, process.own_kb as f64))
            .collect();
        let most = |of: fn(&Process) -> u64| {
            [2, 3].map(|at| quarter(at).into_iter().map(of).max().unwrap_or(0))
        };
        let all = looks.iter().filter_map(|look| look.processes.get(name));
        Self {
            quarters: [0, 1, 2, 3].map(|at| {
                let kilobytes = quarter(at).into_iter().map(|process| process.own_kb as f64);
                median(kilobytes.collect())
            }),
            gained: slope(&line) * (end / 2).as_secs_f64(),
            is_one: seen.windows(2).all(|pair| pair[0].1.id == pair[1].1.id),
            descriptors: most(|process| process.descriptors),
            threads: most(|process| process.threads),
            resident_kb: all.map(|process| process.resident_kb).max().unwrap_or(0),
        }
    }

    /// How many kilobytes more it holds in the last quarter than in the one before.
    pub(super) fn risen(&self) -> f64 {
        self.quarters[3] - self.quarters[2]
    }
}

/// Of the straight line with the least squares.
pub(super) fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let together: f64 = points
        .iter()
        .map(|point| (point.0 - x) * (point.1 - y))
        .sum();
    let alone: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    match alone > 0.0 {
        true => together / alone,
        false => 0.0,
    }
}

/// 0 of none.
pub(super) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use super::*;

    #[test]
    fn a_line_is_found_through_noise() {
        for (name, points, want) in [
            ("none", vec![], 0.0),
            ("one", vec![(3.0, 7.0)], 0.0),
            ("flat", vec![(0.0, 5.0), (1.0, 5.0), (2.0, 5.0)], 0.0),
            ("rising", vec![(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)], 2.0),
            (
                "noisy",
                vec![(0.0, 1.0), (1.0, -1.0), (2.0, 1.0), (3.0, -1.0), (4.0, 1.0)],
                0.0,
            ),
        ] {
            assert_eq!(slope(&points), want, "{name}");
        }
        assert_eq!(median(vec![9.0, 1.0, 5.0]), 5.0);
        assert_eq!(median(Vec::new()), 0.0);
    }

    /// A hundred looks at a process of 50 MB that gains so much from look to look.
    fn trend(gains_kb: u64) -> Trend {
        let look = |at: u64| Vitals {
            at: Duration::from_secs(at),
            asks: at,
            fills: 0,
            calls: 0,
            processes: BTreeMap::from([(
                "it".to_owned(),
                Process {
                    id: 1,
                    own_kb: 50_000 + at * gains_kb,
                    resident_kb: 60_000,
                    threads: 4,
                    descriptors: at,
                },
            )]),
            database: 0,
            wal: 0,
            edge_log: 0,
            other_logs: 0,
        };
        Trend::of(&(0..=100).map(look).collect::<Vec<_>>(), "it")
    }

    #[test]
    fn what_rises_is_told_from_what_does_not() {
        let flat = trend(0);
        assert_eq!((flat.gained, flat.risen()), (0.0, 0.0));
        let rising = trend(10);
        assert!((rising.gained - 500.0).abs() < 1.0, "{rising:?}");
        assert!((rising.risen() - 250.0).abs() < 20.0, "{rising:?}");
        assert_eq!(rising.descriptors, [75, 100]);
        assert!(rising.is_one);
    }
}
