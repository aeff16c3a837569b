//! Tallies as figures and tables.

use serde_json::{Value, json};

use crate::{
    day::Day,
    design::Design,
    tally::{MINUTES, Region, Tally},
};

/// Mean load in a second over ten minutes: what a peak is of.
const WINDOW: usize = 10;

/// A day of a design.
pub struct Days {
    pub design: Design,
    pub tally: Tally,
}

/// `1,234,567`, or with tenths where there is little else.
#[must_use]
pub fn number(value: f64) -> String {
    if value.abs() < 100.0 && value.fract() != 0.0 {
        return match value.abs() < 1.0 {
            true => format!("{value:.2}"),
            false => format!("{value:.1}"),
        };
    }
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    match value < 0.0 {
        true => format!("−{text}"),
        false => text,
    }
}

/// A part of a hundred.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// A table of Markdown.
#[must_use]
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let rule = format!("|{}", "---|".repeat(head.len()));
    let rows = rows.iter().map(|row| line(row));
    [line(&head), rule]
        .into_iter()
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Means over ten minutes.
#[must_use]
pub fn windows(minutes: &[f64]) -> Vec<f64> {
    minutes
        .chunks(WINDOW)
        .map(|chunk| chunk.iter().sum::<f64>() / chunk.len() as f64)
        .collect()
}

#[must_use]
pub fn peak(minutes: &[f64]) -> f64 {
    windows(minutes).into_iter().fold(0.0, f64::max)
}

/// The regions of these names together.
#[must_use]
pub fn together(tally: &Tally, names: &[String], which: &[&str]) -> Region {
    let mut one = Tally::new(1, 0, 0);
    for (region, name) in tally.regions.iter().zip(names) {
        if which.contains(&name.as_str()) {
            let mut other = Tally::new(1, 0, 0);
            other.regions[0] = region.clone();
            one.add(&other);
        }
    }
    one.regions.remove(0)
}

pub const ASIA_PACIFIC: [&str; 2] = ["Asia", "Australasia"];

/// Time to first byte by region, design by design.
#[must_use]
pub fn by_region(days: &[Days], names: &[String]) -> String {
    let mut rows = Vec::new();
    let mut push = |region: &str, of: &Region, design: Design| {
        let ttfb = of.ttfb.summary();
        rows.push(vec![
            region.to_owned(),
            design.name().to_owned(),
            number(ttfb.p50_ms),
            number(ttfb.p95_ms),
            number(ttfb.p99_ms),
            format!("**{}**", number(ttfb.mean_ms)),
            number(of.new_connection.mean()),
            percent(of.hit_ratio()),
        ]);
    };
    for (at, name) in names.iter().enumerate() {
        for day in days {
            push(name, &day.tally.regions[at], day.design);
        }
    }
    for day in days {
        push(
            "*Asia-Pacific*",
            &together(&day.tally, names, &ASIA_PACIFIC),
            day.design,
        );
    }
    for day in days {
        push("*everywhere*", &day.tally.all(), day.design);
    }
    table(
        &[
            "viewers in",
            "design",
            "p50",
            "p95",
            "p99",
            "mean",
            "mean, new connection",
            "hits",
        ],
        &rows,
    )
}

/// What each design costs elsewhere.
#[must_use]
pub fn by_design(day: &Day, days: &[Days]) -> String {
    let rows = days.iter().map(|Days { design, tally }| {
        let (all, calls) = (tally.all(), tally.calls_per_s());
        let seen = match design {
            Design::Old => format!("{} min", number(tally.seen.quantile(0.5) / 60_000.0)),
            Design::New { .. } => format!("{} s", number(tally.seen.quantile(0.5) / 1_000.0)),
        };
        let last = match design {
            Design::Old => format!("{} min", number(tally.seen.quantile(0.999) / 60_000.0)),
            Design::New { .. } => format!("{} s", number(tally.seen.quantile(0.999) / 1_000.0)),
        };
        vec![
            design.name().to_owned(),
            percent(all.hit_ratio()),
            percent(all.waited / all.requests),
            percent(all.refused / all.requests),
            number(tally.origin_calls() / MINUTES as f64 / 60.0),
            number(peak(&calls)),
            seen,
            last,
            number(all.bytes / 1e9),
            number(tally.origin_bytes / 1e9),
            number(
                cost(day, *design, tally)
                    .iter()
                    .map(|(_, dollars)| dollars)
                    .sum(),
            ),
        ]
    });
    table(
        &[
            "design",
            "hits",
            "of them waited",
            "refused",
            "origin calls/s",
            "at the peak",
            "an edit is seen, p50",
            "p99.9",
            "GB to viewers",
            "GB from origins",
            "dollars a day",
        ],
        &rows.collect::<Vec<_>>(),
    )
}

/// What a day costs by the price table.
#[must_use]
pub fn cost(day: &Day, design: Design, tally: &Tally) -> Vec<(&'static str, f64)> {
    let (all, prices) = (tally.all(), &day.prices);
    let requests = peak(&tally.requests) / 60.0;
    let calls = peak(&tally.calls_per_s());
    let machines = |per_s: f64| (per_s / day.origins.machine_calls_per_s).ceil().max(1.0);
    match design {
        Design::Old => vec![
            ("machines", machines(requests) * 24.0 * prices.machine_hour),
            ("network", all.bytes / 1e9 * prices.cloud_gb),
            ("geolocation", tally.located * prices.geolocation),
        ],
        Design::New { .. } => {
            let of_shield = tally.shield_bytes / 1e9 * prices.fastly_gb;
            let regions = day.origins.cities.len() as f64;
            vec![
                (
                    "requests at the edge",
                    all.requests / 1e4 * prices.fastly_10k_requests,
                ),
                (
                    "network of the edge",
                    all.bytes / 1e9 * prices.fastly_gb + of_shield,
                ),
                (
                    "machines",
                    machines(calls).max(regions) * 24.0 * prices.machine_hour,
                ),
                (
                    "network of the origins",
                    tally.origin_bytes / 1e9 * prices.cloud_gb,
                ),
            ]
        }
    }
}

#[must_use]
pub fn costs(day: &Day, days: &[Days]) -> String {
    let rows = days.iter().flat_map(|Days { design, tally }| {
        let each = cost(day, *design, tally);
        each.into_iter()
            .map(|(what, dollars)| vec![design.name().to_owned(), what.to_owned(), number(dollars)])
    });
    table(
        &["design", "for", "dollars a day"],
        &rows.collect::<Vec<_>>(),
    )
}

/// The same, for programs.
#[must_use]
pub fn json(day: &Day, days: &[Days], names: &[String]) -> Value {
    let region = |of: &Region| {
        json!({
            "requests": of.requests, "hit_ratio": of.hit_ratio(), "waited": of.waited, "stale": of.stale,
            "refused": of.refused, "failed": of.failed, "bytes": of.bytes,
            "ttfb": of.ttfb.summary(), "new_connection_mean_ms": of.new_connection.mean(),
            "miss": of.misses.summary(),
        })
    };
    let each = days.iter().map(|Days { design, tally }| {
        let calls = tally.calls_per_s();
        let regions = names.iter().zip(&tally.regions).map(|(name, of)| (name.clone(), region(of)));
        let of = json!({
            "all": region(&tally.all()),
            "asia_pacific": region(&together(tally, names, &ASIA_PACIFIC)),
            "regions": regions.collect::<serde_json::Map<_, _>>(),
            "origin_calls_per_s": tally.origin_calls() / MINUTES as f64 / 60.0,
            "origin_calls_per_s_peak": peak(&calls),
            "origin_bytes": tally.origin_bytes, "shield_bytes": tally.shield_bytes,
            "seen": tally.seen.summary(), "seen_p999_ms": tally.seen.quantile(0.999),
            "cost": cost(day, *design, tally).into_iter().map(|(what, dollars)| (what.to_owned(), dollars.into())).collect::<serde_json::Map<_, _>>(),
            "judged": tally.judged, "simulated": tally.simulated,
        });
        (design.name().to_owned(), of)
    });
    each.collect::<serde_json::Map<_, _>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        for (value, text) in [
            (0.0, "0"),
            (0.254, "0.25"),
            (7.26, "7.3"),
            (7.0, "7"),
            (999.6, "1,000"),
            (1_234_567.0, "1,234,567"),
            (-4_500.0, "−4,500"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
