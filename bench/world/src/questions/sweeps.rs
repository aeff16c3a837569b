//! What changes when one thing does.

use anyhow::Result;
use playback_policy::Overlay;
use serde_json::json;

use super::{Answer, coarser};
use crate::{
    day::Day,
    design::Design,
    figures::{number, peak, percent, table},
    purger::purges,
    run::{Event, Extent, run},
    tally::{MINUTES, Tally},
};

const PLAIN: Design = Design::New {
    shield: false,
    overlay: Overlay::Edge,
};
const SHIELD: Design = Design::New {
    shield: true,
    overlay: Overlay::Edge,
};

fn calls(tally: &Tally) -> f64 {
    tally.origin_calls() / MINUTES as f64 / 60.0
}

/// What does the hit ratio lose for each policy key, where a key has entries of its own?
///
/// # Errors
///
/// When the parameters have no meaning.
pub fn keys(day: &Day, tick: &(dyn Fn() + Sync)) -> Result<Answer> {
    let mut day = coarser(day);
    let (mut rows, mut points, mut figures) = (Vec::new(), Vec::new(), Vec::new());
    for keys in [1, 2, 3, 5, 10, 20] {
        day.keys.count = keys;
        let design = Design::New {
            shield: false,
            overlay: Overlay::Origin,
        };
        let tally = run(&day, design, Extent::Sampled, Event::Nothing, tick)?;
        let all = tally.all();
        let before = points.last().map(|&(before, hits): &(f64, f64)| {
            (hits - all.hit_ratio() * 100.0) / (keys as f64 - before)
        });
        points.push((keys as f64, all.hit_ratio() * 100.0));
        figures.push(json!({ "keys": keys, "hit_ratio": all.hit_ratio(), "mean_ms": all.ttfb.mean(), "origin_calls_per_s": calls(&tally) }));
        rows.push(vec![
            keys.to_string(),
            percent(all.hit_ratio()),
            before.map_or(String::new(), number),
            number(all.ttfb.mean()),
            number(calls(&tally)),
        ]);
    }
    let first = points.first().map_or(0.0, |point| point.1);
    let (most, last) = points.last().copied().unwrap_or_default();
    let verdict = format!(
        "From one key to {most:.0} the hit ratio falls from {first:.1} to {last:.1} %: {} points for each further key at \
         first, {} at the end. Where the edge lays the key's rules over an answer it stays at {first:.1} %, with any number of keys.",
        rows.get(1).map_or("", |row| row[2].as_str()),
        rows.last().map_or("", |row| row[2].as_str()),
    );
    let table = table(
        &[
            "keys",
            "hits",
            "points lost for each further key",
            "mean, ms",
            "origin calls/s",
        ],
        &rows,
    );
    Ok(Answer {
        name: "keys",
        table,
        verdict,
        figures: figures.into(),
        points,
    })
}

/// How many POPs until the origin needs a second machine?
///
/// # Errors
///
/// As above.
pub fn pops(day: &Day, tick: &(dyn Fn() + Sync)) -> Result<Answer> {
    let mut day = coarser(day);
    let capacity = day.origins.machine_calls_per_s;
    let (mut rows, mut points, mut figures) = (Vec::new(), Vec::new(), Vec::new());
    let mut needs = None;
    for (count, per_city) in [
        (1, 1),
        (5, 1),
        (10, 1),
        (25, 1),
        (50, 1),
        (100, 1),
        (100, 2),
        (100, 4),
        (100, 8),
    ] {
        (day.pops.count, day.pops.per_city) = (count, per_city);
        let tally = run(&day, PLAIN, Extent::Sampled, Event::Nothing, tick)?;
        let shielded = run(&day, SHIELD, Extent::Sampled, Event::Nothing, tick)?;
        let (all, most) = (tally.all(), peak(&tally.calls_per_s()));
        let pops = count * per_city;
        points.push((pops as f64, most));
        if most > capacity && needs.is_none() {
            needs = Some(pops);
        }
        figures.push(json!({ "pops": pops, "hit_ratio": all.hit_ratio(), "origin_calls_per_s_peak": most, "mean_ms": all.ttfb.mean(), "with_shield_peak": peak(&shielded.calls_per_s()) }));
        rows.push(vec![
            number(pops as f64),
            percent(all.hit_ratio()),
            number(all.ttfb.mean()),
            number(calls(&tally)),
            number(most),
            number((most / capacity).ceil().max(1.0)),
            number(peak(&shielded.calls_per_s())),
        ]);
    }
    let verdict = match needs {
        Some(pops) => format!(
            "At {pops} POPs, the first of these rows with more than {} calls a second at the peak. With a shield the number \
             of POPs does not matter.",
            number(capacity)
        ),
        None => format!(
            "None of these rows has more than {} calls a second: one machine does.",
            number(capacity)
        ),
    };
    let table = table(
        &[
            "POPs",
            "hits",
            "mean, ms",
            "origin calls/s",
            "at the peak",
            "machines",
            "at the peak with a shield",
        ],
        &rows,
    );
    Ok(Answer {
        name: "pops",
        table,
        verdict,
        figures: figures.into(),
        points,
    })
}

/// What does a storm of edits cost?
///
/// # Errors
///
/// As above.
pub fn storm(day: &Day, tick: &(dyn Fn() + Sync)) -> Result<Answer> {
    let coarse = coarser(day);
    let (asked, limit) = (&day.questions, day.purging.keys_per_hour_limit);
    let event = Event::Storm {
        from: asked.storm_from_hour * 3_600_000.0,
        edits: asked.storm_edits,
    };
    let hour = (asked.storm_from_hour * 60.0) as usize;
    let in_hour =
        |tally: &Tally| tally.calls_per_s().iter().skip(hour).take(60).sum::<f64>() / 60.0;
    let (mut rows, mut figures) = (Vec::new(), Vec::new());
    let (mut over, mut waited) = (0.0_f64, 0.0_f64);
    for (name, design, shield) in [("no shield", PLAIN, false), ("shield", SHIELD, true)] {
        let calm = run(&coarse, design, Extent::Sampled, Event::Nothing, tick)?;
        let storm = run(&coarse, design, Extent::Sampled, event, tick)?;
        let sent = purges(day, asked.storm_edits, 3_600_000.0, shield);
        over = over.max(sent.busiest_hour_keys as f64 / limit);
        waited = waited.max(sent.longest_wait_s);
        let more = (storm.origin_calls() - calm.origin_calls()).max(0.0);
        figures.push(json!({ "shield": shield, "purges": sent, "more_origin_calls": more, "calls_per_s": in_hour(&storm), "calm_calls_per_s": in_hour(&calm) }));
        rows.push(vec![
            name.to_owned(),
            number(sent.calls as f64),
            number(sent.keys as f64),
            number(sent.busiest_hour_keys as f64),
            format!("{} s", number(sent.longest_wait_s)),
            number(in_hour(&calm)),
            number(in_hour(&storm)),
            number(more),
            number(storm.all().ttfb.mean() - calm.all().ttfb.mean()),
        ]);
    }
    let first = rows.first().map_or(["", "", ""], |row| {
        [&row[5], &row[6], &row[8]].map(String::as_str)
    });
    let noticed = format!(
        "Viewers hardly notice it (a mean of {} ms more that day), and the origins are asked {} times a second in that hour in place of {}.",
        first[2], first[1], first[0]
    );
    let limited = match over > 1.0 {
        true => format!(
            " **The purge API is what breaks**: the keys of the busiest hour are up to {} times the {} that Fastly publishes for a \
             customer and hour. Beyond it the API answers 429, the purger waits, and edits become visible late.",
            number(over),
            number(limit)
        ),
        false => format!(
            " It stays below the purge API's limit of {} keys an hour.",
            number(limit)
        ),
    };
    let kept_waiting = format!(
        " But for that, no edit waits longer than {} s for its first purge.",
        number(waited)
    );
    let verdict = noticed + &limited + &kept_waiting;
    let table = table(
        &[
            "",
            "calls of the purge API",
            "keys in them",
            "keys in the busiest hour",
            "longest wait for a first purge",
            "origin calls/s in that hour without it",
            "with it",
            "more origin calls that day",
            "mean, ms more",
        ],
        &rows,
    );
    Ok(Answer {
        name: "storm",
        table,
        verdict,
        figures: figures.into(),
        points: Vec::new(),
    })
}

/// When does a shield help, and when does it hurt?
///
/// # Errors
///
/// As above.
pub fn loads(day: &Day, tick: &(dyn Fn() + Sync)) -> Result<Answer> {
    let mut coarse = coarser(day);
    let names: Vec<String> = day.load.regions.keys().cloned().collect();
    let (mut rows, mut figures) = (Vec::new(), Vec::new());
    let (mut helps, mut hurts) = (Vec::new(), Vec::new());
    for requests in [1e6, 1e7, 1e8, 1e9] {
        coarse.load.requests = requests;
        let plain = run(&coarse, PLAIN, Extent::Sampled, Event::Nothing, tick)?;
        let shielded = run(&coarse, SHIELD, Extent::Sampled, Event::Nothing, tick)?;
        let mut row = vec![
            number(requests),
            number(plain.origin_calls()),
            number(shielded.origin_calls()),
            number(plain.all().ttfb.mean()),
            number(shielded.all().ttfb.mean()),
        ];
        for (name, (without, with)) in names
            .iter()
            .zip(plain.regions.iter().zip(&shielded.regions))
        {
            let more = with.misses.mean() - without.misses.mean();
            row.push(signed(more));
            if requests == 1e9 {
                match more < 0.0 {
                    true => helps.push(name.as_str()),
                    false => hurts.push(name.as_str()),
                }
            }
        }
        figures.push(json!({ "requests": requests, "calls": plain.origin_calls(), "calls_with_shield": shielded.origin_calls(), "mean_ms": plain.all().ttfb.mean(), "mean_with_shield_ms": shielded.all().ttfb.mean() }));
        rows.push(row);
    }
    let list = |names: &[&str]| match names {
        [] => "nobody".to_owned(),
        names => format!("viewers in {}", names.join(", ")),
    };
    let verdict = format!(
        "The origins always gain: the more POPs miss the same videos, the more. Misses of {} become faster by it and those of {} \
         slower: the way to the shield replaces that to the nearest origin, and a video that nobody has asked for anywhere pays for \
         both.",
        list(&helps),
        list(&hurts)
    );
    let head = [
        "requests a day",
        "origin calls",
        "with a shield",
        "mean, ms",
        "with a shield",
    ];
    let regions = names
        .iter()
        .map(|name| format!("a miss in {name}, ms more"));
    let head: Vec<String> = head
        .iter()
        .map(|name| (*name).to_owned())
        .chain(regions)
        .collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let table = table(&head, &rows);
    Ok(Answer {
        name: "shield",
        table,
        verdict,
        figures: figures.into(),
        points: Vec::new(),
    })
}

fn signed(value: f64) -> String {
    match value < 0.0 {
        true => format!("−{}", number(-value)),
        false => format!("+{}", number(value)),
    }
}
