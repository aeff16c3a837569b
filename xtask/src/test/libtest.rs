//! Reads the result lines of `cargo test`: how many tests passed and failed.

use std::iter::Sum;
use std::ops::Add;

/// Tests that ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u32,
    pub(super) failed: u32,
}

// === impl Counts ===

impl Counts {
    /// Reads a line such as `test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; …`.
    ///
    /// Answers nothing for any other line. `wasm-bindgen-test-runner` prints the same line.
    pub(super) fn in_line(line: &str) -> Option<Self> {
        let (_, counts) = line
            .trim()
            .strip_prefix("test result: ")?
            .split_once(". ")?;
        let count = |word: &str| {
            counts
                .split(';')
                .find_map(|part| part.trim().strip_suffix(word)?.trim().parse().ok())
        };
        Some(Self {
            passed: count("passed")?,
            failed: count("failed")?,
        })
    }

    pub(super) fn ran(self) -> u32 {
        self.passed + self.failed
    }
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
        }
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), Self::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_line_is_counted_whether_it_succeeded_or_not() {
        let ok = "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.01s";
        assert_eq!(
            Counts::in_line(ok),
            Some(Counts {
                passed: 12,
                failed: 0
            })
        );
        let failed = "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 filtered out";
        assert_eq!(
            Counts::in_line(failed),
            Some(Counts {
                passed: 1,
                failed: 2
            })
        );
    }

    #[test]
    fn other_lines_are_not_counted() {
        for line in [
            "",
            "test tests::ok ... ok",
            "running 3 tests",
            "test result: unknown",
            "3 passed; 1 failed",
        ] {
            assert_eq!(Counts::in_line(line), None, "{line}");
        }
    }

    #[test]
    fn counts_of_several_runs_add_up() {
        let runs = [
            Counts {
                passed: 2,
                failed: 1,
            },
            Counts {
                passed: 3,
                failed: 0,
            },
        ];
        assert_eq!(
            runs.into_iter().sum::<Counts>(),
            Counts {
                passed: 5,
                failed: 1
            }
        );
    }
}
