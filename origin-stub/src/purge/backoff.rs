//! How long to leave alone what failed.

use std::time::Duration;

/// The pause after the first failure.
const FIRST: Duration = Duration::from_millis(100);

/// Pauses that double from failure to failure up to a longest, each shortened by chance: whoever
/// failed at the same moment must not come back at the same moment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    /// Failures since the last success.
    failures: u32,
}

impl Backoff {
    /// Counts a failure and answers how long to pause after it: from half of `longest`'s or the
    /// doubled pause up to the whole.
    pub(super) fn fail(&mut self, longest: Duration) -> Duration {
        let doubled = FIRST.saturating_mul(2_u32.saturating_pow(self.failures));
        self.failures = self.failures.saturating_add(1);
        doubled.min(longest).mul_f64(0.5 + fastrand::f64() / 2.0)
    }

    pub(super) fn succeed(&mut self) {
        self.failures = 0;
    }

    /// Failures since the last success.
    pub(super) fn failures(self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_anew_after_a_success() {
        let longest = Duration::from_secs(1);
        for _ in 0..100 {
            let mut backoff = Backoff::default();
            for most in [100, 200, 400, 800, 1000, 1000] {
                let pause = backoff.fail(longest);
                let most = Duration::from_millis(most);
                assert!((most / 2..=most).contains(&pause), "{pause:?} of {most:?}");
            }
            assert_eq!(backoff.failures(), 6);
            backoff.succeed();
            assert!(backoff.fail(longest) <= FIRST);
        }
    }

    #[test]
    fn pauses_differ() {
        let pauses: std::collections::HashSet<_> = (0..20)
            .map(|_| Backoff::default().fail(Duration::from_secs(1)))
            .collect();
        assert!(pauses.len() > 10, "{pauses:?}");
    }
}
