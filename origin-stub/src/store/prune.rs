//! The end that the change feed loses.

use std::time::Duration;

use super::{Store, StoreError, query::query, row::Reader};
use crate::{change::Seq, model::IsoTime};

impl Store {
    /// Deletes the oldest changes, at most `most`, up to the first that is not older than `age`;
    /// never the newest one. Answers how many they were.
    pub(crate) async fn prune_changes(&self, age: Duration, most: u32) -> Result<u32, StoreError> {
        // Looked for without the write lock: of the feed's old end nothing changes but that it goes.
        let oldest: Vec<(i64, String)> = query(
            "select seq, created_at from changes
             where seq < (select max(seq) from changes) order by seq limit $1",
        )
        .bind(most)
        .fetch_all(&mut self.reader().await?.connection())
        .await?;
        let now = IsoTime::now();
        let (mut pruned, mut pruned_to) = (0, Seq::default());
        for (seq, created_at) in oldest {
            let id = seq.to_string();
            let what = "change";
            let at: IsoTime = Reader { what, id: &id }.text(&created_at)?;
            if now.since(at) <= age {
                break;
            }
            (pruned, pruned_to) = (pruned + 1, Seq::of_row(seq));
        }
        if pruned > 0 {
            self.prune_to(pruned_to).await?;
        }
        Ok(pruned)
    }

    /// In one write with the note of it, so that no reader passes over the gap.
    async fn prune_to(&self, seq: Seq) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        for statement in [
            "delete from changes where seq <= $1",
            "update change_feed set pruned_to = $1 where pruned_to < $1",
        ] {
            query(statement)
                .bind(seq.to_row())
                .execute(&mut write.connection())
                .await?;
        }
        write.commit().await?;
        Ok(())
    }
}
