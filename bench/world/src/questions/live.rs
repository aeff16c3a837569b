//! What breaks first when everybody watches the same.

use anyhow::Result;
use playback_policy::Overlay;
use serde_json::json;

use super::Answer;
use crate::{
    day::Day,
    design::{Design, World},
    figures::{number, table},
    model::{Cell, Edit, Fetched, Fill, Observer, Source, Video},
};

/// Everybody comes evenly within a time.
struct Joining<'a> {
    /// Requests a millisecond, cell by cell.
    rates: &'a [f64],
    random: fastrand::Rng,
}

impl Source for Joining<'_> {
    fn next(&mut self, cell: usize, after: f64) -> f64 {
        after + crate::random::exponential(&mut self.random) / self.rates[cell]
    }

    fn is_dense(&self, _cell: usize) -> bool {
        true
    }
}

#[derive(Default)]
struct Counted<'a> {
    rates: &'a [f64],
    origin_calls: f64,
    waited: f64,
    longest: f64,
}

impl Observer for Counted<'_> {
    fn hit(&mut self, _cell: usize, _at: f64, _stale: bool) {}
    fn hits(&mut self, _cell: usize, _from: f64, _to: f64, _stale: bool) {}
    fn fill(&mut self, _cell: usize, fill: &Fill) {
        self.longest = self.longest.max(fill.until - fill.at);
    }
    fn wait(&mut self, _cell: usize, _at: f64, _until: f64) {}
    fn waits(&mut self, cell: usize, from: f64, until: f64) {
        self.waited += self.rates[cell] * (until - from);
    }
    fn origin_call(&mut self, _at: f64, _fetched: &Fetched) {
        self.origin_calls += 1.0;
    }
    fn seen(&mut self, _edit: usize, _after: f64) {}
}

/// Ten times the largest live event there was: all in one video, whose rights are edited while they come.
///
/// # Errors
///
/// When the parameters have no meaning.
pub fn live(day: &Day, tick: &(dyn Fn() + Sync)) -> Result<Answer> {
    let asked = &day.questions;
    let world = World::new(
        day,
        Design::New {
            shield: false,
            overlay: Overlay::Edge,
        },
    )?;
    let join_ms = asked.live_join_minutes * 60_000.0;
    let rate = asked.live_viewers * asked.live_times / join_ms;
    let asia = asked.live_asia_percent / 100.0;
    let in_asia: Vec<bool> = world
        .pops
        .iter()
        .map(|of| {
            of.cities
                .iter()
                .any(|&city| world.regions[world.cities[city].region] == "Asia")
        })
        .collect();
    let share = |is_asia: bool| -> f64 {
        world
            .pops
            .iter()
            .zip(&in_asia)
            .filter(|(_, own)| **own == is_asia)
            .map(|(of, _)| of.share)
            .sum()
    };
    let rates: Vec<f64> = world
        .pops
        .iter()
        .zip(&in_asia)
        .map(|(of, &own)| {
            rate * of.share / share(own).max(f64::MIN_POSITIVE)
                * if own { asia } else { 1.0 - asia }
        })
        .collect();
    let cells: Vec<_> = (0..world.pops.len())
        .map(|pop| Cell { pop, key: 0 })
        .collect();
    let edits = [Edit {
        at: join_ms / 2.0,
        is_soft: false,
    }];
    let source = Joining {
        rates: &rates,
        random: fastrand::Rng::with_seed(day.seed),
    };
    let counted = Counted {
        rates: &rates,
        ..Counted::default()
    };
    let random = fastrand::Rng::with_seed(day.seed);
    let counted = Video::new(
        &world.network,
        &cells,
        &edits,
        source,
        counted,
        random,
        (0.0, join_ms),
    )
    .run();
    tick();
    let largest = (0..rates.len())
        .max_by(|one, other| rates[*one].total_cmp(&rates[*other]))
        .unwrap_or(0);
    let city = world.pops[largest]
        .cities
        .first()
        .map_or("", |&city| world.cities[city].name.as_str());
    let (per_s, largest_per_s) = (rate * 1_000.0, rates[largest] * 1_000.0);
    let cores = largest_per_s * asked.hit_cpu_us / 1e6;
    let answer = day.answers.body_bytes as f64 + day.answers.header_bytes;
    // All POPs miss within the time that the slowest fill takes.
    let burst = world.pops.len() as f64 / (counted.longest / 1_000.0).max(1e-3);
    let rows: Vec<(String, f64, Option<f64>, &str)> = vec![
        (
            "origin calls/s while every POP fills".to_owned(),
            burst,
            Some(day.origins.machine_calls_per_s),
            "one machine of the origin",
        ),
        (
            "origin calls in all".to_owned(),
            counted.origin_calls,
            None,
            "at each POP: the first viewer's, and one after each of the edit's purges",
        ),
        (
            "keys purged for one edit".to_owned(),
            4.0,
            Some(day.purging.keys_per_hour_limit),
            "the purge API, in an hour",
        ),
        (
            "requests/s, all POPs".to_owned(),
            per_s,
            None,
            "no limit is published",
        ),
        (
            format!("requests/s at the largest POP ({city})"),
            largest_per_s,
            None,
            "no limit is published",
        ),
        (
            "processor cores there, for the program alone".to_owned(),
            cores,
            None,
            "the platform's own part comes on top: docs/performance.md",
        ),
        (
            "answers, Gbit/s".to_owned(),
            per_s * answer * 8.0 / 1e9,
            None,
            "no limit of a customer is published",
        ),
        (
            "answers there, Gbit/s".to_owned(),
            largest_per_s * answer * 8.0 / 1e9,
            None,
            "the same",
        ),
        (
            "log lines, MB/s".to_owned(),
            per_s * asked.log_bytes / 1e6,
            None,
            "whatever takes the log",
        ),
        (
            "viewers who wait for a fill".to_owned(),
            counted.waited,
            None,
            "requests collapse: nobody else asks the origin",
        ),
    ];
    let tightest = rows
        .iter()
        .filter_map(|(what, load, limit, of)| Some((what, load / (*limit)?, of)));
    let tightest = tightest.max_by(|one, other| one.1.total_cmp(&other.1));
    let first = tightest.map_or(String::new(), |(what, part, of)| match part > 1.0 {
        true => format!(
            "**{what}** are {} times what {of} takes: that breaks first.",
            number(part)
        ),
        false => format!(
            "Of what has a limit, {what} come nearest to it: {} % of {of}.",
            number(part * 100.0)
        ),
    });
    let verdict = format!(
        "{first} The origins notice an audience of any size no more than one of {} viewers, one at each POP. What grows with the audience \
         is {} requests a second at one POP and {} MB of log lines a second: **the log is what to look at first**, since somebody \
         must take it in whole.",
        number(world.pops.len() as f64),
        number(largest_per_s),
        number(per_s * asked.log_bytes / 1e6),
    );
    let figures = rows
        .iter()
        .map(|(what, load, limit, _)| json!({ "what": what, "load": load, "limit": limit }));
    let figures = figures.collect();
    let rows = rows.into_iter().map(|(what, load, limit, of)| {
        vec![
            what,
            number(load),
            limit.map_or(String::new(), number),
            of.to_owned(),
        ]
    });
    let table = table(&["", "load", "limit", "of what"], &rows.collect::<Vec<_>>());
    Ok(Answer {
        name: "live",
        table,
        verdict,
        figures,
        points: Vec::new(),
    })
}
