//! The change feed, and how far the purger has come in it.

use std::time::Duration;

use playback_policy::AccountId;
use sqlx::FromRow;
use thiserror::Error;
use tokio::{sync::watch, time::sleep};

use super::{Store, StoreError, Write, database::Connection, query::query, row::Reader};
use crate::{
    change::{Change, ChangeKind, Committed, Seq, stale},
    model::IsoTime,
};

/// How often the feed is looked at for what other processes have appended.
const LOOK_EVERY: Duration = Duration::from_millis(25);
/// How long to leave alone a database that fails.
const PAUSE: Duration = Duration::from_secs(1);

/// What a write was, once it is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Noted {
    /// The last change of it.
    pub(crate) seq: Seq,
    /// Whether any change of it makes an answer untrue.
    pub(crate) is_seen: bool,
}

/// From where to where the feed can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub(crate) struct Bounds {
    /// Changes up to this one are gone.
    #[sqlx(try_from = "i64")]
    pub(crate) pruned_to: Seq,
    /// The last change.
    #[sqlx(try_from = "i64")]
    pub(crate) head: Seq,
}

/// How far the purger of a service has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub(crate) struct PurgeCursor {
    /// Every change up to this one was purged.
    #[sqlx(try_from = "i64")]
    pub(crate) purged: Seq,
    /// Every change up to this one was purged a second time: it stays true whatever was under way.
    #[sqlx(try_from = "i64")]
    pub(crate) settled: Seq,
}

impl PurgeCursor {
    /// The further of the two.
    #[must_use]
    pub(crate) fn or_later(self, other: Self) -> Self {
        Self {
            purged: self.purged.max(other.purged),
            settled: self.settled.max(other.settled),
        }
    }
}

/// The feed cannot be read from a cursor.
#[derive(Debug, Error)]
pub(crate) enum FeedError {
    /// Changes after it are gone.
    #[error("the changes up to {0} are gone")]
    Expired(Seq),
    /// It is beyond the feed's end: one of another database.
    #[error("the feed ends at {0}")]
    Ahead(Seq),
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(FromRow)]
struct ChangeRow {
    seq: i64,
    account_id: String,
    object: String,
    kind: String,
    created_at: String,
}

impl Store {
    /// Tells of the feed's last change, again and again.
    pub(crate) fn head(&self) -> watch::Receiver<Seq> {
        self.head.subscribe()
    }

    /// Goes on looking for what other processes have committed, such as `load`.
    pub(crate) async fn follow(self) {
        loop {
            sleep(LOOK_EVERY).await;
            match self.look_for_changes().await {
                Ok(()) => {}
                Err(_) if self.database.is_closed() => return,
                Err(error) => {
                    tracing::error!(%error, "the change feed cannot be read");
                    sleep(PAUSE).await;
                }
            }
        }
    }

    /// Looks for what other processes have committed.
    pub(super) async fn look_for_changes(&self) -> Result<(), StoreError> {
        let Bounds { head, .. } = self.feed_bounds().await?;
        self.announce(head);
        Ok(())
    }

    /// From where to where the feed can be read.
    pub(crate) async fn feed_bounds(&self) -> Result<Bounds, StoreError> {
        bounds(&mut self.reader().await?.connection()).await
    }

    /// The next changes after `after`, at most `limit`, and the feed's bounds as of the same moment.
    pub(crate) async fn changes(
        &self,
        after: Seq,
        limit: u32,
    ) -> Result<(Vec<Committed>, Bounds), FeedError> {
        // One snapshot: nothing is pruned between the two.
        let mut read = self.database.begin_read().await?;
        let read = &mut read.connection();
        let bounds = bounds(read).await?;
        if after < bounds.pruned_to {
            return Err(FeedError::Expired(bounds.pruned_to));
        }
        if after > bounds.head {
            return Err(FeedError::Ahead(bounds.head));
        }
        Ok((select(read, after, limit).await?, bounds))
    }

    /// The first change after a place in the feed, if there is one.
    pub(crate) async fn change_after(&self, seq: Seq) -> Result<Option<Committed>, StoreError> {
        let mut changes = select(&mut self.reader().await?.connection(), seq, 1).await?;
        Ok(changes.pop())
    }

    /// The ids of all accounts: those of the catalog, and those that only the feed still tells of.
    /// (A database that was put back to an earlier moment has lost some, and the edge has not.)
    pub(crate) async fn account_ids(&self) -> Result<Vec<AccountId>, StoreError> {
        let statement = "select id from accounts union select account_id from changes order by 1";
        let ids: Vec<(String,)> = query(statement)
            .fetch_all(&mut self.reader().await?.connection())
            .await?;
        let parse = |(id,): &(String,)| {
            Reader {
                what: "account",
                id,
            }
            .text(id)
        };
        ids.iter().map(parse).collect()
    }

    /// How far the purger of a service has come, if it ever was one.
    pub(crate) async fn purge_cursor(
        &self,
        service: &str,
    ) -> Result<Option<PurgeCursor>, StoreError> {
        let statement = "select purged, settled from purge_cursors where service_id = $1";
        query(statement)
            .bind(service)
            .fetch_optional(&mut self.reader().await?.connection())
            .await
    }

    /// Keeps how far the purger of a service has come.
    pub(crate) async fn put_purge_cursor(
        &self,
        service: &str,
        cursor: PurgeCursor,
    ) -> Result<(), StoreError> {
        query(
            "insert into purge_cursors (service_id, purged, settled, updated_at)
             values ($1, $2, $3, $4)
             on conflict (service_id) do update set
                 purged = excluded.purged, settled = excluded.settled,
                 updated_at = excluded.updated_at",
        )
        .bind(service)
        .bind(cursor.purged.to_row())
        .bind(cursor.settled.to_row())
        .bind(IsoTime::now().to_string())
        .execute(&mut self.database.writer().await?.connection())
        .await?;
        Ok(())
    }

    fn announce(&self, head: Seq) {
        self.head.send_if_modified(|known| {
            let is_later = head > *known;
            *known = head.max(*known);
            is_later
        });
    }
}

impl Write {
    /// Appends a change to the feed. It is there for others when the write is committed.
    pub(super) async fn note(&mut self, change: Option<Change>) -> Result<(), StoreError> {
        let Some(change) = change else { return Ok(()) };
        let object = serde_json::to_string(&change.object).map_err(|reason| {
            let (what, id) = ("change of account", change.account.to_string());
            let reason = reason.to_string();
            StoreError::Unreadable { what, id, reason }
        })?;
        // Nobody else writes now, and what was pruned was not the last one.
        let (seq,): (i64,) = query(
            "insert into changes (seq, account_id, object, kind, created_at)
             select coalesce((select max(seq) from changes), pruned_to) + 1, $1, $2, $3, $4
             from change_feed returning seq",
        )
        .bind(change.account.as_str())
        .bind(object)
        .bind(change.kind.as_str())
        .bind(IsoTime::now().to_string())
        .fetch_one(&mut self.connection())
        .await?;
        self.noted = Some(Noted {
            seq: Seq::of_row(seq),
            is_seen: self.noted.is_some_and(|noted| noted.is_seen) || stale(&change).is_some(),
        });
        Ok(())
    }

    /// Makes it true for everybody, and tells who waits for changes. Answers what was noted of it.
    pub(crate) async fn commit(mut self) -> Result<Option<Noted>, StoreError> {
        self.end_in_journal().await?;
        if let Err(error) = self.transaction.commit().await {
            self.store.database.note_broken();
            return Err(error.into());
        }
        if let Some(noted) = self.noted {
            self.store.announce(noted.seq);
        }
        Ok(self.noted)
    }
}

impl From<i64> for Seq {
    fn from(number: i64) -> Self {
        Self::of_row(number)
    }
}

impl TryFrom<ChangeRow> for Committed {
    type Error = StoreError;

    fn try_from(row: ChangeRow) -> Result<Self, StoreError> {
        let id = row.seq.to_string();
        let read = Reader {
            what: "change",
            id: &id,
        };
        let kind = ChangeKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == row.kind)
            .ok_or_else(|| read.unreadable(&format_args!("unknown kind `{}`", row.kind)))?;
        Ok(Self {
            seq: Seq::of_row(row.seq),
            at: read.text(&row.created_at)?,
            change: Change {
                account: read.text(&row.account_id)?,
                object: read.document(&row.object)?,
                kind,
            },
        })
    }
}

async fn select(
    connection: &mut Connection<'_>,
    after: Seq,
    limit: u32,
) -> Result<Vec<Committed>, StoreError> {
    query(
        "select seq, account_id, object, kind, created_at from changes
         where seq > $1 order by seq limit $2",
    )
    .bind(after.to_row())
    .bind(limit)
    .fetch_all::<ChangeRow>(connection)
    .await?
    .into_iter()
    .map(Committed::try_from)
    .collect()
}

pub(super) async fn bounds(connection: &mut Connection<'_>) -> Result<Bounds, StoreError> {
    query(
        "select pruned_to, coalesce((select max(seq) from changes), pruned_to) as head
         from change_feed",
    )
    .fetch_one(connection)
    .await
}
