//! What a search asks of the video `v`, as SQL.

use playback_policy::{Condition, DateField, Moment, SortField};

use super::super::{full_text::Match, statement::Statement};
use crate::model::IsoTime;

/// Writes a condition, when it is asked at `now`. It is true or false, never null.
pub(super) fn push_condition(to: &mut Statement, condition: &Condition, now: i64) {
    match condition {
        Condition::Text { field, any_of } => Match::of_field(field, any_of).push_condition(to),
        Condition::Id(ids) => {
            to.push("v.id in ")
                .bind_list(ids.iter().map(String::as_str));
        }
        Condition::State(states) => {
            to.push("v.state in ")
                .bind_list(states.iter().map(String::as_str));
        }
        // What can be played is complete.
        Condition::Complete(true) => {
            to.push("true");
        }
        Condition::Complete(false) => {
            to.push("false");
        }
        Condition::Date { field, range } => {
            let moment = date_column(*field);
            let text = |end: Moment| IsoTime::from_seconds(end.at(now)).to_string();
            // A moment a video has not got is in no range.
            to.push("(").push(moment).push(" is not null");
            if let Some(from) = range.from {
                to.push(" and ").push(moment).push(" >= ").bind(text(from));
            }
            if let Some(until) = range.until {
                to.push(" and ").push(moment).push(" < ").bind(text(until));
            }
            to.push(")");
        }
    }
}

/// What a field is sorted by.
pub(super) fn column(field: SortField) -> &'static str {
    match field {
        // The case of ASCII alone, in the order of bytes.
        SortField::Name => "lower(v.name)",
        SortField::ReferenceId => "v.reference_id",
        SortField::CreatedAt => "v.created_at",
        SortField::PublishedAt => "v.published_at",
        SortField::UpdatedAt => "v.updated_at",
        SortField::ScheduleStartsAt => "v.schedule_starts_at",
        SortField::ScheduleEndsAt => "v.schedule_ends_at",
        SortField::State => "v.state",
        SortField::PlaysTotal => "v.plays_total",
        SortField::PlaysTrailingWeek => "v.plays_trailing_week",
    }
}

fn date_column(field: DateField) -> &'static str {
    match field {
        DateField::CreatedAt => "v.created_at",
        DateField::UpdatedAt => "v.updated_at",
        DateField::PublishedAt => "v.published_at",
        DateField::ScheduleStartsAt => "v.schedule_starts_at",
        DateField::ScheduleEndsAt => "v.schedule_ends_at",
    }
}
