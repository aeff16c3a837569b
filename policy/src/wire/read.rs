//! One member, read.

use std::{fmt, str::FromStr};

use sfv::{BareItem, InnerList, Item, ListEntry, StringRef, TokenRef};

use super::InvalidRules;
use crate::{
    proxy::ProxyClass,
    rules::{Member, Rules, Verdict},
    schedule::Weekday,
};

pub(super) fn read_member(
    rules: &mut Rules,
    member: Member,
    value: &ListEntry,
) -> Result<(), InvalidRules> {
    match member {
        Member::IpAllow => rules.ip_allow = strings(member, value)?,
        Member::IpDeny => rules.ip_deny = strings(member, value)?,
        Member::IpAllowList => rules.ip_allow_list = strings(member, value)?,
        Member::IpDenyList => rules.ip_deny_list = strings(member, value)?,
        Member::AsnAllow => rules.asn_allow = numbers(member, value)?,
        Member::AsnDeny => rules.asn_deny = numbers(member, value)?,
        Member::GeoAllow => rules.geo_allow = strings(member, value)?,
        Member::GeoDeny => rules.geo_deny = strings(member, value)?,
        Member::GeoDefault => rules.geo_default = Some(verdict(member, value)?),
        Member::ProxyDeny => {
            rules.proxy_deny = tokens::<ProxyClass>(member, value, "`(vpn tor)`")?
                .into_iter()
                .collect();
        }
        Member::DomainAllow => rules.domain_allow = strings(member, value)?,
        Member::DomainDeny => rules.domain_deny = strings(member, value)?,
        Member::DomainMissing => rules.domain_missing = Some(verdict(member, value)?),
        Member::From => rules.from = Some(date(member, value)?),
        Member::Until => rules.until = Some(date(member, value)?),
        Member::Days => {
            rules.days = tokens::<Weekday>(member, value, "`(sat sun)`")?
                .into_iter()
                .collect();
        }
        Member::Hours => rules.hours = strings(member, value)?,
        Member::AppliesFrom => rules.applies_from = Some(date(member, value)?),
        Member::AppliesUntil => rules.applies_until = Some(date(member, value)?),
        Member::Token => rules.token_required = is_required(member, value)?,
        Member::RevokedKeys => rules.revoked_keys = strings(member, value)?,
    }
    Ok(())
}

/// The items of a list. `read` gives nothing for an item of another type.
fn list<T>(
    member: Member,
    value: &ListEntry,
    expected: &str,
    read: impl Fn(&BareItem) -> Option<Result<T, String>>,
) -> Result<Vec<T>, InvalidRules> {
    let ListEntry::InnerList(InnerList { items, params }) = value else {
        return Err(wrong_type(member, expected));
    };
    if !params.is_empty() {
        return Err(InvalidRules::Parameters(member));
    }
    if items.is_empty() {
        return Err(InvalidRules::EmptyList(member));
    }
    let read = |(at, item): (usize, &Item)| {
        if !item.params.is_empty() {
            return Err(InvalidRules::Parameters(member));
        }
        let read = read(&item.bare_item).ok_or_else(|| wrong_type(member, expected))?;
        read.map_err(|reason| InvalidRules::WrongItem {
            member,
            position: at + 1,
            reason,
        })
    };
    items.iter().enumerate().map(read).collect()
}

fn strings<T: FromStr<Err: fmt::Display>>(
    member: Member,
    value: &ListEntry,
) -> Result<Vec<T>, InvalidRules> {
    let expected = "an inner list of strings, such as `(\"a\" \"b\")`";
    list(member, value, expected, |item| {
        item.as_string().map(StringRef::as_str).map(parse)
    })
}

fn tokens<T: FromStr<Err: fmt::Display>>(
    member: Member,
    value: &ListEntry,
    example: &str,
) -> Result<Vec<T>, InvalidRules> {
    let expected = format!("an inner list of tokens, such as {example}");
    list(member, value, &expected, |item| {
        item.as_token().map(TokenRef::as_str).map(parse)
    })
}

fn numbers(member: Member, value: &ListEntry) -> Result<Vec<u32>, InvalidRules> {
    let expected = "an inner list of integers, such as `(64496 64511)`";
    list(member, value, expected, |item| {
        let number = u32::try_from(item.as_integer()?);
        Some(number.map_err(|_| format!("expected a number from 0 to {}", u32::MAX)))
    })
}

fn parse<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

fn verdict(member: Member, value: &ListEntry) -> Result<Verdict, InvalidRules> {
    let expected = "the token `allow` or `deny`";
    match token(member, value, expected)? {
        Some("allow") => Ok(Verdict::Allow),
        Some("deny") => Ok(Verdict::Deny),
        _ => Err(wrong_type(member, expected)),
    }
}

fn is_required(member: Member, value: &ListEntry) -> Result<bool, InvalidRules> {
    let expected = "the token `required`";
    match token(member, value, expected)? {
        Some("required") => Ok(true),
        _ => Err(wrong_type(member, expected)),
    }
}

fn date(member: Member, value: &ListEntry) -> Result<i64, InvalidRules> {
    let expected = "a date such as `@1767225600`";
    match item(member, value, expected)?.as_date() {
        Some(date) => Ok(date.unix_seconds().into()),
        None => Err(wrong_type(member, expected)),
    }
}

fn token<'a>(
    member: Member,
    value: &'a ListEntry,
    expected: &str,
) -> Result<Option<&'a str>, InvalidRules> {
    let item = item(member, value, expected)?;
    Ok(item.as_token().map(TokenRef::as_str))
}

fn item<'a>(
    member: Member,
    value: &'a ListEntry,
    expected: &str,
) -> Result<&'a BareItem, InvalidRules> {
    match value {
        ListEntry::Item(item) if item.params.is_empty() => Ok(&item.bare_item),
        ListEntry::Item(_) => Err(InvalidRules::Parameters(member)),
        ListEntry::InnerList(_) => Err(wrong_type(member, expected)),
    }
}

fn wrong_type(member: Member, expected: &str) -> InvalidRules {
    InvalidRules::WrongType {
        member,
        expected: expected.to_owned(),
    }
}
