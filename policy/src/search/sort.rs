//! The order of found videos.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// An order: `name`, or `-updated_at` for descending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sort {
    /// By what.
    pub field: SortField,
    /// Whether the greatest comes first.
    pub is_descending: bool,
}

/// What videos can be sorted by. The two numbers of plays are never shown.
///
/// # Source
///
/// Playback API contract, parameter rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the field of a video by that name")]
pub enum SortField {
    Name,
    ReferenceId,
    CreatedAt,
    PublishedAt,
    UpdatedAt,
    ScheduleStartsAt,
    ScheduleEndsAt,
    State,
    PlaysTotal,
    PlaysTrailingWeek,
}

/// The text names no field that videos can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected a field that videos are sorted by, such as `name` or `-updated_at`")]
pub struct InvalidSort(());

impl Sort {
    /// The last edited first: the order without a search and without a wish.
    pub const DEFAULT: Self = Self {
        field: SortField::UpdatedAt,
        is_descending: true,
    };
}

impl SortField {
    const ALL: [Self; 10] = [
        Self::Name,
        Self::ReferenceId,
        Self::CreatedAt,
        Self::PublishedAt,
        Self::UpdatedAt,
        Self::ScheduleStartsAt,
        Self::ScheduleEndsAt,
        Self::State,
        Self::PlaysTotal,
        Self::PlaysTrailingWeek,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::ReferenceId => "reference_id",
            Self::CreatedAt => "created_at",
            Self::PublishedAt => "published_at",
            Self::UpdatedAt => "updated_at",
            Self::ScheduleStartsAt => "schedule_starts_at",
            Self::ScheduleEndsAt => "schedule_ends_at",
            Self::State => "state",
            Self::PlaysTotal => "plays_total",
            Self::PlaysTrailingWeek => "plays_trailing_week",
        }
    }
}

impl FromStr for Sort {
    type Err = InvalidSort;

    /// Reads a field, with `-` in front for descending. The schedule's are written with a dot or
    /// an underscore.
    fn from_str(text: &str) -> Result<Self, InvalidSort> {
        let (is_descending, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, text),
        };
        let name = match name {
            "schedule.starts_at" => "schedule_starts_at",
            "schedule.ends_at" => "schedule_ends_at",
            other => other,
        };
        let field = SortField::ALL
            .into_iter()
            .find(|field| field.as_str() == name);
        Ok(Self {
            field: field.ok_or(InvalidSort(()))?,
            is_descending,
        })
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_descending { "-" } else { "" };
        write!(f, "{sign}{}", self.field.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn ok_sorts() {
        for (text, want) in [
            ("name", "name"),
            ("-name", "-name"),
            ("reference_id", "reference_id"),
            ("created_at", "created_at"),
            ("-published_at", "-published_at"),
            ("-updated_at", "-updated_at"),
            ("schedule_starts_at", "schedule_starts_at"),
            ("schedule.starts_at", "schedule_starts_at"),
            ("-schedule.ends_at", "-schedule_ends_at"),
            ("state", "state"),
            ("plays_total", "plays_total"),
            ("-plays_trailing_week", "-plays_trailing_week"),
        ] {
            let sort: Sort = text.parse().unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(sort.to_string(), want);
            assert_eq!(want.parse(), Ok(sort));
            assert_eq!(sort.is_descending, text.starts_with('-'));
        }
        assert_eq!("-updated_at".parse(), Ok(Sort::DEFAULT));
    }

    #[test]
    fn err_sorts_by_what_is_hidden_or_nothing() {
        for text in [
            "",
            "-",
            "--name",
            "+name",
            " name",
            "name ",
            "Name",
            "id",
            "duration",
            "geo",
            "schedule",
            "account_id",
            "tags",
            "plays",
            "name,state",
            "reference.id",
            "custom_fields.season",
            "complete",
            "text",
        ] {
            assert!(text.parse::<Sort>().is_err(), "{text}");
        }
    }
}
