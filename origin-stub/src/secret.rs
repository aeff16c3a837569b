//! Secrets: the edge's proof, the editors' token, the purge API's token.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;

/// The shortest secret that is accepted, in bytes.
const MIN_BYTES: usize = 12;

/// A text that must not be shown: printing it for debugging hides it.
#[derive(Clone)]
pub(crate) struct Secret(String);

/// The text is no secret worth the name.
#[derive(Clone, Copy, Debug, Error)]
#[error("expected at least {MIN_BYTES} characters of printable ASCII without spaces")]
pub(crate) struct InvalidSecret(());

impl Secret {
    /// Whether `presented` is this secret. Takes as long for a near miss as for a far one, and
    /// tells nothing of the length, since digests are compared.
    pub(crate) fn matches(&self, presented: &[u8]) -> bool {
        let own = Sha256::digest(self.0.as_bytes());
        own.ct_eq(&Sha256::digest(presented)).into()
    }

    /// The text itself, to be sent to the one it is shared with.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Secret {
    type Err = InvalidSecret;

    fn from_str(text: &str) -> Result<Self, InvalidSecret> {
        if text.len() >= MIN_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSecret(()))
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_secret_matches() {
        let secret: Secret = "correct-horse-battery".parse().expect("long enough");
        assert!(secret.matches(b"correct-horse-battery"));
        for wrong in [
            "",
            "correct-horse-batter",
            "correct-horse-batteryy",
            "Correct-horse-battery",
        ] {
            assert!(!secret.matches(wrong.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        let secret: Secret = "correct-horse-battery".parse().expect("long enough");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn err_secrets_too_short_or_unfit_for_a_header() {
        for text in [
            "",
            "short",
            "elevenbytes",
            "has a space in it",
            "has\ta\ttab\tin",
            "größer-als-zwölf",
        ] {
            assert!(text.parse::<Secret>().is_err(), "{text}");
        }
    }
}
