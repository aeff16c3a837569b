use super::*;
use crate::Query;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Checks the one way in which a search is written, and that this reads back as the same search.
#[track_caller]
fn check(text: &str, want: &str) {
    let query: Query = text
        .parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(query.to_string(), want, "{text}");
    assert_eq!(want.parse(), Ok(query), "{want}");
}

/// Checks a condition on `created_at`: what it is written as, and which seconds are in it when it
/// is asked at `NOW`.
#[track_caller]
fn check_date(text: &str, want: &str, first: Option<i64>, last: Option<i64>) {
    check(&format!("created_at:{text}"), &format!("created_at:{want}"));
    let range: DateRange = text.parse().unwrap();
    let contains = |seconds| range.contains(seconds, NOW);
    for (end, inside, outside) in [(first, 0, -1), (last, 0, 1)] {
        if let Some(end) = end {
            assert!(contains(end + inside), "{text}: {end}");
            assert!(!contains(end + outside), "{text}: {end} and one");
        }
    }
    assert!(first.is_some() || contains(i64::MIN));
    assert!(last.is_some() || contains(i64::MAX));
}

/// 2026-01-31T12:00:00Z
const NOW: i64 = 1_769_860_800;
/// 2026-01-31T00:00:00Z
const MIDNIGHT: i64 = 1_769_817_600;
const DAY: i64 = 86_400;

#[test]
#[rustfmt::skip]
fn ok_dates() {
    let day = "2026-01-31T00:00:00Z..2026-01-31T23:59:59Z";
    let (first, last) = (Some(MIDNIGHT), Some(MIDNIGHT + DAY - 1));
    let at = Some(MIDNIGHT + 22_500);
    check_date("2026-01-31",                       day,                                          first, last);
    check_date("2026-01-31..2026-01-31",           day,                                          first, last);
    check_date("2026-01-31T00:00:00Z..2026-01-31", day,                                          first, last);
    check_date("2026-01-31..",                     "2026-01-31T00:00:00Z..",                     first, None);
    check_date("..2026-01-31",                     "..2026-01-31T23:59:59Z",                     None,  last);
    check_date("2026-01-31T06:15:00Z",             "2026-01-31T06:15:00Z..2026-01-31T06:15:00Z", at,    at);
    check_date("2026-01-31t06:15:00z",             "2026-01-31T06:15:00Z..2026-01-31T06:15:00Z", at,    at);
    check_date("2026-01-31T06:15:00.123Z",         "2026-01-31T06:15:00Z..2026-01-31T06:15:00Z", at,    at);
    check_date("2026-01-31T06:15:00.999999999Z..", "2026-01-31T06:15:00Z..",                     at,    None);
    check_date("..2026-01-31T06:15:00Z",           "..2026-01-31T06:15:00Z",                     None,  at);
    check("created_at:\"2026-01-31\"",             &format!("created_at:{day}"));
}

#[test]
#[rustfmt::skip]
fn ok_relative_dates() {
    check_date("NOW",             "NOW..",                Some(NOW),                None);
    check_date("now",             "NOW..",                Some(NOW),                None);
    check_date("NOW..",           "NOW..",                Some(NOW),                None);
    check_date("..NOW",           "..NOW",                None,                     Some(NOW));
    check_date("NOW..NOW",        "NOW..NOW",             Some(NOW),                Some(NOW));
    check_date("-2days..",        "-172800s..",           Some(NOW - 2 * DAY),      None);
    check_date("-2days",          "-172800s..-86401s",    Some(NOW - 2 * DAY),      Some(NOW - DAY - 1));
    check_date("-2days..-1day",   "-172800s..-86400s",    Some(NOW - 2 * DAY),      Some(NOW - DAY));
    check_date("..+1day",         "..+86400s",            None,                     Some(NOW + DAY));
    check_date("-1s..+1s",        "-1s..+1s",             Some(NOW - 1),            Some(NOW + 1));
    check_date("-90seconds..",    "-90s..",               Some(NOW - 90),           None);
    check_date("-1minute..",      "-60s..",               Some(NOW - 60),           None);
    check_date("-15M..",          "-900s..",              Some(NOW - 900),          None);
    check_date("-3HOURS..NOW",    "-10800s..NOW",         Some(NOW - 10_800),       Some(NOW));
    check_date("+1d..+2d",        "+86400s..+172800s",    Some(NOW + DAY),          Some(NOW + 2 * DAY));
    check_date("2026-01-31..NOW", "2026-01-31T00:00:00Z..NOW", Some(MIDNIGHT),      Some(NOW));
    check_date("-36500days..",    "-3153600000s..",       Some(NOW - 36_500 * DAY), None);
    check_date("+49709d..",       "+4294857600s..",       Some(NOW + 49_709 * DAY), None);
}

#[test]
#[rustfmt::skip]
fn every_date_of_the_calendar_is_read_and_written() {
    check_date("1970-01-01..", "1970-01-01T00:00:00Z..", Some(0),                 None);
    check_date("1969-12-31..", "1969-12-31T00:00:00Z..", Some(-DAY),              None);
    check_date("2000-02-29..", "2000-02-29T00:00:00Z..", Some(951_782_400),       None);
    check_date("2024-02-29..", "2024-02-29T00:00:00Z..", Some(1_709_164_800),     None);
    check_date("2100-03-01..", "2100-03-01T00:00:00Z..", Some(4_107_542_400),     None);
    check_date("9999-12-31..", "9999-12-31T00:00:00Z..", Some(253_402_214_400),   None);
    check_date("0001-01-01..", "0001-01-01T00:00:00Z..", Some(-62_135_596_800),   None);
    check_date("0000-01-01..", "0000-01-01T00:00:00Z..", Some(-62_167_219_200),   None);
    check_date("0000-12-31..", "0000-12-31T00:00:00Z..", Some(-62_135_683_200),   None);
    check_date("..9999-12-31", "..9999-12-31T23:59:59Z", None, Some(253_402_300_799));
    for day in (-719_528..2_932_896).step_by(97) {
        let text = Moment::At(day * DAY + 45_296).to_string();
        let range: DateRange = format!("{text}..").parse().unwrap();
        assert_eq!(range.from, Some(Moment::At(day * DAY + 45_296)), "{text}");
    }
}

#[test]
#[rustfmt::skip]
fn every_date_field_is_known() {
    for (field, want) in [
        ("created_at",         "created_at"),
        ("updated_at",         "updated_at"),
        ("published_at",       "published_at"),
        ("schedule.starts_at", "schedule.starts_at"),
        ("schedule_starts_at", "schedule.starts_at"),
        ("schedule.ends_at",   "schedule.ends_at"),
        ("schedule_ends_at",   "schedule.ends_at"),
    ] {
        check(&format!("+{field}:NOW"),          &format!("+{want}:NOW.."));
        check(&format!("-{field}:\"..NOW\""),    &format!("-{want}:..NOW"));
    }
    // No moment of a video's, so a custom field.
    check("my_schedule_starts_at:now",           r#"my_schedule_starts_at:"now""#);
}

#[test]
fn err_dates() {
    for text in [
        "..",
        "cat",
        "2026",
        "2026-01",
        "2026-1-31",
        "26-01-31",
        "2026-00-31",
        "2026-13-01",
        "2026-02-29",
        "1900-02-29",
        "2026-04-31",
        "2026-01-00",
        "2026-01-31T06:15Z",
        "2026-01-31T06:15:00",
        "2026-01-31T06:15:00+01:00",
        "2026-01-31T24:00:00Z",
        "2026-01-31T06:60:00Z",
        "2026-01-31T06:15:60Z",
        "2026-01-31T06:15:00.Z",
        "2026-01-31T",
        "2026/01/31",
        "+2026-01-31",
        "2026-01-31..2026-02-01..",
        "2026-01-31...2026-02-01",
        "2026-01-31,2026-02-01",
        "-2",
        "-days",
        "2days",
        "-2 days",
        "-2weeks",
        "-1.5days",
        "--2days",
        "-4294967296s",
        "-49710days",
        "+4294967295s",
        "-99999999999999999999days",
        "NOW-1day",
        "\u{664}\u{662}",
    ] {
        let clause = format!("created_at:{text}");
        assert!(clause.parse::<Query>().is_err(), "{text}");
    }
}
