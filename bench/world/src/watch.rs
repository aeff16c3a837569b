//! One video's day, watched: each event with its weight into the tally, and through the policy crate.

use playback_policy::Overlay;

use crate::{
    catalog::Catalog,
    day::Day,
    design::World,
    hours::{DAY_MS, Profile},
    judge::Visitor,
    model::{Cell, Fetched, Fill, Observer, Source},
    random::{exponential, lognormal, poisson},
    tally::{Tally, minute},
};

/// When a video is asked for, cell by cell, as chance has it.
pub struct Arrivals<'a> {
    world: &'a World,
    cells: &'a [Cell],
    /// Requests of this video a day, all cells together, beside the peak.
    pub per_day: f64,
    keys: f64,
    is_viral: bool,
    /// From so many within the idle time on hits are counted together; infinite where each is to be an event.
    dense: f64,
    random: fastrand::Rng,
}

impl<'a> Arrivals<'a> {
    pub fn new(
        world: &'a World,
        cells: &'a [Cell],
        (per_day, keys): (f64, usize),
        is_viral: bool,
        dense: f64,
        random: fastrand::Rng,
    ) -> Self {
        let keys = keys as f64;
        Self {
            world,
            cells,
            per_day,
            keys,
            is_viral,
            dense,
            random,
        }
    }

    fn profile(&self, cell: usize) -> &'a Profile {
        let of = &self.world.pops[self.cells[cell].pop];
        match self.is_viral {
            true => &of.peak,
            false => &of.load,
        }
    }

    fn rate(&self, cell: usize) -> f64 {
        self.per_day * self.world.pops[self.cells[cell].pop].share / self.keys
    }
}

impl Source for Arrivals<'_> {
    fn next(&mut self, cell: usize, after: f64) -> f64 {
        let (profile, rate) = (self.profile(cell), self.rate(cell));
        profile
            .when(profile.by(after) + exponential(&mut self.random) / rate)
            .max(after)
    }

    fn is_dense(&self, cell: usize) -> bool {
        // Where nothing is evicted for idleness, a day's requests are what is many.
        let idle = self.world.network.lifetime.idle_ms.min(DAY_MS);
        let of = &self.world.pops[self.cells[cell].pop];
        let least = match idle < DAY_MS {
            true => of.load.least(),
            false => 1.0,
        };
        self.rate(cell) * least * idle / DAY_MS > self.dense
    }
}

/// Everything that is the same for all videos.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pub day: &'a Day,
    pub world: &'a World,
    pub catalog: &'a Catalog,
}

/// Watches one video.
pub struct Watch<'a, 't> {
    pub frame: Frame<'a>,
    pub cells: &'a [Cell],
    pub tally: &'t mut Tally,
    /// Its place in the catalog, which its rules follow from.
    pub video: usize,
    /// For how many videos it stands.
    pub weight: f64,
    pub arrivals: Arrivals<'a>,
    pub random: fastrand::Rng,
    /// Until each edit is seen at the last POP.
    pub seen: Vec<f64>,
}

/// How a request was answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Hit,
    Stale,
    Waited,
    Miss,
    Failed,
}

impl Watch<'_, '_> {
    /// So many requests (as many as this one stands for) of this cell, which took so long at the POP.
    fn note(&mut self, cell: usize, at: f64, how: How, took: f64, stands_for: f64) {
        if !(0.0..DAY_MS).contains(&at) {
            return;
        }
        let Frame {
            day,
            world,
            catalog,
        } = self.frame;
        let Cell { pop, key } = self.cells[cell];
        let city = world.pops[pop].city(at, &mut self.random);
        let (latency, of) = (&day.latency, &world.cities[city]);
        let far = lognormal(&mut self.random, latency.access_km, latency.access_km_sigma);
        let access = 2.0 * far * latency.fibre_us_per_km * latency.access_route_factor / 1_000.0;
        let last_mile = latency
            .last_mile_ms
            .get(&world.regions[of.region])
            .copied()
            .unwrap_or_default();
        let last_mile = lognormal(&mut self.random, last_mile, latency.last_mile.sigma);
        let round_trip = last_mile + access + world.to_pop_ms[city];
        let ttfb = round_trip + world.network.service.hit_ms + took;
        let address = catalog.address(&mut self.random);
        let visitor = Visitor {
            address,
            country: &of.country,
        };
        // With overlay at the edge any of the account's keys comes to the one entry.
        let key = match world.design.overlay() {
            Overlay::Edge => self.random.usize(..day.keys.count.max(1)),
            Overlay::Origin => key,
        };
        let judged = catalog.judge(self.video, &visitor, key, world.design.overlay());
        let tally = &mut *self.tally;
        tally.judged += 1;
        let weight = self.weight * stands_for;
        tally.requests[minute(at)] += weight;
        tally.pops[pop].0 += weight;
        let region = &mut tally.regions[of.region];
        region.requests += weight;
        match how {
            How::Hit => region.hits += weight,
            How::Stale => {
                region.hits += weight;
                region.stale += weight;
            }
            How::Waited => {
                region.hits += weight;
                region.waited += weight;
            }
            How::Miss => region.misses.add(ttfb, weight),
            How::Failed => region.failed += weight,
        }
        if !judged.is_allowed {
            region.refused += weight;
        }
        region.bytes += weight * (judged.bytes + day.answers.header_bytes);
        region.ttfb.add(ttfb, weight);
        let new = day.connection.new_round_trips * round_trip;
        region.new_connection.add(ttfb + new, weight);
    }

    /// As many as come in this time, of whom a few are noted, each for its part.
    fn note_many(&mut self, cell: usize, from: f64, to: f64, how: How, until: Option<f64>) {
        let (from, to) = (from.max(0.0), to.min(DAY_MS));
        if from >= to {
            return;
        }
        let profile = self.arrivals.profile(cell);
        let (first, last) = (profile.by(from), profile.by(to));
        let count = poisson(&mut self.random, (last - first) * self.arrivals.rate(cell));
        let noted = self
            .noted(count)
            .max(self.frame.day.sampling.of_hits)
            .min(count);
        for turn in 0..noted as usize {
            // One in each part of the time, so that the day's curve is met evenly.
            let part = (turn as f64 + self.random.f64()) / noted;
            let at = profile.when(first + (last - first) * part).clamp(from, to);
            let took = until.map_or(0.0, |until| (until - at).max(0.0));
            self.note(cell, at, how, took, count / noted);
        }
    }

    /// How many of so many must be looked at, that none stands for too large a part of the day.
    fn noted(&self, count: f64) -> f64 {
        let Frame { day, .. } = self.frame;
        (self.weight * count / day.load.requests * day.sampling.noted).ceil()
    }

    /// Every request of a video that is not cached: the origin and the geolocation service answer it.
    pub fn bypass(&mut self) {
        const NOTED: f64 = 8.0;
        let Frame { day, .. } = self.frame;
        for cell in 0..self.cells.len() {
            let profile = self.arrivals.profile(cell);
            let whole = profile.whole();
            let count = poisson(&mut self.random, whole * self.arrivals.rate(cell));
            let noted = match self.arrivals.dense.is_infinite() {
                true => count,
                false => self.noted(count).max(NOTED).min(count),
            };
            for turn in 0..noted as usize {
                let part = (turn as f64 + self.random.f64()) / noted;
                let at = profile.when(whole * part).clamp(0.0, DAY_MS - 1.0);
                let took = day.old.miss_ms + day.old.geolocation_ms;
                self.note(cell, at, How::Miss, took, count / noted);
                let weight = self.weight * count / noted;
                self.tally.calls[0][minute(at)] += weight;
                self.tally.located += weight;
                self.tally.pops[self.cells[cell].pop].1 += weight;
            }
        }
    }

    /// Takes the edits into account, when all has happened.
    pub fn finish(self) {
        for after in self.seen {
            if after > 0.0 {
                self.tally.seen.add(after, self.weight);
            }
        }
    }
}

impl Observer for Watch<'_, '_> {
    fn hit(&mut self, cell: usize, at: f64, stale: bool) {
        self.tally.simulated += 1;
        self.note(cell, at, hit(stale), 0.0, 1.0);
    }

    fn hits(&mut self, cell: usize, from: f64, to: f64, stale: bool) {
        self.tally.simulated += 1;
        self.note_many(cell, from, to, hit(stale), None);
    }

    fn fill(&mut self, cell: usize, fill: &Fill) {
        self.tally.simulated += 1;
        let how = match fill.failed {
            true => How::Failed,
            false => How::Miss,
        };
        self.note(cell, fill.at, how, fill.until - fill.at, 1.0);
        if (0.0..DAY_MS).contains(&fill.at) {
            self.tally.pops[self.cells[cell].pop].1 += self.weight;
            if self.frame.world.network.shield.is_some() {
                self.tally.shield_bytes +=
                    self.weight * self.frame.catalog.answer_bytes(self.video);
            }
        }
    }

    fn wait(&mut self, cell: usize, at: f64, until: f64) {
        self.tally.simulated += 1;
        self.note(cell, at, How::Waited, until - at, 1.0);
    }

    fn waits(&mut self, cell: usize, from: f64, until: f64) {
        self.note_many(cell, from, until, How::Waited, Some(until));
    }

    fn origin_call(&mut self, at: f64, fetched: &Fetched) {
        self.tally.simulated += 1;
        if !(0.0..DAY_MS).contains(&at) {
            return;
        }
        if let Some(calls) = self.tally.calls.get_mut(fetched.region) {
            calls[minute(at)] += self.weight;
            self.tally.origin_bytes += self.weight * self.frame.catalog.answer_bytes(self.video);
        }
    }

    fn seen(&mut self, edit: usize, after: f64) {
        self.seen[edit] = self.seen[edit].max(after);
    }
}

fn hit(stale: bool) -> How {
    match stale {
        true => How::Stale,
        false => How::Hit,
    }
}
