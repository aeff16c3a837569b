//! Moments and ranges of them, as searches write them.

use std::{fmt, str::FromStr};

use super::InvalidQuery;

/// From when until when. What is open is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateRange {
    /// The first moment in it.
    pub from: Option<Moment>,
    /// The first moment after it.
    pub until: Option<Moment>,
}

/// A moment, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// Since 1970 UTC.
    At(i64),
    /// Since the moment of asking: `NOW`, `-2days`.
    FromNow(i64),
}

/// A moment, and how long what it names lasts: a day for a date, a second for a time.
struct Span {
    start: Moment,
    seconds: i64,
}

const DAY: i64 = 86_400;
const DATES: InvalidQuery = InvalidQuery(
    "expected a date such as `2026-01-31`, `2026-01-31T06:15:00Z`, `-2days` or `NOW`, or a range with `..`",
);

impl Moment {
    /// Seconds since 1970 UTC, when it is asked at `now`.
    #[must_use]
    pub fn at(self, now: i64) -> i64 {
        match self {
            Self::At(seconds) => seconds,
            Self::FromNow(seconds) => now.saturating_add(seconds),
        }
    }

    fn plus(self, seconds: i64) -> Self {
        match self {
            Self::At(own) => Self::At(own.saturating_add(seconds)),
            Self::FromNow(own) => Self::FromNow(own.saturating_add(seconds)),
        }
    }
}

impl DateRange {
    /// Whether it moves with the clock.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        let moves = |end: Option<Moment>| matches!(end, Some(Moment::FromNow(_)));
        moves(self.from) || moves(self.until)
    }

    /// Whether `seconds` since 1970 UTC are in it, when it is asked at `now`.
    #[must_use]
    pub fn contains(&self, seconds: i64, now: i64) -> bool {
        self.from.is_none_or(|from| from.at(now) <= seconds)
            && self.until.is_none_or(|until| seconds < until.at(now))
    }
}

impl FromStr for DateRange {
    type Err = InvalidQuery;

    /// Reads `a..b`, `a..`, `..b` or `a`. A date without a time names its whole day, at either end
    /// and alone; what is counted from now names its moment at an end, and a whole unit alone.
    fn from_str(text: &str) -> Result<Self, InvalidQuery> {
        let Some((from, until)) = text.split_once("..") else {
            let span = Span::parse(text)?;
            let until = span.start.plus(span.seconds);
            // "From now on": a moment without an end would find nothing.
            let is_now = span.start == Moment::FromNow(0);
            return Ok(Self {
                from: Some(span.start),
                until: (!is_now).then_some(until),
            });
        };
        if from.is_empty() && until.is_empty() {
            return Err(DATES);
        }
        let end = |text: &str| (!text.is_empty()).then(|| Span::parse(text)).transpose();
        Ok(Self {
            from: end(from)?.map(|span| span.start),
            until: end(until)?.map(|span| match span.start {
                Moment::At(_) => span.start.plus(span.seconds),
                Moment::FromNow(_) => span.start.plus(1),
            }),
        })
    }
}

impl Span {
    fn parse(text: &str) -> Result<Self, InvalidQuery> {
        if text.eq_ignore_ascii_case("now") {
            return Ok(Self {
                start: Moment::FromNow(0),
                seconds: 1,
            });
        }
        let parsed = match text.strip_prefix(['+', '-']) {
            Some(amount) => relative(amount, text.starts_with('-')),
            None => absolute(text),
        };
        parsed.ok_or(DATES)
    }
}

/// `2days`, after its sign.
fn relative(amount: &str, is_past: bool) -> Option<Span> {
    let split = amount.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = amount.split_at_checked(split)?;
    let number: i64 = number.parse::<u32>().ok()?.into();
    let unit = match unit.to_ascii_lowercase().as_str() {
        "s" | "second" | "seconds" => 1,
        "m" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 3_600,
        "d" | "day" | "days" => DAY,
        _ => return None,
    };
    let seconds = number * unit;
    // Written in seconds, the span's last second must be such a number again.
    if seconds + unit > u32::MAX.into() {
        return None;
    }
    Some(Span {
        start: Moment::FromNow(if is_past { -seconds } else { seconds }),
        seconds: unit,
    })
}

/// `2026-01-31`, or `2026-01-31T06:15:00Z` with fractions that are dropped.
fn absolute(text: &str) -> Option<Span> {
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (
        digits(parts.next()?, 4)?,
        digits(parts.next()?, 2)?,
        digits(parts.next()?, 2)?,
    );
    let midnight = days_since_1970(year, month, day)? * DAY;
    let Some(time) = time else {
        return Some(Span {
            start: Moment::At(midnight),
            seconds: DAY,
        });
    };
    let time = time.strip_suffix(['Z', 'z'])?;
    let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
    digits(fraction, fraction.len())?;
    let mut parts = whole.splitn(3, ':');
    let (hour, minute, second) = (
        digits(parts.next()?, 2)?,
        digits(parts.next()?, 2)?,
        digits(parts.next()?, 2)?,
    );
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(Span {
        start: Moment::At(midnight + hour * 3_600 + minute * 60 + second),
        seconds: 1,
    })
}

/// A number of exactly `len` digits.
fn digits(text: &str, len: usize) -> Option<i64> {
    let is_number = text.len() == len && len <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// The days from 1970-01-01 to a date of the Gregorian calendar, if there is such a date.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [
        31,
        28 + i64::from(is_leap),
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let index = usize::try_from(month.checked_sub(1)?).ok()?;
    if day < 1 || day > *lengths.get(index)? {
        return None;
    }
    let before: i64 = lengths.iter().take(index).sum();
    let past = year - 1;
    let leaps = past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400);
    // 719,162 days lie before 1970 in the proleptic calendar.
    Some(past * 365 + leaps + before + day - 1 - 719_162)
}

/// The date of a day since 1970: year, month, day.
fn date_of(days: i64) -> (i64, i64, i64) {
    // Years from March on, so that the leap day is the last of its year.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

// === printing ===

impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(from) = self.from {
            from.fmt(f)?;
        }
        f.write_str("..")?;
        match self.until {
            // An end is written as the last second in it.
            Some(until) => until.plus(-1).fmt(f),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::FromNow(0) => f.write_str("NOW"),
            Self::FromNow(seconds) => write!(f, "{seconds:+}s"),
            Self::At(seconds) => {
                let (year, month, day) = date_of(seconds.div_euclid(DAY));
                let time = seconds.rem_euclid(DAY);
                let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
                write!(
                    f,
                    "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests;
