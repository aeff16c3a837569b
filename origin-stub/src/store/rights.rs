//! Playback rights.

use playback_policy::{AccountId, Page, VideoId};

use super::{StoreError, Stored, database::Connection, document, query::query, row::RecordRow};
use crate::model::{Record, Right, RightId};

impl Stored for Right {
    async fn select(
        connection: &mut Connection<'_>,
        account: &AccountId,
        id: &RightId,
    ) -> Result<Option<Self>, StoreError> {
        query(
            "select id, account_id, document, created_at, updated_at from playback_rights
             where account_id = $1 and id = $2",
        )
        .bind(account.as_str())
        .bind(id.as_str())
        .fetch_optional::<RecordRow>(connection)
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
            "select id, account_id, document, created_at, updated_at from playback_rights
             where account_id = $1 order by updated_at desc, id limit $2 offset $3",
        )
        .bind(account.as_str())
        .bind(page.limit)
        .bind(page.offset)
        .fetch_all::<RecordRow>(connection)
        .await?
        .into_iter()
        .map(Self::try_from)
        .collect()
    }

    async fn insert(&self, connection: &mut Connection<'_>) -> Result<(), StoreError> {
        let known = Self::select(connection, &self.account, &self.id).await?;
        if known.is_some() {
            return Err(StoreError::Exists { kind: Self::KIND });
        }
        let statement =
            "insert into playback_rights (document, is_default, created_at, updated_at, account_id, id)
                         values ($1, $2, $3, $4, $5, $6)";
        write(connection, statement, self).await
    }

    async fn update(&self, connection: &mut Connection<'_>) -> Result<(), StoreError> {
        write(connection, UPDATE, self).await
    }

    async fn delete(&self, connection: &mut Connection<'_>) -> Result<(), StoreError> {
        let videos = self.used_by(connection).await?.len();
        if videos > 0 {
            return Err(StoreError::RightInUse { videos });
        }
        query("delete from playback_rights where account_id = $1 and id = $2")
            .bind(self.account.as_str())
            .bind(self.id.as_str())
            .execute(connection)
            .await?;
        Ok(())
    }

    async fn used_by(&self, connection: &mut Connection<'_>) -> Result<Vec<VideoId>, StoreError> {
        let ids: Vec<(String,)> = query(
            "select id from videos where account_id = $1 and playback_rights_id = $2 order by id",
        )
        .bind(self.account.as_str())
        .bind(self.id.as_str())
        .fetch_all(connection)
        .await?;
        super::video_ids(ids)
    }
}

const UPDATE: &str = "update playback_rights set document = $1, is_default = $2, created_at = $3,
                                                 updated_at = $4
                      where account_id = $5 and id = $6";

/// The right that new videos of the account get.
pub(super) async fn default_right(
    connection: &mut Connection<'_>,
    account: &AccountId,
) -> Result<Option<Right>, StoreError> {
    query(
        "select id, account_id, document, created_at, updated_at from playback_rights
         where account_id = $1 and is_default",
    )
    .bind(account.as_str())
    .fetch_optional::<RecordRow>(connection)
    .await?
    .map(Right::try_from)
    .transpose()
}

/// Writes a right. One that becomes the default takes that from the one that is.
async fn write(
    connection: &mut Connection<'_>,
    statement: &'static str,
    right: &Right,
) -> Result<(), StoreError> {
    if right.fields.is_default
        && let Some(before) = default_right(connection, &right.account).await?
        && before.id != right.id
    {
        let mut fields = before.fields.clone();
        fields.is_default = false;
        let before = before.edited(fields, right.updated_at);
        write_row(connection, UPDATE, &before).await?;
    }
    write_row(connection, statement, right).await
}

/// Runs a statement whose parameters are a right's columns, in the order bound here.
async fn write_row(
    connection: &mut Connection<'_>,
    statement: &'static str,
    right: &Right,
) -> Result<(), StoreError> {
    query(statement)
        .bind(document(Right::KIND, right.id.as_str(), &right.fields)?)
        .bind(right.fields.is_default)
        .bind(right.created_at.to_string())
        .bind(right.updated_at.to_string())
        .bind(right.account.as_str())
        .bind(right.id.as_str())
        .execute(connection)
        .await?;
    Ok(())
}
