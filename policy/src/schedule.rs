//! Days of the week and hours of the day, in UTC.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
#[expect(missing_docs, reason = "they are the days of the week")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// A set of [`Weekday`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Weekdays(u8);

/// Hours of a day, from the first to just before the last: `9-17`. Those from 24 on are the next
/// day's, so that `22-26` is from 22:00 to 02:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HourRange {
    // INVARIANT: from < until <= 48.
    from: u8,
    until: u8,
}

/// The text is not a day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected a day of the week: `mon` `tue` `wed` `thu` `fri` `sat` `sun`")]
pub struct InvalidWeekday(());

/// The text is not a range of hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected hours such as `9-17` or, into the next day, `22-26`: from 0 to 48, rising")]
pub struct InvalidHourRange(());

/// The windows of a week, ready to be asked.
///
/// A window belongs to the day it begins on: after midnight it is that day which must be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Week {
    pub(crate) days: Weekdays,
    /// A bit for each hour of a day and of the one after it.
    pub(crate) hours: u64,
}

/// Why a week's windows are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    /// The hour is right, the day is not.
    Day,
    /// On no day would it be open at this hour.
    Hour,
}

pub(crate) const HOUR: i64 = 60 * 60;
const HOURS: u32 = 24;
const MAX_HOUR: u8 = 48;

// === impl Weekday ===

impl Weekday {
    /// Every day, in the order they are printed.
    pub const ALL: [Self; 7] = [
        Self::Mon,
        Self::Tue,
        Self::Wed,
        Self::Thu,
        Self::Fri,
        Self::Sat,
        Self::Sun,
    ];

    /// The token rules write.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }
}

impl FromStr for Weekday {
    type Err = InvalidWeekday;

    fn from_str(text: &str) -> Result<Self, InvalidWeekday> {
        let is_named = |day: &Self| day.as_str().eq_ignore_ascii_case(text);
        Self::ALL
            .into_iter()
            .find(is_named)
            .ok_or(InvalidWeekday(()))
    }
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

// === impl Weekdays ===

impl Weekdays {
    const EVERY: Self = Self(0b111_1111);

    /// Whether no day is in the set.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The days in the set.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        Weekday::ALL
            .into_iter()
            .filter(move |day| self.0 & (1 << *day as u8) != 0)
    }

    pub(crate) fn bits(self) -> u8 {
        self.0
    }

    /// A set from its bits; `None` when a bit stands for no day, or there is none.
    pub(crate) fn from_bits(bits: u8) -> Option<Self> {
        (1..=Self::EVERY.0).contains(&bits).then_some(Self(bits))
    }

    /// Whether the day is in the set, counted in days since 1970.
    fn contains(self, day: i64) -> bool {
        // The first of 1970 was a Thursday.
        let weekday = (day.rem_euclid(7) + Weekday::Thu as i64) % 7;
        self.0 & (1 << weekday) != 0
    }
}

impl FromIterator<Weekday> for Weekdays {
    fn from_iter<I: IntoIterator<Item = Weekday>>(days: I) -> Self {
        Self(days.into_iter().fold(0, |bits, day| bits | 1 << day as u8))
    }
}

// === impl HourRange ===

impl HourRange {
    /// A bit for each of its hours.
    pub(crate) fn bits(self) -> u64 {
        let below = |hour: u8| (1_u64 << hour) - 1;
        below(self.until) & !below(self.from)
    }
}

impl FromStr for HourRange {
    type Err = InvalidHourRange;

    fn from_str(text: &str) -> Result<Self, InvalidHourRange> {
        let hour = |text: &str| {
            let is_number =
                (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u8>().ok().filter(|_| is_number)
        };
        let range = text
            .split_once('-')
            .and_then(|(from, until)| Some((hour(from)?, hour(until)?)));
        match range {
            Some((from, until)) if from < until && until <= MAX_HOUR => Ok(Self { from, until }),
            _ => Err(InvalidHourRange(())),
        }
    }
}

impl fmt::Display for HourRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from, self.until)
    }
}

// === impl Week ===

impl Week {
    /// Always open: every day, every hour of it.
    pub(crate) const OPEN: Self = Self {
        days: Weekdays::EVERY,
        hours: (1 << HOURS) - 1,
    };

    /// Whether the bits are hours of a day and the next, and at least one.
    pub(crate) fn are_hours(bits: u64) -> bool {
        (1..1 << MAX_HOUR).contains(&bits)
    }

    /// The days listed, none where every day is open.
    pub(crate) fn listed_days(self) -> Weekdays {
        match self.days {
            Weekdays::EVERY => Weekdays::default(),
            days => days,
        }
    }

    /// The fewest ranges of hours that are these hours, none where every hour is open.
    pub(crate) fn listed_hours(self) -> Vec<HourRange> {
        let mut ranges: Vec<HourRange> = Vec::new();
        let hours = Some(self.hours).filter(|hours| *hours != Self::OPEN.hours);
        let has = |hour: &u8| hours.is_some_and(|hours| hours & (1 << *hour) != 0);
        for hour in (0..MAX_HOUR).filter(has) {
            match ranges.last_mut() {
                Some(range) if range.until == hour => range.until = hour + 1,
                _ => ranges.push(HourRange {
                    from: hour,
                    until: hour + 1,
                }),
            }
        }
        ranges
    }

    /// Why it is closed at a time, in seconds since 1970 UTC; nothing while it is open.
    pub(crate) fn closed(self, now: i64) -> Option<Closed> {
        if self == Self::OPEN {
            return None;
        }
        let hour = now.div_euclid(HOUR);
        let day = hour.div_euclid(HOURS.into());
        let at = hour.rem_euclid(HOURS.into());
        let has = |hour: i64| self.hours & (1 << hour) != 0;
        let (is_todays, is_yesterdays) = (has(at), has(at + i64::from(HOURS)));
        let is_open = (is_todays && self.days.contains(day))
            || (is_yesterdays && self.days.contains(day - 1));
        match is_open {
            true => None,
            false if is_todays || is_yesterdays => Some(Closed::Day),
            false => Some(Closed::Hour),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const DAY: i64 = 24 * HOUR;

    fn week(days: &str, hours: &str) -> Week {
        let days: Weekdays = days.split(' ').map(|day| day.parse().unwrap()).collect();
        let ranges = hours.split(' ').map(|range| range.parse::<HourRange>());
        Week {
            days,
            hours: ranges.fold(0, |bits, range| bits | range.unwrap().bits()),
        }
    }

    #[test]
    fn ok_hours_print_as_they_parse() {
        for (text, printed) in [
            ("9-17", "9-17"),
            ("09-17", "9-17"),
            ("0-48", "0-48"),
            ("0-1", "0-1"),
            ("47-48", "47-48"),
            ("22-26", "22-26"),
        ] {
            let range: HourRange = text.parse().unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(range.to_string(), printed);
        }
    }

    #[test]
    fn err_hours_that_never_come_or_cannot_be_read() {
        for text in [
            "",
            "-",
            "9",
            "9-",
            "-9",
            "9-9",
            "17-9",
            "0-49",
            "48-49",
            "48-48",
            "+9-17",
            "9-+17",
            "9 -17",
            "9:00-17:00",
            "009-17",
            "9-17-18",
            "a-b",
            "\u{664}-9",
        ] {
            assert!(text.parse::<HourRange>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_day_parses_as_it_prints() {
        for day in Weekday::ALL {
            assert_eq!(day.as_str().to_uppercase().parse(), Ok(day));
        }
        for text in ["", "monday", "mo", "8"] {
            assert!(text.parse::<Weekday>().is_err(), "{text}");
        }
    }

    #[test]
    fn days_of_the_week_are_those_of_the_calendar() {
        for (day, seconds) in [
            ("thu", 0),
            ("wed", -1),
            ("wed", -DAY),
            ("tue", -DAY - 1),
            // 29 February of 2000 and of 2024, 1 March of 2100, which is no leap year.
            ("tue", 951_782_400),
            ("thu", 1_709_164_800),
            ("mon", 4_107_542_400),
            // The end of 1600, a leap year, and of 9999.
            ("sun", -11_644_473_601),
            ("fri", 253_402_300_799),
        ] {
            for listed in Weekday::ALL {
                let closed = week(listed.as_str(), "0-24").closed(seconds);
                let want = (listed.as_str() != day).then_some(Closed::Day);
                assert_eq!(closed, want, "{listed} at {seconds}");
            }
        }
    }

    #[test]
    fn a_window_opens_and_closes_to_the_second() {
        let nine_to_five = week("thu", "9-17");
        for (seconds, want) in [
            (9 * HOUR - 1, Some(Closed::Hour)),
            (9 * HOUR, None),
            (17 * HOUR - 1, None),
            (17 * HOUR, Some(Closed::Hour)),
            (DAY + 9 * HOUR, Some(Closed::Day)),
            (9 * HOUR - 7 * DAY, None),
            (17 * HOUR - 1 - 7 * DAY, None),
            (17 * HOUR - 7 * DAY, Some(Closed::Hour)),
        ] {
            assert_eq!(nine_to_five.closed(seconds), want, "{seconds}");
        }
    }

    #[test]
    fn hours_after_midnight_belong_to_the_day_the_window_began() {
        let late_on_thursday = week("thu", "22-26");
        for (seconds, want) in [
            (HOUR, Some(Closed::Day)),
            (22 * HOUR - 1, Some(Closed::Hour)),
            (22 * HOUR, None),
            (DAY, None),
            (DAY + 2 * HOUR - 1, None),
            (DAY + 2 * HOUR, Some(Closed::Hour)),
            (DAY + 22 * HOUR, Some(Closed::Day)),
        ] {
            assert_eq!(late_on_thursday.closed(seconds), want, "{seconds}");
        }
        // From Sunday into Monday.
        assert_eq!(week("sun", "47-48").closed(5 * DAY - 1), None);
        assert_eq!(week("sun", "47-48").closed(4 * DAY - 1), Some(Closed::Day));
    }

    #[test]
    fn no_time_is_too_far() {
        for now in [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX] {
            assert_eq!(Week::OPEN.closed(now), None, "{now}");
            assert_eq!(
                week("mon tue wed thu fri sat sun", "0-48").closed(now),
                None
            );
            let open = Weekday::ALL
                .into_iter()
                .filter(|day| week(day.as_str(), "0-24").closed(now).is_none());
            assert_eq!(open.count(), 1, "{now}");
        }
    }

    #[test]
    fn only_whole_sets_are_read() {
        assert_eq!(Weekdays::from_bits(0), None);
        assert_eq!(Weekdays::from_bits(128), None);
        assert_eq!(Weekdays::from_bits(127), Some(Weekdays::EVERY));
        assert!(!Week::are_hours(0) && !Week::are_hours(1 << 48));
        assert!(Week::are_hours(1) && Week::are_hours((1 << 48) - 1));
    }
}
