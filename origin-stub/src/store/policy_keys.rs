//! Policy keys on record.

use playback_policy::{AccountId, KeyId, Page};

use super::{
    Store, StoreError, Write, database::Connection, document, query::query, row::PolicyKeyRow,
};
use crate::{
    change::{self, ChangeKind},
    model::MintedKey,
};

impl Store {
    /// The account's policy key with this id.
    pub(crate) async fn policy_key(
        &self,
        account: &AccountId,
        id: &KeyId,
    ) -> Result<Option<MintedKey>, StoreError> {
        select(&mut self.reader().await?.connection(), account, id).await
    }

    /// The account's policy keys, the last minted first.
    pub(crate) async fn policy_keys(
        &self,
        account: &AccountId,
        page: Page,
    ) -> Result<Vec<MintedKey>, StoreError> {
        query(
            "select account_id, key_id, data, created_at, revoked_at from policy_keys
             where account_id = $1 order by created_at desc, key_id limit $2 offset $3",
        )
        .bind(account.as_str())
        .bind(page.limit)
        .bind(page.offset)
        .fetch_all::<PolicyKeyRow>(&mut self.reader().await?.connection())
        .await?
        .into_iter()
        .map(MintedKey::try_from)
        .collect()
    }
}

impl Write {
    /// The account's policy key with this id.
    pub(crate) async fn policy_key(
        &mut self,
        account: &AccountId,
        id: &KeyId,
    ) -> Result<Option<MintedKey>, StoreError> {
        select(&mut self.connection(), account, id).await
    }

    /// Adds the key, or replaces the account's with its id.
    pub(crate) async fn put_policy_key(&mut self, key: &MintedKey) -> Result<(), StoreError> {
        query(
            "insert into policy_keys (account_id, key_id, data, created_at, revoked_at)
             values ($1, $2, $3, $4, $5)
             on conflict (account_id, key_id) do update set
                 data = excluded.data, created_at = excluded.created_at,
                 revoked_at = excluded.revoked_at",
        )
        .bind(key.account.as_str())
        .bind(key.id.as_str())
        .bind(document("policy key", key.id.as_str(), &key.data)?)
        .bind(key.created_at.to_string())
        .bind(key.revoked_at.map(|time| time.to_string()))
        .execute(&mut self.connection())
        .await?;
        let kind = match key.revoked_at {
            Some(_) => ChangeKind::Rights,
            None => ChangeKind::Existence,
        };
        self.note(Some(change::of_policy_key(&key.account, &key.id, kind)))
            .await
    }
}

async fn select(
    connection: &mut Connection<'_>,
    account: &AccountId,
    id: &KeyId,
) -> Result<Option<MintedKey>, StoreError> {
    query(
        "select account_id, key_id, data, created_at, revoked_at from policy_keys
         where account_id = $1 and key_id = $2",
    )
    .bind(account.as_str())
    .bind(id.as_str())
    .fetch_optional::<PolicyKeyRow>(connection)
    .await?
    .map(MintedKey::try_from)
    .transpose()
}

/// The ids of an account's revoked keys, in the order they were revoked.
pub(super) async fn revoked(
    connection: &mut Connection<'_>,
    account: &AccountId,
) -> Result<Vec<KeyId>, StoreError> {
    let ids: Vec<(String,)> = query(
        "select key_id from policy_keys where account_id = $1 and revoked_at is not null
         order by revoked_at, key_id",
    )
    .bind(account.as_str())
    .fetch_all(connection)
    .await?;
    let parse = |(id,): &(String,)| {
        id.parse().map_err(|reason| StoreError::Unreadable {
            what: "policy key",
            id: id.clone(),
            reason: format!("{reason}"),
        })
    };
    ids.iter().map(parse).collect()
}
