//! A layer as its dictionary: members, and the items of each.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sfv::{BareItem, Dictionary, ListEntry, Parser};

/// How the items of a member are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Strings,
    Tokens,
    Integers,
    Date,
    Token,
}

/// Every member, in the order rules are usually written.
pub(crate) const MEMBERS: [(&str, Form); 21] = [
    ("ip-allow", Form::Strings),
    ("ip-deny", Form::Strings),
    ("ip-allow-list", Form::Strings),
    ("ip-deny-list", Form::Strings),
    ("asn-allow", Form::Integers),
    ("asn-deny", Form::Integers),
    ("geo-allow", Form::Strings),
    ("geo-deny", Form::Strings),
    ("geo-default", Form::Token),
    ("proxy-deny", Form::Tokens),
    ("domain-allow", Form::Strings),
    ("domain-deny", Form::Strings),
    ("domain-missing", Form::Token),
    ("from", Form::Date),
    ("until", Form::Date),
    ("days", Form::Tokens),
    ("hours", Form::Strings),
    ("applies-from", Form::Date),
    ("applies-until", Form::Date),
    ("token", Form::Token),
    ("revoked-keys", Form::Strings),
];

/// One owner's rules. A member that is there has an item.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Layer(BTreeMap<&'static str, Vec<String>>);

/// How the items of a member are written, and the member's name for as long as the program runs.
pub(crate) fn form(member: &str) -> Option<(&'static str, Form)> {
    MEMBERS.into_iter().find(|(name, _)| *name == member)
}

impl Layer {
    /// The items of a member; none where it is absent.
    pub(crate) fn items(&self, member: &str) -> &[String] {
        self.0.get(member).map_or(&[], Vec::as_slice)
    }

    /// The one item of a member.
    pub(crate) fn item(&self, member: &str) -> Option<&str> {
        self.items(member).first().map(String::as_str)
    }

    /// The second that a member names.
    pub(crate) fn second(&self, member: &str) -> Option<i64> {
        self.item(member)?.parse().ok()
    }

    /// Whether the layer has any of the members.
    pub(crate) fn has_any<const N: usize>(&self, members: [&str; N]) -> bool {
        members.iter().any(|member| self.0.contains_key(member))
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        self.0
            .iter()
            .map(|(member, items)| (*member, items.as_slice()))
    }

    /// Gives a member its items. Without any it is left out.
    pub(crate) fn set(&mut self, member: &'static str, items: Vec<String>) {
        match items.is_empty() {
            true => self.0.remove(member),
            false => self.0.insert(member, items),
        };
    }

    /// The header text.
    pub(crate) fn text(&self) -> String {
        let members = MEMBERS.into_iter().filter_map(|(member, form)| {
            let items = self.0.get(member)?;
            let quoted = items.iter().map(|item| format!("\"{item}\""));
            Some(match form {
                Form::Strings => format!("{member}=({})", quoted.collect::<Vec<_>>().join(" ")),
                Form::Tokens | Form::Integers => format!("{member}=({})", items.join(" ")),
                Form::Date => format!("{member}=@{}", items.concat()),
                Form::Token => format!("{member}={}", items.concat()),
            })
        });
        let members: Vec<_> = members.collect();
        match members.is_empty() {
            true => "geo-default=allow".to_owned(),
            false => members.join(", "),
        }
    }

    /// Reads header text by the general parser of such dictionaries.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let dictionary: Dictionary = Parser::new(text)
            .parse()
            .map_err(|error| format!("`{text}`: {error}"))?;
        let mut layer = Self::default();
        for (name, entry) in dictionary {
            let (member, _) = form(name.as_str()).ok_or_else(|| format!("no member `{name}`"))?;
            let items = match entry {
                ListEntry::Item(item) => vec![item],
                ListEntry::InnerList(list) => list.items,
            };
            let items: Option<_> = items.iter().map(|item| written(&item.bare_item)).collect();
            layer.set(member, items.ok_or_else(|| format!("no rule: `{text}`"))?);
        }
        Ok(layer)
    }
}

/// An item without the marks of its type.
fn written(item: &BareItem) -> Option<String> {
    match item {
        BareItem::String(text) => Some(text.as_str().to_owned()),
        BareItem::Token(text) => Some(text.as_str().to_owned()),
        BareItem::Integer(number) => Some(number.to_string()),
        BareItem::Date(date) => Some(date.unix_seconds().to_string()),
        _ => None,
    }
}

impl FromIterator<(&'static str, Vec<String>)> for Layer {
    fn from_iter<T: IntoIterator<Item = (&'static str, Vec<String>)>>(members: T) -> Self {
        let mut layer = Self::default();
        for (member, items) in members {
            layer.set(member, items);
        }
        layer
    }
}

impl<'de> Deserialize<'de> for Layer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for Layer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}
