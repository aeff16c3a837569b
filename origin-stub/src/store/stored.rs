//! Records of an account, read and written alike whatever they are.

use playback_policy::{AccountId, Page, VideoId};

use super::{Store, StoreError, Write, database::Connection};
use crate::{change::Edits, model::Record};

/// How a kind of record is kept.
pub(crate) trait Stored: Record + Edits {
    /// The account's record with this id.
    fn select(
        connection: &mut Connection<'_>,
        account: &AccountId,
        id: &Self::Id,
    ) -> impl Future<Output = Result<Option<Self>, StoreError>> + Send;

    /// The account's records, the last edited first.
    fn select_page(
        connection: &mut Connection<'_>,
        account: &AccountId,
        page: Page,
    ) -> impl Future<Output = Result<Vec<Self>, StoreError>> + Send;

    /// Adds the record.
    ///
    /// # Errors
    ///
    /// When its id or reference id is taken, or it names something that is not there.
    fn insert(
        &self,
        connection: &mut Connection<'_>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Replaces the record of the same account and id.
    ///
    /// # Errors
    ///
    /// When its reference id is taken, or it names something that is not there.
    fn update(
        &self,
        connection: &mut Connection<'_>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Removes the record. Its ids may be used again.
    ///
    /// # Errors
    ///
    /// When others name it.
    fn delete(
        &self,
        connection: &mut Connection<'_>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// What it takes from its account when it is created without saying otherwise.
    fn complete(
        _fields: &mut Self::Fields,
        _connection: &mut Connection<'_>,
        _account: &AccountId,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        async { Ok(()) }
    }

    /// Gives up its reference id, if it can have one, until it is replaced: two may swap theirs.
    fn release_reference(
        &self,
        _connection: &mut Connection<'_>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        async { Ok(()) }
    }

    /// The videos, in order of their ids, whose answers it is part of without being one of them.
    fn used_by(
        &self,
        _connection: &mut Connection<'_>,
    ) -> impl Future<Output = Result<Vec<VideoId>, StoreError>> + Send {
        async { Ok(Vec::new()) }
    }
}

impl Store {
    /// The account's record with this id.
    pub(crate) async fn find<R: Stored>(
        &self,
        account: &AccountId,
        id: &R::Id,
    ) -> Result<Option<R>, StoreError> {
        R::select(&mut self.reader().await?.connection(), account, id).await
    }

    /// The account's records, the last edited first.
    pub(crate) async fn list<R: Stored>(
        &self,
        account: &AccountId,
        page: Page,
    ) -> Result<Vec<R>, StoreError> {
        R::select_page(&mut self.reader().await?.connection(), account, page).await
    }
}

impl Write {
    /// The account's record with this id.
    pub(crate) async fn find<R: Stored>(
        &mut self,
        account: &AccountId,
        id: &R::Id,
    ) -> Result<Option<R>, StoreError> {
        R::select(&mut self.connection(), account, id).await
    }

    /// As [`Stored::complete`].
    pub(crate) async fn complete<R: Stored>(
        &mut self,
        fields: &mut R::Fields,
        account: &AccountId,
    ) -> Result<(), StoreError> {
        R::complete(fields, &mut self.connection(), account).await
    }

    /// As [`Stored::insert`].
    pub(crate) async fn insert<R: Stored>(&mut self, record: &R) -> Result<(), StoreError> {
        record.insert(&mut self.connection()).await?;
        self.note(R::change(None, Some(record), &[])).await
    }

    /// As [`Stored::update`], of the record that was `before`.
    pub(crate) async fn update<R: Stored>(
        &mut self,
        before: &R,
        after: &R,
    ) -> Result<(), StoreError> {
        after.update(&mut self.connection()).await?;
        let used_by = after.used_by(&mut self.connection()).await?;
        self.note(R::change(Some(before), Some(after), &used_by))
            .await
    }

    /// As [`Stored::delete`].
    pub(crate) async fn delete<R: Stored>(&mut self, record: &R) -> Result<(), StoreError> {
        record.delete(&mut self.connection()).await?;
        self.note(R::change(Some(record), None, &[])).await
    }

    /// As [`Stored::release_reference`].
    pub(crate) async fn release_reference<R: Stored>(
        &mut self,
        record: &R,
    ) -> Result<(), StoreError> {
        record.release_reference(&mut self.connection()).await
    }
}
