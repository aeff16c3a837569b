//! A playback right: restrictions written once and used by many videos.

mod geo;
mod layer;
mod places;
mod proxies;
mod reading;

use std::{fmt, str::FromStr};

use playback_policy::{AccountId, HourRange, Rules, Weekday};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    addresses::Addresses,
    check::{self, InvalidField},
    host_name::HostName,
    record::Record,
    text,
    time::IsoTime,
    write::Fields,
};
use geo::{GlobalRule, RightGeo};
use proxies::BlockedProxies;

pub(crate) use layer::RightTokens;

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

/// What an editor writes of a right: Brightcove's members, and `rules` of ours.
///
/// # Source
///
/// Playback API contract, the right. `rules` and `rules_report_only` are this project's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct RightFields {
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    geo_global_rule: GlobalRule,
    #[serde(default)]
    geo: RightGeo,
    #[serde(default, with = "text::list")]
    allowed_ips: Vec<Addresses>,
    #[serde(default, with = "text::list")]
    blocked_ips: Vec<Addresses>,
    /// Hosts, compared whole.
    #[serde(default, with = "text::list")]
    allowed_domains: Vec<HostName>,
    #[serde(default, with = "text::list")]
    blocked_domains: Vec<HostName>,
    #[serde(default)]
    blocked_proxies: BlockedProxies,
    /// Playable from this second on, since 1970.
    start_time: Option<i64>,
    /// Playable until just before this second, since 1970.
    end_time: Option<i64>,
    #[serde(default, with = "text::list")]
    allowed_days: Vec<Weekday>,
    #[serde(default, with = "text::list")]
    allowed_hours: Vec<HourRange>,
    /// Whether it plays without a viewer token where the account's rights need one.
    #[serde(default)]
    allow_insecure: bool,
    /// Whether it restricts nothing.
    #[serde(default)]
    disabled: bool,
    /// Whether new videos get it that name no other. One of an account's.
    #[serde(default)]
    pub(crate) is_default: bool,
    /// Further restrictions: the dictionary text of a layer.
    #[serde(default, with = "text::option")]
    rules: Option<Rules>,
    /// Restrictions that are only logged: the dictionary text of a layer.
    #[serde(default, with = "text::option")]
    rules_report_only: Option<Rules>,
}

/// The most items of a list, which is what Brightcove's Studio takes of ZIP codes.
const MAX_ITEMS: usize = 5000;
/// Seconds that the text of rules can say.
const SECONDS: std::ops::RangeInclusive<i64> = -999_999_999_999_999..=999_999_999_999_999;

// === impl RightId ===

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

// === impl Right ===

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

// === impl RightFields ===

impl RightFields {
    fn check_times(&self) -> Result<(), InvalidField> {
        for (path, time) in [("start_time", self.start_time), ("end_time", self.end_time)] {
            if time.is_some_and(|time| !SECONDS.contains(&time)) {
                let reason = "expected seconds since 1970 of at most 15 digits";
                return Err(InvalidField::new(path, reason));
            }
        }
        match (self.start_time, self.end_time) {
            (Some(start), Some(end)) if start >= end => Err(InvalidField::new(
                "end_time",
                "expected a second after `start_time`",
            )),
            _ => Ok(()),
        }
    }
}

impl Fields for RightFields {
    fn check(&self) -> Result<(), InvalidField> {
        check::text("name", &self.name, 0, 256)?;
        for (path, count) in [
            ("allowed_ips", self.allowed_ips.len()),
            ("blocked_ips", self.blocked_ips.len()),
            ("allowed_domains", self.allowed_domains.len()),
            ("blocked_domains", self.blocked_domains.len()),
            ("allowed_days", self.allowed_days.len()),
            ("allowed_hours", self.allowed_hours.len()),
        ] {
            check::count(path, count, MAX_ITEMS)?;
        }
        self.geo.check()?;
        self.check_times()?;
        // Also of one that is disabled: it may be enabled again.
        self.rules(RightTokens::Asked).map(drop)
    }
}

#[cfg(test)]
mod tests;
