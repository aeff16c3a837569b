//! Chance, where the standard dice have no such side.

/// A lognormal time or distance with this median.
pub fn lognormal(random: &mut fastrand::Rng, median: f64, sigma: f64) -> f64 {
    median * (sigma * normal(random)).exp()
}

/// How many of what happens this often on average.
pub fn poisson(random: &mut fastrand::Rng, mean: f64) -> f64 {
    if mean > 50.0 {
        // So many that a normal number is as good, to a thousandth of its spread.
        return (mean + mean.sqrt() * normal(random)).round().max(0.0);
    }
    let (limit, mut product, mut count) = ((-mean).exp(), 1.0, 0.0);
    loop {
        product *= random.f64();
        if product <= limit {
            return count;
        }
        count += 1.0;
    }
}

/// The time until something happens that does so once in a unit of time.
pub fn exponential(random: &mut fastrand::Rng) -> f64 {
    -(1.0 - random.f64()).ln()
}

/// Box and Muller.
fn normal(random: &mut fastrand::Rng) -> f64 {
    let radius = (2.0 * exponential(random)).sqrt();
    radius * (std::f64::consts::TAU * random.f64()).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_the_mean_and_the_spread_of_poisson() {
        for mean in [0.3, 7.0, 49.0, 400.0] {
            let mut random = fastrand::Rng::with_seed(3);
            let draws: Vec<f64> = (0..40_000).map(|_| poisson(&mut random, mean)).collect();
            let got = draws.iter().sum::<f64>() / 40_000.0;
            let variance = draws.iter().map(|draw| (draw - got).powi(2)).sum::<f64>() / 40_000.0;
            assert!((got / mean - 1.0).abs() < 0.02, "{mean}: mean {got}");
            assert!(
                (variance / mean - 1.0).abs() < 0.05,
                "{mean}: variance {variance}"
            );
        }
    }

    #[test]
    fn half_of_all_are_below_the_median() {
        let mut random = fastrand::Rng::with_seed(3);
        let below = (0..40_000)
            .filter(|_| lognormal(&mut random, 20.0, 0.5) < 20.0)
            .count();
        assert!((19_600..20_400).contains(&below), "{below}");
    }
}
