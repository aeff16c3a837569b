//! Facts as an RFC 9651 dictionary: each item is read as the JSON it looks like.

use std::{fmt, str::FromStr};

use serde::Deserialize as _;
use serde_json::{Map, Value};
use sfv::{
    BareItem, DictSerializer, Dictionary, GenericBareItem, InnerList, Item, KeyRef, ListEntry,
    StringRef, TokenRef,
};

use super::{InvalidFacts, ViewerFacts};
use crate::wire::Strict;

impl ViewerFacts {
    /// Reads facts from the members of a dictionary.
    pub(super) fn from_members(members: &Dictionary) -> Result<Self, InvalidFacts> {
        let read = members.iter().map(|(name, entry)| {
            let value = json(entry).ok_or_else(|| {
                let expected = "a string, a number, a token, a date or a list of these";
                InvalidFacts::Member(format!("`{name}` must be {expected}, without parameters"))
            })?;
            Ok::<_, InvalidFacts>((name.as_str().to_owned(), value))
        });
        let object: Map<String, Value> = read.collect::<Result<_, _>>()?;
        Self::deserialize(Value::Object(object))
            .map_err(|error| InvalidFacts::Member(error.to_string()))
    }
}

impl FromStr for ViewerFacts {
    type Err = InvalidFacts;

    fn from_str(text: &str) -> Result<Self, InvalidFacts> {
        Self::from_members(&Strict::parse(text)?.members)
    }
}

fn json(entry: &ListEntry) -> Option<Value> {
    match entry {
        ListEntry::Item(item) => bare(item),
        ListEntry::InnerList(InnerList { items, params }) if params.is_empty() => {
            items.iter().map(bare).collect()
        }
        ListEntry::InnerList(_) => None,
    }
}

fn bare(item: &Item) -> Option<Value> {
    let value = match &item.bare_item {
        GenericBareItem::Integer(number) => i64::from(*number).into(),
        GenericBareItem::Decimal(number) => f64::from(*number).into(),
        GenericBareItem::String(text) => text.as_str().into(),
        GenericBareItem::Token(token) => token.as_str().into(),
        GenericBareItem::Date(date) => i64::from(date.unix_seconds()).into(),
        GenericBareItem::Boolean(truth) => (*truth).into(),
        GenericBareItem::DisplayString(text) => text.as_str().into(),
        GenericBareItem::ByteSequence(_) => return None,
    };
    item.params.is_empty().then_some(value)
}

impl fmt::Display for ViewerFacts {
    /// The dictionary's text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = serde_json::to_value(self).map_err(|_| fmt::Error)?;
        let mut dictionary = DictSerializer::new();
        for (name, value) in facts.as_object().into_iter().flatten() {
            write(&mut dictionary, name, value).map_err(|_| fmt::Error)?;
        }
        f.write_str(&dictionary.finish().unwrap_or_default())
    }
}

fn write(to: &mut DictSerializer<String>, name: &str, value: &Value) -> Result<(), sfv::Error> {
    let key = KeyRef::from_str(name)?;
    match value {
        Value::Array(values) => {
            let mut list = to.inner_list(key);
            for value in values.iter().filter_map(Value::as_str) {
                list.bare_item(&item(name, value)?);
            }
        }
        Value::Number(number) => {
            let number = number
                .as_i64()
                .and_then(|number| sfv::Integer::try_from(number).ok());
            let number = number.unwrap_or(sfv::Integer::MAX);
            match name {
                "time" => to.bare_item(key, sfv::Date::from_unix_seconds(number)),
                _ => to.bare_item(key, number),
            };
        }
        _ => {
            to.bare_item(key, &item(name, value.as_str().unwrap_or_default())?);
        }
    }
    Ok(())
}

/// Words that are chosen from a few are tokens, all else is a string: one that can be shown where it
/// has characters that the other kind cannot have.
fn item(name: &str, text: &str) -> Result<BareItem, sfv::Error> {
    Ok(match name {
        "proxy" | "token" => TokenRef::from_str(text)?.into(),
        _ => match StringRef::from_str(text) {
            Ok(text) => text.into(),
            Err(_) => BareItem::DisplayString(text.to_owned()),
        },
    })
}
