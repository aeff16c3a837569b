//! One member, printed.

use std::fmt;

use sfv::{BareItem, DictSerializer, KeyRef, StringRef, TokenRef};

use crate::rules::{Member, Rules, Verdict};

pub(super) fn write_member(
    to: &mut DictSerializer<String>,
    rules: &Rules,
    member: Member,
) -> Result<(), sfv::Error> {
    match member {
        Member::IpAllow => write_strings(to, member, &rules.ip_allow),
        Member::IpDeny => write_strings(to, member, &rules.ip_deny),
        Member::IpAllowList => write_strings(to, member, &rules.ip_allow_list),
        Member::IpDenyList => write_strings(to, member, &rules.ip_deny_list),
        Member::AsnAllow => write_list(to, member, &rules.asn_allow, |number| Ok((*number).into())),
        Member::AsnDeny => write_list(to, member, &rules.asn_deny, |number| Ok((*number).into())),
        Member::GeoAllow => write_strings(to, member, &rules.geo_allow),
        Member::GeoDeny => write_strings(to, member, &rules.geo_deny),
        Member::GeoDefault => write_verdict(to, member, rules.geo_default),
        Member::ProxyDeny => write_tokens(to, member, rules.proxy_deny.iter()),
        Member::DomainAllow => write_strings(to, member, &rules.domain_allow),
        Member::DomainDeny => write_strings(to, member, &rules.domain_deny),
        Member::DomainMissing => write_verdict(to, member, rules.domain_missing),
        Member::From => write_date(to, member, rules.from),
        Member::Until => write_date(to, member, rules.until),
        Member::Days => write_tokens(to, member, rules.days.iter()),
        Member::Hours => write_strings(to, member, &rules.hours),
        Member::AppliesFrom => write_date(to, member, rules.applies_from),
        Member::AppliesUntil => write_date(to, member, rules.applies_until),
        Member::Token if rules.token_required => write_token(to, member, "required"),
        Member::Token => Ok(()),
        Member::RevokedKeys => write_strings(to, member, &rules.revoked_keys),
    }
}

fn write_list<T>(
    to: &mut DictSerializer<String>,
    member: Member,
    items: &[T],
    write: impl Fn(&T) -> Result<BareItem, sfv::Error>,
) -> Result<(), sfv::Error> {
    if items.is_empty() {
        return Ok(());
    }
    let mut list = to.inner_list(KeyRef::from_str(member.as_str())?);
    for item in items {
        list.bare_item(&write(item)?);
    }
    Ok(())
}

fn write_strings<T: fmt::Display>(
    to: &mut DictSerializer<String>,
    member: Member,
    items: &[T],
) -> Result<(), sfv::Error> {
    write_list(to, member, items, |item| {
        Ok(StringRef::from_str(&item.to_string())?.into())
    })
}

fn write_tokens<T: fmt::Display>(
    to: &mut DictSerializer<String>,
    member: Member,
    items: impl Iterator<Item = T>,
) -> Result<(), sfv::Error> {
    let items: Vec<T> = items.collect();
    write_list(to, member, &items, |item| {
        Ok(TokenRef::from_str(&item.to_string())?.into())
    })
}

pub(super) fn write_verdict(
    to: &mut DictSerializer<String>,
    member: Member,
    verdict: Option<Verdict>,
) -> Result<(), sfv::Error> {
    match verdict {
        Some(Verdict::Allow) => write_token(to, member, "allow"),
        Some(Verdict::Deny) => write_token(to, member, "deny"),
        None => Ok(()),
    }
}

fn write_token(
    to: &mut DictSerializer<String>,
    member: Member,
    token: &str,
) -> Result<(), sfv::Error> {
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
