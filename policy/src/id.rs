//! The names an account, a video, a playlist, a customer's own reference, a policy key and a list of
//! addresses go by.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// An account's id: 1 to 64 of `[A-Za-z0-9_-]`, such as `938456`.
///
/// The alphabet keeps ids safe, unescaped, in URLs, surrogate keys and log lines.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(String);

/// A video's id: 1 to 64 of `[A-Za-z0-9_-]`, such as `132413`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VideoId(String);

/// A playlist's id: 1 to 64 of `[A-Za-z0-9_-]`, such as `1754219`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaylistId(String);

/// The id a customer gave a video or a playlist: 1 to 150 characters, none of them a control character.
///
/// # Source
///
/// Playback API contract, video fields: `reference_id` is unique in its account, at most 150
/// characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReferenceId(String);

/// A policy key's id, by which it is revoked: 1 to 32 of `[A-Za-z0-9_-]`, such as `web-2`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(String);

/// The name of an access control list of the platform: 1 to 255 of `[A-Za-z0-9_-]`, such as
/// `office_networks`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AclName(String);

/// The text is not an id of the kind asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected {expected}")]
pub struct InvalidId {
    expected: &'static str,
}

const PLAIN: InvalidId = InvalidId {
    expected: "1 to 64 of the characters `A-Z a-z 0-9 _ -`",
};
const REFERENCE: InvalidId = InvalidId {
    expected: "1 to 150 characters without control characters",
};
const KEY: InvalidId = InvalidId {
    expected: "1 to 32 of the characters `A-Z a-z 0-9 _ -`",
};
const ACL: InvalidId = InvalidId {
    expected: "the name of an ACL: 1 to 255 of the characters `A-Z a-z 0-9 _ -`",
};

fn is_plain(text: &str) -> bool {
    is_name(text, 64)
}

fn is_key(text: &str) -> bool {
    is_name(text, 32)
}

fn is_acl(text: &str) -> bool {
    is_name(text, 255)
}

fn is_name(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

fn is_reference(text: &str) -> bool {
    // Counted in characters, as the contract does; bytes bound the work on hostile input.
    !text.is_empty()
        && text.len() <= 600
        && text.chars().count() <= 150
        && !text.chars().any(char::is_control)
}

macro_rules! id {
    ($name:ident, $is_valid:ident, $invalid:expr) => {
        impl $name {
            /// The id's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if $is_valid(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err($invalid)
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(AccountId, is_plain, PLAIN);
id!(VideoId, is_plain, PLAIN);
id!(PlaylistId, is_plain, PLAIN);
id!(ReferenceId, is_reference, REFERENCE);
id!(KeyId, is_key, KEY);
id!(AclName, is_acl, ACL);

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn ok_ids() {
        for text in ["1", "938456", "a_B-9", &"7".repeat(64)] {
            assert!(text.parse::<VideoId>().is_ok(), "{text}");
            assert!(text.parse::<AccountId>().is_ok(), "{text}");
            assert!(text.parse::<PlaylistId>().is_ok(), "{text}");
        }
    }

    #[test]
    fn err_ids_that_could_escape_a_path_or_a_key() {
        for text in [
            "",
            ".",
            "..",
            "a/b",
            "a b",
            "a\0",
            "ä",
            "a%2F",
            &"7".repeat(65),
        ] {
            assert!(text.parse::<VideoId>().is_err(), "{text}");
            assert!(text.parse::<PlaylistId>().is_err(), "{text}");
        }
    }

    #[test]
    fn names_of_keys_and_lists_have_their_own_lengths() {
        for (most, is_key, is_acl) in [(32, true, true), (33, false, true), (255, false, true)] {
            let text = "a".repeat(most);
            assert_eq!(text.parse::<KeyId>().is_ok(), is_key, "{most}");
            assert_eq!(text.parse::<AclName>().is_ok(), is_acl, "{most}");
        }
        for text in ["", "a b", "a.b", "a/b", "\u{e4}", &"a".repeat(256)] {
            assert!(text.parse::<KeyId>().is_err(), "{text}");
            assert!(text.parse::<AclName>().is_err(), "{text}");
        }
    }

    #[test]
    fn reference_counts_characters_not_bytes() {
        assert!("é".repeat(150).parse::<ReferenceId>().is_ok());
        assert!("é".repeat(151).parse::<ReferenceId>().is_err());
    }

    #[test]
    fn err_reference_with_control_characters() {
        for text in ["", "a\0b", "a\nb", "\u{7f}", "\u{85}"] {
            assert!(text.parse::<ReferenceId>().is_err(), "{text:?}");
        }
    }
}
