//! A dictionary in which no member comes twice.

use std::{collections::BTreeSet, convert::Infallible};

use sfv::{
    Dictionary, KeyRef, Parser,
    visitor::{DictionaryVisitor, EntryVisitor},
};
use thiserror::Error;

/// The text is no such dictionary.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StrictError {
    /// Not an RFC 9651 dictionary.
    #[error("not a dictionary: {0}")]
    Syntax(String),
    /// The same member twice.
    #[error("member `{0}` is there twice")]
    DuplicateMember(String),
}

/// A dictionary, and whether a member came twice.
#[derive(Default)]
pub(crate) struct Strict {
    pub(crate) members: Dictionary,
    seen: BTreeSet<String>,
    duplicate: Option<String>,
}

impl Strict {
    pub(crate) fn parse(text: &str) -> Result<Self, StrictError> {
        let strict = Parser::new(text)
            .parse_dictionary_with_visitor(Self::default())
            .map_err(|error| StrictError::Syntax(error.to_string()))?;
        match strict.duplicate {
            Some(key) => Err(StrictError::DuplicateMember(key)),
            None => Ok(strict),
        }
    }
}

impl<'de> DictionaryVisitor<'de> for Strict {
    type Out = Self;
    type Error = Infallible;

    fn entry(&mut self, key: &'de KeyRef) -> Result<impl EntryVisitor<'de>, Infallible> {
        if !self.seen.insert(key.as_str().to_owned()) {
            self.duplicate
                .get_or_insert_with(|| key.as_str().to_owned());
        }
        DictionaryVisitor::entry(&mut self.members, key)
    }

    fn finish(self) -> Result<Self, Infallible> {
        Ok(self)
    }
}
