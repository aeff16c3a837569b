//! Accounts.

use playback_policy::{AccountId, AccountKeys};

use super::{
    Store, StoreError, Write, database::Connection, document, policy_keys, query::query,
    row::AccountRow, token_keys,
};
use crate::{change, model::Account};

impl Store {
    /// The account with this id.
    pub(crate) async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        select(&mut self.reader().await?.connection(), id).await
    }
}

impl Write {
    /// The account with this id.
    pub(crate) async fn account(&mut self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        select(&mut self.connection(), id).await
    }

    /// Adds the account, or replaces the one that was `before`.
    pub(crate) async fn put_account(
        &mut self,
        before: Option<&Account>,
        account: &Account,
    ) -> Result<(), StoreError> {
        query(
            "insert into accounts (id, document, created_at, updated_at) values ($1, $2, $3, $4)
             on conflict (id) do update set
                 document = excluded.document, created_at = excluded.created_at,
                 updated_at = excluded.updated_at",
        )
        .bind(account.id.as_str())
        .bind(document("account", account.id.as_str(), &account.fields)?)
        .bind(account.created_at.to_string())
        .bind(account.updated_at.to_string())
        .execute(&mut self.connection())
        .await?;
        self.note(change::of_account(before, account)).await
    }
}

pub(super) async fn select(
    connection: &mut Connection<'_>,
    id: &AccountId,
) -> Result<Option<Account>, StoreError> {
    let row = query("select id, document, created_at, updated_at from accounts where id = $1")
        .bind(id.as_str())
        .fetch_optional::<AccountRow>(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let keys = token_keys::select_all(connection, id).await?;
    let keys = keys.into_iter().map(|key| key.key).collect();
    let token_keys = AccountKeys::new(keys).map_err(|reason| StoreError::Unreadable {
        what: "account",
        id: id.to_string(),
        reason: reason.to_string(),
    })?;
    Ok(Some(Account {
        revoked_keys: policy_keys::revoked(connection, id).await?,
        token_keys,
        ..Account::try_from(row)?
    }))
}
