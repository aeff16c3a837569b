//! The words of videos, by which searches find them.
//!
//! SQLite keeps them in its FTS5 index (`fts5.rs`), PostgreSQL in a `tsvector` (`tsvector.rs`). What
//! is a word, and which words are the same, is for both what FTS5 says (`tokens.rs`): words are
//! compared without their endings and accents.

mod fts5;
mod tokens;
mod tsvector;

use std::collections::BTreeSet;

use playback_policy::{Condition, TextField, VideoId};

use super::{
    StoreError,
    database::{Connection, Dialect},
    statement::Statement,
};
use crate::model::Video;

pub(super) use tokens::Tokens;

/// Words to look for.
#[derive(Clone, Debug)]
pub(super) struct Match {
    words: Words,
    /// Any of these.
    any_of: Vec<InFields>,
}

/// Words of some fields: all of an alternative, each in any of the fields.
#[derive(Clone, Debug)]
struct InFields {
    fields: &'static [Field],
    any_of: Alternatives,
}

/// Which words.
#[derive(Clone, Debug)]
enum Words {
    /// Those of videos.
    OfVideos,
    /// Those of the custom field by this name.
    OfCustomField(String),
}

/// A text that a video is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Name,
    Description,
    LongDescription,
    Tags,
    ReferenceId,
    /// The values of all custom fields.
    CustomFields,
    Id,
}

/// Any of these, and of each all words.
pub(super) type Alternatives = BTreeSet<BTreeSet<String>>;

/// Where videos are looked for that are like another.
///
/// # Source
///
/// Playback API contract, parameter rules: `/related`.
const RELATED: &[Field] = &[
    Field::Name,
    Field::Description,
    Field::LongDescription,
    Field::Tags,
];

// === impl Match ===

impl Match {
    /// What a search asks of a field.
    pub(super) fn of_field(field: &TextField, any_of: &Alternatives) -> Self {
        let fields: &[Field] = match field {
            TextField::Any => &Field::ALL,
            TextField::Text => &[Field::Name, Field::Description, Field::LongDescription],
            TextField::Name => &[Field::Name],
            TextField::Description => &[Field::Description],
            TextField::LongDescription => &[Field::LongDescription],
            TextField::Tags => &[Field::Tags],
            TextField::ReferenceId => &[Field::ReferenceId],
            TextField::CustomFields => &[Field::CustomFields],
            // Its index has the one.
            TextField::Custom(_) => &[],
        };
        let words = match field {
            TextField::Custom(name) => Words::OfCustomField(name.clone()),
            TextField::Any
            | TextField::Text
            | TextField::Name
            | TextField::Description
            | TextField::LongDescription
            | TextField::Tags
            | TextField::ReferenceId
            | TextField::CustomFields => Words::OfVideos,
        };
        Self::new(words, fields, any_of)
    }

    /// What makes one video like another.
    pub(super) fn related(any_of: &Alternatives) -> Self {
        Self::new(Words::OfVideos, RELATED, any_of)
    }

    fn new(words: Words, fields: &'static [Field], any_of: &Alternatives) -> Self {
        let any_of = any_of.clone();
        Self {
            words,
            any_of: vec![InFields { fields, any_of }],
        }
    }

    /// What meets any of the conditions and can be ranked by it: only words can, and not those of a
    /// custom field by itself.
    pub(super) fn any_rankable<'a>(
        conditions: impl IntoIterator<Item = &'a Condition>,
    ) -> Option<Self> {
        let words = |condition: &Condition| match condition {
            Condition::Text { field, any_of } => match Self::of_field(field, any_of) {
                Self {
                    words: Words::OfVideos,
                    any_of,
                } => Some(any_of),
                Self {
                    words: Words::OfCustomField(_),
                    ..
                } => None,
            },
            Condition::Id(_)
            | Condition::State(_)
            | Condition::Complete(_)
            | Condition::Date { .. } => None,
        };
        let any_of: Vec<_> = conditions.into_iter().filter_map(words).flatten().collect();
        (!any_of.is_empty()).then_some(Self {
            words: Words::OfVideos,
            any_of,
        })
    }

    /// Writes the condition that the video `v` has the words.
    pub(super) fn push_condition(&self, to: &mut Statement) {
        match to.dialect() {
            Dialect::Sqlite => self.push_fts5_condition(to),
            Dialect::Postgres => self.push_tsquery_condition(to),
        }
    }

    /// Begins a statement with the table `ranked`: each `video_id` that has the words, and its
    /// `rank`, the lower the better it matches.
    pub(super) fn ranked(&self, dialect: Dialect) -> Statement {
        match dialect {
            Dialect::Sqlite => self.ranked_by_fts5(),
            Dialect::Postgres => self.ranked_by_tsquery(),
        }
    }
}

impl Field {
    const ALL: [Self; 7] = [
        Self::Name,
        Self::Description,
        Self::LongDescription,
        Self::Tags,
        Self::ReferenceId,
        Self::CustomFields,
        Self::Id,
    ];

    /// What a video is found by there.
    fn text(self, video: &Video) -> Option<String> {
        let fields = &video.fields;
        match self {
            Self::Name => Some(fields.name.clone()),
            Self::Description => fields.description.clone(),
            Self::LongDescription => fields.long_description.clone(),
            Self::Tags => Some(fields.tags.join(" ")),
            Self::ReferenceId => fields.reference_id.as_ref().map(ToString::to_string),
            Self::CustomFields => {
                let values: Vec<_> = fields.custom_fields.values().map(String::as_str).collect();
                Some(values.join(" "))
            }
            Self::Id => Some(video.id.to_string()),
        }
    }
}

// === keeping the index ===

/// Replaces what the index knows of a video that is stored.
pub(super) async fn learn(
    connection: &mut Connection<'_>,
    video: &Video,
) -> Result<(), StoreError> {
    match connection {
        Connection::Sqlite(connection) => fts5::learn(connection, video).await,
        Connection::Postgres(connection, tokens) => {
            tsvector::learn(connection, tokens, video).await
        }
    }
}

/// Removes a video from the index, before it is removed itself.
pub(super) async fn forget(
    connection: &mut Connection<'_>,
    id: &VideoId,
) -> Result<(), StoreError> {
    match connection {
        Connection::Sqlite(connection) => fts5::forget(connection, id).await,
        // It goes with the video.
        Connection::Postgres(..) => Ok(()),
    }
}
