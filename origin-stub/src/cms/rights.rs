//! Edits of playback rights.

use playback_policy::AccountId;
use serde_json::{Value, json};

use super::{Cms, EditError, Edited};
use crate::{
    change,
    model::{Fields, IsoTime, Right, RightFields, RightId, merge_patch},
    purge::Purged,
    store::Write,
};

impl Cms {
    /// Creates a right or replaces what it holds.
    pub(crate) async fn put_right(
        &self,
        account: AccountId,
        id: RightId,
        document: &Value,
    ) -> Result<Edited<Right>, EditError> {
        let _under_way = self.edits.read().await;
        let fields = RightFields::from_json(merge_patch(json!({}), document))?;
        let mut write = self.store.write().await?;
        if write.account(&account).await?.is_none() {
            return Err(EditError::NoAccount(account));
        }
        match write.right(&account, &id).await? {
            Some(before) => self.replace_right(write, before, fields).await,
            None => {
                let right = Right::new(account, id, fields, IsoTime::now());
                write.put_right(&right).await?;
                write.commit().await?;
                // No video can have used a right that was not there.
                Ok(Edited {
                    record: right,
                    is_new: true,
                    purged: Purged::Nothing,
                })
            }
        }
    }

    /// Changes what `patch` names of a right.
    pub(crate) async fn patch_right(
        &self,
        account: AccountId,
        id: RightId,
        patch: &Value,
    ) -> Result<Edited<Right>, EditError> {
        let _under_way = self.edits.read().await;
        let mut write = self.store.write().await?;
        let before = write
            .right(&account, &id)
            .await?
            .ok_or(EditError::NoRight(id))?;
        let fields = before.fields.patched(patch)?;
        self.replace_right(write, before, fields).await
    }

    /// Deletes a right that no video uses.
    pub(crate) async fn delete_right(
        &self,
        account: AccountId,
        id: RightId,
    ) -> Result<Edited<Right>, EditError> {
        let _under_way = self.edits.read().await;
        let mut write = self.store.write().await?;
        let before = write
            .right(&account, &id)
            .await?
            .ok_or(EditError::NoRight(id))?;
        write.delete_right(&before).await?;
        write.commit().await?;
        Ok(Edited {
            record: before,
            is_new: false,
            purged: Purged::Nothing,
        })
    }

    async fn replace_right(
        &self,
        mut write: Write,
        before: Right,
        fields: RightFields,
    ) -> Result<Edited<Right>, EditError> {
        let after = match fields == before.fields {
            true => before.clone(),
            false => before.edited(fields, IsoTime::now()),
        };
        write.put_right(&after).await?;
        let used_by = write.videos_using(&after.account, &after.id).await?;
        write.commit().await?;
        let purged = self
            .purge(change::of_right(&before, &after, &used_by))
            .await;
        Ok(Edited {
            record: after,
            is_new: false,
            purged,
        })
    }
}
