//! PostgreSQL's index of words: of each video a `tsvector`, whose lexemes are a sign of the field and
//! the word, so that one vector answers for every field.
//!
//! # Source
//!
//! PostgreSQL documentation, text search types and functions: `tsvector`, `tsquery`, `ts_rank`.

use std::collections::BTreeSet;

use sqlx::PgConnection;

use super::{
    super::{StoreError, database::Dialect, statement::Statement},
    Field, InFields, Match, Tokens, Words,
};
use crate::model::Video;

/// Beyond so many characters words are the same: a lexeme has at most 2046 bytes.
const LONGEST_WORD: usize = 200;

/// The words of a text have places of their own, below the 16383 that a vector can tell.
const PLACES: usize = 2_000;

impl Match {
    pub(super) fn push_tsquery_condition(&self, to: &mut Statement) {
        to.push("v.id in (select video_id from video_words where words @@ ");
        to.bind(self.clone()).push("::tsquery)");
    }

    pub(super) fn ranked_by_tsquery(&self) -> Statement {
        // As it does with SQLite's rank, a word among few tells more than one among many.
        let mut statement = Statement::new(
            Dialect::Postgres,
            "with ranked as materialized
                 (select video_id, -ts_rank(words, query, 1) as rank from video_words, cast(",
        );
        statement
            .bind(self.clone())
            .push(" as tsquery) as query where words @@ query) ");
        statement
    }

    /// As a query of nothing but quoted lexemes and our own operators.
    pub(in crate::store) fn for_tsquery(&self) -> String {
        let any_of = self.any_of.iter();
        let any_of: Vec<_> = any_of.map(|part| self.words.query(part)).collect();
        any_of.join(" | ")
    }
}

impl Words {
    fn query(&self, part: &InFields) -> String {
        let anywhere = |word: &String| {
            let lexemes: Vec<_> = match self {
                Self::OfVideos => {
                    let fields = part.fields.iter();
                    fields.map(|field| lexeme(field.sign(), word)).collect()
                }
                Self::OfCustomField(name) => vec![lexeme(&sign_of(name), word)],
            };
            format!("({})", lexemes.join(" | "))
        };
        let all_of = |words: &BTreeSet<String>| {
            let words: Vec<_> = words.iter().map(anywhere).collect();
            format!("({})", words.join(" & "))
        };
        let alternatives: Vec<_> = part.any_of.iter().map(all_of).collect();
        format!("({})", alternatives.join(" | "))
    }
}

impl Field {
    fn sign(self) -> &'static str {
        match self {
            Self::Name => "n",
            Self::Description => "d",
            Self::LongDescription => "l",
            Self::Tags => "t",
            Self::ReferenceId => "r",
            Self::CustomFields => "c",
            Self::Id => "i",
        }
    }
}

/// The sign of a custom field by itself.
fn sign_of(custom_field: &str) -> String {
    format!("c.{custom_field}")
}

/// As text, quoted. No word has a `:`, so that the last one ends the sign.
fn lexeme(sign: &str, word: &str) -> String {
    let word: String = word.chars().take(LONGEST_WORD).collect();
    let text = format!("{sign}:{word}");
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// See [`super::learn`].
pub(super) async fn learn(
    connection: &mut PgConnection,
    tokens: &Tokens,
    video: &Video,
) -> Result<(), StoreError> {
    let custom = video.fields.custom_fields.iter();
    let custom = custom.map(|(name, value)| (sign_of(name), value.clone()));
    let texts = Field::ALL.into_iter().filter_map(|field| {
        let text = field.text(video)?;
        Some((field.sign().to_owned(), text))
    });
    let (signs, texts): (Vec<_>, Vec<_>) = texts.chain(custom).unzip();
    let words = tokens.of(&texts).await?;
    let mut vector = Vec::new();
    for (sign, words) in signs.iter().zip(&words) {
        for (at, word) in words.iter().enumerate() {
            let place = at.min(PLACES) + 1;
            vector.push(format!("{}:{place}", lexeme(sign, word)));
        }
    }
    sqlx::query(
        "insert into video_words (video_id, words) values ($1, $2::tsvector)
         on conflict (video_id) do update set words = excluded.words",
    )
    .bind(video.id.as_str())
    .bind(vector.join(" "))
    .execute(connection)
    .await?;
    Ok(())
}
