//! The header text of rules: an RFC 9651 dictionary, read strictly.
//!
//! RFC 9651 lets the last of two equal members win and lets parameters be ignored. Here both would
//! drop somebody's restriction, so both are refused: unknown means deny.

mod read;
mod strict;
mod write;

use std::{fmt, str::FromStr};

use sfv::DictSerializer;
use thiserror::Error;

pub use strict::StrictError;

pub(crate) use strict::Strict;

use crate::rules::{LayerKind, Member, Rules, Verdict};
use read::read_member;
use write::{write_member, write_verdict};

/// The text is not a set of rules. The message names the member and what was expected of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidRules {
    /// Not a dictionary, or a member twice.
    #[error(transparent)]
    Dictionary(#[from] StrictError),
    /// A member this version does not know. It may restrict, so it is not ignored.
    #[error("unknown member `{0}`")]
    UnknownMember(String),
    /// Parameters have no meaning here.
    #[error("member `{0}` has parameters")]
    Parameters(Member),
    /// A value of the wrong type.
    #[error("member `{member}` must be {expected}")]
    WrongType {
        /// The member.
        member: Member,
        /// What it must be.
        expected: String,
    },
    /// A value that names nothing.
    #[error("member `{member}`, item {position}: {reason}")]
    WrongItem {
        /// The member.
        member: Member,
        /// The item, counted from 1.
        position: usize,
        /// What was expected.
        reason: String,
    },
    /// A list without items: neither "everybody" nor "nobody" may be guessed.
    #[error("member `{0}` is an empty list")]
    EmptyList(Member),
    /// A window that never opens.
    #[error("`{from}` is not before `{until}`")]
    EmptyWindow {
        /// The member that opens it.
        from: Member,
        /// The member that closes it.
        until: Member,
    },
    /// A member in a layer that cannot have it.
    #[error("member `{0}` belongs in the account's rules only")]
    Misplaced(Member),
}

impl FromStr for Rules {
    type Err = InvalidRules;

    fn from_str(text: &str) -> Result<Self, InvalidRules> {
        let strict = Strict::parse(text)?;
        let mut rules = Self::default();
        for (key, value) in &strict.members {
            let is_named = |member: &Member| member.as_str() == key.as_str();
            let member = Member::ALL
                .into_iter()
                .find(is_named)
                .ok_or_else(|| InvalidRules::UnknownMember(key.as_str().to_owned()))?;
            read_member(&mut rules, member, value)?;
        }
        let windows = [
            (rules.from, rules.until, Member::From, Member::Until),
            (
                rules.applies_from,
                rules.applies_until,
                Member::AppliesFrom,
                Member::AppliesUntil,
            ),
        ];
        for (first, end, from, until) in windows {
            if first.zip(end).is_some_and(|(first, end)| first >= end) {
                return Err(InvalidRules::EmptyWindow { from, until });
            }
        }
        Ok(rules)
    }
}

impl Rules {
    /// Checks that these rules may stand in a layer: one cannot revoke keys by a video.
    ///
    /// # Errors
    ///
    /// [`InvalidRules::Misplaced`], for `revoked-keys` in another layer than the account's.
    pub fn check_layer(&self, layer: LayerKind) -> Result<(), InvalidRules> {
        if layer == LayerKind::Account || self.revoked_keys.is_empty() {
            return Ok(());
        }
        Err(InvalidRules::Misplaced(Member::RevokedKeys))
    }

    /// Reads the rules of a layer.
    ///
    /// # Errors
    ///
    /// [`InvalidRules`], also for members that the layer cannot have.
    pub fn in_layer(layer: LayerKind, text: &str) -> Result<Self, InvalidRules> {
        let rules: Self = text.parse()?;
        rules.check_layer(layer)?;
        Ok(rules)
    }
}

impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut dictionary = DictSerializer::new();
        let is_unrestricting = *self == Self::default();
        for member in Member::ALL {
            write_member(&mut dictionary, self, member).map_err(|_| fmt::Error)?;
        }
        if is_unrestricting {
            write_verdict(&mut dictionary, Member::GeoDefault, Some(Verdict::Allow))
                .map_err(|_| fmt::Error)?;
        }
        f.write_str(&dictionary.finish().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
