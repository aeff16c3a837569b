//! A moment as the CMS and the Playback API write it.

use std::{fmt, str::FromStr, time::Duration};

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A moment in UTC to the millisecond: `2026-01-01T00:00:00.000Z`.
///
/// Any offset is read, `Z` is printed. Without an offset a time names no moment and is refused.
///
/// # Source
///
/// Playback API contract, video fields: date-times are ISO 8601 in UTC with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct IsoTime(Timestamp);

/// The text is not a moment.
#[derive(Clone, Copy, Debug, Error)]
#[error("expected a date and time with an offset, such as `2026-01-01T00:00:00.000Z`")]
pub(crate) struct InvalidIsoTime(());

impl IsoTime {
    /// Now, by the system's clock.
    pub(crate) fn now() -> Self {
        Self::truncated(Timestamp::now())
    }

    fn truncated(time: Timestamp) -> Self {
        let to_milliseconds = TimestampRound::new()
            .smallest(Unit::Millisecond)
            .mode(RoundMode::Floor);
        // Rounding fails only beyond the years jiff knows, where the unrounded moment will do.
        Self(time.round(to_milliseconds).unwrap_or(time))
    }

    /// A whole second since 1970, or the nearest there is a date for.
    pub(crate) fn from_seconds(seconds: i64) -> Self {
        let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        Self(Timestamp::from_second(seconds.clamp(first, last)).unwrap_or(Timestamp::MAX))
    }

    /// How long after an earlier moment this one is. A clock that was set back counts as none.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        let milliseconds = self.milliseconds().saturating_sub(earlier.milliseconds());
        Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default())
    }

    /// Milliseconds since 1970.
    pub(crate) fn milliseconds(self) -> i64 {
        self.0.as_millisecond()
    }

    /// The first whole second not before this moment, since 1970.
    pub(crate) fn ceil_seconds(self) -> i64 {
        let milliseconds = self.0.as_millisecond();
        milliseconds.div_euclid(1000) + i64::from(milliseconds.rem_euclid(1000) > 0)
    }

    /// The last whole second not after this moment, since 1970.
    pub(crate) fn floor_seconds(self) -> i64 {
        self.0.as_millisecond().div_euclid(1000)
    }
}

impl FromStr for IsoTime {
    type Err = InvalidIsoTime;

    fn from_str(text: &str) -> Result<Self, InvalidIsoTime> {
        text.parse()
            .map(Self::truncated)
            .map_err(|_| InvalidIsoTime(()))
    }
}

impl fmt::Display for IsoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl TryFrom<String> for IsoTime {
    type Error = InvalidIsoTime;

    fn try_from(text: String) -> Result<Self, InvalidIsoTime> {
        text.parse()
    }
}

impl From<IsoTime> for String {
    fn from(time: IsoTime) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_offset_is_read_and_utc_with_milliseconds_is_printed() {
        for (text, want) in [
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"),
            ("2026-01-01T01:00:00.5+01:00", "2026-01-01T00:00:00.500Z"),
            ("2026-01-01T00:00:00.123987Z", "2026-01-01T00:00:00.123Z"),
        ] {
            let time: IsoTime = text.parse().expect("row holds a moment");
            assert_eq!(time.to_string(), want);
        }
    }

    #[test]
    fn err_texts_that_name_no_moment() {
        for text in [
            "",
            "yesterday",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-02-30T00:00:00Z",
        ] {
            assert!(text.parse::<IsoTime>().is_err(), "{text}");
        }
    }

    #[test]
    fn whole_seconds_only_narrow_a_window() {
        let time: IsoTime = "1970-01-01T00:00:01.500Z".parse().expect("a moment");
        assert_eq!((time.floor_seconds(), time.ceil_seconds()), (1, 2));
        let whole: IsoTime = "1970-01-01T00:00:01Z".parse().expect("a moment");
        assert_eq!((whole.floor_seconds(), whole.ceil_seconds()), (1, 1));
    }
}
