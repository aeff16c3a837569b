//! Playback rights.

use playback_policy::{AccountId, VideoId};
use sqlx::SqliteConnection;

use super::{Store, StoreError, Write, document, row::RightRow};
use crate::model::{Right, RightId};

impl Store {
    /// The account's right with this id.
    pub(crate) async fn right(
        &self,
        account: &AccountId,
        id: &RightId,
    ) -> Result<Option<Right>, StoreError> {
        select(&mut *self.readers.acquire().await?, account, id).await
    }
}

impl Write {
    /// The account's right with this id.
    pub(crate) async fn right(
        &mut self,
        account: &AccountId,
        id: &RightId,
    ) -> Result<Option<Right>, StoreError> {
        select(&mut self.0, account, id).await
    }

    /// Adds the right, or replaces the one with its id.
    pub(crate) async fn put_right(&mut self, right: &Right) -> Result<(), StoreError> {
        sqlx::query(
            "insert into playback_rights (account_id, id, document, created_at, updated_at)
             values ($1, $2, $3, $4, $5)
             on conflict (account_id, id) do update set
                 document = excluded.document, created_at = excluded.created_at,
                 updated_at = excluded.updated_at",
        )
        .bind(right.account.as_str())
        .bind(right.id.as_str())
        .bind(document(
            "playback right",
            right.id.as_str(),
            &right.fields,
        )?)
        .bind(right.created_at.to_string())
        .bind(right.updated_at.to_string())
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Removes a right that no video uses.
    ///
    /// # Errors
    ///
    /// [`StoreError::RightInUse`] while videos use it.
    pub(crate) async fn delete_right(&mut self, right: &Right) -> Result<(), StoreError> {
        let videos = self.videos_using(&right.account, &right.id).await?.len();
        if videos > 0 {
            return Err(StoreError::RightInUse { videos });
        }
        sqlx::query("delete from playback_rights where account_id = $1 and id = $2")
            .bind(right.account.as_str())
            .bind(right.id.as_str())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// The videos that use the right, in order of their ids.
    pub(crate) async fn videos_using(
        &mut self,
        account: &AccountId,
        right: &RightId,
    ) -> Result<Vec<VideoId>, StoreError> {
        let ids: Vec<String> = sqlx::query_scalar(
            "select id from videos where account_id = $1 and playback_rights_id = $2 order by id",
        )
        .bind(account.as_str())
        .bind(right.as_str())
        .fetch_all(&mut *self.0)
        .await?;
        let parse = |id: &String| {
            id.parse().map_err(|reason| StoreError::Unreadable {
                what: "video",
                id: id.clone(),
                reason: format!("{reason}"),
            })
        };
        ids.iter().map(parse).collect()
    }
}

pub(super) async fn select(
    connection: &mut SqliteConnection,
    account: &AccountId,
    id: &RightId,
) -> Result<Option<Right>, StoreError> {
    sqlx::query_as::<_, RightRow>(
        "select account_id, id, document, created_at, updated_at from playback_rights
         where account_id = $1 and id = $2",
    )
    .bind(account.as_str())
    .bind(id.as_str())
    .fetch_optional(connection)
    .await?
    .map(Right::try_from)
    .transpose()
}
