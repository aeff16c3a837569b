//! Minting and revoking policy keys.

use playback_policy::{AccountId, KeyId, PolicyKeyData};

use super::{Cms, EditError, Edited};
use crate::model::{IsoTime, MintedKey};

/// Which policy key is meant.
#[derive(Clone, Debug)]
pub(crate) enum WhichKey {
    /// The one on record with this id.
    OnRecord(KeyId),
    /// One that was shown, with what it says. It may be on no record.
    Shown(KeyId, PolicyKeyData),
}

/// The most ids that are tried for a key that was given none.
const MAX_ATTEMPTS: u32 = 1000;

impl Cms {
    /// Puts a policy key on record, with an id if it has none. The same data are the same key.
    ///
    /// The data must make a key: that is for whoever has the signing keys to see to.
    pub(crate) async fn mint_policy_key(
        &self,
        account: AccountId,
        data: PolicyKeyData,
    ) -> Result<Edited<MintedKey>, EditError> {
        let _under_way = self.edits.read().await;
        let mut write = self.store.write().await?;
        let known = write.account(&account).await?;
        let known = known.ok_or_else(|| EditError::NoAccount(account.clone()))?;
        let given = data
            .key_id
            .as_deref()
            .and_then(|id| id.parse::<KeyId>().ok());
        for attempt in 0..MAX_ATTEMPTS {
            let id = match &given {
                Some(id) => id.clone(),
                None => MintedKey::id_of(&data, attempt)?,
            };
            let data = PolicyKeyData {
                key_id: Some(id.to_string()),
                ..data.clone()
            };
            let before = write.policy_key(&account, &id).await?;
            let is_revoked = known.fields.revokes(&id) || known.revoked_keys.contains(&id);
            match before {
                Some(before) if before.data == data && !is_revoked => {
                    return self.finish(write, before, false).await;
                }
                None if !is_revoked => {
                    let key = MintedKey {
                        account,
                        id,
                        data,
                        created_at: IsoTime::now(),
                        revoked_at: None,
                    };
                    write.put_policy_key(&key).await?;
                    return self.finish(write, key, true).await;
                }
                Some(_) | None if given.is_none() => {}
                Some(_) | None if is_revoked => return Err(EditError::KeyRevoked(id)),
                Some(_) | None => return Err(EditError::KeyIdInUse(id)),
            }
        }
        Err(EditError::NoKeyIdLeft)
    }

    /// Revokes a policy key: from the purge on it opens nothing.
    pub(crate) async fn revoke_policy_key(
        &self,
        account: AccountId,
        which: WhichKey,
    ) -> Result<Edited<MintedKey>, EditError> {
        let _under_way = self.edits.read().await;
        let now = IsoTime::now();
        let mut write = self.store.write().await?;
        if write.account(&account).await?.is_none() {
            return Err(EditError::NoAccount(account));
        }
        let (id, shown) = match which {
            WhichKey::OnRecord(id) => (id, None),
            WhichKey::Shown(id, data) => (id, Some(data)),
        };
        let mut key = match (write.policy_key(&account, &id).await?, shown) {
            (Some(key), _) if key.revoked_at.is_some() => {
                return self.finish(write, key, false).await;
            }
            (Some(key), _) => key,
            (None, Some(data)) => MintedKey {
                account: account.clone(),
                id,
                data,
                created_at: now,
                revoked_at: None,
            },
            (None, None) => {
                return Err(EditError::NoRecord {
                    kind: "policy key",
                    id: id.to_string(),
                });
            }
        };
        key.revoked_at = Some(now);
        write.put_policy_key(&key).await?;
        // One revoked key more must still fit the header that tells of them.
        if let Some(account) = write.account(&account).await? {
            account.layer()?;
        }
        self.finish(write, key, false).await
    }
}
