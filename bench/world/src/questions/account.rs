//! What an edit of a whole account costs, and what it would cost if the account had an entry of its own.

use anyhow::Result;
use playback_policy::Overlay;
use serde_json::json;

use super::{Answer, coarser};
use crate::{
    day::Day,
    design::Design,
    figures::{number, percent, table},
    hours::DAY_MS,
    run::{Event, Extent, run},
    tally::Tally,
};

/// All videos are one account's, and at the storm's hour it is edited.
///
/// # Errors
///
/// When the parameters have no meaning.
pub fn account(day: &Day, tick: &(dyn Fn() + Sync)) -> Result<Answer> {
    let mut coarse = coarser(day);
    coarse.sampling.each = day.sampling.each;
    // Its own edit is the one that is looked at.
    coarse.edits.account_edits_per_day = 0.0;
    let (asked, videos) = (&day.questions, day.load.videos as f64);
    let at = asked.storm_from_hour * 3_600_000.0;
    let minute = (at / DAY_MS * 1_440.0) as usize;
    let (mut rows, mut figures) = (Vec::new(), Vec::new());
    let (mut even, mut burst) = (0.0_f64, Vec::new());
    for (name, shield) in [("no shield", false), ("shield", true)] {
        let design = Design::New {
            shield,
            overlay: Overlay::Edge,
        };
        let calm = run(&coarse, design, Extent::Sampled, Event::Nothing, tick)?;
        let edited = run(
            &coarse,
            design,
            Extent::Sampled,
            Event::Everything { at },
            tick,
        )?;
        let (before, after) = (calm.calls_per_s(), edited.calls_per_s());
        let most = after
            .iter()
            .skip(minute)
            .take(10)
            .copied()
            .fold(0.0, f64::max);
        let more = edited.origin_calls() - calm.origin_calls();
        let all = calm.all();
        let misses = |tally: &Tally| tally.all().requests - tally.all().hits;
        let lost_ms = (misses(&edited) - misses(&calm)) * (all.misses.mean() - all.ttfb.mean());
        let lookups_ms = asked.lookup_ms * all.requests;
        let breaks_even = lookups_ms / lost_ms.max(1.0);
        even = even.max(breaks_even);
        burst.push(most);
        let recovered = (minute..1_440).find(|&at| {
            let mean = |calls: &[f64]| calls.iter().skip(at).take(10).sum::<f64>();
            mean(&after) < 1.5 * mean(&before)
        });
        figures.push(json!({
            "shield": shield, "origin_calls_per_s": most, "before_per_s": before[minute], "more_origin_calls": more,
            "lost_viewer_hours": lost_ms / 3.6e6, "lookup_viewer_hours_per_day": lookups_ms / 3.6e6, "break_even_edits_per_day": breaks_even,
        }));
        rows.push(vec![
            name.to_owned(),
            number(before[minute]),
            number(most),
            number((most / day.origins.machine_calls_per_s).ceil()),
            number(more),
            percent((edited.all().hit_ratio() - calm.all().hit_ratio()).abs()),
            recovered.map_or("not that day".to_owned(), |at| {
                format!("{} min", at - minute)
            }),
            number(lost_ms / 3.6e6),
            number(lookups_ms / 3.6e6),
            number(breaks_even),
        ]);
    }
    let lookup_cores = asked.lookup_cpu_us * day.load.requests / DAY_MS / 1_000.0;
    let ordinary = day.edits.account_edits_per_day / day.edits.accounts.max(1) as f64;
    let days = 1.0 / even.max(1e-9);
    let verdict = format!(
        "One edit of an account of {} videos empties every POP of them: the origins are asked {} times a second in the worst minute, {} with \
         a shield. If the account had an entry of its own, the edit would cost one call for each POP, and every request a second lookup: {} ms \
         and {} µs of the program's time (assumed and measured: the parameter file), on a day {} hours of viewers' waiting and \
         {} processor cores. By viewers' waiting the two are even where the account is edited once in {} days, and an account's size does not \
         matter to that: what an edit and what the lookups cost both grow with it. Accounts are edited once in {} days here: **{}**",
        number(videos),
        burst.first().map_or_else(String::new, |most| number(*most)),
        burst.last().map_or_else(String::new, |most| number(*most)),
        number(asked.lookup_ms),
        number(asked.lookup_cpu_us),
        number(asked.lookup_ms * day.load.requests / 3.6e6),
        number(lookup_cores),
        number(days),
        number(1.0 / ordinary.max(1e-9)),
        match ordinary / even {
            part if part < 0.5 => "each entry should carry the account's rules, as ours does.",
            part if part > 2.0 => "the account should have an entry of its own.",
            _ =>
                "that is as good as even. Each entry should carry the account's rules, as ours does, as long as a shield or spare \
                  machines take the burst; an account that is edited more often should have an entry of its own.",
        }
    );
    let table = table(
        &[
            "",
            "origin calls/s before",
            "in the worst minute after",
            "machines then",
            "more origin calls that day",
            "hits lost that day",
            "until half as many again as ever",
            "hours that viewers wait more",
            "hours a day by second lookups",
            "even at edits a day",
        ],
        &rows,
    );
    Ok(Answer {
        name: "account",
        table,
        verdict,
        figures: figures.into(),
        points: Vec::new(),
    })
}
