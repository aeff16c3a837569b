//! The header text of rules: an RFC 9651 dictionary, read strictly.
//!
//! RFC 9651 lets the last of two equal members win and lets parameters be ignored. Here both would
//! drop somebody's restriction, so both are refused: unknown means deny.

mod strict;

use std::{fmt, str::FromStr};

use sfv::{BareItem, DictSerializer, InnerList, Item, KeyRef, ListEntry, StringRef, TokenRef};
use thiserror::Error;

pub use strict::StrictError;

pub(crate) use strict::Strict;

use crate::{
    proxy::ProxyClass,
    rules::{Member, Rules, Verdict},
};

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
        expected: &'static str,
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
    #[error("`from` is not before `until`")]
    EmptyWindow,
}

// === reading ===

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
        match (rules.from, rules.until) {
            (Some(from), Some(until)) if from >= until => Err(InvalidRules::EmptyWindow),
            _ => Ok(rules),
        }
    }
}

fn read_member(rules: &mut Rules, member: Member, value: &ListEntry) -> Result<(), InvalidRules> {
    match member {
        Member::IpAllow => rules.ip_allow = strings(member, value)?,
        Member::IpDeny => rules.ip_deny = strings(member, value)?,
        Member::GeoAllow => rules.geo_allow = strings(member, value)?,
        Member::GeoDeny => rules.geo_deny = strings(member, value)?,
        Member::GeoDefault => rules.geo_default = Some(verdict(member, value)?),
        Member::ProxyDeny => {
            let classes: Vec<ProxyClass> = list(member, value, "tokens", |item| {
                item.as_token().map(TokenRef::as_str)
            })?;
            rules.proxy_deny = classes.into_iter().collect();
        }
        Member::DomainAllow => rules.domain_allow = strings(member, value)?,
        Member::DomainDeny => rules.domain_deny = strings(member, value)?,
        Member::DomainMissing => rules.domain_missing = Some(verdict(member, value)?),
        Member::From => rules.from = Some(date(member, value)?),
        Member::Until => rules.until = Some(date(member, value)?),
    }
    Ok(())
}

fn strings<T: FromStr<Err: fmt::Display>>(
    member: Member,
    value: &ListEntry,
) -> Result<Vec<T>, InvalidRules> {
    list(member, value, "strings", |item| {
        item.as_string().map(StringRef::as_str)
    })
}

fn list<T: FromStr<Err: fmt::Display>>(
    member: Member,
    value: &ListEntry,
    items: &'static str,
    text_of: impl Fn(&BareItem) -> Option<&str>,
) -> Result<Vec<T>, InvalidRules> {
    let expected = match items {
        "tokens" => "an inner list of tokens, such as `(vpn tor)`",
        _ => "an inner list of strings, such as `(\"a\" \"b\")`",
    };
    let ListEntry::InnerList(InnerList { items, params }) = value else {
        return Err(InvalidRules::WrongType { member, expected });
    };
    if !params.is_empty() {
        return Err(InvalidRules::Parameters(member));
    }
    if items.is_empty() {
        return Err(InvalidRules::EmptyList(member));
    }
    let parse = |(at, item): (usize, &Item)| {
        if !item.params.is_empty() {
            return Err(InvalidRules::Parameters(member));
        }
        let text = text_of(&item.bare_item).ok_or(InvalidRules::WrongType { member, expected })?;
        text.parse()
            .map_err(|error: T::Err| InvalidRules::WrongItem {
                member,
                position: at + 1,
                reason: error.to_string(),
            })
    };
    items.iter().enumerate().map(parse).collect()
}

fn verdict(member: Member, value: &ListEntry) -> Result<Verdict, InvalidRules> {
    let expected = "the token `allow` or `deny`";
    match item(member, value, expected)?
        .as_token()
        .map(TokenRef::as_str)
    {
        Some("allow") => Ok(Verdict::Allow),
        Some("deny") => Ok(Verdict::Deny),
        _ => Err(InvalidRules::WrongType { member, expected }),
    }
}

fn date(member: Member, value: &ListEntry) -> Result<i64, InvalidRules> {
    let expected = "a date such as `@1767225600`";
    match item(member, value, expected)?.as_date() {
        Some(date) => Ok(date.unix_seconds().into()),
        None => Err(InvalidRules::WrongType { member, expected }),
    }
}

fn item<'a>(
    member: Member,
    value: &'a ListEntry,
    expected: &'static str,
) -> Result<&'a BareItem, InvalidRules> {
    match value {
        ListEntry::Item(item) if item.params.is_empty() => Ok(&item.bare_item),
        ListEntry::Item(_) => Err(InvalidRules::Parameters(member)),
        ListEntry::InnerList(_) => Err(InvalidRules::WrongType { member, expected }),
    }
}

// === printing ===

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

fn write_member(
    to: &mut DictSerializer<String>,
    rules: &Rules,
    member: Member,
) -> Result<(), sfv::Error> {
    match member {
        Member::IpAllow => write_strings(to, member, &rules.ip_allow),
        Member::IpDeny => write_strings(to, member, &rules.ip_deny),
        Member::GeoAllow => write_strings(to, member, &rules.geo_allow),
        Member::GeoDeny => write_strings(to, member, &rules.geo_deny),
        Member::GeoDefault => write_verdict(to, member, rules.geo_default),
        Member::ProxyDeny if rules.proxy_deny.is_empty() => Ok(()),
        Member::ProxyDeny => {
            let mut list = to.inner_list(KeyRef::from_str(member.as_str())?);
            for class in rules.proxy_deny.iter() {
                list.bare_item(TokenRef::from_str(class.as_str())?);
            }
            Ok(())
        }
        Member::DomainAllow => write_strings(to, member, &rules.domain_allow),
        Member::DomainDeny => write_strings(to, member, &rules.domain_deny),
        Member::DomainMissing => write_verdict(to, member, rules.domain_missing),
        Member::From => write_date(to, member, rules.from),
        Member::Until => write_date(to, member, rules.until),
    }
}

fn write_strings<T: fmt::Display>(
    to: &mut DictSerializer<String>,
    member: Member,
    items: &[T],
) -> Result<(), sfv::Error> {
    if items.is_empty() {
        return Ok(());
    }
    let mut list = to.inner_list(KeyRef::from_str(member.as_str())?);
    for item in items {
        list.bare_item(StringRef::from_str(&item.to_string())?);
    }
    Ok(())
}

fn write_verdict(
    to: &mut DictSerializer<String>,
    member: Member,
    verdict: Option<Verdict>,
) -> Result<(), sfv::Error> {
    let token = match verdict {
        Some(Verdict::Allow) => "allow",
        Some(Verdict::Deny) => "deny",
        None => return Ok(()),
    };
    to.bare_item(
        KeyRef::from_str(member.as_str())?,
        TokenRef::from_str(token)?,
    );
    Ok(())
}

fn write_date(
    to: &mut DictSerializer<String>,
    member: Member,
    seconds: Option<i64>,
) -> Result<(), sfv::Error> {
    let Some(seconds) = seconds else {
        return Ok(());
    };
    let seconds = sfv::Integer::try_from(seconds).unwrap_or(sfv::Integer::MAX);
    let date = sfv::Date::from_unix_seconds(seconds);
    to.bare_item(KeyRef::from_str(member.as_str())?, date);
    Ok(())
}

#[cfg(test)]
mod tests;
