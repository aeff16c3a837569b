//! SQLite's index of words, and the expressions it is asked with. The index knows whatever it holds
//! by a number, so a table beside it gives each video, and each custom field of a video, a number
//! that stays.
//!
//! # Source
//!
//! SQLite, FTS5 extension: full-text query syntax, contentless-delete tables, `bm25()`.

use std::collections::BTreeSet;

use playback_policy::VideoId;
use sqlx::SqliteConnection;

use super::{
    super::{StoreError, database::Dialect, statement::Statement},
    Field, InFields, Match, Words,
};
use crate::model::Video;

impl Match {
    pub(super) fn push_fts5_condition(&self, to: &mut Statement) {
        match &self.words {
            Words::OfVideos => {
                to.push(
                    "v.id in (select video_id from video_numbers where number in
                                  (select rowid from video_words where video_words match ",
                );
            }
            Words::OfCustomField(name) => {
                to.push("v.id in (select video_id from custom_field_numbers where name = ");
                to.bind(name.clone());
                to.push(
                    " and number in (select rowid from custom_field_words
                                  where custom_field_words match ",
                );
            }
        }
        to.bind(self.clone()).push("))");
    }

    pub(super) fn ranked_by_fts5(&self) -> Statement {
        // Made once: joined as it is, the index could be asked anew for every video.
        let mut statement = Statement::new(
            Dialect::Sqlite,
            "with ranked as materialized
                 (select numbers.video_id, bm25(video_words) as rank from video_words
                  join video_numbers as numbers on numbers.number = video_words.rowid
                  where video_words match ",
        );
        statement.bind(self.clone()).push(") ");
        statement
    }

    /// As an expression of nothing but quoted words and our own operators: whatever a word is made
    /// of, it stays a word.
    pub(in crate::store) fn for_fts5(&self) -> String {
        let any_of = self.any_of.iter();
        let any_of: Vec<_> = any_of
            .map(|part| format!("({})", expression(part)))
            .collect();
        any_of.join(" OR ")
    }
}

fn expression(part: &InFields) -> String {
    let all_of = |words: &BTreeSet<String>| {
        let quoted: Vec<_> = words.iter().map(|word| quoted(word)).collect();
        format!("({})", quoted.join(" AND "))
    };
    let alternatives: Vec<_> = part.any_of.iter().map(all_of).collect();
    let columns: Vec<_> = part.fields.iter().map(|field| field.column()).collect();
    // The words of a custom field have a table of one column.
    let columns = match columns.is_empty() {
        true => "value".to_owned(),
        false => columns.join(" "),
    };
    format!("{{{columns}}} : ({})", alternatives.join(" OR "))
}

fn quoted(word: &str) -> String {
    let letters_and_digits: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
    format!("\"{letters_and_digits}\"")
}

impl Field {
    fn column(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::LongDescription => "long_description",
            Self::Tags => "tags",
            Self::ReferenceId => "reference_id",
            Self::CustomFields => "custom_fields",
            Self::Id => "id",
        }
    }
}

/// See [`super::learn`].
pub(super) async fn learn(
    connection: &mut SqliteConnection,
    video: &Video,
) -> Result<(), StoreError> {
    forget_custom_fields(&mut *connection, &video.id).await?;
    sqlx::query("insert into video_numbers (video_id) values ($1) on conflict do nothing")
        .bind(video.id.as_str())
        .execute(&mut *connection)
        .await?;
    let mut statement = sqlx::query(
        "insert or replace into video_words (rowid, name, description, long_description, tags,
                                             reference_id, custom_fields, id)
         select number, $2, $3, $4, $5, $6, $7, $8 from video_numbers where video_id = $1",
    )
    .bind(video.id.as_str());
    for field in Field::ALL {
        statement = statement.bind(field.text(video));
    }
    statement.execute(&mut *connection).await?;
    for (name, value) in &video.fields.custom_fields {
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

/// See [`super::forget`].
pub(super) async fn forget(
    connection: &mut SqliteConnection,
    id: &VideoId,
) -> Result<(), StoreError> {
    forget_custom_fields(&mut *connection, id).await?;
    run_each(
        connection,
        id,
        [
            "delete from video_words
             where rowid in (select number from video_numbers where video_id = $1)",
            "delete from video_numbers where video_id = $1",
        ],
    )
    .await
}

async fn forget_custom_fields(
    connection: &mut SqliteConnection,
    id: &VideoId,
) -> Result<(), StoreError> {
    run_each(
        connection,
        id,
        [
            "delete from custom_field_words
             where rowid in (select number from custom_field_numbers where video_id = $1)",
            "delete from custom_field_numbers where video_id = $1",
        ],
    )
    .await
}

/// Runs these for one video.
async fn run_each(
    connection: &mut SqliteConnection,
    id: &VideoId,
    statements: [&'static str; 2],
) -> Result<(), StoreError> {
    for statement in statements {
        sqlx::query(statement)
            .bind(id.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
