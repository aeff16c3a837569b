//! Rows as the database gives them, and the way to the model.

use std::{fmt::Display, str::FromStr};

use playback_policy::{AccountKey, AccountKeys};
use serde::de::DeserializeOwned;
use sqlx::FromRow;

use super::StoreError;
use crate::model::{Account, MintedKey, Playlist, Record, Right, TokenKey, Video, der};

#[derive(FromRow)]
pub(super) struct AccountRow {
    id: String,
    document: String,
    created_at: String,
    updated_at: String,
}

/// A playback right or a playlist.
#[derive(FromRow)]
pub(super) struct RecordRow {
    id: String,
    account_id: String,
    document: String,
    created_at: String,
    updated_at: String,
}

#[derive(FromRow)]
pub(super) struct VideoRow {
    id: String,
    account_id: String,
    document: String,
    created_at: String,
    updated_at: String,
    published_at: Option<String>,
}

#[derive(FromRow)]
pub(super) struct PolicyKeyRow {
    account_id: String,
    key_id: String,
    data: String,
    created_at: String,
    revoked_at: Option<String>,
}

#[derive(FromRow)]
pub(super) struct TokenKeyRow {
    account_id: String,
    id: String,
    value: String,
    created_at: String,
}

/// What an account's own row says. Its keys are in rows of their own.
impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        let read = Reader {
            what: "account",
            id: &row.id,
        };
        Ok(Self {
            id: read.text(&row.id)?,
            fields: read.document(&row.document)?,
            revoked_keys: Vec::new(),
            token_keys: AccountKeys::default(),
            created_at: read.text(&row.created_at)?,
            updated_at: read.text(&row.updated_at)?,
        })
    }
}

impl TryFrom<PolicyKeyRow> for MintedKey {
    type Error = StoreError;

    fn try_from(row: PolicyKeyRow) -> Result<Self, StoreError> {
        let read = Reader {
            what: "policy key",
            id: &row.key_id,
        };
        Ok(Self {
            account: read.text(&row.account_id)?,
            id: read.text(&row.key_id)?,
            data: read.document(&row.data)?,
            created_at: read.text(&row.created_at)?,
            revoked_at: row.revoked_at.map(|time| read.text(&time)).transpose()?,
        })
    }
}

impl TryFrom<TokenKeyRow> for TokenKey {
    type Error = StoreError;

    fn try_from(row: TokenKeyRow) -> Result<Self, StoreError> {
        let read = Reader {
            what: "token key",
            id: &row.id,
        };
        let der = der(&row.value).map_err(|reason| read.unreadable(&reason))?;
        let key = AccountKey::new(&row.id, &der).map_err(|reason| read.unreadable(&reason))?;
        Ok(Self {
            account: read.text(&row.account_id)?,
            key,
            created_at: read.text(&row.created_at)?,
        })
    }
}

impl TryFrom<RecordRow> for Right {
    type Error = StoreError;

    fn try_from(row: RecordRow) -> Result<Self, StoreError> {
        let read = Reader {
            what: Self::KIND,
            id: &row.id,
        };
        Ok(Self {
            id: read.text(&row.id)?,
            account: read.text(&row.account_id)?,
            fields: read.document(&row.document)?,
            created_at: read.text(&row.created_at)?,
            updated_at: read.text(&row.updated_at)?,
        })
    }
}

impl TryFrom<RecordRow> for Playlist {
    type Error = StoreError;

    fn try_from(row: RecordRow) -> Result<Self, StoreError> {
        let read = Reader {
            what: Self::KIND,
            id: &row.id,
        };
        Ok(Self {
            id: read.text(&row.id)?,
            account: read.text(&row.account_id)?,
            fields: read.document(&row.document)?,
            created_at: read.text(&row.created_at)?,
            updated_at: read.text(&row.updated_at)?,
        })
    }
}

impl TryFrom<VideoRow> for Video {
    type Error = StoreError;

    fn try_from(row: VideoRow) -> Result<Self, StoreError> {
        let read = Reader {
            what: Self::KIND,
            id: &row.id,
        };
        Ok(Self {
            id: read.text(&row.id)?,
            account: read.text(&row.account_id)?,
            fields: read.document(&row.document)?,
            created_at: read.text(&row.created_at)?,
            updated_at: read.text(&row.updated_at)?,
            published_at: row.published_at.map(|time| read.text(&time)).transpose()?,
        })
    }
}

/// Reads the columns of one record and can say which record it was.
pub(super) struct Reader<'a> {
    pub(super) what: &'static str,
    pub(super) id: &'a str,
}

impl Reader<'_> {
    pub(super) fn text<T: FromStr<Err: Display>>(&self, text: &str) -> Result<T, StoreError> {
        text.parse().map_err(|reason| self.unreadable(&reason))
    }

    pub(super) fn document<T: DeserializeOwned>(&self, json: &str) -> Result<T, StoreError> {
        serde_json::from_str(json).map_err(|reason| self.unreadable(&reason))
    }

    pub(super) fn unreadable(&self, reason: &dyn Display) -> StoreError {
        StoreError::Unreadable {
            what: self.what,
            id: self.id.to_owned(),
            reason: reason.to_string(),
        }
    }
}
