//! Claims from their JSON. A claim that is known and has another type than its own makes the whole
//! invalid: a restriction that cannot be read is not one that is not there.

use std::net::IpAddr;

use serde_json::{Map, Value};

use super::Claims;
use crate::{
    id::AccountId,
    network::Network,
    token::{InvalidToken, object},
};

type Members = Map<String, Value>;

/// The year 9999's last second: no date is beyond it.
const LAST: i64 = 253_402_300_799;
const MAX_LIFE: i64 = 30 * 24 * 60 * 60;
const MAX_TAGS: usize = 40;
/// What an address in `ip` stands for: wide enough that a phone keeps it for a while.
const V4_PREFIX: u8 = 24;
const V6_PREFIX: u8 = 56;

const A_STRING: &str = "a string";
const STRINGS: &str = "an array of strings";

impl Claims {
    /// Reads the claims of a token whose signature was found good.
    pub(in crate::token) fn read(json: &[u8]) -> Result<Self, InvalidToken> {
        const OBJECT: &str = "in one JSON object, each once, nested at most 8 deep";
        let members = object(json).ok_or_else(|| wrong("*", OBJECT))?;
        if members.contains_key("aud") {
            // RFC 7519 §4.1.3: it is for somebody with a name, and this service has none.
            return Err(wrong("aud", "absent"));
        }
        let issued = time(&members, "iat")?.ok_or_else(|| wrong("iat", "there"))?;
        let expires = time(&members, "exp")?;
        if !expires.is_none_or(|expires| (0..=MAX_LIFE).contains(&(expires - issued))) {
            return Err(wrong("exp", "0 to 30 days after `iat`"));
        }
        let tags = strings(&members, "tags")?;
        if tags.as_ref().is_some_and(|tags| tags.len() > MAX_TAGS) {
            return Err(wrong("tags", "at most 40"));
        }
        Ok(Self {
            account: account(&members)?,
            issued,
            expires,
            not_before: time(&members, "nbf")?,
            rights_id: string(&members, "prid")?,
            tags,
            video_ids: strings(&members, "vids")?,
            content_id: string(&members, "conid")?,
            user_agent: string(&members, "ua")?,
            user_id: string(&members, "uid")?,
            network: network(&members)?,
        })
    }
}

fn wrong(claim: &'static str, expected: &'static str) -> InvalidToken {
    InvalidToken::Claim { claim, expected }
}

fn account(members: &Members) -> Result<AccountId, InvalidToken> {
    let id = string(members, "accid")?.and_then(|id| id.parse().ok());
    id.ok_or_else(|| wrong("accid", "an account's id"))
}

fn time(members: &Members, claim: &'static str) -> Result<Option<i64>, InvalidToken> {
    let Some(value) = members.get(claim) else {
        return Ok(None);
    };
    let time = value.as_i64().filter(|time| (0..=LAST).contains(time));
    time.map(Some)
        .ok_or_else(|| wrong(claim, "an integer, seconds since 1970"))
}

fn string(members: &Members, claim: &'static str) -> Result<Option<String>, InvalidToken> {
    match members.get(claim) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong(claim, A_STRING)),
    }
}

fn strings(members: &Members, claim: &'static str) -> Result<Option<Vec<String>>, InvalidToken> {
    let Some(value) = members.get(claim) else {
        return Ok(None);
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let texts: Option<Vec<_>> = value
        .as_array()
        .and_then(|values| values.iter().map(text).collect());
    texts.map(Some).ok_or_else(|| wrong(claim, STRINGS))
}

fn network(members: &Members) -> Result<Option<Network>, InvalidToken> {
    let Some(text) = string(members, "ip")? else {
        return Ok(None);
    };
    let network = match text.parse::<IpAddr>() {
        Ok(address) => Network::of(address, V4_PREFIX, V6_PREFIX),
        Err(_) => text
            .parse()
            .map_err(|_| wrong("ip", "an address or a network"))?,
    };
    Ok(Some(network))
}
