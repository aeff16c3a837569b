//! The questions that the page answers: each a sweep of days, none answered by hand.

mod account;
mod live;
mod sweeps;

use anyhow::Result;
use serde_json::Value;

use crate::day::Day;

pub use account::account;
pub use live::live;
pub use sweeps::{keys, loads, pops, storm};

/// What came of a question: its table, a sentence that follows from the figures, and the figures.
pub struct Answer {
    pub name: &'static str,
    pub table: String,
    pub verdict: String,
    pub figures: Value,
    /// Points of a plot.
    pub points: Vec<(f64, f64)>,
}

/// With this a question is answered.
pub type Ask = fn(&Day, &(dyn Fn() + Sync)) -> Result<Answer>;

pub const ALL: [Ask; 6] = [keys, pops, storm, loads, account, live];

/// The same day with fewer videos looked at: there are many days in a sweep.
fn coarser(day: &Day) -> Day {
    let mut day = day.clone();
    day.sampling.first = day.sampling.first.min(200);
    day.sampling.each = day.sampling.each.min(400);
    day.sampling.noted = day.sampling.noted.min(300_000.0);
    day
}
