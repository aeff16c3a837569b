//! The members of a JSON object, in their order, as they are written.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// Names and values. A name that comes twice is refused: who reads which of the two is anybody's
/// guess.
pub(super) struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    pub(super) fn parse(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a RawValue> {
        let named = self.0.iter().find(|(own, _)| own == name);
        named.map(|(_, value)| *value)
    }

    /// The value of a member that is a string.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }

    /// Writes all but one member, as an object without its closing brace.
    pub(super) fn write_open(&self, out: &mut String, without: &str) -> Option<()> {
        let mut mark = '{';
        for (name, value) in self.iter().filter(|(name, _)| *name != without) {
            out.push(mark);
            out.push_str(&serde_json::to_string(name).ok()?);
            out.push(':');
            out.push_str(value.get());
            mark = ',';
        }
        if mark == '{' {
            out.push('{');
        }
        Some(())
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object without a member twice")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::new();
        while let Some(Name(name)) = map.next_key()? {
            if members.iter().any(|(own, _)| *own == name) {
                return Err(A::Error::custom("a member is there twice"));
            }
            members.push((name, map.next_value()?));
        }
        Ok(Members(members))
    }
}

/// Borrowed where the name has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
