//! Edits of accounts.

use playback_policy::AccountId;
use serde_json::{Value, json};

use super::{Cms, EditError, Edited};
use crate::{
    model::{Account, AccountFields, Fields, IsoTime, merge_patch},
    store::Write,
};

impl Cms {
    /// Creates an account or replaces what it holds.
    pub(crate) async fn put_account(
        &self,
        id: AccountId,
        document: &Value,
    ) -> Result<Edited<Account>, EditError> {
        let _under_way = self.edits.read().await;
        let fields = AccountFields::from_json(merge_patch(json!({}), document))?;
        let mut write = self.store.write().await?;
        match write.account(&id).await? {
            Some(before) => self.replace_account(write, before, fields).await,
            None => {
                let account = Account::new(id, fields, IsoTime::now());
                write.put_account(None, &account).await?;
                self.finish(write, account, true).await
            }
        }
    }

    /// Changes what `patch` names of an account.
    pub(crate) async fn patch_account(
        &self,
        id: AccountId,
        patch: &Value,
    ) -> Result<Edited<Account>, EditError> {
        let _under_way = self.edits.read().await;
        let mut write = self.store.write().await?;
        let before = write.account(&id).await?.ok_or(EditError::NoAccount(id))?;
        let fields = before.fields.patched(patch)?;
        self.replace_account(write, before, fields).await
    }

    async fn replace_account(
        &self,
        mut write: Write,
        before: Account,
        fields: AccountFields,
    ) -> Result<Edited<Account>, EditError> {
        let after = match fields == before.fields {
            true => before.clone(),
            false => before.edited(fields, IsoTime::now()),
        };
        // With the policy keys it revoked, which the fields alone do not know of.
        after.layer()?;
        write.put_account(Some(&before), &after).await?;
        self.finish(write, after, false).await
    }
}
