//! Everything below `/playback`: what the edge asks for on a miss.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use playback_policy::{
    AccountId, Hex, LayerKind, PlaybackError, PlaybackRequest, PolicyKey, Route, Rules,
    SurrogateKeySet,
};

use crate::{
    app::{App, Keys},
    assemble::{Outcome, Shown, assemble},
    error::ApiError,
    metrics::Metrics,
    model::IsoTime,
    store::PlaybackRecord,
};

const SURROGATE_KEY: HeaderName = HeaderName::from_static("surrogate-key");
const SURROGATE_CONTROL: HeaderName = HeaderName::from_static("surrogate-control");
const URL_SIGNING: HeaderName = HeaderName::from_static("playback-url-signing");

/// The public keys that the account's viewer tokens are verified with.
const ACCOUNT_KEYS: HeaderName = HeaderName::from_static("playback-account-keys");

/// Says through how many tiers of caches a purge reaches: with less than two a shield keeps nothing.
const PURGE_TIERS: HeaderName = HeaderName::from_static("playback-purge-tiers");

/// A policy key that the edge has verified, where the origin is to lay its rules over the answer.
const POLICY_KEY: HeaderName = HeaderName::from_static("playback-key");

/// Answers the edge. The proof has been checked.
pub(crate) async fn answer(
    State(app): State<App>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if method != Method::GET && method != Method::HEAD {
        return Err(ApiError::Playback(PlaybackError::MethodNotAllowed));
    }
    let request = match Route::parse(uri.path(), uri.query())? {
        Route::Playback(request) => request,
        Route::Health => return Err(ApiError::NoRoute),
    };
    let key_rules = key_rules(&app.keys, &headers, &request.account)?;
    let record = app.cms.store.playback(&request, IsoTime::now()).await?;
    let mut answer = answer_to(&request, record.as_ref(), &key_rules)?;
    if app.cms.purger.reaches_shield() {
        let two = HeaderValue::from_static("2");
        answer.headers_mut().insert(PURGE_TIERS, two);
    }
    Ok(answer)
}

/// What the edge is answered, from what the catalog says.
pub(super) fn answer_to(
    request: &PlaybackRequest,
    record: Option<&PlaybackRecord>,
    key_rules: &[Rules],
) -> Result<Response, ApiError> {
    let assembled = assemble(request, record).map_err(|error| {
        let (account, resource) = (&request.account, &request.resource);
        tracing::error!(%account, %resource, %error, "no answer can be made");
        ApiError::Internal
    })?;
    let refused = |error| ApiError::Playback(error).into_response();
    let mut response = match assembled.outcome {
        Outcome::Shown(found) => shown(found, key_rules)?,
        Outcome::NotPlayable => refused(PlaybackError::VideoNotPlayable),
        Outcome::NoVideo => refused(PlaybackError::VideoNotFound),
        Outcome::NoPlaylist => refused(PlaybackError::PlaylistNotFound),
        Outcome::NoRendition => refused(PlaybackError::ResourceNotFound),
        Outcome::NoAccount => refused(PlaybackError::AccountNotFound),
    };
    if !assembled.token_keys.is_empty() {
        let keys = text(&assembled.token_keys)?;
        response.headers_mut().insert(ACCOUNT_KEYS, keys);
    }
    cacheable(response, &assembled.surrogate_keys, assembled.max_age)
}

/// Counts the answer, and those of the proof's check before it.
pub(crate) async fn count(
    State(metrics): State<Metrics>,
    uri: Uri,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let account = match Route::parse(uri.path(), uri.query()) {
        // Whoever has no proof names no account to count by.
        Ok(Route::Playback(request)) if status != StatusCode::UNAUTHORIZED => {
            request.account.to_string()
        }
        _ => String::new(),
    };
    metrics.count_playback(&account, status);
    response
}

/// The rules of the policy key the edge tells of, if it tells of one. A key that does not open this
/// account is a fault of the edge's, and an answer without its rules would be for everybody.
fn key_rules(
    keys: &Keys,
    headers: &HeaderMap,
    account: &AccountId,
) -> Result<Vec<Rules>, ApiError> {
    let mut values = headers.get_all(POLICY_KEY).iter();
    let Some(value) = values.next() else {
        return Ok(Vec::new());
    };
    let key = match (value.to_str(), values.next()) {
        (Ok(text), None) => keys.ring.verify(text).ok(),
        (Ok(_), Some(_)) | (Err(_), _) => None,
    };
    let Some(key) = key.filter(|key| key.account == *account) else {
        tracing::error!(%account, "the edge told of a policy key that does not open the account");
        return Err(ApiError::Internal);
    };
    Ok(lines_of(&key))
}

/// The rules of a policy key, as the edge is told them. One that restricts nothing says so, as other
/// layers do.
pub(super) fn lines_of(key: &PolicyKey) -> Vec<Rules> {
    match key.rules.is_empty() {
        true => vec![Rules::default()],
        false => key.rules.clone(),
    }
}

fn shown(found: Shown, key_rules: &[Rules]) -> Result<Response, ApiError> {
    let tag = format!("\"{}\"", Hex::sha256(&[&found.body]));
    let mut response = found.body.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::ETAG, text(&tag)?);
    let of_key = key_rules.iter().map(|rules| (LayerKind::Key, rules));
    let layers = found.layers.enforced.iter();
    let layers = layers.map(|(layer, rules)| (*layer, rules));
    for (layer, rules) in layers.chain(of_key) {
        headers.append(HeaderName::from_static(layer.header_name()), text(rules)?);
    }
    for (layer, rules) in &found.layers.report_only {
        headers.insert(report_only(*layer)?, text(rules)?);
    }
    if let Some(signing) = &found.url_signing {
        headers.insert(URL_SIGNING, text(signing)?);
    }
    Ok(response)
}

/// The header of rules that are only logged.
fn report_only(layer: LayerKind) -> Result<HeaderName, ApiError> {
    let name = format!("{}-report-only", layer.header_name());
    HeaderName::try_from(name).map_err(|error| {
        tracing::error!(%error, "a header cannot be named");
        ApiError::Internal
    })
}

/// Lets the edge keep the answer until it is purged, or no longer true.
fn cacheable(
    mut response: Response,
    keys: &SurrogateKeySet,
    max_age: u32,
) -> Result<Response, ApiError> {
    let keys = text(keys)?;
    let control = text(&format!("max-age={max_age}"))?;
    let headers = response.headers_mut();
    headers.remove(header::CACHE_CONTROL);
    headers.insert(SURROGATE_KEY, keys);
    headers.insert(SURROGATE_CONTROL, control);
    Ok(response)
}

fn text(value: &impl ToString) -> Result<HeaderValue, ApiError> {
    HeaderValue::try_from(value.to_string()).map_err(|error| {
        tracing::error!(%error, "a header cannot be written");
        ApiError::Internal
    })
}
