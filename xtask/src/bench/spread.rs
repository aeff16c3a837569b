//! A figure that was measured several times.

use serde::Serialize;

/// The middle of some measurements, and how far they lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

/// The value in the middle; of two, the upper one.
pub(super) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

impl Spread {
    /// `None` where nothing was measured.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        Some(Self {
            median: median(values)?,
            least: values.iter().copied().min_by(f64::total_cmp)?,
            most: values.iter().copied().max_by(f64::total_cmp)?,
        })
    }
}

#[cfg(test)]
impl Spread {
    /// From the least to the most, in so many decimals.
    pub(super) fn range(&self, decimals: usize) -> String {
        format!("{:.decimals$} to {:.decimals$}", self.least, self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_lies_in_the_middle_whatever_the_order() {
        for (values, want) in [
            (&[][..], None),
            (&[2.0], Some(2.0)),
            (&[1.0, 3.0], Some(3.0)),
            (&[9.0, 1.0, 2.0], Some(2.0)),
            (&[100.0, 1.0, 2.0, 3.0, 4.0], Some(3.0)),
        ] {
            assert_eq!(median(values), want, "{values:?}");
        }
    }

    #[test]
    fn range_is_told_from_the_least_to_the_most() {
        let spread = Spread::of(&[0.25, 0.118, 0.12]).expect("three measurements");
        assert_eq!(
            (spread.median, spread.range(3)),
            (0.12, "0.118 to 0.250".to_owned())
        );
        assert_eq!(Spread::of(&[]), None);
    }
}
