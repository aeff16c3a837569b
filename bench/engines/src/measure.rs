//! Timing in turns: whatever else the machine does meets all engines alike.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::contender::{Contender, ENGINES};
use crate::report::{Figure, Timed};

/// How long one engine's turn should take.
const TURN: Duration = Duration::from_millis(250);

/// No turn asks about fewer viewers, however slow the engine.
const FEWEST: usize = 100;

pub(crate) struct Turns {
    pub(crate) viewers: usize,
    pub(crate) rounds: u8,
}

/// How much an engine does in a turn.
struct Amount {
    /// The first so many viewers, …
    asked: usize,
    /// … so often.
    times: usize,
    /// How many of those viewers are allowed.
    allowed: usize,
}

impl Turns {
    pub(crate) fn time(
        &self,
        contenders: &mut [Box<dyn Contender + '_>],
        allowed: &[bool],
        agreed: &[usize],
    ) -> Vec<Timed> {
        let amounts: Vec<Amount> = contenders
            .iter_mut()
            .map(|contender| self.amount(contender.as_mut(), allowed))
            .collect();
        let mut ns: Vec<Vec<f64>> = vec![Vec::new(); contenders.len()];
        for round in 1..=self.rounds {
            eprintln!("    round {round} of {}", self.rounds);
            for ((contender, amount), ns) in contenders.iter_mut().zip(&amounts).zip(&mut ns) {
                ns.push(amount.ns(contender.as_mut()));
            }
        }
        let ours = ns[0].clone();
        let of_ours = |ns: &[f64]| {
            let ratios: Vec<f64> = ns.iter().zip(&ours).map(|(one, ours)| one / ours).collect();
            Figure::of(&ratios)
        };
        ENGINES
            .iter()
            .zip(amounts)
            .zip(agreed)
            .zip(&ns)
            .map(|(((engine, amount), agreed), ns)| Timed {
                engine: engine.name,
                agreed: *agreed,
                asked: amount.asked,
                ns: Figure::of(ns),
                of_ours: of_ours(ns),
            })
            .collect()
    }

    /// Found by a first try, which warms the engine up as well.
    fn amount(&self, contender: &mut dyn Contender, allowed: &[bool]) -> Amount {
        let few = FEWEST.min(self.viewers);
        let started = Instant::now();
        black_box(contender.count(few));
        let one = started.elapsed().max(Duration::from_nanos(1)) / few as u32;
        let wanted = (TURN.as_nanos() / one.as_nanos().max(1)) as usize;
        let asked = wanted.clamp(few, self.viewers);
        Amount {
            asked,
            times: (wanted / asked).max(1),
            allowed: allowed
                .iter()
                .take(asked)
                .filter(|is_allowed| **is_allowed)
                .count(),
        }
    }
}

impl Amount {
    /// Nanoseconds for each question.
    fn ns(&self, contender: &mut dyn Contender) -> f64 {
        let started = Instant::now();
        for _ in 0..self.times {
            let allowed = contender.count(black_box(self.asked));
            assert_eq!(allowed, self.allowed, "an engine that changes its mind");
        }
        started.elapsed().as_nanos() as f64 / (self.asked * self.times) as f64
    }
}
