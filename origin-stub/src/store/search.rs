//! Which playable videos a search finds, and in which order.
//!
//! The schedule is the edge's to judge, at every request: what is found does not depend on it.

mod condition;
mod related;

use playback_policy::{AccountId, Condition, Occurs, Query, Search, Sort, SortField, VideoId};

use super::{StoreError, database::Connection, full_text::Match, statement::Statement};
use crate::model::{IsoTime, Playlist, PlaylistKind};
use condition::push_condition;

pub(super) use related::related;

/// The most videos a search finds.
///
/// # Source
///
/// Playback API contract, parameter rules.
const MAX_FOUND: u32 = 1000;

/// What of the playable videos of an account is found.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    query: Query,
    order: Order,
    /// The most that are found.
    limit: u32,
}

/// The order of what is found. All that is equal in it is in the order of ids, so that pages of it
/// neither repeat nor leave out.
#[derive(Clone, Copy, Debug)]
enum Order {
    /// Who meets more of the optional conditions first, then the best match, then the last edited.
    Relevance,
    /// By a field.
    By(Sort),
    /// By when a schedule begins, or by publication where there is none.
    StartDate { is_descending: bool },
}

impl Finding {
    /// What viewers search for.
    pub(super) fn of_search(search: &Search) -> Self {
        Self {
            query: search.query.clone(),
            order: search.sort.map_or(Order::Relevance, Order::By),
            limit: MAX_FOUND,
        }
    }

    /// What a smart playlist holds. An explicit one holds what is listed.
    pub(super) fn of_playlist(playlist: &Playlist) -> Option<Self> {
        let fields = &playlist.fields;
        let by = |field, is_descending| {
            Order::By(Sort {
                field,
                is_descending,
            })
        };
        let by_start = |is_descending| Order::StartDate { is_descending };
        let order = match fields.kind {
            PlaylistKind::Explicit => return None,
            PlaylistKind::ActivatedOldestToNewest => by(SortField::PublishedAt, false),
            PlaylistKind::ActivatedNewestToOldest => by(SortField::PublishedAt, true),
            PlaylistKind::Alphabetical => by(SortField::Name, false),
            PlaylistKind::PlaysTotal => by(SortField::PlaysTotal, true),
            PlaylistKind::PlaysTrailingWeek => by(SortField::PlaysTrailingWeek, true),
            PlaylistKind::StartDateOldestToNewest => by_start(false),
            PlaylistKind::StartDateNewestToOldest => by_start(true),
        };
        Some(Self {
            query: fields.search.clone().unwrap_or_default(),
            order,
            limit: fields.smart_limit().min(MAX_FOUND),
        })
    }

    /// The ids of what is found at `now`, in order.
    pub(super) async fn run(
        &self,
        connection: &mut Connection<'_>,
        account: &AccountId,
        now: IsoTime,
    ) -> Result<Vec<VideoId>, StoreError> {
        let now = now.floor_seconds();
        let required = self.conditions(Occurs::Required);
        let optional = self.conditions(Occurs::Optional);
        let words = match self.order {
            Order::Relevance => Match::any_rankable(required.iter().chain(&optional).copied()),
            Order::By(_) | Order::StartDate { .. } => None,
        };

        let dialect = connection.dialect();
        let mut select = match &words {
            Some(words) => words.ranked(dialect),
            None => Statement::new(dialect, ""),
        };
        select.push("select v.id from videos as v");
        if words.is_some() {
            select.push(" left join ranked on ranked.video_id = v.id");
        }
        select.push(" where v.is_playable and v.account_id = ");
        select.bind(account.as_str().to_owned());
        for condition in &required {
            select.push(" and ");
            push_condition(&mut select, condition, now);
        }
        for condition in self.conditions(Occurs::Excluded) {
            select.push(" and not ");
            push_condition(&mut select, condition, now);
        }
        if required.is_empty() && !optional.is_empty() {
            select.push(" and (false");
            for condition in &optional {
                select.push(" or ");
                push_condition(&mut select, condition, now);
            }
            select.push(")");
        }
        select.push(" order by ");
        match self.order {
            Order::Relevance => {
                push_count_of_met(&mut select, &optional, now);
                if words.is_some() {
                    select.push("ranked.rank nulls last, ");
                }
                select.push("v.updated_at desc");
            }
            Order::By(sort) => {
                select.push(condition::column(sort.field));
                select.push(direction(sort.is_descending));
            }
            Order::StartDate { is_descending } => {
                select.push("coalesce(v.schedule_starts_at, v.published_at)");
                select.push(direction(is_descending));
            }
        }
        select.push(", v.id limit ").bind(self.limit);
        ids(select.rows(connection).await?)
    }

    fn conditions(&self, occurs: Occurs) -> Vec<&Condition> {
        let clauses = self
            .query
            .clauses()
            .filter(|clause| clause.occurs == occurs);
        clauses.map(|clause| &clause.condition).collect()
    }
}

/// Orders by how many of the conditions are met, the most first.
fn push_count_of_met(to: &mut Statement, conditions: &[&Condition], now: i64) {
    if conditions.is_empty() {
        return;
    }
    to.push("0");
    for condition in conditions {
        to.push(" + case when ");
        push_condition(to, condition, now);
        to.push(" then 1 else 0 end");
    }
    to.push(" desc, ");
}

fn direction(is_descending: bool) -> &'static str {
    match is_descending {
        true => " desc nulls last",
        false => " nulls last",
    }
}

fn ids(rows: Vec<(String,)>) -> Result<Vec<VideoId>, StoreError> {
    super::video_ids(rows)
}
