//! Videos.

use playback_policy::{AccountId, ReferenceId, VideoId};
use sqlx::SqliteConnection;

use super::{Store, StoreError, Write, document, row::VideoRow};
use crate::model::{RightId, Video};

impl Store {
    /// The account's video with this id.
    pub(crate) async fn video(
        &self,
        account: &AccountId,
        id: &VideoId,
    ) -> Result<Option<Video>, StoreError> {
        select(&mut *self.readers.acquire().await?, account, id).await
    }
}

impl Write {
    /// The account's video with this id.
    pub(crate) async fn video(
        &mut self,
        account: &AccountId,
        id: &VideoId,
    ) -> Result<Option<Video>, StoreError> {
        select(&mut self.0, account, id).await
    }

    /// Whether any account has a video with this id.
    pub(crate) async fn video_exists(&mut self, id: &VideoId) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar("select 1 from videos where id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(found.is_some())
    }

    /// Adds a video.
    ///
    /// # Errors
    ///
    /// When its id or reference id is taken, or its right is missing.
    pub(crate) async fn add_video(&mut self, video: &Video) -> Result<(), StoreError> {
        if self.video_exists(&video.id).await? {
            return Err(StoreError::VideoExists);
        }
        self.check_references(video).await?;
        self.write_video(
            "insert into videos (account_id, reference_id, playback_rights_id, document,
                                 created_at, updated_at, published_at, id)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            video,
        )
        .await
    }

    /// Replaces the video of the same account and id.
    ///
    /// # Errors
    ///
    /// When its reference id is taken or its right is missing.
    pub(crate) async fn replace_video(&mut self, video: &Video) -> Result<(), StoreError> {
        self.check_references(video).await?;
        self.write_video(
            "update videos set reference_id = $2, playback_rights_id = $3, document = $4,
                               created_at = $5, updated_at = $6, published_at = $7
             where account_id = $1 and id = $8",
            video,
        )
        .await
    }

    /// Runs a statement whose parameters are a video's columns, in the order bound here.
    async fn write_video(
        &mut self,
        statement: &'static str,
        video: &Video,
    ) -> Result<(), StoreError> {
        sqlx::query(statement)
            .bind(video.account.as_str())
            .bind(video.fields.reference_id.as_ref().map(ReferenceId::as_str))
            .bind(
                video
                    .fields
                    .playback_rights_id
                    .as_ref()
                    .map(RightId::as_str),
            )
            .bind(document("video", video.id.as_str(), &video.fields)?)
            .bind(video.created_at.to_string())
            .bind(video.updated_at.to_string())
            .bind(video.published_at.map(|time| time.to_string()))
            .bind(video.id.as_str())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Gives up the video's reference id until it is replaced, so that two videos may swap theirs.
    pub(crate) async fn release_reference(&mut self, video: &Video) -> Result<(), StoreError> {
        sqlx::query("update videos set reference_id = null where account_id = $1 and id = $2")
            .bind(video.account.as_str())
            .bind(video.id.as_str())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Removes the video. Its ids may be used again.
    pub(crate) async fn delete_video(&mut self, video: &Video) -> Result<(), StoreError> {
        sqlx::query("delete from videos where account_id = $1 and id = $2")
            .bind(video.account.as_str())
            .bind(video.id.as_str())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Asks before the constraints do, to say which is broken and by whom. The write lock makes
    /// the answer hold.
    async fn check_references(&mut self, video: &Video) -> Result<(), StoreError> {
        if let Some(right) = &video.fields.playback_rights_id
            && self.right(&video.account, right).await?.is_none()
        {
            return Err(StoreError::RightMissing(right.clone()));
        }
        let Some(reference) = &video.fields.reference_id else {
            return Ok(());
        };
        let by: Option<String> = sqlx::query_scalar(
            "select id from videos where account_id = $1 and reference_id = $2 and id <> $3",
        )
        .bind(video.account.as_str())
        .bind(reference.as_str())
        .bind(video.id.as_str())
        .fetch_optional(&mut *self.0)
        .await?;
        by.map_or(Ok(()), |by| Err(StoreError::ReferenceInUse { by }))
    }
}

pub(super) async fn select(
    connection: &mut SqliteConnection,
    account: &AccountId,
    id: &VideoId,
) -> Result<Option<Video>, StoreError> {
    sqlx::query_as::<_, VideoRow>(
        "select id, account_id, document, created_at, updated_at, published_at from videos
         where account_id = $1 and id = $2",
    )
    .bind(account.as_str())
    .bind(id.as_str())
    .fetch_optional(connection)
    .await?
    .map(Video::try_from)
    .transpose()
}

pub(super) async fn select_by_reference(
    connection: &mut SqliteConnection,
    account: &AccountId,
    reference: &ReferenceId,
) -> Result<Option<Video>, StoreError> {
    sqlx::query_as::<_, VideoRow>(
        "select id, account_id, document, created_at, updated_at, published_at from videos
         where account_id = $1 and reference_id = $2",
    )
    .bind(account.as_str())
    .bind(reference.as_str())
    .fetch_optional(connection)
    .await?
    .map(Video::try_from)
    .transpose()
}
