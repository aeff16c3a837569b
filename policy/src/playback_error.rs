//! Every error a viewer can be answered with, and its form on the wire.

use serde::Serialize;

use crate::{decision::DenyReason, place::CountryCode, route::InvalidRoute};

/// An error answer. Its body is a JSON array of one object, as players of the Playback API read it.
///
/// # Source
///
/// Playback API contract, errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaybackError {
    /// A query parameter came twice.
    DuplicateParameters,
    /// The request cannot be read.
    BadRequest,
    /// No policy key, or not one of ours.
    InvalidPolicyKey,
    /// The policy key opens another account.
    OtherAccount,
    /// The policy key asks for an `ad_config_id`, and none came.
    AdConfigRequired,
    /// Refused by the video's restrictions.
    Denied(DenyReason),
    /// The video exists but is not to be played now.
    VideoNotPlayable,
    /// No such video.
    VideoNotFound,
    /// No such account.
    AccountNotFound,
    /// No such path.
    ResourceNotFound,
    /// A method other than `GET`, `HEAD` and `OPTIONS`.
    MethodNotAllowed,
    /// The edge is not set up: a store or a secret is missing.
    Misconfigured,
    /// The origin failed, or its answer cannot be trusted.
    BadOrigin,
    /// The origin did not answer in time.
    OriginTimeout,
}

/// One element of the array.
#[derive(Serialize)]
struct Body<'a> {
    error_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_subcode: Option<&'a str>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_geo: Option<String>,
    request_id: &'a str,
}

impl PlaybackError {
    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::DuplicateParameters | Self::BadRequest => 400,
            Self::InvalidPolicyKey => 401,
            Self::OtherAccount
            | Self::AdConfigRequired
            | Self::Denied(_)
            | Self::VideoNotPlayable => 403,
            Self::VideoNotFound | Self::AccountNotFound | Self::ResourceNotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Misconfigured => 500,
            Self::BadOrigin => 502,
            Self::OriginTimeout => 504,
        }
    }

    /// The `error_code`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::DuplicateParameters | Self::BadRequest => "BAD_REQUEST",
            Self::InvalidPolicyKey => "INVALID_POLICY_KEY",
            Self::Denied(DenyReason::NotPlayable) | Self::VideoNotPlayable => "VIDEO_NOT_PLAYABLE",
            Self::OtherAccount | Self::AdConfigRequired | Self::Denied(_) => "ACCESS_DENIED",
            Self::VideoNotFound => "VIDEO_NOT_FOUND",
            Self::AccountNotFound => "ACCOUNT_NOT_FOUND",
            Self::ResourceNotFound => "RESOURCE_NOT_FOUND",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::Misconfigured | Self::BadOrigin => "SERVER_ERROR",
            Self::OriginTimeout => "SERVER_TIMEOUT",
        }
    }

    /// The `error_subcode`, where the contract has one.
    #[must_use]
    pub fn subcode(self) -> Option<&'static str> {
        match self {
            Self::DuplicateParameters => Some("DUPLICATE_PARAMETERS"),
            Self::OtherAccount => Some("ACCOUNT_ID"),
            Self::AdConfigRequired => Some("AD_CONFIG"),
            Self::Denied(DenyReason::ClientIp) => Some("CLIENT_IP"),
            Self::Denied(DenyReason::ClientGeo(_) | DenyReason::Proxy) => Some("CLIENT_GEO"),
            Self::Denied(DenyReason::Domain) => Some("DOMAIN"),
            Self::BadOrigin => Some("VIDEO_RETRIEVE_FAILURE"),
            Self::BadRequest
            | Self::InvalidPolicyKey
            | Self::Denied(DenyReason::NotPlayable)
            | Self::VideoNotPlayable
            | Self::VideoNotFound
            | Self::AccountNotFound
            | Self::ResourceNotFound
            | Self::MethodNotAllowed
            | Self::Misconfigured
            | Self::OriginTimeout => None,
        }
    }

    /// A sentence for a person; programs read the codes.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::DuplicateParameters => "A query parameter was given more than once.",
            Self::BadRequest => "The request cannot be read.",
            Self::InvalidPolicyKey => "The policy key is missing, malformed or revoked.",
            Self::OtherAccount => "The policy key belongs to another account.",
            Self::AdConfigRequired => "This policy key requires an `ad_config_id`.",
            Self::Denied(DenyReason::ClientIp) => "This video may not be played from this network.",
            Self::Denied(DenyReason::ClientGeo(_)) => "This video may not be played in this place.",
            Self::Denied(DenyReason::Proxy) => "This video may not be played through a proxy.",
            Self::Denied(DenyReason::Domain) => "This video may not be embedded on this site.",
            Self::Denied(DenyReason::NotPlayable) | Self::VideoNotPlayable => {
                "This video is not available for playback now."
            }
            Self::VideoNotFound => "There is no such video.",
            Self::AccountNotFound => "There is no such account.",
            Self::ResourceNotFound => "There is nothing at this path.",
            Self::MethodNotAllowed => "Only GET, HEAD and OPTIONS are allowed.",
            Self::Misconfigured => "The service is not set up correctly.",
            Self::BadOrigin => "The video's data could not be retrieved.",
            Self::OriginTimeout => "The video's data could not be retrieved in time.",
        }
    }

    /// The country the viewer was seen in, lower case, where a place refused; `unknown` where none
    /// was seen; `anonymizing_proxy` where a proxy hides it.
    #[must_use]
    pub fn client_geo(self) -> Option<String> {
        match self {
            Self::Denied(DenyReason::ClientGeo(country)) => {
                let seen = country.as_ref().map_or("unknown", CountryCode::as_str);
                Some(seen.to_ascii_lowercase())
            }
            Self::Denied(DenyReason::Proxy) => Some("anonymizing_proxy".to_owned()),
            _ => None,
        }
    }

    /// The body: a JSON array of one object.
    #[must_use]
    pub fn to_json(self, request_id: &str) -> String {
        let body = Body {
            error_code: self.code(),
            error_subcode: self.subcode(),
            message: self.message(),
            client_geo: self.client_geo(),
            request_id,
        };
        // Strings and options of strings: nothing here can fail to serialise.
        serde_json::to_string(&[body]).unwrap_or_default()
    }
}

impl From<InvalidRoute> for PlaybackError {
    fn from(invalid: InvalidRoute) -> Self {
        match invalid {
            InvalidRoute::Unknown => Self::ResourceNotFound,
            InvalidRoute::Video => Self::VideoNotFound,
            InvalidRoute::DuplicateParameters => Self::DuplicateParameters,
            InvalidRoute::Parameter => Self::BadRequest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_error_is_an_array_of_one_object() {
        let country = "NZ".parse().ok();
        let json = PlaybackError::Denied(DenyReason::ClientGeo(country)).to_json("r1");
        let want = r#"[{"error_code":"ACCESS_DENIED","error_subcode":"CLIENT_GEO","message":"This video may not be played in this place.","client_geo":"nz","request_id":"r1"}]"#;
        assert_eq!(json, want);
    }

    #[test]
    fn an_unknown_country_and_a_proxy_are_told_apart() {
        let geo = |reason| PlaybackError::Denied(reason).client_geo();
        assert_eq!(geo(DenyReason::ClientGeo(None)).as_deref(), Some("unknown"));
        assert_eq!(geo(DenyReason::Proxy).as_deref(), Some("anonymizing_proxy"));
        assert_eq!(geo(DenyReason::Domain), None);
    }
}
