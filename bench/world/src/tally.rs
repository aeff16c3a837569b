//! What is counted of a day.

use crate::{hours::DAY_MS, quantiles::Quantiles};

/// Minutes of a day.
pub const MINUTES: usize = 1_440;

/// Figures of a day, or of some of its videos: they add up.
#[derive(Clone, Debug)]
pub struct Tally {
    pub regions: Vec<Region>,
    /// Calls of the origins, minute by minute, by origin.
    pub calls: Vec<Vec<f64>>,
    /// Requests, minute by minute.
    pub requests: Vec<f64>,
    /// By the place of a POP: what came, and what of that was fetched.
    pub pops: Vec<(f64, f64)>,
    /// From the commit of an edit until it is seen at the last POP, where anything was stored.
    pub seen: Quantiles,
    /// Bytes from origins to POPs, and from the shield to POPs.
    pub origin_bytes: f64,
    pub shield_bytes: f64,
    /// Answers of the old design's geolocation service.
    pub located: f64,
    /// Requests that went all the way through the policy crate.
    pub judged: u64,
    /// Events that were simulated.
    pub simulated: u64,
}

/// Of the viewers in one region.
#[derive(Clone, Debug, Default)]
pub struct Region {
    pub requests: f64,
    pub hits: f64,
    /// Of the hits, those that waited for another's fill.
    pub waited: f64,
    pub stale: f64,
    pub refused: f64,
    pub failed: f64,
    pub bytes: f64,
    pub ttfb: Quantiles,
    /// The same where the connection was new.
    pub new_connection: Quantiles,
    /// Of those that were fetched.
    pub misses: Quantiles,
}

impl Tally {
    #[must_use]
    pub fn new(regions: usize, origins: usize, pops: usize) -> Self {
        Self {
            regions: vec![Region::default(); regions],
            calls: vec![vec![0.0; MINUTES]; origins],
            requests: vec![0.0; MINUTES],
            pops: vec![(0.0, 0.0); pops],
            seen: Quantiles::default(),
            origin_bytes: 0.0,
            shield_bytes: 0.0,
            located: 0.0,
            judged: 0,
            simulated: 0,
        }
    }

    pub fn add(&mut self, other: &Self) {
        for (own, others) in self.regions.iter_mut().zip(&other.regions) {
            own.add(others);
        }
        for (own, others) in self.calls.iter_mut().zip(&other.calls) {
            add(own, others);
        }
        add(&mut self.requests, &other.requests);
        for (own, others) in self.pops.iter_mut().zip(&other.pops) {
            own.0 += others.0;
            own.1 += others.1;
        }
        self.seen.merge(&other.seen);
        self.origin_bytes += other.origin_bytes;
        self.shield_bytes += other.shield_bytes;
        self.located += other.located;
        self.judged += other.judged;
        self.simulated += other.simulated;
    }

    /// All regions together.
    #[must_use]
    pub fn all(&self) -> Region {
        let mut all = Region::default();
        for region in &self.regions {
            all.add(region);
        }
        all
    }

    /// Calls of all origins.
    #[must_use]
    pub fn origin_calls(&self) -> f64 {
        self.calls.iter().flatten().sum()
    }

    /// Calls of all origins in a second, minute by minute.
    #[must_use]
    pub fn calls_per_s(&self) -> Vec<f64> {
        let mut all = vec![0.0; MINUTES];
        for origin in &self.calls {
            add(&mut all, origin);
        }
        all.iter().map(|calls| calls / 60.0).collect()
    }
}

impl Region {
    fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.hits += other.hits;
        self.waited += other.waited;
        self.stale += other.stale;
        self.refused += other.refused;
        self.failed += other.failed;
        self.bytes += other.bytes;
        self.ttfb.merge(&other.ttfb);
        self.new_connection.merge(&other.new_connection);
        self.misses.merge(&other.misses);
    }

    #[must_use]
    pub fn hit_ratio(&self) -> f64 {
        self.hits / self.requests.max(f64::MIN_POSITIVE)
    }
}

fn add(own: &mut [f64], others: &[f64]) {
    for (own, other) in own.iter_mut().zip(others) {
        *own += other;
    }
}

/// Which minute of the day.
#[must_use]
pub fn minute(at: f64) -> usize {
    ((at / DAY_MS * MINUTES as f64) as usize).min(MINUTES - 1)
}
