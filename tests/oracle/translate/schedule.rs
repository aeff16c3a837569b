//! Windows, days and hours.

use super::policy::{Policy, any, strings};
use crate::case::Layer;

const CHECK: &str = "schedule";

pub(super) fn policies(layer: &Layer) -> Vec<Policy> {
    let mut policies = Vec::new();
    if let Some(from) = layer.second("from") {
        policies.push(Policy::forbid(CHECK, "from").when(format!("context.now < {from}")));
    }
    if let Some(until) = layer.second("until") {
        policies.push(Policy::forbid(CHECK, "until").when(format!("context.now >= {until}")));
    }
    policies.extend(week(layer));
    policies
}

/// Outside the windows of the week: `hours` refuses where no day would be open at this hour, else
/// `days` does.
///
/// # Source
///
/// DESIGN.md, "Hours": a window belongs to the day it begins on, and hours from 24 on are those of the
/// next day. `hours` alone are those of every day, `days` alone are whole days.
fn week(layer: &Layer) -> Vec<Policy> {
    let whole_day = ["0-24".to_owned()];
    let ranges = match layer.items("hours") {
        [] => &whole_day,
        hours => hours,
    };
    let days: Vec<_> = layer
        .items("days")
        .iter()
        .map(|day| day.to_lowercase())
        .collect();
    let right_hour = || open(ranges, &[]);
    let mut policies = Vec::new();
    if layer.has_any(["hours"]) {
        policies.push(Policy::forbid(CHECK, "hours").unless(right_hour()));
    }
    if layer.has_any(["days"]) {
        let policy = Policy::forbid(CHECK, "days").when(right_hour());
        policies.push(policy.unless(open(ranges, &days)));
    }
    policies
}

/// Whether a window is open that begins today, or began yesterday.
fn open(ranges: &[String], days: &[String]) -> String {
    let windows = ranges.iter().flat_map(|range| {
        let (from, until) = range.split_once('-').expect("hours are a range");
        [
            ("context.weekday", "context.hour"),
            ("context.yesterday", "(context.hour + 24)"),
        ]
        .map(|(day, hour)| {
            let on_day = match days {
                [] => String::new(),
                days => format!("{}.contains({day}) && ", strings(days)),
            };
            format!("({on_day}{hour} >= {from} && {hour} < {until})")
        })
    });
    any(windows).expect("a layer without hours has whole days")
}
