//! Outcome → response. The only place where statuses and headers for viewers are made.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use fastly::{
    handle::{BodyHandle, ResponseHandle},
    http::{FramingHeadersMode, HeaderName, HeaderValue, StatusCode, header},
};
use playback_policy::{DenyReason, OriginAnswer, PlaybackError};

use crate::{
    deliver::{Content, Delivery},
    error::EdgeError,
    handle::Outcome,
    incoming::Incoming,
    log::Line,
    shield::Copy,
};

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
/// What players send besides what browsers always allow.
const REQUEST_HEADERS: HeaderValue =
    HeaderValue::from_static("Accept, Authorization, BCOV-Policy, Content-Type, If-None-Match");
const A_DAY: HeaderValue = HeaderValue::from_static("86400");
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=UTF-8");
/// Asks the platform to compress the answer on its way out, for viewers who take that.
///
/// # Source
///
/// Fastly, reference of the `X-Compress-Hint` header.
const COMPRESS_HINT: HeaderName = HeaderName::from_static("x-compress-hint");
const X_CACHE: HeaderName = HeaderName::from_static("x-cache");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// What every answer carries, errors too: a page could not read the error's code otherwise.
static MANNERS: [(HeaderName, HeaderValue); 5] = [
    (
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    ),
    (
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("Age, ETag, Retry-After, Server-Timing, X-Cache"),
    ),
    // The answer is for one viewer: no browser and no proxy in between may keep it.
    (
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    ),
    // What an answer depends on besides its address.
    (
        header::VARY,
        HeaderValue::from_static(
            "Accept, Accept-Encoding, Authorization, BCOV-Policy, Origin, Referer",
        ),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
];

/// What the viewer gets. Each header goes to the platform at once: the SDK's own `Response` would keep a
/// map of them first.
pub(crate) struct Response {
    handle: ResponseHandle,
    status: StatusCode,
    body: Option<BodyHandle>,
}

/// Turns what was found into what the viewer gets, and notes it in the log line.
pub(crate) fn respond(
    request: &Incoming,
    outcome: Result<Outcome, EdgeError>,
    line: &mut Line,
    started: Instant,
) -> Response {
    let is_head = request.is_head();
    let mut response = match outcome {
        Ok(Outcome::Healthy) => json(StatusCode::OK, r#"{"status":"ok"}"#, is_head),
        Ok(Outcome::Preflight) => preflight(),
        Ok(Outcome::Explanation {
            json: text,
            is_understood,
        }) => {
            let status = match is_understood {
                true => StatusCode::OK,
                false => StatusCode::BAD_REQUEST,
            };
            json(status, &text, is_head)
        }
        Ok(Outcome::Delivery(delivery)) => {
            line.allowed();
            delivered(delivery, is_head)
        }
        Ok(Outcome::Copy(copy)) => copied(copy),
        Err(error) => {
            line.failed(&error);
            let told = error.told(line.retrieving());
            playback_errors(&told, &line.request_id, is_head)
        }
    };
    for (name, value) in &MANNERS {
        response.set(name, value);
    }
    if let Some(outcome) = line.cache {
        response.set(&X_CACHE, &HeaderValue::from_static(outcome.as_str()));
    }
    if let Ok(timing) = HeaderValue::try_from(server_timing(line, started.elapsed())) {
        response.set(&SERVER_TIMING, &timing);
    }
    line.status = response.status.as_u16();
    response
}

fn delivered(delivery: Delivery, is_head: bool) -> Response {
    let mut response = match delivery.content {
        Content::Json { body, len } => {
            let mut response = Response::new(StatusCode::OK);
            response.set(&header::CONTENT_TYPE, &JSON);
            response.set(&COMPRESS_HINT, &HeaderValue::from_static("on"));
            if let Some(len) = len {
                response.set_content_length(len);
            }
            if !is_head {
                response.body = Some(body.into_handle());
            }
            response
        }
        Content::Location(location) => {
            // Nobody may remember it: the next viewer gets another, or none.
            let mut response = Response::new(StatusCode::FOUND);
            response.set(&header::LOCATION, &location);
            response
        }
        Content::NotModified => Response::new(StatusCode::NOT_MODIFIED),
    };
    // Weak: the platform may compress the bytes it is the tag of.
    let etag = delivery
        .etag
        .map(|etag| HeaderValue::try_from(format!("W/\"{etag}\"")));
    if let Some(Ok(etag)) = etag {
        response.set(&header::ETAG, &etag);
    }
    response.set(&header::AGE, &delivery.age.as_secs().into());
    response
}

/// For another POP: no viewer's headers, and nothing that a cache on the way may keep.
fn copied(copy: Copy) -> Response {
    let mut response = Response::new(StatusCode::OK);
    let media_type = HeaderValue::from_static(OriginAnswer::MEDIA_TYPE);
    response.set(&header::CONTENT_TYPE, &media_type);
    response.set(&header::AGE, &copy.age.as_secs().into());
    response.body = Some(copy.body.stream.into_handle());
    response
}

/// The errors in one array; the first one's status is the answer's.
fn playback_errors(errors: &[PlaybackError], request_id: &str, is_head: bool) -> Response {
    let status = errors
        .first()
        .and_then(|error| StatusCode::from_u16(error.status()).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = PlaybackError::all_to_json(errors, request_id);
    let mut response = json(status, &body, is_head);
    let besides = match errors.first() {
        // RFC 9110 §11.6.1 and §15.5.6 ask for these.
        Some(PlaybackError::InvalidPolicyKey) => Some((
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("BCOV-Policy"),
        )),
        Some(
            PlaybackError::InvalidJwt
            | PlaybackError::Denied(DenyReason::TokenRequired | DenyReason::TokenInvalid),
        ) => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        Some(PlaybackError::MethodNotAllowed) => Some((header::ALLOW, METHODS)),
        // As long as what was counted stays so.
        Some(PlaybackError::TooManyRequests) => {
            Some((header::RETRY_AFTER, HeaderValue::from_static("10")))
        }
        _ => None,
    };
    if let Some((name, value)) = besides {
        response.set(&name, &value);
    }
    response
}

fn json(status: StatusCode, body: &str, is_head: bool) -> Response {
    let mut response = Response::new(status);
    response.set(&header::CONTENT_TYPE, &JSON);
    response.set_content_length(body.len());
    if !is_head {
        response.body = Some(BodyHandle::from(body));
    }
    response
}

/// The answer to a browser's question before the question. It depends on nothing.
fn preflight() -> Response {
    let mut response = Response::new(StatusCode::NO_CONTENT);
    response.set(&header::ACCESS_CONTROL_ALLOW_METHODS, &METHODS);
    response.set(&header::ACCESS_CONTROL_ALLOW_HEADERS, &REQUEST_HEADERS);
    response.set(&header::ACCESS_CONTROL_MAX_AGE, &A_DAY);
    response
}

fn server_timing(line: &Line, elapsed: Duration) -> String {
    let mut timing = String::with_capacity(128);
    // Writing into a string does not fail.
    let _written = write_server_timing(&mut timing, line, elapsed);
    timing
}

fn write_server_timing(timing: &mut String, line: &Line, elapsed: Duration) -> std::fmt::Result {
    if let Some(outcome) = line.cache {
        write!(timing, "cache;desc={}, ", outcome.as_str())?;
    }
    if let Some(spent) = line.origin {
        timing.push_str("origin");
        if let Some(name) = &line.origin_name {
            write!(timing, r#";desc="{name}""#)?;
        }
        write!(timing, ";dur={}, ", Milliseconds(spent))?;
    }
    write!(timing, "edge;dur={}", Milliseconds(elapsed))
}

/// As the header has them, to the microsecond.
struct Milliseconds(Duration);

impl std::fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}.{:03}",
            self.0.as_millis(),
            self.0.subsec_micros() % 1_000
        )
    }
}

// === impl Response ===

impl Response {
    fn new(status: StatusCode) -> Self {
        let mut handle = ResponseHandle::new();
        handle.set_status(status);
        Self {
            handle,
            status,
            body: None,
        }
    }

    fn set(&mut self, name: &HeaderName, value: &HeaderValue) {
        self.handle.insert_header(name, value);
    }

    /// Tells the length the body has, or would have had for `GET`. Left to itself, the platform tells
    /// none for `HEAD` and sends a cached body in chunks.
    fn set_content_length(&mut self, len: usize) {
        self.set(&header::CONTENT_LENGTH, &len.into());
        self.handle
            .set_framing_headers_mode(FramingHeadersMode::ManuallyFromHeaders);
    }

    /// Sends it to who asked.
    pub(crate) fn send(self) {
        let body = self.body.unwrap_or_else(BodyHandle::new);
        self.handle.send_to_client(body);
    }
}
