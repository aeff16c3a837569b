//! A playback right: restrictions written once and used by many videos.

use std::{fmt, str::FromStr};

use playback_policy::{AccountId, Rules};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    check::{self, InvalidField},
    record::Record,
    text,
    time::IsoTime,
    write::Fields,
};

/// A right's id: 1 to 64 of `[A-Za-z0-9_-]`, such as a UUID. Unique in its account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RightId(String);

/// The text is not a right's id.
#[derive(Clone, Copy, Debug, Error)]
#[error("expected 1 to 64 of the characters `A-Z a-z 0-9 _ -`")]
pub(crate) struct InvalidRightId(());

/// A right as stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Right {
    pub(crate) account: AccountId,
    pub(crate) id: RightId,
    pub(crate) fields: RightFields,
    pub(crate) created_at: IsoTime,
    pub(crate) updated_at: IsoTime,
}

/// What an editor writes of a right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct RightFields {
    pub(crate) name: String,
    /// The dictionary text of a layer; none restricts nothing.
    #[serde(default, with = "text::option")]
    pub(crate) rules: Option<Rules>,
}

impl RightId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RightId {
    type Err = InvalidRightId;

    fn from_str(text: &str) -> Result<Self, InvalidRightId> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if (1..=64).contains(&text.len()) && text.bytes().all(is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidRightId(()))
        }
    }
}

impl fmt::Display for RightId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Record for Right {
    type Id = RightId;
    type Fields = RightFields;

    const KIND: &'static str = "playback right";

    fn new(account: AccountId, id: RightId, fields: RightFields, now: IsoTime) -> Self {
        Self {
            account,
            id,
            fields,
            created_at: now,
            updated_at: now,
        }
    }

    fn edited(&self, fields: RightFields, now: IsoTime) -> Self {
        Self {
            fields,
            updated_at: now,
            ..self.clone()
        }
    }

    fn id(&self) -> &RightId {
        &self.id
    }

    fn fields(&self) -> &RightFields {
        &self.fields
    }
}

impl Fields for RightFields {
    fn check(&self) -> Result<(), InvalidField> {
        check::text("name", &self.name, 1, 256)?;
        self.layer().map(drop)
    }
}
