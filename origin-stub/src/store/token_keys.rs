//! The public keys of viewer tokens.

use playback_policy::AccountId;

use super::{Store, StoreError, Write, database::Connection, query::query, row::TokenKeyRow};
use crate::{change, model::TokenKey};

impl Store {
    /// The account's keys, in the order they were registered.
    pub(crate) async fn token_keys(
        &self,
        account: &AccountId,
    ) -> Result<Vec<TokenKey>, StoreError> {
        select_all(&mut self.reader().await?.connection(), account).await
    }
}

impl Write {
    /// The account's keys, in the order they were registered.
    pub(crate) async fn token_keys(
        &mut self,
        account: &AccountId,
    ) -> Result<Vec<TokenKey>, StoreError> {
        select_all(&mut self.connection(), account).await
    }

    /// Adds a key whose id is free.
    pub(crate) async fn insert_token_key(&mut self, key: &TokenKey) -> Result<(), StoreError> {
        query("insert into token_keys (account_id, id, value, created_at) values ($1, $2, $3, $4)")
            .bind(key.account.as_str())
            .bind(key.key.id())
            .bind(key.value())
            .bind(key.created_at.to_string())
            .execute(&mut self.connection())
            .await?;
        self.note(Some(change::of_token_key(&key.account, key.key.id())))
            .await
    }

    /// Removes a key.
    pub(crate) async fn delete_token_key(&mut self, key: &TokenKey) -> Result<(), StoreError> {
        query("delete from token_keys where account_id = $1 and id = $2")
            .bind(key.account.as_str())
            .bind(key.key.id())
            .execute(&mut self.connection())
            .await?;
        self.note(Some(change::of_token_key(&key.account, key.key.id())))
            .await
    }
}

pub(super) async fn select_all(
    connection: &mut Connection<'_>,
    account: &AccountId,
) -> Result<Vec<TokenKey>, StoreError> {
    query(
        "select account_id, id, value, created_at from token_keys
         where account_id = $1 order by created_at, rowid",
    )
    .bind(account.as_str())
    .fetch_all::<TokenKeyRow>(connection)
    .await?
    .into_iter()
    .map(TokenKey::try_from)
    .collect()
}
