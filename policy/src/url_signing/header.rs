//! The header text of [`UrlSigning`].

use std::{fmt, str::FromStr};

use sfv::{BareItem, DictSerializer, KeyRef, ListEntry, StringRef, TokenRef};
use thiserror::Error;

use super::{Bind, UrlSigning};
use crate::wire::{Strict, StrictError};

/// The text does not say how to sign. The message names the member.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidUrlSigning {
    /// Not a dictionary, or a member twice.
    #[error(transparent)]
    Dictionary(#[from] StrictError),
    /// A member this version does not know. It may restrict, so it is not ignored.
    #[error("unknown member `{0}`")]
    UnknownMember(String),
    /// A member that is missing, or not what it must be.
    #[error("member `{member}` must be {expected}")]
    Member {
        /// The member.
        member: &'static str,
        /// What it must be.
        expected: &'static str,
    },
}

const KEY: &str = "key";
const HOSTS: &str = "hosts";
const LIFETIME: &str = "lifetime";
const PARAMETER: &str = "parameter";
const BIND: &str = "bind";

const A_NAME: &str = "a string of 1 to 32 of the characters `A-Z a-z 0-9 _ -`";
const MAX_LIFETIME: u32 = 365 * 24 * 60 * 60;

pub(super) fn is_name(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// `host` or `host:port`, as a URL's host is written. There are no wildcards.
fn is_host(text: &str) -> bool {
    let is_written_so = |scheme: &str| {
        let url = url::Url::parse(&format!("{scheme}://{text}")).ok()?;
        let (host, port) = (url.host_str()?, url.port());
        let written = port.map_or(host.to_owned(), |port| format!("{host}:{port}"));
        Some(written == text)
    };
    // 80 is never written for http, nor 443 for https, but each is for the other.
    let mut schemes = ["http", "https"].into_iter();
    !text.contains('*') && schemes.any(|scheme| is_written_so(scheme) == Some(true))
}

impl FromStr for UrlSigning {
    type Err = InvalidUrlSigning;

    fn from_str(text: &str) -> Result<Self, InvalidUrlSigning> {
        let mut signing = Self {
            key: String::new(),
            hosts: Vec::new(),
            lifetime: 0,
            parameter: String::new(),
            bind: Bind::Nobody,
        };
        for (name, value) in &Strict::parse(text)?.members {
            match name.as_str() {
                KEY => signing.key = name_of(KEY, value)?,
                PARAMETER => signing.parameter = name_of(PARAMETER, value)?,
                HOSTS => signing.hosts = hosts(value)?,
                LIFETIME => signing.lifetime = lifetime(value)?,
                BIND => match item(value)
                    .and_then(BareItem::as_token)
                    .map(TokenRef::as_str)
                {
                    Some("network") => signing.bind = Bind::Network,
                    _ => return Err(wrong(BIND, "the token `network`")),
                },
                other => return Err(InvalidUrlSigning::UnknownMember(other.to_owned())),
            }
        }
        signing.check()?;
        Ok(signing)
    }
}

impl UrlSigning {
    /// Whether every member can be what it is: for one that was not read from a header.
    ///
    /// # Errors
    ///
    /// [`InvalidUrlSigning::Member`].
    pub fn check(&self) -> Result<(), InvalidUrlSigning> {
        if !is_name(&self.key) {
            return Err(wrong(KEY, A_NAME));
        }
        if !is_name(&self.parameter) {
            return Err(wrong(PARAMETER, A_NAME));
        }
        if self.hosts.is_empty() || self.hosts.len() > 16 || !self.hosts.iter().all(|h| is_host(h))
        {
            return Err(wrong(HOSTS, "1 to 16 strings such as `media.example.com`"));
        }
        if !(1..=MAX_LIFETIME).contains(&self.lifetime) {
            return Err(wrong(LIFETIME, "seconds, from 1 to 31536000"));
        }
        Ok(())
    }
}

fn wrong(member: &'static str, expected: &'static str) -> InvalidUrlSigning {
    InvalidUrlSigning::Member { member, expected }
}

fn item(value: &ListEntry) -> Option<&BareItem> {
    match value {
        ListEntry::Item(item) if item.params.is_empty() => Some(&item.bare_item),
        ListEntry::Item(_) | ListEntry::InnerList(_) => None,
    }
}

fn name_of(member: &'static str, value: &ListEntry) -> Result<String, InvalidUrlSigning> {
    let text = item(value).and_then(BareItem::as_string);
    Ok(text.ok_or(wrong(member, A_NAME))?.as_str().to_owned())
}

fn lifetime(value: &ListEntry) -> Result<u32, InvalidUrlSigning> {
    let seconds = item(value).and_then(BareItem::as_integer).map(i64::from);
    seconds
        .and_then(|seconds| u32::try_from(seconds).ok())
        .ok_or(wrong(LIFETIME, "seconds, from 1 to 31536000"))
}

fn hosts(value: &ListEntry) -> Result<Vec<String>, InvalidUrlSigning> {
    let malformed = || wrong(HOSTS, "an inner list of strings");
    let ListEntry::InnerList(list) = value else {
        return Err(malformed());
    };
    let text = |item: &sfv::Item| {
        let text = item.bare_item.as_string().map(StringRef::as_str);
        text.filter(|_| item.params.is_empty()).map(str::to_owned)
    };
    let hosts: Option<Vec<_>> = list.items.iter().map(text).collect();
    hosts
        .filter(|_| list.params.is_empty())
        .ok_or_else(malformed)
}

impl fmt::Display for UrlSigning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write(self).map_err(|_| fmt::Error)?)
    }
}

fn write(signing: &UrlSigning) -> Result<String, sfv::Error> {
    let mut dictionary = DictSerializer::new();
    let key = KeyRef::from_str;
    dictionary.bare_item(key(KEY)?, StringRef::from_str(&signing.key)?);
    let mut hosts = dictionary.inner_list(key(HOSTS)?);
    for host in &signing.hosts {
        hosts.bare_item(StringRef::from_str(host)?);
    }
    drop(hosts);
    dictionary.bare_item(key(LIFETIME)?, sfv::Integer::from(signing.lifetime));
    dictionary.bare_item(key(PARAMETER)?, StringRef::from_str(&signing.parameter)?);
    match signing.bind {
        Bind::Nobody => {}
        Bind::Network => {
            dictionary.bare_item(key(BIND)?, TokenRef::from_str("network")?);
        }
    }
    Ok(dictionary.finish().unwrap_or_default())
}

#[cfg(test)]
mod tests;
