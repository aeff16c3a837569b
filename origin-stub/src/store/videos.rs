//! Videos.

use playback_policy::{AccountId, Page, ReferenceId, VideoId, VideoSelector};

use super::{
    StoreError, Stored, database::Connection, document, full_text, query::query, rights,
    row::VideoRow, statement::Statement,
};
use crate::model::{IsoTime, Record, RightId, Video, VideoFields};

impl Stored for Video {
    async fn select(
        connection: &mut Connection<'_>,
        account: &AccountId,
        id: &VideoId,
    ) -> Result<Option<Self>, StoreError> {
        query(
            "select id, account_id, document, created_at, updated_at, published_at from videos
             where account_id = $1 and id = $2",
        )
        .bind(account.as_str())
        .bind(id.as_str())
        .fetch_optional::<VideoRow>(connection)
        .await?
        .map(Self::try_from)
        .transpose()
    }

    async fn select_page(
        connection: &mut Connection<'_>,
        account: &AccountId,
        page: Page,
    ) -> Result<Vec<Self>, StoreError> {
        query(
            "select id, account_id, document, created_at, updated_at, published_at from videos
             where account_id = $1 order by updated_at desc, id limit $2 offset $3",
        )
        .bind(account.as_str())
        .bind(page.limit)
        .bind(page.offset)
        .fetch_all::<VideoRow>(connection)
        .await?
        .into_iter()
        .map(Self::try_from)
        .collect()
    }

    async fn insert(&self, connection: &mut Connection<'_>) -> Result<(), StoreError> {
        let known: Option<(String,)> = query("select id from videos where id = $1")
            .bind(self.id.as_str())
            .fetch_optional(connection)
            .await?;
        if known.is_some() {
            return Err(StoreError::Exists { kind: Self::KIND });
        }
        let statement =
            "insert into videos (reference_id, playback_rights_id, document, created_at,
                                             updated_at, published_at, name, state, is_playable,
                                             schedule_starts_at, schedule_ends_at, plays_total,
                                             plays_trailing_week, account_id, id)
                         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
        write(connection, statement, self).await
    }

    async fn update(&self, connection: &mut Connection<'_>) -> Result<(), StoreError> {
        let statement =
            "update videos set reference_id = $1, playback_rights_id = $2, document = $3,
                                           created_at = $4, updated_at = $5, published_at = $6,
                                           name = $7, state = $8, is_playable = $9,
                                           schedule_starts_at = $10, schedule_ends_at = $11,
                                           plays_total = $12, plays_trailing_week = $13
                         where account_id = $14 and id = $15";
        write(connection, statement, self).await
    }

    async fn delete(&self, connection: &mut Connection<'_>) -> Result<(), StoreError> {
        full_text::forget(connection, &self.id).await?;
        query("delete from videos where account_id = $1 and id = $2")
            .bind(self.account.as_str())
            .bind(self.id.as_str())
            .execute(connection)
            .await?;
        Ok(())
    }

    async fn complete(
        fields: &mut VideoFields,
        connection: &mut Connection<'_>,
        account: &AccountId,
    ) -> Result<(), StoreError> {
        if fields.playback_rights_id.is_none() {
            let default = rights::default_right(connection, account).await?;
            fields.playback_rights_id = default.map(|right| right.id);
        }
        Ok(())
    }

    async fn release_reference(&self, connection: &mut Connection<'_>) -> Result<(), StoreError> {
        query("update videos set reference_id = null where account_id = $1 and id = $2")
            .bind(self.account.as_str())
            .bind(self.id.as_str())
            .execute(connection)
            .await?;
        Ok(())
    }
}

/// The account's video by either of its names.
pub(super) async fn select(
    connection: &mut Connection<'_>,
    account: &AccountId,
    asked: &VideoSelector,
) -> Result<Option<Video>, StoreError> {
    let reference = match asked {
        VideoSelector::Id(id) => return Video::select(connection, account, id).await,
        VideoSelector::Reference(reference) => reference,
    };
    query(
        "select id, account_id, document, created_at, updated_at, published_at from videos
         where account_id = $1 and reference_id = $2",
    )
    .bind(account.as_str())
    .bind(reference.as_str())
    .fetch_optional::<VideoRow>(connection)
    .await?
    .map(Video::try_from)
    .transpose()
}

/// Those of the account's videos, in the order of `ids`.
pub(super) async fn select_all(
    connection: &mut Connection<'_>,
    account: &AccountId,
    ids: &[VideoId],
) -> Result<Vec<Video>, StoreError> {
    let mut statement = Statement::new(
        connection.dialect(),
        "select id, account_id, document, created_at, updated_at, published_at from videos
         where account_id = ",
    );
    statement.bind(account.as_str()).push(" and id in ");
    statement.bind_list(ids.iter().map(VideoId::as_str));
    let rows: Vec<VideoRow> = statement.rows(connection).await?;
    let videos = rows
        .into_iter()
        .map(Video::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    let find = |id: &VideoId| videos.iter().find(|video| video.id == *id).cloned();
    Ok(ids.iter().filter_map(find).collect())
}

/// Those of the account's videos that can be played, in the order of `ids`.
pub(super) async fn playable(
    connection: &mut Connection<'_>,
    account: &AccountId,
    ids: &[VideoId],
) -> Result<Vec<VideoId>, StoreError> {
    let mut statement = Statement::new(
        connection.dialect(),
        "select id from videos where is_playable and account_id = ",
    );
    statement.bind(account.as_str()).push(" and id in ");
    statement.bind_list(ids.iter().map(VideoId::as_str));
    let found: Vec<(String,)> = statement.rows(connection).await?;
    let found: std::collections::HashSet<_> = found.iter().map(|(id,)| id.as_str()).collect();
    let is_found = |id: &&VideoId| found.contains(id.as_str());
    Ok(ids.iter().filter(is_found).cloned().collect())
}

/// Runs a statement whose parameters are a video's columns, in the order bound here; then its words
/// are found.
async fn write(
    connection: &mut Connection<'_>,
    statement: &'static str,
    video: &Video,
) -> Result<(), StoreError> {
    check_references(connection, video).await?;
    let fields = &video.fields;
    let schedule = fields.schedule.as_ref();
    let time = |moment: Option<IsoTime>| moment.map(|moment| moment.to_string());
    let plays = |count: Option<u64>| count.map(|count| i64::try_from(count).unwrap_or(i64::MAX));
    query(statement)
        .bind(fields.reference_id.as_ref().map(ReferenceId::as_str))
        .bind(fields.playback_rights_id.as_ref().map(RightId::as_str))
        .bind(document(Video::KIND, video.id.as_str(), &video.fields)?)
        .bind(video.created_at.to_string())
        .bind(video.updated_at.to_string())
        .bind(time(video.published_at))
        .bind(fields.name.as_str())
        .bind(fields.state.as_str())
        .bind(fields.is_playable())
        .bind(time(schedule.and_then(|schedule| schedule.starts_at)))
        .bind(time(schedule.and_then(|schedule| schedule.ends_at)))
        .bind(plays(fields.plays_total))
        .bind(plays(fields.plays_trailing_week))
        .bind(video.account.as_str())
        .bind(video.id.as_str())
        .execute(connection)
        .await?;
    full_text::learn(connection, video).await
}

/// Asks before the constraints do, to say which is broken and by whom. The write lock makes
/// the answer hold.
async fn check_references(
    connection: &mut Connection<'_>,
    video: &Video,
) -> Result<(), StoreError> {
    if let Some(right) = &video.fields.playback_rights_id
        && crate::model::Right::select(connection, &video.account, right)
            .await?
            .is_none()
    {
        return Err(StoreError::RightMissing(right.clone()));
    }
    super::check_reference::<Video>(
        connection,
        "select id from videos where account_id = $1 and reference_id = $2 and id <> $3",
        &video.account,
        video.fields.reference_id.as_ref(),
        &video.id,
    )
    .await
}
