//! Fastly's purge API, or whatever speaks like it at the base URL.

use std::{
    collections::BTreeSet,
    fmt,
    net::IpAddr,
    time::{Duration, SystemTime},
};

use playback_policy::SurrogateKey;
use reqwest::{StatusCode, Url, header::RETRY_AFTER, redirect};
use serde_json::{Map, Value, json};
use thiserror::Error;

use super::{Purge, PurgeKind, PurgeTarget};

/// The longest one call takes.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);

/// The longest pause an answer may ask for: a slip of the API's must not stop purging for a day.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(300);

/// More of an answer than it needs is not read.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// A client of the purge API for one service.
pub(super) struct PurgeApi {
    client: reqwest::Client,
    call: Url,
    target: PurgeTarget,
}

/// The target cannot be addressed.
#[derive(Debug, Error)]
pub(crate) enum InvalidPurgeApi {
    /// The base cannot carry a path.
    #[error("`{0}` cannot be a base URL")]
    Base(Url),
    /// The HTTP client could not be built.
    #[error("cannot build the HTTP client: {0}")]
    Client(#[source] reqwest::Error),
}

/// A call that confirmed nothing.
#[derive(Debug, Error)]
pub(super) enum PurgeError {
    /// No answer.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// Asked to be left alone for a while.
    #[error("{status}")]
    Later {
        /// Too many calls, or none taken now.
        status: StatusCode,
        /// How long to pause, if it said.
        retry_after: Option<Duration>,
    },
    /// The token or the service is wrong.
    #[error("{0}: check the purge token and the service id")]
    NotAllowed(StatusCode),
    /// What the call says is refused: it would be refused again.
    #[error("{0}: the call is refused")]
    Refused(StatusCode),
    /// Any other status than success.
    #[error("{0}")]
    Status(StatusCode),
    /// A success that does not confirm every key.
    #[error("the answer confirms {} keys of the call's", confirmed.len())]
    Unconfirmed {
        /// Those it does.
        confirmed: BTreeSet<SurrogateKey>,
    },
    /// A success that is not the JSON object it should be.
    #[error("the answer is not a JSON object; is this the purge API?")]
    NotJson,
}

impl PurgeApi {
    pub(super) fn new(target: PurgeTarget) -> Result<Self, InvalidPurgeApi> {
        let mut call = target.base.clone();
        call.path_segments_mut()
            .map_err(|()| InvalidPurgeApi::Base(target.base.clone()))?
            .pop_if_empty()
            .extend(["service", &target.service, "purge"]);
        let mut client = reqwest::Client::builder()
            .timeout(CALL_TIMEOUT)
            // A redirect would take the token to another host.
            .redirect(redirect::Policy::none());
        if is_loopback(&call) {
            client = client.no_proxy();
        }
        let client = client.build().map_err(InvalidPurgeApi::Client)?;
        Ok(Self {
            client,
            call,
            target,
        })
    }

    /// Purges the keys of one batch; success means the API confirmed each of them.
    pub(super) async fn purge(&self, batch: &Purge) -> Result<(), PurgeError> {
        let mut request = self
            .client
            .post(self.call.clone())
            .header("Fastly-Key", self.target.token.expose())
            .header("Accept", "application/json")
            .json(&json!({ "surrogate_keys": batch.key_texts() }));
        match batch.kind {
            PurgeKind::Hard => {}
            PurgeKind::Soft => request = request.header("Fastly-Soft-Purge", "1"),
        }
        let response = request
            .send()
            .await
            .map_err(|error| PurgeError::no_answer(&error))?;
        match response.status() {
            StatusCode::OK => {}
            status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => {
                return Err(PurgeError::Later {
                    status,
                    retry_after: retry_after(&response),
                });
            }
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND) => {
                return Err(PurgeError::NotAllowed(status));
            }
            status if status.is_client_error() => return Err(PurgeError::Refused(status)),
            status => return Err(PurgeError::Status(status)),
        }
        let ids = read(response).await?;
        let ids: Map<String, Value> =
            serde_json::from_slice(&ids).map_err(|_| PurgeError::NotJson)?;
        let is_confirmed = |key: &&SurrogateKey| ids.contains_key(key.as_str());
        if batch.keys.iter().all(|key| is_confirmed(&key)) {
            return Ok(());
        }
        let confirmed = batch.keys.iter().filter(is_confirmed).cloned().collect();
        Err(PurgeError::Unconfirmed { confirmed })
    }
}

/// The body, unless it is longer than any answer of the API.
async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, PurgeError> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| PurgeError::no_answer(&error))?
    {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER_BYTES {
            return Err(PurgeError::NotJson);
        }
    }
    Ok(body)
}

impl PurgeError {
    /// The error's kind, without its URL.
    fn no_answer(error: &reqwest::Error) -> Self {
        let reason = if error.is_timeout() {
            "timed out"
        } else if error.is_connect() {
            "cannot connect"
        } else {
            "the connection broke"
        };
        Self::NoAnswer(reason.to_owned())
    }

    /// How long the API wants to be left alone.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Later { retry_after, .. } => *retry_after,
            Self::NoAnswer(_)
            | Self::NotAllowed(_)
            | Self::Refused(_)
            | Self::Status(_)
            | Self::Unconfirmed { .. }
            | Self::NotJson => None,
        }
    }
}

impl fmt::Debug for PurgeApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PurgeApi")
            .field("call", &self.call.as_str())
            .finish_non_exhaustive()
    }
}

/// A proxy set for the outside world must not be asked for this machine.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Seconds, or a date.
///
/// # Source
///
/// RFC 9110 §10.2.3.
fn retry_after(response: &reqwest::Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        // A date that is past asks for no pause.
        Err(_) => httpdate::parse_http_date(text)
            .ok()?
            .duration_since(SystemTime::now())
            .unwrap_or_default(),
    };
    Some(pause.min(LONGEST_RETRY_AFTER))
}
