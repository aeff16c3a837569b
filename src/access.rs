//! What a request shows to be let in: a policy key, a viewer token, or both.

use std::{borrow::Cow, rc::Rc};

use fastly::http::{HeaderName, header};
use playback_policy::{
    BearerToken, Credential, DenyReason, InvalidCredential, PlaybackError, PlaybackRequest,
    PolicyKey, Resource, ViewerToken, bcov_auth,
};

use crate::{
    config::Config,
    error::EdgeError,
    incoming::Incoming,
    log::Line,
    policy_key::{self, Key},
    rate_limit::Client,
};

const BCOV_POLICY: HeaderName = HeaderName::from_static("bcov-policy");

/// The credentials of a request. Without a key, the token must be good.
pub(crate) struct Access {
    /// Verified.
    pub(crate) key: Option<Rc<Key>>,
    /// As it was sent. It can be verified only when the answer is known, which brings the account's
    /// public keys.
    pub(crate) token: Option<String>,
}

/// Finds the credentials, and verifies the policy key before the cache or the origin hear of the
/// request. Who shows one bad key after the other is told to stop.
pub(crate) fn access(
    request: &Incoming,
    client: &Client<'_>,
    config: &Config,
    asked_for: &PlaybackRequest,
    line: &mut Line,
) -> Result<Access, EdgeError> {
    let found = find(request, config, asked_for, line);
    let is_bad = match &found {
        // Nothing was tried.
        Err(EdgeError::Credential(invalid)) => *invalid != InvalidCredential::Missing,
        Err(EdgeError::PolicyKey(_)) => true,
        Ok(_) | Err(_) => false,
    };
    if is_bad {
        client.failed()?;
    }
    found
}

fn find(
    request: &Incoming,
    config: &Config,
    asked_for: &PlaybackRequest,
    line: &mut Line,
) -> Result<Access, EdgeError> {
    // Players open static addresses without headers of ours: they bring it in the query.
    let in_query = match asked_for.resource {
        Resource::Static(..) => request.query().and_then(bcov_auth),
        Resource::Video(_)
        | Resource::Related(..)
        | Resource::Search(_)
        | Resource::Playlist(..) => None,
    };
    let in_query = in_query.as_ref().map(Cow::as_ref);
    let accept = request.values(&header::ACCEPT)?;
    let bcov_policy = request.values(&BCOV_POLICY)?;
    let authorization = request.values(&header::AUTHORIZATION)?;
    let values = |name: &'static str| match name {
        "accept" => accept.iter(),
        "bcov-policy" => bcov_policy.iter(),
        "authorization" => authorization.iter(),
        _ => [].iter(),
    };
    let token = match BearerToken::find(values, in_query) {
        Ok(found) => found.map(|token| token.as_str().to_owned()),
        // There is one that cannot be a good one.
        Err(_) => Some(String::new()),
    };
    let key = in_query.filter(|text| !ViewerToken::is_form(text));
    let key = match Credential::find(values, key) {
        Ok(found) => {
            let key = policy_key::verified(found.as_str(), &config.keys);
            let key = key.map_err(EdgeError::PolicyKey)?;
            line.key_id.clone_from(&key.policy.key_id);
            Some(key)
        }
        Err(InvalidCredential::Missing) if may_open(token.as_deref(), asked_for)? => None,
        Err(invalid) => return Err(EdgeError::Credential(invalid)),
    };
    check(key.as_ref().map(|key| &key.policy), asked_for)?;
    Ok(Access { key, token })
}

/// Whether a token may open by itself. One that can be seen to be none of ours is refused before the
/// cache or the origin hear of the request; what has not even the form of one is somebody else's.
fn may_open(token: Option<&str>, asked_for: &PlaybackRequest) -> Result<bool, PlaybackError> {
    match token {
        Some(text) if ViewerToken::is_form(text) => match ViewerToken::parse(text) {
            Ok(_) => Ok(true),
            Err(_) => Err(refused_token(asked_for)),
        },
        Some(_) | None => Ok(false),
    }
}

/// What is told where the token alone should have opened, and did not.
pub(crate) fn refused_token(asked_for: &PlaybackRequest) -> PlaybackError {
    match asked_for.resource {
        Resource::Static(..) => PlaybackError::InvalidJwt,
        Resource::Video(_)
        | Resource::Related(..)
        | Resource::Search(_)
        | Resource::Playlist(..) => PlaybackError::Denied(DenyReason::TokenInvalid),
    }
}

/// Whether the key opens what is asked for. A token opens no search.
fn check(key: Option<&PolicyKey>, asked_for: &PlaybackRequest) -> Result<(), PlaybackError> {
    let is_without_ads = asked_for.ad_config_id.is_none();
    if key.is_some_and(|key| key.account != asked_for.account) {
        return Err(PlaybackError::OtherAccount);
    }
    if asked_for.is_search() && !key.is_some_and(|key| key.is_search_enabled) {
        return Err(PlaybackError::SearchNotAllowed);
    }
    if key.is_some_and(|key| key.require_ad_config) && is_without_ads {
        return Err(PlaybackError::AdConfigRequired);
    }
    match &asked_for.resource {
        Resource::Static(_, asset) if asset.is_vmap() && is_without_ads => {
            Err(PlaybackError::VmapWithoutAdConfig)
        }
        _ => Ok(()),
    }
}
