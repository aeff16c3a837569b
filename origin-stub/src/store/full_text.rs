//! The words of videos, by which searches find them.
//!
//! This is SQLite's alone: its FTS5 index and the expressions it is asked with. The index knows
//! whatever it holds by a number, so a table beside it gives each video, and each custom field of a
//! video, a number that stays. Words are compared without their endings and accents.
//!
//! # Source
//!
//! SQLite, FTS5 extension: full-text query syntax, contentless-delete tables, `bm25()`.

use std::collections::BTreeSet;

use playback_policy::{Condition, TextField, VideoId};
use sqlx::SqliteConnection;

use super::{StoreError, statement::Statement};
use crate::model::Video;

/// Words to look for, as the index reads them.
#[derive(Clone, Debug)]
pub(super) struct Match {
    words: Words,
    expression: String,
}

/// Which words.
#[derive(Clone, Debug)]
enum Words {
    /// Those of videos.
    OfVideos,
    /// Those of the custom field by this name.
    OfCustomField(String),
}

/// Any of these, and of each all words.
pub(super) type Alternatives = BTreeSet<BTreeSet<String>>;

/// Where videos are looked for that are like another.
///
/// # Source
///
/// Playback API contract, parameter rules: `/related`.
const RELATED: &str = "{name description long_description tags}";

// === impl Match ===

impl Match {
    /// What a search asks of a field.
    pub(super) fn of_field(field: &TextField, any_of: &Alternatives) -> Self {
        let columns = match field {
            TextField::Any => {
                "{name description long_description tags reference_id custom_fields id}"
            }
            TextField::Text => "{name description long_description}",
            TextField::Name => "{name}",
            TextField::Description => "{description}",
            TextField::LongDescription => "{long_description}",
            TextField::Tags => "{tags}",
            TextField::ReferenceId => "{reference_id}",
            TextField::CustomFields => "{custom_fields}",
            TextField::Custom(_) => "{value}",
        };
        Self {
            words: match field {
                TextField::Custom(name) => Words::OfCustomField(name.clone()),
                TextField::Any
                | TextField::Text
                | TextField::Name
                | TextField::Description
                | TextField::LongDescription
                | TextField::Tags
                | TextField::ReferenceId
                | TextField::CustomFields => Words::OfVideos,
            },
            expression: in_columns(columns, any_of),
        }
    }

    /// What makes one video like another.
    pub(super) fn related(any_of: &Alternatives) -> Self {
        Self {
            words: Words::OfVideos,
            expression: in_columns(RELATED, any_of),
        }
    }

    /// What meets any of the conditions and can be ranked by it: only words can, and not those of a
    /// custom field by itself.
    pub(super) fn any_rankable<'a>(
        conditions: impl IntoIterator<Item = &'a Condition>,
    ) -> Option<Self> {
        let expression = |condition: &Condition| match condition {
            Condition::Text { field, any_of } => match Self::of_field(field, any_of) {
                Self {
                    words: Words::OfVideos,
                    expression,
                } => Some(format!("({expression})")),
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
        let expressions: Vec<_> = conditions.into_iter().filter_map(expression).collect();
        (!expressions.is_empty()).then(|| Self {
            words: Words::OfVideos,
            expression: expressions.join(" OR "),
        })
    }

    /// Writes the condition that the video `v` has the words.
    pub(super) fn push_condition(&self, to: &mut Statement) {
        match &self.words {
            Words::OfVideos => {
                to.push(
                    "v.id in (select video_id from video_numbers where number in
                                  (select rowid from video_words where video_words match ",
                );
                to.bind(self.expression.clone());
            }
            Words::OfCustomField(name) => {
                to.push("v.id in (select video_id from custom_field_numbers where name = ");
                to.bind(name.clone());
                to.push(
                    " and number in (select rowid from custom_field_words
                                  where custom_field_words match ",
                );
                to.bind(self.expression.clone());
            }
        }
        to.push("))");
    }

    /// Begins a statement with the table `ranked`: each `video_id` that has the words, and its
    /// `rank`, the lower the better it matches.
    pub(super) fn ranked(&self) -> Statement {
        // Made once: joined as it is, the index could be asked anew for every video.
        let mut statement = Statement::new(
            "with ranked as materialized
                 (select numbers.video_id, bm25(video_words) as rank from video_words
                  join video_numbers as numbers on numbers.number = video_words.rowid
                  where video_words match ",
        );
        statement.bind(self.expression.clone()).push(") ");
        statement
    }
}

/// An expression of nothing but quoted words and our own operators: whatever a word is made of, it
/// stays a word.
fn in_columns(columns: &'static str, any_of: &Alternatives) -> String {
    let all_of = |words: &BTreeSet<String>| {
        let quoted: Vec<_> = words.iter().map(|word| quoted(word)).collect();
        format!("({})", quoted.join(" AND "))
    };
    let alternatives: Vec<_> = any_of.iter().map(all_of).collect();
    format!("{columns} : ({})", alternatives.join(" OR "))
}

fn quoted(word: &str) -> String {
    let letters_and_digits: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
    format!("\"{letters_and_digits}\"")
}

// === keeping the index ===

/// Replaces what the index knows of a video that is stored.
pub(super) async fn learn(
    connection: &mut SqliteConnection,
    video: &Video,
) -> Result<(), StoreError> {
    forget_custom_fields(&mut *connection, &video.id).await?;
    let fields = &video.fields;
    let values: Vec<_> = fields.custom_fields.values().map(String::as_str).collect();
    sqlx::query("insert into video_numbers (video_id) values ($1) on conflict do nothing")
        .bind(video.id.as_str())
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "insert or replace into video_words (rowid, name, description, long_description, tags,
                                             reference_id, custom_fields, id)
         select number, $2, $3, $4, $5, $6, $7, $1 from video_numbers where video_id = $1",
    )
    .bind(video.id.as_str())
    .bind(&fields.name)
    .bind(&fields.description)
    .bind(&fields.long_description)
    .bind(fields.tags.join(" "))
    .bind(
        fields
            .reference_id
            .as_ref()
            .map(|reference| reference.as_str()),
    )
    .bind(values.join(" "))
    .execute(&mut *connection)
    .await?;
    for (name, value) in &fields.custom_fields {
        let number: i64 = sqlx::query_scalar(
            "insert into custom_field_numbers (video_id, name) values ($1, $2) returning number",
        )
        .bind(video.id.as_str())
        .bind(name)
        .fetch_one(&mut *connection)
        .await?;
        sqlx::query("insert or replace into custom_field_words (rowid, value) values ($1, $2)")
            .bind(number)
            .bind(value)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Removes a video from the index, before it is removed itself.
pub(super) async fn forget(
    connection: &mut SqliteConnection,
    id: &VideoId,
) -> Result<(), StoreError> {
    forget_custom_fields(&mut *connection, id).await?;
    for statement in [
        "delete from video_words
         where rowid in (select number from video_numbers where video_id = $1)",
        "delete from video_numbers where video_id = $1",
    ] {
        sqlx::query(statement)
            .bind(id.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn forget_custom_fields(
    connection: &mut SqliteConnection,
    id: &VideoId,
) -> Result<(), StoreError> {
    for statement in [
        "delete from custom_field_words
         where rowid in (select number from custom_field_numbers where video_id = $1)",
        "delete from custom_field_numbers where video_id = $1",
    ] {
        sqlx::query(statement)
            .bind(id.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
