//! Edits of what an account holds, alike whatever it is.

use std::str::FromStr;

use playback_policy::AccountId;
use serde_json::{Value, json};

use super::{Cms, EditError, Edited};
use crate::{
    model::{Fields, IsoTime, merge_patch},
    store::{StoreError, Stored, Write},
};

impl Cms {
    /// Creates a record, under `id` or under a new one.
    pub(crate) async fn create<R: Stored>(
        &self,
        account: AccountId,
        id: Option<R::Id>,
        document: &Value,
    ) -> Result<Edited<R>, EditError> {
        let _under_way = self.edits.read().await;
        let fields = R::Fields::from_json(merge_patch(json!({}), document))?;
        let write = self.begin(&account).await?;
        self.add(write, account, id, fields).await
    }

    /// Creates a record under `id`, or replaces what the one that is there holds.
    pub(crate) async fn put<R: Stored>(
        &self,
        account: AccountId,
        id: R::Id,
        document: &Value,
    ) -> Result<Edited<R>, EditError> {
        let _under_way = self.edits.read().await;
        let fields = R::Fields::from_json(merge_patch(json!({}), document))?;
        let mut write = self.begin(&account).await?;
        match write.find::<R>(&account, &id).await? {
            Some(before) => self.replace(write, before, fields).await,
            None => self.add(write, account, Some(id), fields).await,
        }
    }

    /// Changes what `patch` names of a record.
    pub(crate) async fn patch<R: Stored>(
        &self,
        account: AccountId,
        id: R::Id,
        patch: &Value,
    ) -> Result<Edited<R>, EditError> {
        let _under_way = self.edits.read().await;
        let mut write = self.store.write().await?;
        let before = write.find::<R>(&account, &id).await?;
        let before = before.ok_or_else(|| EditError::no_record::<R>(&id))?;
        let fields = before.fields().patched(patch)?;
        self.replace(write, before, fields).await
    }

    /// Deletes a record that no other names.
    pub(crate) async fn delete<R: Stored>(
        &self,
        account: AccountId,
        id: R::Id,
    ) -> Result<Edited<R>, EditError> {
        let _under_way = self.edits.read().await;
        let mut write = self.store.write().await?;
        let before = write.find::<R>(&account, &id).await?;
        let before = before.ok_or_else(|| EditError::no_record::<R>(&id))?;
        write.delete(&before).await?;
        self.finish(write, before, false).await
    }

    /// Begins a write to an account that must be there.
    async fn begin(&self, account: &AccountId) -> Result<Write, EditError> {
        let mut write = self.store.write().await?;
        match write.account(account).await? {
            Some(_) => Ok(write),
            None => Err(EditError::NoAccount(account.clone())),
        }
    }

    async fn add<R: Stored>(
        &self,
        mut write: Write,
        account: AccountId,
        id: Option<R::Id>,
        mut fields: R::Fields,
    ) -> Result<Edited<R>, EditError> {
        let now = IsoTime::now();
        write.complete::<R>(&mut fields, &account).await?;
        let record = match id {
            Some(id) => {
                let record = R::new(account, id, fields, now);
                write.insert(&record).await?;
                record
            }
            None => insert_new(&mut write, &account, &fields, now).await?,
        };
        self.finish(write, record, true).await
    }

    async fn replace<R: Stored>(
        &self,
        mut write: Write,
        before: R,
        fields: R::Fields,
    ) -> Result<Edited<R>, EditError> {
        let after = match fields == *before.fields() {
            true => before.clone(),
            false => before.edited(fields, IsoTime::now()),
        };
        write.update(&before, &after).await?;
        self.finish(write, after, false).await
    }
}

/// Inserts a record under an id nobody has. Ids are as real ones are, 13 decimal digits, and
/// ascending: the milliseconds since 1970.
async fn insert_new<R: Stored>(
    write: &mut Write,
    account: &AccountId,
    fields: &R::Fields,
    now: IsoTime,
) -> Result<R, StoreError> {
    let mut number = now.milliseconds();
    loop {
        let id = number.to_string();
        let id = R::Id::from_str(&id).map_err(|reason| StoreError::Unreadable {
            what: R::KIND,
            id,
            reason: reason.to_string(),
        })?;
        let record = R::new(account.clone(), id, fields.clone(), now);
        match write.insert(&record).await {
            Ok(()) => return Ok(record),
            Err(StoreError::Exists { .. }) => number += 1,
            Err(error) => return Err(error),
        }
    }
}
