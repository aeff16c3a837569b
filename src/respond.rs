//! Outcome → response. The only place where statuses and headers for viewers are made.

use std::time::{Duration, Instant};

use fastly::{
    Request, Response,
    http::{FramingHeadersMode, Method, StatusCode, header},
};
use playback_policy::PlaybackError;

use crate::{cache::Cached, error::EdgeError, handle::Outcome, log::Line};

const METHODS: &str = "GET, HEAD, OPTIONS";
/// What players send besides what browsers always allow.
const REQUEST_HEADERS: &str = "Accept, Authorization, BCOV-Policy, Content-Type";
const EXPOSED: &str = "Age, ETag, Server-Timing, X-Cache";
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
        Ok(Outcome::Video(cached)) => {
            line.allowed();
            video(cached, is_head)
        }
        Err(error) => {
            line.failed(&error);
            playback_error(error.playback_error(), &line.request_id, is_head)
        }
    };
    let response = with_manners(response, line, started.elapsed());
    line.status = response.get_status().as_u16();
    response
}

fn video(cached: Cached, is_head: bool) -> Response {
    let mut response = Response::from_status(StatusCode::OK);
    if let Ok(head) = cached.head()
        && !head.etag.is_empty()
    {
        response.set_header(header::ETAG, head.etag);
    }
    response.set_header(header::CONTENT_TYPE, JSON);
    response.set_header(header::AGE, cached.age.as_secs().to_string());
    if let Some(len) = cached.body_len() {
        set_content_length(&mut response, len);
    }
    if !is_head {
        response.set_body(cached.into_body());
    }
    response
}

fn playback_error(error: PlaybackError, request_id: &str, is_head: bool) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json(status, error.to_json(request_id), is_head);
    match error {
        // RFC 9110 §11.6.1 and §15.5.6 ask for these two.
        PlaybackError::InvalidPolicyKey => {
            response.set_header(header::WWW_AUTHENTICATE, "BCOV-Policy");
        }
        PlaybackError::MethodNotAllowed => response.set_header(header::ALLOW, METHODS),
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
    let origin = line
        .origin
        .map(|spent| format!("origin;dur={:.3}, ", ms(spent)));
    let total = format!("edge;dur={:.3}", ms(elapsed));
    [cache, origin, Some(total)].into_iter().flatten().collect()
}
