//! A database that was put back to an earlier moment by other means than ours, and cannot know it.

use super::{Store, StoreError, query::query};
use crate::model::IsoTime;

/// How far beyond the last change that is known the feed goes on at least.
const FEED_MARGIN: i64 = 1_000_000;

/// After which number the feed of a restored database goes on, where the last one known is `known`.
///
/// As many microseconds as have passed since 1970: nobody writes so fast, so whatever was numbered
/// before, in this or another database of the same past, is lower.
pub(crate) fn feed_head_after(known: impl IntoIterator<Item = i64>) -> i64 {
    let beyond = known
        .into_iter()
        .map(|head| head.saturating_add(FEED_MARGIN));
    let now = IsoTime::now().milliseconds().saturating_mul(1000);
    beyond.fold(now, i64::max)
}

impl Store {
    /// Lets the change feed go on far beyond its end, and forgets how far any purger had come: the
    /// purger of every service begins by purging every account, and followers begin anew. Answers
    /// after which number it goes on.
    pub(crate) async fn renew_feed(&self) -> Result<i64, StoreError> {
        let mut write = self.write().await?;
        let bounds = super::changes::bounds(&mut write.connection()).await?;
        let head = feed_head_after([bounds.head.to_row()]);
        for statement in ["delete from changes", "delete from purge_cursors"] {
            query(statement).execute(&mut write.connection()).await?;
        }
        query("update change_feed set pruned_to = $1")
            .bind(head)
            .execute(&mut write.connection())
            .await?;
        write.commit().await?;
        Ok(head)
    }
}
