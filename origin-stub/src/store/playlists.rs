//! Playlists.

use playback_policy::{AccountId, Page, PlaylistId, PlaylistSelector, ReferenceId};

use super::{StoreError, Stored, database::Connection, document, query::query, row::RecordRow};
use crate::model::{Playlist, Record};

impl Stored for Playlist {
    async fn select(
        connection: &mut Connection<'_>,
        account: &AccountId,
        id: &PlaylistId,
    ) -> Result<Option<Self>, StoreError> {
        query(
            "select id, account_id, document, created_at, updated_at from playlists
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
            "select id, account_id, document, created_at, updated_at from playlists
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
        let known: Option<(String,)> = query("select id from playlists where id = $1")
            .bind(self.id.as_str())
            .fetch_optional(connection)
            .await?;
        if known.is_some() {
            return Err(StoreError::Exists { kind: Self::KIND });
        }
        check_reference(connection, self).await?;
        let statement = "insert into playlists (reference_id, document, created_at, updated_at,
                                                account_id, id)
                         values ($1, $2, $3, $4, $5, $6)";
        write(connection, statement, self).await
    }

    async fn update(&self, connection: &mut Connection<'_>) -> Result<(), StoreError> {
        check_reference(connection, self).await?;
        let statement = "update playlists set reference_id = $1, document = $2, created_at = $3,
                                              updated_at = $4
                         where account_id = $5 and id = $6";
        write(connection, statement, self).await
    }

    async fn delete(&self, connection: &mut Connection<'_>) -> Result<(), StoreError> {
        query("delete from playlists where account_id = $1 and id = $2")
            .bind(self.account.as_str())
            .bind(self.id.as_str())
            .execute(connection)
            .await?;
        Ok(())
    }

    async fn release_reference(&self, connection: &mut Connection<'_>) -> Result<(), StoreError> {
        query("update playlists set reference_id = null where account_id = $1 and id = $2")
            .bind(self.account.as_str())
            .bind(self.id.as_str())
            .execute(connection)
            .await?;
        Ok(())
    }
}

/// The account's playlist by either of its names.
pub(super) async fn select(
    connection: &mut Connection<'_>,
    account: &AccountId,
    asked: &PlaylistSelector,
) -> Result<Option<Playlist>, StoreError> {
    let reference = match asked {
        PlaylistSelector::Id(id) => return Playlist::select(connection, account, id).await,
        PlaylistSelector::Reference(reference) => reference,
    };
    query(
        "select id, account_id, document, created_at, updated_at from playlists
         where account_id = $1 and reference_id = $2",
    )
    .bind(account.as_str())
    .bind(reference.as_str())
    .fetch_optional::<RecordRow>(connection)
    .await?
    .map(Playlist::try_from)
    .transpose()
}

/// Runs a statement whose parameters are a playlist's columns, in the order bound here.
async fn write(
    connection: &mut Connection<'_>,
    statement: &'static str,
    playlist: &Playlist,
) -> Result<(), StoreError> {
    query(statement)
        .bind(
            playlist
                .fields
                .reference_id
                .as_ref()
                .map(ReferenceId::as_str),
        )
        .bind(document(
            Playlist::KIND,
            playlist.id.as_str(),
            &playlist.fields,
        )?)
        .bind(playlist.created_at.to_string())
        .bind(playlist.updated_at.to_string())
        .bind(playlist.account.as_str())
        .bind(playlist.id.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

async fn check_reference(
    connection: &mut Connection<'_>,
    playlist: &Playlist,
) -> Result<(), StoreError> {
    super::check_reference::<Playlist>(
        connection,
        "select id from playlists where account_id = $1 and reference_id = $2 and id <> $3",
        &playlist.account,
        playlist.fields.reference_id.as_ref(),
        &playlist.id,
    )
    .await
}
