//! How the load of a place goes over the day.

pub const DAY_MS: f64 = 86_400_000.0;
const SLOTS: usize = 96;

/// Load as a share of a day's, from a moment to another; the next day is as this one.
#[derive(Clone, Debug)]
pub struct Profile {
    /// When each step begins, from 0 to the day's end.
    times: Vec<f64>,
    /// What has come by then.
    shares: Vec<f64>,
}

/// One video that everybody wants at once.
#[derive(Clone, Copy, Debug)]
pub struct Peak {
    pub from: f64,
    pub rise: f64,
    pub until: f64,
    pub factor: f64,
}

impl Peak {
    /// How many times as often as ever.
    fn times(&self, at: f64) -> f64 {
        match at {
            at if at < self.from || at >= self.until => 1.0,
            at => 1.0 + (self.factor - 1.0) * ((at - self.from) / self.rise).min(1.0),
        }
    }
}

/// The load at this time of the day, in hours of the place: 1 on average.
fn shape(hour: f64, peak_hour: f64, peak_to_trough: f64) -> f64 {
    let swing = (peak_to_trough - 1.0) / (peak_to_trough + 1.0);
    1.0 + swing * (std::f64::consts::TAU * (hour - peak_hour) / 24.0).cos()
}

impl Profile {
    /// The load of places with these longitudes and weights, in universal time.
    pub fn of(places: &[(f64, f64)], peak_hour: f64, peak_to_trough: f64) -> Self {
        let slot = DAY_MS / SLOTS as f64;
        let all: f64 = places.iter().map(|(_, weight)| weight).sum();
        let at = |at: f64| {
            let hour = |longitude: f64| at / 3_600_000.0 + longitude / 15.0;
            let each = places.iter().map(|(longitude, weight)| {
                weight * shape(hour(*longitude), peak_hour, peak_to_trough)
            });
            each.sum::<f64>() / all
        };
        let steps = (0..SLOTS).map(|step| (step as f64 * slot, at((step as f64 + 0.5) * slot)));
        Self::steps(&steps.collect::<Vec<_>>())
    }

    /// The same load with a peak: more than a day's in a day.
    #[must_use]
    pub fn with(&self, peak: &Peak) -> Self {
        let mut times = self.times.clone();
        times.pop();
        let ramp = (0..=60).map(|step| peak.from + peak.rise * f64::from(step) / 60.0);
        times.extend(ramp.chain([peak.until]));
        times.sort_by(f64::total_cmp);
        times.dedup();
        let ends = times[1..].iter().copied().chain([DAY_MS]);
        let steps = times.iter().zip(ends).map(|(&from, to)| {
            let rate = (self.by(to) - self.by(from)) / (to - from) * DAY_MS;
            (from, rate * peak.times((from + to) / 2.0))
        });
        let steps: Vec<_> = steps.collect();
        Self::steps(&steps)
    }

    /// From each of these moments on such a rate, where 1 is a day's share spread evenly.
    fn steps(steps: &[(f64, f64)]) -> Self {
        let mut profile = Self {
            times: vec![0.0],
            shares: vec![0.0],
        };
        for (at, (from, rate)) in steps.iter().enumerate() {
            let to = steps.get(at + 1).map_or(DAY_MS, |next| next.0);
            profile.times.push(to);
            let before = profile.shares.last().copied().unwrap_or_default();
            profile.shares.push(before + rate * (to - from) / DAY_MS);
        }
        profile
    }

    /// What a whole day has: 1, and more with a peak.
    #[must_use]
    pub fn whole(&self) -> f64 {
        self.shares.last().copied().unwrap_or_default()
    }

    /// What has come from midnight until then; negative before it.
    #[must_use]
    pub fn by(&self, at: f64) -> f64 {
        let days = (at / DAY_MS).floor();
        let own = at - days * DAY_MS;
        let step = self
            .times
            .partition_point(|time| *time <= own)
            .clamp(1, self.times.len() - 1);
        let (from, to) = (self.times[step - 1], self.times[step]);
        let part = (own - from) / (to - from);
        let (before, after) = (self.shares[step - 1], self.shares[step]);
        days * self.whole() + before + (after - before) * part
    }

    /// When so much has come.
    #[must_use]
    pub fn when(&self, share: f64) -> f64 {
        let days = (share / self.whole()).floor();
        let own = share - days * self.whole();
        let step = self
            .shares
            .partition_point(|share| *share <= own)
            .clamp(1, self.shares.len() - 1);
        let (from, to) = (self.shares[step - 1], self.shares[step]);
        let part = (own - from) / (to - from);
        let (before, after) = (self.times[step - 1], self.times[step]);
        days * DAY_MS + before + (after - before) * part
    }

    /// The least load there is, where 1 is an even day's.
    #[must_use]
    pub fn least(&self) -> f64 {
        let rates = self
            .times
            .windows(2)
            .zip(self.shares.windows(2))
            .map(|(times, shares)| (shares[1] - shares[0]) / (times[1] - times[0]) * DAY_MS);
        rates.fold(f64::INFINITY, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_day_and_its_peak_is_in_the_evening() {
        let profile = Profile::of(&[(0.0, 1.0)], 21.0, 3.0);
        assert!((profile.whole() - 1.0).abs() < 1e-9);
        let hour =
            |hour: f64| profile.by((hour + 1.0) * 3_600_000.0) - profile.by(hour * 3_600_000.0);
        assert!(
            (hour(20.5) / hour(8.5) - 3.0).abs() < 0.05,
            "{}",
            hour(20.5) / hour(8.5)
        );
        let east = Profile::of(&[(90.0, 1.0)], 21.0, 3.0);
        assert!(east.by(3_600_000.0 * 16.0) - east.by(3_600_000.0 * 14.0) > 2.0 / 24.0 * 1.4);
    }

    #[test]
    fn when_is_the_inverse_of_by() {
        let plain = Profile::of(&[(10.0, 1.0), (100.0, 2.0)], 21.0, 3.0);
        let peak = Peak {
            from: 3.6e7,
            rise: 120_000.0,
            until: 3.8e7,
            factor: 100.0,
        };
        for profile in [plain.clone(), plain.with(&peak)] {
            for at in [-5e7, 0.0, 1.0, 3.59e7, 3.605e7, 3.7e7, 8.6e7, 1.2e8] {
                let got = profile.when(profile.by(at));
                assert!((got - at).abs() < 1.0, "{at}: {got}");
            }
        }
    }

    #[test]
    fn a_peak_adds_what_it_says() {
        let profile = Profile::of(&[(0.0, 1.0)], 21.0, 1.0);
        let peak = Peak {
            from: 3.6e7,
            rise: 120_000.0,
            until: 3.6e7 + 1_800_000.0,
            factor: 100.0,
        };
        let with = profile.with(&peak);
        // An even day: 28 minutes of 99 times more, and half of that while it rises.
        let want = 1.0 + 99.0 * (28.0 + 1.0) / 1_440.0;
        assert!(
            (with.whole() / want - 1.0).abs() < 1e-3,
            "{} {want}",
            with.whole()
        );
    }
}
