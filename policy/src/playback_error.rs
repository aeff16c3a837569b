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
    /// `limit` or `offset` of a search beyond their bounds.
    InvalidSearch,
    /// A `q` that is no search.
    IllegalQuery,
    /// A `sort` by nothing that videos are sorted by.
    InvalidSort,
    /// A path and query longer than the platform takes.
    UriTooLong,
    /// Headers larger than anybody needs.
    HeadersTooLarge,
    /// No policy key, or not one of ours.
    InvalidPolicyKey,
    /// A token in the query where only a good one opens.
    InvalidJwt,
    /// The policy key opens another account.
    OtherAccount,
    /// The policy key does not open searches.
    SearchNotAllowed,
    /// The policy key asks for an `ad_config_id`, and none came.
    AdConfigRequired,
    /// Refused by the video's restrictions.
    Denied(DenyReason),
    /// The video exists but is not to be played now.
    VideoNotPlayable,
    /// No such video.
    VideoNotFound,
    /// No such playlist.
    PlaylistNotFound,
    /// No such account.
    AccountNotFound,
    /// A list of advertisements was asked for without telling whose.
    VmapWithoutAdConfig,
    /// The header that asks for an explanation cannot be read, or its secret is wrong.
    ExplanationRefused,
    /// No such path.
    ResourceNotFound,
    /// A method other than `GET`, `HEAD` and `OPTIONS`.
    MethodNotAllowed,
    /// The viewer's network has asked for too much that others pay for.
    TooManyRequests,
    /// The edge is not set up: a store or a secret is missing.
    Misconfigured,
    /// The origin failed, or its answer cannot be trusted.
    BadOrigin(Retrieving),
    /// The origin did not answer in time.
    OriginTimeout,
}

/// What the origin was asked for when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retrieving {
    /// A video, or videos that a search finds.
    Video,
    /// A playlist.
    Playlist,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    api_call: Option<&'a str>,
    request_id: &'a str,
}

impl PlaybackError {
    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::DuplicateParameters
            | Self::BadRequest
            | Self::InvalidSearch
            | Self::IllegalQuery
            | Self::InvalidSort => 400,
            Self::InvalidPolicyKey
            | Self::InvalidJwt
            | Self::Denied(
                DenyReason::KeyRevoked | DenyReason::TokenRequired | DenyReason::TokenInvalid,
            ) => 401,
            Self::OtherAccount
            | Self::SearchNotAllowed
            | Self::AdConfigRequired
            | Self::Denied(
                DenyReason::ClientIp
                | DenyReason::ClientGeo(_)
                | DenyReason::Proxy
                | DenyReason::NotPlayable
                | DenyReason::Domain,
            )
            | Self::VideoNotPlayable
            | Self::ExplanationRefused => 403,
            Self::VideoNotFound
            | Self::PlaylistNotFound
            | Self::AccountNotFound
            | Self::ResourceNotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::UriTooLong => 414,
            Self::TooManyRequests => 429,
            Self::HeadersTooLarge => 431,
            Self::Misconfigured | Self::VmapWithoutAdConfig => 500,
            Self::BadOrigin(_) => 502,
            Self::OriginTimeout => 504,
        }
    }

    /// The `error_code`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::DuplicateParameters
            | Self::BadRequest
            | Self::InvalidSearch
            | Self::IllegalQuery
            | Self::InvalidSort => "BAD_REQUEST",
            Self::UriTooLong => "URI_TOO_LONG",
            Self::HeadersTooLarge => "REQUEST_HEADER_FIELDS_TOO_LARGE",
            Self::InvalidPolicyKey | Self::Denied(DenyReason::KeyRevoked) => "INVALID_POLICY_KEY",
            Self::InvalidJwt => "INVALID_JWT",
            Self::Denied(DenyReason::NotPlayable) | Self::VideoNotPlayable => "VIDEO_NOT_PLAYABLE",
            Self::OtherAccount
            | Self::SearchNotAllowed
            | Self::AdConfigRequired
            | Self::ExplanationRefused
            | Self::Denied(
                DenyReason::TokenRequired
                | DenyReason::TokenInvalid
                | DenyReason::ClientIp
                | DenyReason::ClientGeo(_)
                | DenyReason::Proxy
                | DenyReason::Domain,
            ) => "ACCESS_DENIED",
            Self::VideoNotFound => "VIDEO_NOT_FOUND",
            Self::PlaylistNotFound => "PLAYLIST_NOT_FOUND",
            Self::AccountNotFound => "ACCOUNT_NOT_FOUND",
            Self::ResourceNotFound => "RESOURCE_NOT_FOUND",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::TooManyRequests => "TOO_MANY_REQUESTS",
            Self::Misconfigured | Self::VmapWithoutAdConfig | Self::BadOrigin(_) => "SERVER_ERROR",
            Self::OriginTimeout => "SERVER_TIMEOUT",
        }
    }

    /// The `error_subcode`, where the contract has one.
    #[must_use]
    pub fn subcode(self) -> Option<&'static str> {
        match self {
            Self::DuplicateParameters => Some("DUPLICATE_PARAMETERS"),
            Self::InvalidSearch => Some("INVALID_SEARCH"),
            Self::IllegalQuery => Some("ILLEGAL_QUERY"),
            Self::InvalidSort => Some("INVALID_SORT"),
            Self::OtherAccount => Some("ACCOUNT_ID"),
            Self::SearchNotAllowed => Some("API"),
            Self::AdConfigRequired => Some("AD_CONFIG"),
            Self::ExplanationRefused => Some("EXPLAIN"),
            Self::Denied(DenyReason::TokenRequired) => Some("TOKEN_REQUIRED"),
            Self::Denied(DenyReason::TokenInvalid) => Some("TOKEN_VALIDATION"),
            Self::Denied(DenyReason::ClientIp) => Some("CLIENT_IP"),
            Self::Denied(DenyReason::ClientGeo(_) | DenyReason::Proxy) => Some("CLIENT_GEO"),
            Self::Denied(DenyReason::Domain) => Some("DOMAIN"),
            Self::BadOrigin(Retrieving::Video) => Some("VIDEO_RETRIEVE_FAILURE"),
            Self::BadOrigin(Retrieving::Playlist) => Some("PLAYLIST_RETRIEVE_FAILURE"),
            Self::BadRequest
            | Self::UriTooLong
            | Self::HeadersTooLarge
            | Self::VmapWithoutAdConfig
            | Self::PlaylistNotFound
            | Self::InvalidJwt
            | Self::InvalidPolicyKey
            | Self::Denied(DenyReason::KeyRevoked | DenyReason::NotPlayable)
            | Self::VideoNotPlayable
            | Self::VideoNotFound
            | Self::AccountNotFound
            | Self::ResourceNotFound
            | Self::MethodNotAllowed
            | Self::TooManyRequests
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
            Self::InvalidSearch => "`limit` is from 1 to 100, `offset` from 0 on.",
            Self::IllegalQuery => "The search in `q` cannot be read.",
            Self::InvalidSort => "Videos cannot be sorted by this field.",
            Self::UriTooLong => "The path and query are longer than 7168 bytes.",
            Self::HeadersTooLarge => "The request's headers are too large.",
            Self::InvalidJwt => "The token is malformed, forged or expired.",
            Self::SearchNotAllowed => "This policy key does not open searches.",
            Self::VmapWithoutAdConfig => "A list of advertisements needs an `ad_config_id`.",
            Self::PlaylistNotFound => "There is no such playlist.",
            Self::InvalidPolicyKey | Self::Denied(DenyReason::KeyRevoked) => {
                "The policy key is missing, malformed or revoked."
            }
            Self::OtherAccount => "The policy key belongs to another account.",
            Self::AdConfigRequired => "This policy key requires an `ad_config_id`.",
            Self::Denied(DenyReason::TokenRequired) => "This video needs a viewer token.",
            Self::Denied(DenyReason::TokenInvalid) => {
                "The viewer token is malformed, forged, expired, or for something else."
            }
            Self::Denied(DenyReason::ClientIp) => "This video may not be played from this network.",
            Self::Denied(DenyReason::ClientGeo(_)) => "This video may not be played in this place.",
            Self::Denied(DenyReason::Proxy) => "This video may not be played through a proxy.",
            Self::Denied(DenyReason::Domain) => "This video may not be embedded on this site.",
            Self::Denied(DenyReason::NotPlayable) | Self::VideoNotPlayable => {
                "This video is not available for playback now."
            }
            Self::VideoNotFound => "There is no such video.",
            Self::AccountNotFound => "There is no such account.",
            Self::ExplanationRefused => {
                "`Playback-Explain` cannot be read, or its secret is not the service's."
            }
            Self::ResourceNotFound => "There is nothing at this path.",
            Self::MethodNotAllowed => "Only GET, HEAD and OPTIONS are allowed.",
            Self::TooManyRequests => "Too many requests from this network. Try again in a moment.",
            Self::Misconfigured => "The service is not set up correctly.",
            Self::BadOrigin(Retrieving::Video) => "The video's data could not be retrieved.",
            Self::BadOrigin(Retrieving::Playlist) => "The playlist's data could not be retrieved.",
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

    /// Which API was called without leave.
    fn api_call(self) -> Option<&'static str> {
        (self == Self::SearchNotAllowed).then_some("search")
    }

    /// The body: a JSON array of one object.
    #[must_use]
    pub fn to_json(self, request_id: &str) -> String {
        Self::all_to_json(&[self], request_id)
    }

    /// A JSON array of several: what tells why items of a list are left out.
    #[must_use]
    pub fn all_to_json(errors: &[Self], request_id: &str) -> String {
        let body = |error: &Self| Body {
            error_code: error.code(),
            error_subcode: error.subcode(),
            message: error.message(),
            client_geo: error.client_geo(),
            api_call: error.api_call(),
            request_id,
        };
        let bodies: Vec<_> = errors.iter().map(body).collect();
        // Strings and options of strings: nothing here can fail to serialise.
        serde_json::to_string(&bodies).unwrap_or_default()
    }
}

impl From<InvalidRoute> for PlaybackError {
    fn from(invalid: InvalidRoute) -> Self {
        match invalid {
            InvalidRoute::Unknown => Self::ResourceNotFound,
            InvalidRoute::Video => Self::VideoNotFound,
            InvalidRoute::Playlist => Self::PlaylistNotFound,
            InvalidRoute::DuplicateParameters => Self::DuplicateParameters,
            InvalidRoute::Parameter | InvalidRoute::Page => Self::BadRequest,
            InvalidRoute::Search => Self::InvalidSearch,
            InvalidRoute::Query => Self::IllegalQuery,
            InvalidRoute::Sort => Self::InvalidSort,
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
    fn nobody_can_tell_a_revoked_key_from_one_that_never_was() {
        let revoked = PlaybackError::Denied(DenyReason::KeyRevoked).to_json("r1");
        assert_eq!(revoked, PlaybackError::InvalidPolicyKey.to_json("r1"));
    }

    #[test]
    fn an_unknown_country_and_a_proxy_are_told_apart() {
        let geo = |reason| PlaybackError::Denied(reason).client_geo();
        assert_eq!(geo(DenyReason::ClientGeo(None)).as_deref(), Some("unknown"));
        assert_eq!(geo(DenyReason::Proxy).as_deref(), Some("anonymizing_proxy"));
        assert_eq!(geo(DenyReason::Domain), None);
    }

    #[track_caller]
    fn check(error: PlaybackError, status: u16, code: &str, subcode: &str) {
        assert_eq!((error.status(), error.code()), (status, code), "{error:?}");
        assert_eq!(error.subcode().unwrap_or_default(), subcode, "{error:?}");
        let message = error.message();
        assert!(
            message.ends_with('.') && !message.contains('"'),
            "{message}"
        );
    }

    #[test]
    #[rustfmt::skip]
    fn every_error_is_told_by_the_contracts_codes() {
        use PlaybackError::*;
        check(DuplicateParameters,             400, "BAD_REQUEST",                     "DUPLICATE_PARAMETERS");
        check(BadRequest,                      400, "BAD_REQUEST",                     "");
        check(InvalidSearch,                   400, "BAD_REQUEST",                     "INVALID_SEARCH");
        check(IllegalQuery,                    400, "BAD_REQUEST",                     "ILLEGAL_QUERY");
        check(InvalidSort,                     400, "BAD_REQUEST",                     "INVALID_SORT");
        check(InvalidPolicyKey,                401, "INVALID_POLICY_KEY",              "");
        check(InvalidJwt,                      401, "INVALID_JWT",                     "");
        check(OtherAccount,                    403, "ACCESS_DENIED",                   "ACCOUNT_ID");
        check(SearchNotAllowed,                403, "ACCESS_DENIED",                   "API");
        check(AdConfigRequired,                403, "ACCESS_DENIED",                   "AD_CONFIG");
        check(Denied(DenyReason::KeyRevoked),  401, "INVALID_POLICY_KEY",              "");
        check(Denied(DenyReason::TokenRequired), 401, "ACCESS_DENIED",                 "TOKEN_REQUIRED");
        check(Denied(DenyReason::TokenInvalid), 401, "ACCESS_DENIED",                  "TOKEN_VALIDATION");
        check(Denied(DenyReason::ClientIp),    403, "ACCESS_DENIED",                   "CLIENT_IP");
        check(Denied(DenyReason::Proxy),       403, "ACCESS_DENIED",                   "CLIENT_GEO");
        check(Denied(DenyReason::Domain),      403, "ACCESS_DENIED",                   "DOMAIN");
        check(Denied(DenyReason::NotPlayable), 403, "VIDEO_NOT_PLAYABLE",              "");
        check(VideoNotPlayable,                403, "VIDEO_NOT_PLAYABLE",              "");
        check(VideoNotFound,                   404, "VIDEO_NOT_FOUND",                 "");
        check(PlaylistNotFound,                404, "PLAYLIST_NOT_FOUND",              "");
        check(AccountNotFound,                 404, "ACCOUNT_NOT_FOUND",               "");
        check(ResourceNotFound,                404, "RESOURCE_NOT_FOUND",              "");
        check(MethodNotAllowed,                405, "METHOD_NOT_ALLOWED",              "");
        check(UriTooLong,                      414, "URI_TOO_LONG",                    "");
        check(TooManyRequests,                 429, "TOO_MANY_REQUESTS",               "");
        check(HeadersTooLarge,                 431, "REQUEST_HEADER_FIELDS_TOO_LARGE", "");
        check(Misconfigured,                   500, "SERVER_ERROR",                    "");
        check(VmapWithoutAdConfig,             500, "SERVER_ERROR",                    "");
        check(BadOrigin(Retrieving::Video),    502, "SERVER_ERROR",                    "VIDEO_RETRIEVE_FAILURE");
        check(BadOrigin(Retrieving::Playlist), 502, "SERVER_ERROR",                    "PLAYLIST_RETRIEVE_FAILURE");
        check(OriginTimeout,                   504, "SERVER_TIMEOUT",                  "");
    }

    #[test]
    #[rustfmt::skip]
    fn a_path_that_cannot_be_read_is_told_by_what_it_asked_for() {
        for (invalid, want) in [
            (InvalidRoute::Unknown,             PlaybackError::ResourceNotFound),
            (InvalidRoute::Video,               PlaybackError::VideoNotFound),
            (InvalidRoute::Playlist,            PlaybackError::PlaylistNotFound),
            (InvalidRoute::DuplicateParameters, PlaybackError::DuplicateParameters),
            (InvalidRoute::Parameter,           PlaybackError::BadRequest),
            (InvalidRoute::Page,                PlaybackError::BadRequest),
            (InvalidRoute::Search,              PlaybackError::InvalidSearch),
            (InvalidRoute::Query,               PlaybackError::IllegalQuery),
            (InvalidRoute::Sort,                PlaybackError::InvalidSort),
        ] {
            assert_eq!(PlaybackError::from(invalid), want);
        }
    }

    #[test]
    fn the_api_that_was_called_is_told() {
        let json = PlaybackError::SearchNotAllowed.to_json("r1");
        assert!(json.contains(r#""api_call":"search""#), "{json}");
        let json = PlaybackError::OtherAccount.to_json("r1");
        assert!(!json.contains("api_call"), "{json}");
    }

    #[test]
    fn several_errors_are_one_array() {
        let errors = [DenyReason::ClientIp, DenyReason::Domain].map(PlaybackError::Denied);
        let json = PlaybackError::all_to_json(&errors, "\"");
        let parsed: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
        let subcodes: Vec<_> = parsed.iter().map(|error| &error["error_subcode"]).collect();
        assert_eq!(subcodes, ["CLIENT_IP", "DOMAIN"]);
        assert_eq!(parsed[0]["request_id"], "\"");
        assert_eq!(PlaybackError::all_to_json(&[], "r1"), "[]");
    }
}
