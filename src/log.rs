//! One JSON line per request.
//!
//! Never in it: a policy key, a token, a secret, a whole address, a body. Durations are in
//! microseconds and say so in their name.

use std::{
    fmt::Display,
    io::Write,
    time::{Duration, Instant},
};

use fastly::{Request, compute_runtime, log::Endpoint};
use playback_policy::{Denial, VideoRequest};
use serde::Serialize;

use crate::{cache::CacheOutcome, config::LOG_ENDPOINT, error::EdgeError};

/// The version of the line's shape. A member may be added without a new version.
const VERSION: u8 = 1;

/// What is told of one request.
pub(crate) struct Line {
    pub(crate) request_id: String,
    pub(crate) status: u16,
    pub(crate) key_id: Option<String>,
    pub(crate) cache: Option<CacheOutcome>,
    pub(crate) origin: Option<Duration>,
    method: String,
    account: Option<String>,
    video: Option<String>,
    decision: Option<&'static str>,
    layer: Option<&'static str>,
    member: Option<&'static str>,
    seen: Option<String>,
    error_code: Option<&'static str>,
    error_subcode: Option<&'static str>,
    failure: Option<&'static str>,
    detail: Option<String>,
}

/// The line as it is written.
#[derive(Serialize)]
struct Json<'a> {
    v: u8,
    request_id: &'a str,
    pop: &'a str,
    method: &'a str,
    account: &'a Option<String>,
    video: &'a Option<String>,
    key_id: &'a Option<String>,
    status: u16,
    cache: Option<&'static str>,
    decision: Option<&'static str>,
    layer: Option<&'static str>,
    member: Option<&'static str>,
    seen: &'a Option<String>,
    error_code: Option<&'static str>,
    error_subcode: Option<&'static str>,
    failure: Option<&'static str>,
    detail: &'a Option<String>,
    origin_us: Option<u128>,
    total_us: u128,
}

impl Line {
    pub(crate) fn new(request: &Request) -> Self {
        let request_id = request.get_client_request_id().unwrap_or_default();
        // A method is the viewer's word, and may be long.
        let method = request.get_method_str().chars().take(16).collect();
        Self {
            request_id: request_id.to_owned(),
            status: 0,
            key_id: None,
            cache: None,
            origin: None,
            method,
            account: None,
            video: None,
            decision: None,
            layer: None,
            member: None,
            seen: None,
            error_code: None,
            error_subcode: None,
            failure: None,
            detail: None,
        }
    }

    pub(crate) fn asked_for(&mut self, video: &VideoRequest) {
        self.account = Some(video.account.to_string());
        self.video = Some(video.video.to_string());
    }

    pub(crate) fn allowed(&mut self) {
        self.decision = Some("allow");
    }

    pub(crate) fn denied(&mut self, denial: &Denial<'_>) {
        self.decision = Some("deny");
        self.layer = Some(denial.layer.as_str());
        self.member = Some(denial.member.as_str());
        self.seen = Some(denial.seen.to_string());
    }

    pub(crate) fn failed(&mut self, error: &EdgeError) {
        let told = error.playback_error();
        self.error_code = Some(told.code());
        self.error_subcode = told.subcode();
        self.failure = error.failure();
        self.detail = self.failure.map(|_| error.to_string());
    }

    /// Notes that a stale copy was served although the origin failed.
    pub(crate) fn stood_in(&mut self, error: &EdgeError) {
        self.failure = error.failure();
        self.detail = Some(error.to_string());
    }

    /// Runs a call to the origin and notes how long it took.
    pub(crate) fn timing_origin<T>(&mut self, call: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = call();
        self.origin = Some(started.elapsed());
        result
    }

    pub(crate) fn write(&self, total: Duration) {
        let json = Json {
            v: VERSION,
            request_id: &self.request_id,
            pop: compute_runtime::pop(),
            method: &self.method,
            account: &self.account,
            video: &self.video,
            key_id: &self.key_id,
            status: self.status,
            cache: self.cache.map(CacheOutcome::as_str),
            decision: self.decision,
            layer: self.layer,
            member: self.member,
            seen: &self.seen,
            error_code: self.error_code,
            error_subcode: self.error_subcode,
            failure: self.failure,
            detail: &self.detail,
            origin_us: self.origin.map(|spent| spent.as_micros()),
            total_us: total.as_micros(),
        };
        if let Ok(text) = serde_json::to_string(&json) {
            emit(&text);
        }
    }
}

/// Logs a failure that belongs to no request.
pub(crate) fn failure(what: &str, error: &dyn Display) {
    emit(
        &serde_json::json!({ "v": VERSION, "failure": what, "detail": error.to_string() })
            .to_string(),
    );
}

/// A lost line must not cost the viewer an answer, so failures to write are dropped.
fn emit(text: &str) {
    if let Ok(mut endpoint) = Endpoint::try_from_name(LOG_ENDPOINT) {
        let _lost = endpoint.write_all(text.as_bytes());
    }
}
