//! That sampling does not bend the figures: smaller days run whole beside the same days sampled.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::{
    day::Day,
    design::Design,
    figures::{number, table},
    run::{Event, Extent, run},
    tally::Tally,
};

/// How many days with seeds of their own.
pub const SEEDS: u64 = 8;
/// How many standard errors are too many to be chance.
const TOO_MANY: f64 = 5.0;

type Figure = (&'static str, fn(&Tally) -> f64);

const FIGURES: [Figure; 7] = [
    ("requests", |tally| tally.all().requests),
    ("hit ratio, %", |tally| tally.all().hit_ratio() * 100.0),
    ("origin calls", Tally::origin_calls),
    ("mean, ms", |tally| tally.all().ttfb.mean()),
    ("p95, ms", |tally| tally.all().ttfb.quantile(0.95)),
    ("mean of misses, ms", |tally| tally.all().misses.mean()),
    ("refused, %", |tally| {
        tally.all().refused / tally.all().requests * 100.0
    }),
];

/// A figure of both, over all seeds.
#[derive(Debug)]
pub struct Compared {
    pub design: &'static str,
    pub figure: &'static str,
    pub whole: f64,
    pub sampled: f64,
    /// Of the mean difference.
    pub error: f64,
}

impl Compared {
    fn holds(&self) -> bool {
        // Quantiles and counts cannot be nearer than their classes.
        (self.sampled - self.whole).abs() <= TOO_MANY * self.error + 1e-9
    }
}

/// The same day with less in it, and more edits.
#[must_use]
pub fn smaller(day: &Day, requests: f64, videos: usize) -> Day {
    let mut small = day.clone();
    small.load.requests = requests;
    small.load.videos = videos;
    // As many edits as videos: what follows from one happens often.
    small.edits.videos_per_day = videos as f64;
    small.edits.accounts = small.edits.accounts.min(videos / 10).max(1);
    small.edits.account_edits_per_day = small.edits.accounts as f64;
    small.sampling.first = (videos / 20).max(1);
    small.sampling.each = (videos / 20).max(1);
    small
}

/// # Errors
///
/// When the parameters have no meaning.
pub fn compare(
    day: &Day,
    seeds: u64,
    designs: &[Design],
    tick: &(dyn Fn() + Sync),
) -> Result<Vec<Compared>> {
    let mut all = Vec::new();
    for &design in designs {
        let mut pairs: Vec<Vec<(f64, f64)>> = vec![Vec::new(); FIGURES.len()];
        for seed in 1..=seeds {
            let mut own = day.clone();
            own.seed = day.seed * 1_000 + seed;
            let whole = run(&own, design, Extent::Whole, Event::Nothing, tick)?;
            let sampled = run(&own, design, Extent::Sampled, Event::Nothing, tick)?;
            for ((_, figure), pairs) in FIGURES.iter().zip(&mut pairs) {
                pairs.push((figure(&whole), figure(&sampled)));
            }
        }
        for ((figure, _), pairs) in FIGURES.iter().zip(pairs) {
            let count = pairs.len() as f64;
            let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / count;
            let (whole, sampled) = (mean(|pair| pair.0), mean(|pair| pair.1));
            let difference = sampled - whole;
            let spread = pairs
                .iter()
                .map(|(whole, sampled)| (sampled - whole - difference).powi(2))
                .sum::<f64>();
            let error = (spread / (count - 1.0) / count).sqrt();
            all.push(Compared {
                design: design.name(),
                figure,
                whole,
                sampled,
                error,
            });
        }
    }
    Ok(all)
}

/// # Errors
///
/// When a difference is more than chance explains.
pub fn hold(compared: &[Compared]) -> Result<()> {
    let broken: Vec<_> = compared.iter().filter(|figure| !figure.holds()).collect();
    ensure!(
        broken.is_empty(),
        "sampling bends these figures: {broken:?}"
    );
    Ok(())
}

#[must_use]
pub fn report(compared: &[Compared]) -> (String, Value) {
    let rows = compared.iter().map(|of| {
        let difference = of.sampled - of.whole;
        let exact = |value: f64| match value.abs() < 100.0 {
            true => format!("{value:.3}").replace('-', "−"),
            false => number(value),
        };
        vec![
            of.design.to_owned(),
            of.figure.to_owned(),
            exact(of.whole),
            exact(of.sampled),
            exact(difference),
            exact(of.error),
            format!("{:.1}", difference.abs() / of.error.max(1e-9)),
        ]
    });
    let text = table(
        &[
            "design",
            "figure",
            "whole",
            "sampled",
            "difference",
            "standard error",
            "errors",
        ],
        &rows.collect::<Vec<_>>(),
    );
    let each = compared.iter().map(|of| {
        json!({ "design": of.design, "figure": of.figure, "whole": of.whole, "sampled": of.sampled, "standard_error": of.error })
    });
    (text, each.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters;

    fn day() -> Day {
        let day = parameters::parse(include_str!("../parameters.toml"), &[]).expect("the file");
        smaller(&day, 60_000.0, 400)
    }

    #[test]
    fn sampling_does_not_bend_the_figures() {
        let designs = [Design::Old, Design::ALL[1], Design::ALL[2]];
        let compared = compare(&day(), 6, &designs, &|| {}).expect("days");
        hold(&compared).expect("no bias");
    }

    #[test]
    fn a_bias_would_be_found() {
        let mut day = day();
        // Hits are counted together of entries that are idle for hours, and nobody looks.
        day.sampling.dense = 0.1;
        day.edge.idle_hours = 2.0;
        let compared = compare(&day, 6, &[Design::ALL[1]], &|| {}).expect("days");
        assert!(hold(&compared).is_err(), "{compared:?}");
    }
}
