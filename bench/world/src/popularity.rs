//! How often each video is asked for: Zipf's law.

/// The shares of videos by rank, from 1.
pub struct Popularity {
    /// Up to and including each rank.
    cumulative: Vec<f64>,
}

impl Popularity {
    /// The share of the video of rank r is as r to the power of `-exponent`.
    #[must_use]
    pub fn zipf(videos: usize, exponent: f64) -> Self {
        let mut sum = 0.0;
        let mut cumulative: Vec<f64> = (1..=videos)
            .map(|rank| {
                sum += (rank as f64).powf(-exponent);
                sum
            })
            .collect();
        for share in &mut cumulative {
            *share /= sum;
        }
        Self { cumulative }
    }

    /// Of all requests, those for the video of this rank.
    #[must_use]
    pub fn share(&self, rank: usize) -> f64 {
        let before = match rank {
            1 => 0.0,
            _ => self.cumulative[rank - 2],
        };
        self.cumulative[rank - 1] - before
    }

    /// Of all requests, those for the videos up to this rank.
    #[must_use]
    pub fn share_up_to(&self, rank: usize) -> f64 {
        self.cumulative[rank - 1]
    }

    /// A rank.
    pub fn draw(&self, random: &mut fastrand::Rng) -> usize {
        let at = random.f64();
        (self.cumulative.partition_point(|share| *share <= at) + 1).min(self.cumulative.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_fall_with_the_rank_as_the_law_says() {
        let popularity = Popularity::zipf(1_000, 0.9);
        for rank in [2, 10, 500] {
            let ratio = popularity.share(1) / popularity.share(rank);
            let want = (rank as f64).powf(0.9);
            assert!((ratio / want - 1.0).abs() < 1e-6, "rank {rank}: {ratio}");
        }
        assert!((popularity.share_up_to(1_000) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn ranks_are_drawn_as_often_as_their_share() {
        let popularity = Popularity::zipf(50, 1.0);
        let mut random = fastrand::Rng::with_seed(1);
        let draws = 200_000;
        let firsts = (0..draws)
            .filter(|_| popularity.draw(&mut random) == 1)
            .count();
        let got = firsts as f64 / f64::from(draws);
        assert!((got / popularity.share(1) - 1.0).abs() < 0.02, "{got}");
    }
}
