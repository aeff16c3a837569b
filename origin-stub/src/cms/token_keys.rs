//! Registering the public keys of viewer tokens.

use playback_policy::AccountId;
use serde_json::Value;

use super::{Cms, EditError, Edited};
use crate::{
    model::{IsoTime, TokenKey},
    store::Write,
};

/// The most keys of an account.
///
/// # Source
///
/// Playback API contract, tokens.
const MAX_KEYS: usize = 3;

impl Cms {
    /// Registers a key.
    pub(crate) async fn register_token_key(
        &self,
        account: AccountId,
        document: &Value,
    ) -> Result<Edited<TokenKey>, EditError> {
        let _under_way = self.edits.read().await;
        let key = TokenKey::from_json(account.clone(), document, IsoTime::now())?;
        let (mut write, keys) = self.begin_with_keys(&account).await?;
        let is_same =
            |other: &&TokenKey| other.key.id() == key.key.id() || other.key.der() == key.key.der();
        if let Some(other) = keys.iter().find(is_same) {
            return Err(EditError::TokenKeyExists(other.key.id().to_owned()));
        }
        if keys.len() >= MAX_KEYS {
            return Err(EditError::TooManyTokenKeys(MAX_KEYS));
        }
        write.insert_token_key(&key).await?;
        self.finish(write, key, true).await
    }

    /// Deletes a key: no token that it signed is good any more.
    pub(crate) async fn delete_token_key(
        &self,
        account: AccountId,
        id: &str,
    ) -> Result<Edited<TokenKey>, EditError> {
        let _under_way = self.edits.read().await;
        let (mut write, keys) = self.begin_with_keys(&account).await?;
        let key = keys.into_iter().find(|key| key.key.id() == id);
        let key = key.ok_or_else(|| EditError::NoRecord {
            kind: "key",
            id: id.to_owned(),
        })?;
        write.delete_token_key(&key).await?;
        self.finish(write, key, false).await
    }

    async fn begin_with_keys(
        &self,
        account: &AccountId,
    ) -> Result<(Write, Vec<TokenKey>), EditError> {
        let mut write = self.store.write().await?;
        if write.account(account).await?.is_none() {
            return Err(EditError::NoAccount(account.clone()));
        }
        let keys = write.token_keys(account).await?;
        Ok((write, keys))
    }
}
