//! Videos that are like another.

use std::collections::BTreeSet;

use playback_policy::{Condition, Query, VideoId};

use super::{
    super::{
        StoreError,
        database::Connection,
        full_text::{Alternatives, Match},
    },
    MAX_FOUND, ids,
};
use crate::model::Video;

/// The most words that are looked for, as many as in a search.
const MAX_WORDS: usize = 64;

/// The ids of the account's playable videos that are like another, the most alike first.
pub(in crate::store) async fn related(
    connection: &mut Connection<'_>,
    to: &Video,
) -> Result<Vec<VideoId>, StoreError> {
    let words = words(to);
    // Nothing is like a video without words.
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = Match::related(&words).ranked(connection.dialect());
    select.push("select v.id from ranked join videos as v on v.id = ranked.video_id");
    select.push(" where v.is_playable and v.account_id = ");
    select.bind(to.account.as_str().to_owned());
    select.push(" and v.id <> ").bind(to.id.as_str().to_owned());
    select
        .push(" order by ranked.rank, v.updated_at desc, v.id limit ")
        .bind(MAX_FOUND);
    ids(select.rows(connection).await?)
}

/// The words of a video's name and description. Each is read as a search for it would be, which
/// leaves out those too common to tell videos apart.
fn words(video: &Video) -> Alternatives {
    let texts = [Some(&video.fields.name), video.fields.description.as_ref()];
    let words = texts.into_iter().flatten().flat_map(|text| {
        let words = text.split(|c: char| !c.is_alphanumeric());
        words.filter(|word| !word.is_empty())
    });
    let mut known = BTreeSet::new();
    let words = words.filter(|word| known.insert(*word));
    words.flat_map(alternatives).take(MAX_WORDS).collect()
}

fn alternatives(word: &str) -> Alternatives {
    let query: Query = format!("\"{word}\"").parse().unwrap_or_default();
    let alternatives = query
        .clauses()
        .filter_map(|clause| match &clause.condition {
            Condition::Text { any_of, .. } => Some(any_of.clone()),
            Condition::Id(_)
            | Condition::State(_)
            | Condition::Complete(_)
            | Condition::Date { .. } => None,
        });
    alternatives.flatten().collect()
}
