//! Outcome → response. The only place where statuses and headers for viewers are made.

use std::time::{Duration, Instant};

use fastly::{
    Request, Response,
    http::{FramingHeadersMode, Method, StatusCode, header},
};
use playback_policy::{DenyReason, OriginAnswer, PlaybackError};

use crate::{
    deliver::{Content, Delivery},
    error::EdgeError,
    handle::Outcome,
    log::Line,
    shield::Copy,
};

const METHODS: &str = "GET, HEAD, OPTIONS";
/// What players send besides what browsers always allow.
const REQUEST_HEADERS: &str = "Accept, Authorization, BCOV-Policy, Content-Type, If-None-Match";
const EXPOSED: &str = "Age, ETag, Retry-After, Server-Timing, X-Cache";
/// What an answer depends on besides its address.
const VARY: &str = "Accept, Accept-Encoding, Authorization, BCOV-Policy, Origin, Referer";
/// Asks the platform to compress the answer on its way out, for viewers who take that.
///
/// # Source
///
/// Fastly, reference of the `X-Compress-Hint` header.
const COMPRESS_HINT: &str = "x-compress-hint";
/// The answer is for one viewer: no browser and no proxy in between may keep it.
const NOT_STORED: &str = "private, no-store";
const A_DAY: &str = "86400";
const JSON: &str = "application/json; charset=UTF-8";

/// Turns what was found into what the viewer gets, and notes it in the log line.
pub(crate) fn respond(
    request: &Request,
    outcome: Result<Outcome, EdgeError>,
    line: &mut Line,
    started: Instant,
) -> Response {
    let is_head = request.get_method() == Method::HEAD;
    let response = match outcome {
        Ok(Outcome::Healthy) => json(StatusCode::OK, r#"{"status":"ok"}"#.to_owned(), is_head),
        Ok(Outcome::Preflight) => preflight(),
        Ok(Outcome::Explanation {
            json: text,
            is_understood,
        }) => {
            let status = match is_understood {
                true => StatusCode::OK,
                false => StatusCode::BAD_REQUEST,
            };
            json(status, text, is_head)
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
    let response = with_manners(response, line, started.elapsed());
    line.status = response.get_status().as_u16();
    response
}

fn delivered(delivery: Delivery, is_head: bool) -> Response {
    let mut response = match delivery.content {
        Content::Json { body, len } => {
            let mut response = Response::from_status(StatusCode::OK);
            response.set_header(header::CONTENT_TYPE, JSON);
            response.set_header(COMPRESS_HINT, "on");
            if let Some(len) = len {
                set_content_length(&mut response, len);
            }
            if !is_head {
                response.set_body(body);
            }
            response
        }
        Content::Location(location) => {
            // Nobody may remember it: the next viewer gets another, or none.
            Response::from_status(StatusCode::FOUND).with_header(header::LOCATION, location)
        }
        Content::NotModified => Response::from_status(StatusCode::NOT_MODIFIED),
    };
    if response.get_status() != StatusCode::FOUND {
        // Weak: the platform may compress the bytes it is the tag of.
        response.set_header(header::ETAG, format!("W/\"{}\"", delivery.etag));
    }
    response.set_header(header::AGE, delivery.age.as_secs().to_string());
    response
}

/// For another POP: no viewer's headers, and nothing that a cache on the way may keep.
fn copied(copy: Copy) -> Response {
    let age = copy.age.as_secs().to_string();
    Response::from_status(StatusCode::OK)
        .with_header(header::CONTENT_TYPE, OriginAnswer::MEDIA_TYPE)
        .with_header(header::AGE, age)
        .with_body(copy.body.stream)
}

/// The errors in one array; the first one's status is the answer's.
fn playback_errors(errors: &[PlaybackError], request_id: &str, is_head: bool) -> Response {
    let status = errors
        .first()
        .and_then(|error| StatusCode::from_u16(error.status()).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = PlaybackError::all_to_json(errors, request_id);
    let mut response = json(status, body, is_head);
    match errors.first() {
        // RFC 9110 §11.6.1 and §15.5.6 ask for these.
        Some(PlaybackError::InvalidPolicyKey) => {
            response.set_header(header::WWW_AUTHENTICATE, "BCOV-Policy");
        }
        Some(
            PlaybackError::InvalidJwt
            | PlaybackError::Denied(DenyReason::TokenRequired | DenyReason::TokenInvalid),
        ) => {
            response.set_header(header::WWW_AUTHENTICATE, "Bearer");
        }
        // As long as what was counted stays so.
        Some(PlaybackError::TooManyRequests) => response.set_header(header::RETRY_AFTER, "10"),
        Some(PlaybackError::MethodNotAllowed) => response.set_header(header::ALLOW, METHODS),
        _ => {}
    }
    response
}

fn json(status: StatusCode, body: String, is_head: bool) -> Response {
    let mut response = Response::from_status(status).with_header(header::CONTENT_TYPE, JSON);
    set_content_length(&mut response, body.len());
    if !is_head {
        response.set_body(body);
    }
    response
}

/// Tells the length the body has, or would have had for `GET`. Left to itself, the platform tells
/// none for `HEAD` and sends a cached body in chunks.
fn set_content_length(response: &mut Response, len: usize) {
    response.set_header(header::CONTENT_LENGTH, len.to_string());
    response.set_framing_headers_mode(FramingHeadersMode::ManuallyFromHeaders);
}

/// The answer to a browser's question before the question. It depends on nothing.
fn preflight() -> Response {
    Response::from_status(StatusCode::NO_CONTENT)
        .with_header(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS)
        .with_header(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS)
        .with_header(header::ACCESS_CONTROL_MAX_AGE, A_DAY)
}

/// What every answer carries, errors too: a page could not read the error's code otherwise.
fn with_manners(mut response: Response, line: &Line, elapsed: Duration) -> Response {
    response.set_header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    response.set_header(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    response.set_header(header::CACHE_CONTROL, NOT_STORED);
    response.set_header(header::VARY, VARY);
    response.set_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if let Some(outcome) = line.cache {
        response.set_header("x-cache", outcome.as_str());
    }
    response.set_header("server-timing", server_timing(line, elapsed));
    response
}

/// Milliseconds, as the header has them.
fn server_timing(line: &Line, elapsed: Duration) -> String {
    let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
    let cache = line
        .cache
        .map(|outcome| format!("cache;desc={}, ", outcome.as_str()));
    let name = line.origin_name.as_ref();
    let name = name.map_or_else(String::new, |name| format!(r#";desc="{name}""#));
    let origin = line
        .origin
        .map(|spent| format!("origin{name};dur={:.3}, ", ms(spent)));
    let total = format!("edge;dur={:.3}", ms(elapsed));
    [cache, origin, Some(total)].into_iter().flatten().collect()
}
