//! Everything at once: the designs, the proof that sampling does not bend them, the questions, the plots.

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::{
    bias,
    day::Day,
    design::{Design, World},
    figures::{self, Days, number, percent, table, together},
    plot::{self, Axes, Line},
    questions,
    run::{Event, Extent, run},
};

/// What there is to write down.
pub struct Report {
    pub figures: Value,
    /// Names and contents of drawings.
    pub plots: Vec<(&'static str, String)>,
}

/// Who wants to know how far it is.
pub trait Progress: Sync {
    /// A part begins.
    fn begin(&self, part: &str);
    /// Something was done.
    fn tick(&self);
}

/// So many parts there are.
#[must_use]
pub fn parts() -> usize {
    Design::ALL.len() + 1 + questions::ALL.len()
}

/// # Errors
///
/// When the parameters have no meaning, or sampling bends a figure.
pub fn report(day: &Day, progress: &dyn Progress) -> Result<Report> {
    let tick = || progress.tick();
    let mut days = Vec::new();
    for design in Design::ALL {
        progress.begin(design.name());
        let tally = run(day, design, Extent::Sampled, Event::Nothing, &tick)?;
        days.push(Days { design, tally });
    }
    progress.begin("smaller days, whole and sampled");
    let small = bias::smaller(day, 300_000.0, 2_000);
    let compared = bias::compare(
        &small,
        bias::SEEDS,
        &[Design::Old, Design::ALL[1], Design::ALL[2]],
        &tick,
    )?;
    bias::hold(&compared)?;
    let (bias_table, bias_figures) = bias::report(&compared);
    let names = World::new(day, Design::Old)?.regions;
    let mut plots = plots(day, &days, &names);
    let mut asked = Map::new();
    for ask in questions::ALL {
        progress.begin("a question");
        let answer = ask(day, &tick)?;
        let points = vec![(answer.name.to_owned(), answer.points)];
        match answer.name {
            "keys" => plots.push(("keys", plot::lines(&Axes {
                title: "Hits by the number of policy keys, where each has entries of its own",
                x: "policy keys of an account", y: "hits, %", is_x_log: false, is_y_log: false,
            }, &points))),
            "pops" => plots.push(("pops", plot::lines(&Axes {
                title: "What the origins are asked at the peak, by the number of POPs, without a shield",
                x: "POPs", y: "calls a second", is_x_log: true, is_y_log: true,
            }, &points))),
            _ => {}
        }
        let of =
            json!({ "table": answer.table, "verdict": answer.verdict, "figures": answer.figures });
        asked.insert(answer.name.to_owned(), of);
    }
    let figures = json!({
        "seed": day.seed,
        "requests": day.load.requests,
        "videos": day.load.videos,
        "pops": day.pops.count * day.pops.per_city,
        "designs": figures::json(day, &days, &names),
        "judged": days.iter().map(|of| of.tally.judged).sum::<u64>(),
        "simulated": days.iter().map(|of| of.tally.simulated).sum::<u64>(),
        "seeds": bias::SEEDS,
        "bias": bias_figures,
        "headline": headline(&days, &names),
        "tables": {
            "regions": figures::by_region(&days, &names),
            "designs": figures::by_design(day, &days),
            "costs": figures::costs(day, &days),
            "bias": bias_table,
            "outage": outage(day, &days),
            "viral": viral(day, &days),
        },
        "questions": asked,
    });
    Ok(Report { figures, plots })
}

/// Asia-Pacific, before and after.
fn headline(days: &[Days], names: &[String]) -> Value {
    let mean = |at: usize| {
        together(&days[at].tally, names, &figures::ASIA_PACIFIC)
            .ttfb
            .mean()
    };
    let new = |at: usize| {
        together(&days[at].tally, names, &figures::ASIA_PACIFIC)
            .new_connection
            .mean()
    };
    let of = |at: usize, name: &str| {
        names
            .iter()
            .position(|own| own == name)
            .map_or(0.0, |region| days[at].tally.regions[region].ttfb.mean())
    };
    json!({
        "old_ms": mean(0), "new_ms": mean(1), "shield_ms": mean(2),
        "old_asia_ms": of(0, "Asia"), "old_australasia_ms": of(0, "Australasia"),
        "new_asia_ms": of(1, "Asia"), "new_australasia_ms": of(1, "Australasia"),
        "old_new_connection_ms": new(0), "new_new_connection_ms": new(1),
        "under_50": if mean(1) < 50.0 && mean(2) < 50.0 { "under 50 ms" } else { "**not** under 50 ms" },
        "near_300": if (mean(0) - 300.0).abs() <= 30.0 { "near 300 ms" } else if mean(0) < 300.0 { "below 300 ms" } else { "above 300 ms" },
    })
}

/// The ten minutes without a region, and those before and after.
fn outage(day: &Day, days: &[Days]) -> String {
    let from = (day.outage.from_hour * 60.0) as usize;
    let length = day.outage.minutes.ceil() as usize;
    let mut rows = Vec::new();
    for Days { design, tally } in days {
        let mut push = |when: &str, from: usize| {
            let of = |minutes: &[f64]| {
                minutes.iter().skip(from).take(length).sum::<f64>() / length as f64 / 60.0
            };
            let mut row = vec![
                design.name().to_owned(),
                when.to_owned(),
                number(of(&tally.requests)),
            ];
            let lost = *design == Design::Old && when == "lost" && day.outage.city == day.old.city;
            row.push(if lost {
                percent(1.0)
            } else {
                percent(tally.all().failed / tally.all().requests)
            });
            row.extend(tally.calls.iter().enumerate().map(|(at, calls)| {
                match (design, at, lost) {
                    (Design::Old, 1.., _) => String::new(),
                    (_, _, true) => "–".to_owned(),
                    _ => number(of(calls)),
                }
            }));
            rows.push(row);
        };
        push("before", from.saturating_sub(length));
        push("lost", from);
        push("after", from + length);
    }
    let mut head = vec!["design", "", "requests/s", "unanswered"];
    let cities: Vec<_> = day
        .origins
        .cities
        .iter()
        .map(|city| format!("calls/s of {city}"))
        .collect();
    head.extend(cities.iter().map(String::as_str));
    table(&head, &rows)
}

/// The peak, and what reaches the origins of it.
fn viral(day: &Day, days: &[Days]) -> String {
    let from = (day.viral.from_hour * 60.0) as usize;
    let risen = from + day.viral.rise_minutes.ceil() as usize;
    let rows = days.iter().map(|Days { design, tally }| {
        let ten =
            |minutes: &[f64], from: usize| minutes.iter().skip(from).take(10).sum::<f64>() / 600.0;
        let calls: Vec<f64> = tally
            .calls_per_s()
            .iter()
            .map(|calls| calls * 60.0)
            .collect();
        vec![
            design.name().to_owned(),
            number(ten(&tally.requests, from.saturating_sub(10))),
            number(ten(&tally.requests, risen)),
            number(ten(&calls, from.saturating_sub(10))),
            number(ten(&calls, risen)),
        ]
    });
    table(
        &[
            "design",
            "requests/s before",
            "at the peak",
            "origin calls/s before",
            "at the peak",
        ],
        &rows.collect::<Vec<_>>(),
    )
}

fn plots(day: &Day, days: &[Days], names: &[String]) -> Vec<(&'static str, String)> {
    let groups = names.iter().enumerate().map(|(at, name)| {
        (
            name.clone(),
            days[..3]
                .iter()
                .map(|day| day.tally.regions[at].ttfb.mean())
                .collect(),
        )
    });
    let series: Vec<_> = days[..3].iter().map(|day| day.design.name()).collect();
    let ttfb = plot::bars(
        &Axes {
            title: "Time to first byte by region, mean",
            x: "",
            y: "ms",
            is_x_log: false,
            is_y_log: false,
        },
        &series,
        &groups.collect::<Vec<_>>(),
    );
    let hours = |minutes: &[f64], of: usize| -> Vec<(f64, f64)> {
        let mean = |chunk: &[f64]| chunk.iter().sum::<f64>() / chunk.len() as f64;
        let each = minutes.chunks(of).enumerate();
        each.map(|(at, chunk)| ((at as f64 + 0.5) * of as f64 / 60.0, mean(chunk)))
            .collect()
    };
    let requests: Vec<f64> = days[1]
        .tally
        .requests
        .iter()
        .map(|requests| requests / 60.0)
        .collect();
    let calls = days[..3].iter().map(|day| {
        // So few with a shield that those of ten minutes are of a handful of videos that were looked at.
        let of = match day.design {
            Design::New { shield: true, .. } => 120,
            Design::Old | Design::New { .. } => 10,
        };
        (
            format!("origin calls: {}", day.design.name()),
            hours(&day.tally.calls_per_s(), of),
        )
    });
    let calls: Vec<Line> = [("requests".to_owned(), hours(&requests, 10))]
        .into_iter()
        .chain(calls)
        .collect();
    let over_day = plot::lines(
        &Axes {
            title: "A day: requests, and what the origins are asked, a second",
            x: "hour, UTC",
            y: "a second",
            is_x_log: false,
            is_y_log: true,
        },
        &calls,
    );
    let first = ((day.outage.from_hour * 60.0) as usize).saturating_sub(15);
    let lost: Vec<Line> = day
        .origins
        .cities
        .iter()
        .zip(&days[1].tally.calls)
        .map(|(city, calls)| {
            let around = calls
                .iter()
                .enumerate()
                .skip(first)
                .take(30 + day.outage.minutes as usize);
            let points = around
                .map(|(minute, calls)| (minute as f64 - day.outage.from_hour * 60.0, calls / 60.0));
            (city.clone(), points.collect())
        })
        .collect();
    let outage = plot::lines(
        &Axes {
            title: "An origin region is lost: what each is asked, without a shield",
            x: "minutes from the loss",
            y: "calls a second",
            is_x_log: false,
            is_y_log: false,
        },
        &lost,
    );
    vec![
        ("ttfb", ttfb),
        ("origin-calls", over_day),
        ("outage", outage),
    ]
}
