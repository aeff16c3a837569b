//! The header by which an operator asks for an explanation.

use super::{InvalidFacts, ViewerFacts};
use crate::wire::Strict;

/// What `Playback-Explain` says: a secret, and facts about the viewer to be taken for true, as the
/// members of one RFC 9651 dictionary: `secret="…", country="DE"`.
pub struct ExplainHeader {
    secret: String,
    facts: Result<ViewerFacts, InvalidFacts>,
}

const SECRET: &str = "secret";

impl ExplainHeader {
    /// Reads the header's value.
    ///
    /// # Errors
    ///
    /// When it is no dictionary, or tells no secret. What the facts are is nobody's business before
    /// the secret is known to be right.
    pub fn parse(text: &str) -> Result<Self, InvalidFacts> {
        let mut members = Strict::parse(text)?.members;
        let secret = members.shift_remove(SECRET);
        let secret = secret.as_ref().and_then(|entry| match entry {
            sfv::ListEntry::Item(item) if item.params.is_empty() => item.bare_item.as_string(),
            sfv::ListEntry::Item(_) | sfv::ListEntry::InnerList(_) => None,
        });
        let expected = InvalidFacts::Value {
            member: SECRET,
            expected: "a string",
        };
        Ok(Self {
            secret: secret.ok_or(expected)?.as_str().to_owned(),
            facts: ViewerFacts::from_members(&members),
        })
    }

    /// The secret, not yet compared with anything.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The facts.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub fn into_facts(self) -> Result<ViewerFacts, InvalidFacts> {
        self.facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_secret_stands_beside_the_facts() {
        let header = ExplainHeader::parse(r#"country="DE", secret="s", time=@5"#).unwrap();
        assert_eq!(header.secret(), "s");
        let facts = header.into_facts().unwrap();
        assert_eq!(facts, r#"country="DE", time=@5"#.parse().unwrap());
        let bare = ExplainHeader::parse(r#"secret="s""#).unwrap();
        assert!(bare.into_facts().unwrap().is_empty());
    }

    #[test]
    fn err_without_one_secret_that_is_a_string() {
        for text in [
            "",
            "secret",
            "secret=s",
            "secret=(\"s\")",
            "secret=\"s\";q=1",
            "secret=\"s\", secret=\"s\"",
            "country=\"DE\"",
            "secret=\"\u{e4}\"",
        ] {
            assert!(ExplainHeader::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn facts_that_cannot_be_read_are_told_last() {
        let header = ExplainHeader::parse(r#"secret="s", planet="Mars""#).unwrap();
        assert_eq!(header.secret(), "s");
        assert!(header.into_facts().is_err());
    }
}
