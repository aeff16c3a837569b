//! Times, counted by size: their mean is exact, their quantiles are within half a per cent.

/// The smallest time that is told apart from none, in milliseconds.
const SMALLEST: f64 = 0.01;
/// Each class ends where it is this much larger than where it begins.
const RATIO: f64 = 1.01;
const CLASSES: usize = 1_900;

/// Times with weights.
#[derive(Clone, Debug)]
pub struct Quantiles {
    classes: Vec<f64>,
    weight: f64,
    sum: f64,
}

/// What is told of them, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Summary {
    pub p50_ms: f64,
    pub p75_ms: f64,
    pub p90_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
    pub mean_ms: f64,
}

impl Default for Quantiles {
    fn default() -> Self {
        Self {
            classes: vec![0.0; CLASSES],
            weight: 0.0,
            sum: 0.0,
        }
    }
}

impl Quantiles {
    pub fn add(&mut self, ms: f64, weight: f64) {
        let class = (ms.max(SMALLEST) / SMALLEST).ln() / RATIO.ln();
        self.classes[(class as usize).min(CLASSES - 1)] += weight;
        self.weight += weight;
        self.sum += ms * weight;
    }

    pub fn merge(&mut self, other: &Self) {
        for (own, others) in self.classes.iter_mut().zip(&other.classes) {
            *own += others;
        }
        self.weight += other.weight;
        self.sum += other.sum;
    }

    #[must_use]
    pub fn weight(&self) -> f64 {
        self.weight
    }

    #[must_use]
    pub fn mean(&self) -> f64 {
        match self.weight > 0.0 {
            true => self.sum / self.weight,
            false => 0.0,
        }
    }

    /// The time that this share of all is below.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        let mut left = share * self.weight;
        for (class, weight) in self.classes.iter().enumerate() {
            left -= weight;
            if left <= 0.0 && *weight > 0.0 {
                return SMALLEST * RATIO.powf(class as f64 + 0.5);
            }
        }
        0.0
    }

    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary {
            p50_ms: self.quantile(0.5),
            p75_ms: self.quantile(0.75),
            p90_ms: self.quantile(0.9),
            p95_ms: self.quantile(0.95),
            p99_ms: self.quantile(0.99),
            mean_ms: self.mean(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_times() {
        let mut times = Quantiles::default();
        for ms in 1..=1_000 {
            times.add(f64::from(ms), 1.0);
        }
        for (share, want) in [(0.5, 500.0), (0.95, 950.0), (0.99, 990.0)] {
            let got = times.quantile(share);
            assert!((got / want - 1.0).abs() < 0.006, "{share}: {got}");
        }
        assert_eq!(times.mean(), 500.5);
    }

    #[test]
    fn a_weight_counts_as_so_many() {
        let (mut weighed, mut merged) = (Quantiles::default(), Quantiles::default());
        weighed.add(10.0, 99.0);
        merged.add(1_000.0, 1.0);
        weighed.merge(&merged);
        assert!((weighed.quantile(0.98) / 10.0 - 1.0).abs() < 0.006);
        assert!((weighed.quantile(0.995) / 1_000.0 - 1.0).abs() < 0.006);
        assert_eq!(weighed.mean(), 19.9);
    }
}
