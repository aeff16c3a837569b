//! What a search asks for: the syntax of `q` and `sort`, understood and written in one way.
//!
//! Read at the edge, so that a search nobody can answer never reaches the origin, and two ways of
//! writing one search share one cached answer.
//!
//! ```text
//! q         = clause *( " " clause )
//! clause    = [ "+" / "-" ] [ field ":" ] value
//! value     = alternative *( "," alternative ) / date / date ".." date
//! alternative = term / DQUOTE terms DQUOTE
//! ```
//!
//! # Source
//!
//! Video Cloud, "CMS/Playback API: Videos Search v1". What it leaves open is in
//! docs/playback-api.md, "Where the public contract is silent".

mod moment;
mod parse;
mod print;
mod sort;

use std::collections::BTreeSet;

use thiserror::Error;

pub use moment::{DateRange, Moment};
pub use sort::{InvalidSort, Sort, SortField};

/// A search, understood: its clauses in one order, each once. Without any it finds every video.
///
/// `FromStr` reads `q`; `Display` writes the one text that all equivalent searches share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Query(BTreeSet<Clause>);

/// One condition, and what it does to a video.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clause {
    /// Whether videos must meet it.
    pub occurs: Occurs,
    /// What videos may meet.
    pub condition: Condition,
}

/// What meeting a condition means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occurs {
    /// `+`: a video must meet it.
    Required,
    /// A video must meet one of these, unless there is a required one; more of them rank it higher.
    Optional,
    /// `-`: a video must not meet it.
    Excluded,
}

/// What a video may meet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// One of the alternatives, all of its words, in any order, after stemming.
    Text {
        /// Where they are looked for.
        field: TextField,
        /// Each is a set of words in lower case, made of letters and digits alone.
        any_of: BTreeSet<BTreeSet<String>>,
    },
    /// One of these ids.
    Id(BTreeSet<String>),
    /// One of these states, in upper case.
    State(BTreeSet<String>),
    /// Whether a rendition exists.
    Complete(bool),
    /// A moment in a range.
    Date {
        /// Which moment.
        field: DateField,
        /// From when until when.
        range: DateRange,
    },
}

/// Where words are looked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextField {
    /// Without a field: in all of the below, and in the id.
    Any,
    /// `text`: in the name and both descriptions.
    Text,
    /// `name`.
    Name,
    /// `description`.
    Description,
    /// `long_description`.
    LongDescription,
    /// `tags`.
    Tags,
    /// `reference_id`.
    ReferenceId,
    /// `custom_fields`: in the value of any custom field.
    CustomFields,
    /// In the value of the custom field by this name.
    Custom(String),
}

/// A moment in a video's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateField {
    /// `created_at`.
    CreatedAt,
    /// `updated_at`.
    UpdatedAt,
    /// `published_at`.
    PublishedAt,
    /// `schedule.starts_at`, also `schedule_starts_at`.
    ScheduleStartsAt,
    /// `schedule.ends_at`, also `schedule_ends_at`.
    ScheduleEndsAt,
}

/// The text is not a search. The message says what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct InvalidQuery(&'static str);

impl Query {
    /// The clauses, in one order whatever the order in the text.
    pub fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.0.iter()
    }

    /// Whether it asks for nothing, and so for every video.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the answer changes with the clock alone, as `created_at:-1day..` does. Such an
    /// answer can be cached for a short while only.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        self.0.iter().any(|clause| match &clause.condition {
            Condition::Date { range, .. } => range.is_relative(),
            Condition::Text { .. }
            | Condition::Id(_)
            | Condition::State(_)
            | Condition::Complete(_) => false,
        })
    }
}

#[cfg(test)]
mod tests;
