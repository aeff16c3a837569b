//! A day of a design: its videos, or some that stand for them, on as many threads as there are.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use anyhow::Result;

use crate::{
    catalog::Catalog,
    day::Day,
    design::{Design, World},
    hours::DAY_MS,
    model::{Cell, Edit, Video},
    popularity::Popularity,
    random::{exponential, poisson},
    tally::Tally,
    watch::{Arrivals, Frame, Watch},
};

/// What is simulated of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Every video, every request.
    Whole,
    /// Videos that stand for others, and hits that are counted together.
    Sampled,
}

/// Something beside the day's ordinary edits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    Nothing,
    /// So many edits of videos within an hour.
    Storm {
        from: f64,
        edits: f64,
    },
    /// All videos at once: their account's rules.
    Everything {
        at: f64,
    },
}

/// A video that is simulated, for how many it stands.
#[derive(Clone, Copy)]
struct Chosen {
    rank: usize,
    weight: f64,
}

/// So many videos are one piece of work: the pieces, and the order in which they are added up, are the same
/// on any number of threads.
const PIECE: usize = 25;

/// Simulates the day.
///
/// # Errors
///
/// When the parameters have no meaning.
pub fn run(
    day: &Day,
    design: Design,
    extent: Extent,
    event: Event,
    tick: &(dyn Fn() + Sync),
) -> Result<Tally> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    run_on(threads, day, design, (extent, event), tick)
}

fn run_on(
    threads: usize,
    day: &Day,
    design: Design,
    (extent, event): (Extent, Event),
    tick: &(dyn Fn() + Sync),
) -> Result<Tally> {
    let world = World::new(day, design)?;
    let catalog = Catalog::new(day, design.overlay())?;
    let frame = Frame {
        day,
        world: &world,
        catalog: &catalog,
    };
    let popularity = Popularity::zipf(day.load.videos, day.load.zipf_exponent);
    let chosen = choose(day, extent);
    let pieces: Vec<_> = chosen.chunks(PIECE).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(piece) = pieces.get(at) else {
                return done;
            };
            let mut tally = Tally::new(
                world.regions.len(),
                day.origins.cities.len(),
                world.pops.len(),
            );
            for chosen in *piece {
                video(frame, &popularity, *chosen, extent, event, &mut tally);
            }
            done.push((at, tally));
            tick();
        }
    };
    let mut done: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_default())
            .collect()
    });
    done.sort_by_key(|(at, _)| *at);
    anyhow::ensure!(
        done.len() == pieces.len(),
        "a part of the day was not simulated"
    );
    let mut all = Tally::new(
        world.regions.len(),
        day.origins.cities.len(),
        world.pops.len(),
    );
    for (_, tally) in &done {
        all.add(tally);
    }
    Ok(all)
}

/// The ranks that are simulated: the first stratum whole; each other one in as many parts as there should be, of
/// each part one by chance.
fn choose(day: &Day, extent: Extent) -> Vec<Chosen> {
    let videos = day.load.videos;
    let first = match extent {
        Extent::Whole => videos,
        Extent::Sampled => day.sampling.first.min(videos),
    };
    let mut chosen: Vec<_> = (1..=first)
        .map(|rank| Chosen { rank, weight: 1.0 })
        .collect();
    let mut random = fastrand::Rng::with_seed(mix(day.seed, 0, 1));
    let mut from = first;
    while from < videos {
        let to = (from * 10).min(videos);
        let count = day.sampling.each.clamp(1, to - from);
        let step = (to - from) as f64 / count as f64;
        chosen.extend((0..count).map(|turn| Chosen {
            rank: from + 1 + ((turn as f64 + random.f64()) * step) as usize,
            weight: step,
        }));
        from = to;
    }
    chosen
}

fn video(
    frame: Frame<'_>,
    popularity: &Popularity,
    chosen: Chosen,
    extent: Extent,
    event: Event,
    tally: &mut Tally,
) {
    let Frame {
        day,
        world,
        catalog,
    } = frame;
    let Chosen { rank, weight } = chosen;
    let dice = |of: u64| fastrand::Rng::with_seed(mix(day.seed, rank as u64, of));
    let keys = world.design.entries(day);
    let pops = 0..world.pops.len();
    let cells: Vec<_> = pops
        .flat_map(|pop| (0..keys).map(move |key| Cell { pop, key }))
        .collect();
    let dense = match extent {
        Extent::Whole => f64::INFINITY,
        Extent::Sampled => day.sampling.dense,
    };
    let per_day = day.load.requests * popularity.share(rank);
    let arrivals = |of| {
        Arrivals::new(
            world,
            &cells,
            (per_day, keys),
            rank == day.viral.rank,
            dense,
            dice(of),
        )
    };
    let lifetime = world.network.lifetime;
    // As long before midnight as an entry is remembered: by then the caches are as on any day.
    let before = lifetime.idle_ms.min(lifetime.max_age_ms).min(DAY_MS);
    let edits = edits(day, rank, event, -before, &mut dice(4));
    let mut watch = Watch {
        frame,
        cells: &cells,
        tally,
        video: rank,
        weight,
        arrivals: arrivals(2),
        random: dice(3),
        seen: vec![0.0; edits.len()],
    };
    if !world.caches(catalog.is_restricted(rank)) {
        watch.bypass();
        return;
    }
    let whole = (-before, DAY_MS);
    let random = dice(5);
    Video::new(
        &world.network,
        &cells,
        &edits,
        arrivals(6),
        watch,
        random,
        whole,
    )
    .run()
    .finish();
}

/// What is edited of this video, and of its account.
fn edits(day: &Day, rank: usize, event: Event, from: f64, random: &mut fastrand::Rng) -> Vec<Edit> {
    let each = |per_day: f64, random: &mut fastrand::Rng| {
        let mut moments = Vec::new();
        let mut at = from;
        loop {
            at += exponential(random) * DAY_MS / per_day;
            if at.is_nan() || at >= DAY_MS {
                return moments;
            }
            moments.push(at);
        }
    };
    let videos = day.load.videos as f64;
    let own = each(day.edits.videos_per_day / videos, random);
    let mut edits: Vec<_> = own
        .into_iter()
        .map(|at| Edit {
            at,
            is_soft: random.f64() * 100.0 < day.edits.content_percent,
        })
        .collect();
    let account = mix(day.seed, rank as u64, 8) % day.edits.accounts.max(1) as u64;
    let mut of_account = fastrand::Rng::with_seed(mix(day.seed, account, 7));
    let per_account = day.edits.account_edits_per_day / day.edits.accounts.max(1) as f64;
    edits.extend(
        each(per_account, &mut of_account)
            .into_iter()
            .map(|at| Edit { at, is_soft: false }),
    );
    match event {
        Event::Nothing => {}
        Event::Storm { from, edits: count } => {
            for _ in 0..poisson(random, count / videos) as usize {
                edits.push(Edit {
                    at: from + random.f64() * 3_600_000.0,
                    is_soft: false,
                });
            }
        }
        Event::Everything { at } => edits.push(Edit { at, is_soft: false }),
    }
    edits.sort_by(|one, other| one.at.total_cmp(&other.at));
    edits
}

/// A seed of its own for each purpose of each video (a round of SplitMix64 for each).
fn mix(seed: u64, of: u64, purpose: u64) -> u64 {
    let mut state = seed;
    for part in [of, purpose] {
        state = state
            .wrapping_add(part.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .wrapping_add(0x9e37_79b9_7f4a_7c15);
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        state ^= state >> 31;
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bias::smaller,
        figures::{Days, json},
        parameters,
    };

    fn day() -> Day {
        let day = parameters::parse(include_str!("../parameters.toml"), &[]).expect("the file");
        smaller(&day, 60_000.0, 400)
    }

    fn figures(day: &Day, threads: usize) -> String {
        let design = Design::ALL[2];
        let what = (Extent::Sampled, Event::Nothing);
        let tally = run_on(threads, day, design, what, &|| {}).expect("a day");
        json(day, &[Days { design, tally }], &[]).to_string()
    }

    #[test]
    fn the_same_seed_gives_the_same_day_on_any_number_of_threads() {
        let other = Day { seed: 8, ..day() };
        assert_eq!(figures(&day(), 1), figures(&day(), 3));
        assert_ne!(figures(&day(), 1), figures(&other, 1));
    }

    #[test]
    fn chosen_videos_stand_for_all() {
        let day: Day =
            parameters::parse(include_str!("../parameters.toml"), &[]).expect("the file");
        let chosen = choose(&day, Extent::Sampled);
        let all: f64 = chosen.iter().map(|chosen| chosen.weight).sum();
        assert!((all - day.load.videos as f64).abs() < 1e-3, "{all}");
        assert!(
            chosen.windows(2).all(|pair| pair[0].rank <= pair[1].rank),
            "in order"
        );
        assert!(chosen.iter().all(|chosen| chosen.rank <= day.load.videos));
        assert_eq!(choose(&day, Extent::Whole).len(), day.load.videos);
    }
}
