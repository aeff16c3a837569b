//! How an account's media URLs are signed, as an editor writes it.

use playback_policy::{Bind, InvalidUrlSigning, UrlSigning};
use serde::{Deserialize, Serialize};

use super::check::InvalidField;

/// The members of the header `Playback-Url-Signing`, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object or `null`")]
pub(crate) struct UrlSigningFields {
    /// The signing key's name; the edge has the key itself.
    pub(crate) key: String,
    /// Which URLs: those with one of these hosts.
    pub(crate) hosts: Vec<String>,
    /// Seconds.
    pub(crate) lifetime: u32,
    /// The query parameter that holds the token.
    pub(crate) parameter: String,
    /// Whom the URLs are good for; unset, everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bind: Option<BindTo>,
}

/// Whom signed URLs are bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BindTo {
    /// The viewer's network.
    Network,
}

impl UrlSigningFields {
    /// What the edge is told.
    ///
    /// # Errors
    ///
    /// When a member cannot be what it is.
    pub(crate) fn signing(&self) -> Result<UrlSigning, InvalidField> {
        let signing = UrlSigning {
            key: self.key.clone(),
            hosts: self.hosts.clone(),
            lifetime: self.lifetime,
            parameter: self.parameter.clone(),
            bind: match self.bind {
                None => Bind::Nobody,
                Some(BindTo::Network) => Bind::Network,
            },
        };
        match signing.check() {
            Ok(()) => Ok(signing),
            Err(error) => Err(in_place(&error)),
        }
    }
}

fn in_place(error: &InvalidUrlSigning) -> InvalidField {
    match error {
        InvalidUrlSigning::Member { member, expected } => InvalidField::new(
            format!("url_signing.{member}"),
            format!("expected {expected}"),
        ),
        // Only texts have these.
        InvalidUrlSigning::Dictionary(_) | InvalidUrlSigning::UnknownMember(_) => {
            InvalidField::new("url_signing", error.to_string())
        }
    }
}
