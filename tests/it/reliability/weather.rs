//! When things go wrong: a storm, a calm, and a lull in which nobody edits, over and over.
//!
//! In a storm a purger may be late. In the calm behind it it has no excuse, and in the lull no later
//! edit covers what it missed.

use std::time::Duration;

use super::record::{Clock, Moment};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weather {
    /// Calls fail, and the purger is killed.
    Storm,
    /// Calls pass, and editors go on.
    Calm,
    /// Calls pass, and editors rest.
    Lull,
}

const STORM: Duration = Duration::from_secs(7);
const CALM: Duration = Duration::from_secs(3);
/// Longer than a second purge may take.
const LULL: Duration = Duration::from_secs(6);

impl Weather {
    /// Whether nobody edits.
    pub(super) fn is_lull(clock: Clock) -> impl Fn() -> bool {
        move || Self::at(clock.now()) == Self::Lull
    }

    pub(super) fn at(moment: Moment) -> Self {
        let round = (STORM + CALM + LULL).as_micros();
        let since = moment.as_micros() % round;
        match () {
            () if since < STORM.as_micros() => Self::Storm,
            () if since < (STORM + CALM).as_micros() => Self::Calm,
            () => Self::Lull,
        }
    }
}

#[test]
fn a_storm_is_followed_by_a_calm_and_a_lull() {
    for (seconds, weather) in [
        (0, Weather::Storm),
        (6, Weather::Storm),
        (7, Weather::Calm),
        (10, Weather::Lull),
        (15, Weather::Lull),
        (16, Weather::Storm),
        (16 * 9 + 12, Weather::Lull),
    ] {
        assert_eq!(
            Weather::at(Moment::from_secs(seconds)),
            weather,
            "{seconds}"
        );
    }
}
