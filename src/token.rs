//! Viewer tokens: a signature is verified once for each POP, and then remembered until the token
//! expires. A token that was found bad is never remembered: whoever makes them up fills no cache.

use std::{
    io::{Read, Write},
    time::Duration,
};

use fastly::{
    cache::core::{self, CacheKey},
    http::header,
};
use playback_policy::{
    AccountId, AccountKeys, InvalidToken, PlaybackRequest, Resource, SurrogateKey, TokenFacts,
    TokenRefusal, TokenSection, TokenState, TokenUse, VerifiedToken, Viewer, ViewerToken,
};
use thiserror::Error;

use crate::{error::EdgeError, incoming::Incoming, log::Line, rate_limit::Client};

/// Why a token opens nothing.
#[derive(Debug, Error)]
enum Refused {
    #[error("the account has no keys")]
    NoKeys,
    #[error(transparent)]
    Invalid(#[from] InvalidToken),
    #[error(transparent)]
    Refusal(#[from] TokenRefusal),
    /// It was not even looked at.
    #[error(transparent)]
    Unlooked(EdgeError),
}

/// What a token is remembered for at most: its key may be gone by then, and then it counts no more.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Judges the token of a request, if there is one.
pub(crate) fn state(
    text: Option<&str>,
    request: &Incoming,
    client: &Client<'_>,
    asked_for: &PlaybackRequest,
    section: Option<&TokenSection<'_>>,
    viewer: &Viewer,
    line: &mut Line,
) -> Result<TokenState, EdgeError> {
    let Some(text) = text else {
        return Ok(TokenState::Missing);
    };
    match admit(text, request, client, asked_for, section, viewer) {
        Ok(()) => Ok(TokenState::Valid),
        Err(Refused::Unlooked(error)) => Err(error),
        Err(refused) => {
            line.token_refused(&refused);
            if let Refused::Invalid(_) = refused {
                client.failed()?;
            }
            Ok(TokenState::Invalid)
        }
    }
}

fn admit(
    text: &str,
    request: &Incoming,
    client: &Client<'_>,
    asked_for: &PlaybackRequest,
    section: Option<&TokenSection<'_>>,
    viewer: &Viewer,
) -> Result<(), Refused> {
    let section = section.ok_or(Refused::NoKeys)?;
    let (keys, token) = (section.keys(), ViewerToken::parse(text)?);
    let verified = match recall(&token, &keys) {
        Some(verified) => verified,
        None => {
            client.may_try().map_err(Refused::Unlooked)?;
            let verified = token.verify(&keys, viewer.now, ViewerToken::CLOCK_SKEW)?;
            remember(&token, &verified, &asked_for.account, viewer.now);
            verified
        }
    };
    let user_agent = request.value(&header::USER_AGENT);
    let user_agent = user_agent.map_err(|error| Refused::Unlooked(error.into()))?;
    let purpose = match asked_for.resource {
        Resource::Static(..) => TokenUse::StaticUrl,
        Resource::Video(_)
        | Resource::Related(..)
        | Resource::Search(_)
        | Resource::Playlist(..) => TokenUse::Playback,
    };
    verified.claims().admits(&TokenFacts {
        account: &asked_for.account,
        video: section.video(),
        user_agent: user_agent.as_ref().and_then(|value| value.to_str().ok()),
        ip: viewer.ip,
        purpose,
        now: viewer.now,
        skew: ViewerToken::CLOCK_SKEW,
    })?;
    Ok(())
}

/// The token as it was verified before, under a key that is still registered.
fn recall(token: &ViewerToken<'_>, keys: &AccountKeys) -> Option<VerifiedToken> {
    token.cache_keys(keys).find_map(|key| {
        let found = core::lookup(CacheKey::from(key)).execute().ok()??;
        let mut remembered = Vec::new();
        let mut stream = found.to_stream().ok()?;
        stream.read_to_end(&mut remembered).ok()?;
        VerifiedToken::recall(&remembered, keys)
    })
}

/// Remembers a token that was verified. Where that fails, the next request verifies it again.
fn remember(token: &ViewerToken<'_>, verified: &VerifiedToken, account: &AccountId, now: i64) {
    let left = verified
        .claims()
        .expires
        .map(|expires| expires.saturating_sub(now));
    let max_age = match left.map(u64::try_from) {
        Some(Ok(seconds)) => Duration::from_secs(seconds).min(LONGEST),
        Some(Err(_)) => return,
        None => LONGEST,
    };
    let bytes = verified.to_bytes();
    let label = SurrogateKey::account_keys(account);
    let stream = core::insert(CacheKey::from(verified.cache_key(token)), max_age)
        .surrogate_keys([label.as_str()])
        .known_length(bytes.len() as u64)
        .execute();
    if let Ok(mut stream) = stream
        && stream.write_all(&bytes).is_ok()
    {
        // Left unfinished by an error, it is abandoned.
        let _forgotten = stream.finish();
    }
}
