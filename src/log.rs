//! One JSON line per request.
//!
//! Never in it: a policy key, a token, a secret, a whole address, a body. Durations are in
//! microseconds and say so in their name.

use std::{fmt::Display, io::Write, time::Duration};

use fastly::{compute_runtime, http::Method, log::Endpoint};
use playback_policy::{Denial, PlaybackRequest, Resource, Retrieving, Selection};
use serde::Serialize;

use crate::{cache::CacheOutcome, config::LOG_ENDPOINT, error::EdgeError, incoming::Incoming};

/// The version of the line's shape. A member may be added without a new version.
const VERSION: u8 = 1;
/// A line's length, mostly.
const USUAL: usize = 1_024;

/// What is told of one request.
pub(crate) struct Line {
    pub(crate) request_id: String,
    pub(crate) status: u16,
    pub(crate) key_id: Option<String>,
    pub(crate) cache: Option<CacheOutcome>,
    /// How long the origins took.
    pub(crate) origin: Option<Duration>,
    /// Which of them answered.
    pub(crate) origin_name: Option<String>,
    origins_failed: Vec<String>,
    /// Whether another POP asked, or somebody said to be one.
    pub(crate) hop: Option<Hop>,
    /// Whether somebody only asked what would be decided: then nothing was.
    pub(crate) is_explanation: bool,
    /// Why the viewer's token opens nothing.
    pub(crate) token: Option<String>,
    /// The CPU this sandbox had spent when the request came, in milliseconds.
    vcpu_before: u64,
    method: String,
    account: Option<String>,
    resource: Option<&'static str>,
    video: Option<String>,
    playlist: Option<String>,
    /// How many items a list has, how many of them this viewer was not given, and how many rules that
    /// only report would have kept back.
    items: Option<(usize, usize, usize)>,
    /// What would have refused, were it enforced.
    reported: Option<Reported>,
    decision: Option<&'static str>,
    layer: Option<&'static str>,
    member: Option<&'static str>,
    seen: Option<String>,
    error_code: Option<&'static str>,
    error_subcode: Option<&'static str>,
    failure: Option<&'static str>,
    detail: Option<String>,
}

/// Who asks as a POP.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Hop {
    /// One that has proven to be one.
    Asked,
    /// Anybody: what they say is a viewer's word.
    Unproven,
}

/// A refusal that was not enforced.
#[derive(Serialize)]
struct Reported {
    layer: &'static str,
    member: &'static str,
    seen: String,
}

/// The line as it is written.
#[derive(Serialize)]
struct Json<'a> {
    v: u8,
    request_id: &'a str,
    pop: &'a str,
    method: &'a str,
    account: &'a Option<String>,
    resource: Option<&'static str>,
    video: &'a Option<String>,
    playlist: &'a Option<String>,
    items: Option<usize>,
    left_out: Option<usize>,
    token: &'a Option<String>,
    report_only: Option<&'a Reported>,
    report_only_items: Option<usize>,
    key_id: &'a Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    explanation: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    hop: Option<Hop>,
    status: u16,
    cache: Option<&'static str>,
    decision: Option<&'static str>,
    layer: Option<&'static str>,
    member: Option<&'static str>,
    seen: Option<&'a String>,
    error_code: Option<&'static str>,
    error_subcode: Option<&'static str>,
    failure: Option<&'static str>,
    detail: &'a Option<String>,
    origin: Option<&'a String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    origins_failed: &'a [String],
    origin_us: Option<u128>,
    total_us: u128,
    vcpu_ms: u64,
}

impl Line {
    pub(crate) fn new(request: &Incoming) -> Self {
        // A method is the viewer's word, and may be long.
        let method = request.method().map_or("", Method::as_str);
        let method = method.chars().take(16).collect();
        Self {
            request_id: request.id(),
            status: 0,
            key_id: None,
            cache: None,
            origin: None,
            origin_name: None,
            origins_failed: Vec::new(),
            hop: None,
            is_explanation: false,
            vcpu_before: vcpu_ms(),
            method,
            account: None,
            resource: None,
            video: None,
            playlist: None,
            items: None,
            reported: None,
            token: None,
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

    pub(crate) fn asked_for(&mut self, asked_for: &PlaybackRequest) {
        self.account = Some(asked_for.account.to_string());
        let (kind, video) = match &asked_for.resource {
            Resource::Video(video) => ("video", Some(video)),
            Resource::Static(video, asset) => (asset.as_str(), Some(video)),
            Resource::Related(video, _) => ("related", Some(video)),
            Resource::Search(_) => ("search", None),
            Resource::Playlist(playlist, _) => {
                self.playlist = Some(playlist.to_string());
                ("playlist", None)
            }
        };
        self.resource = Some(kind);
        self.video = video.map(ToString::to_string);
    }

    /// What the origin is asked for, should it fail.
    pub(crate) fn retrieving(&self) -> Retrieving {
        match self.playlist {
            Some(_) => Retrieving::Playlist,
            None => Retrieving::Video,
        }
    }

    pub(crate) fn selected(&mut self, selection: &Selection) {
        if !selection.is_empty() {
            self.items = Some((selection.len(), selection.left_out(), selection.reported()));
        }
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

    /// Notes why a token opens nothing. Nothing of the token itself is in it.
    pub(crate) fn token_refused(&mut self, why: &dyn Display) {
        self.token = Some(why.to_string());
    }

    /// Notes what rules that only report would have refused.
    pub(crate) fn reported(&mut self, denial: &Denial<'_>) {
        self.reported = Some(Reported {
            layer: denial.layer.as_str(),
            member: denial.member.as_str(),
            seen: denial.seen.to_string(),
        });
    }

    pub(crate) fn failed(&mut self, error: &EdgeError) {
        if let Some(told) = error.told(self.retrieving()).first() {
            self.error_code = Some(told.code());
            self.error_subcode = told.subcode();
        }
        if matches!(error, EdgeError::AllRefused(_)) {
            self.decision = Some("deny");
        }
        self.failure = error.failure();
        self.detail = self.failure.map(|_| error.to_string());
    }

    /// Notes that a stale copy was served although the origin failed.
    pub(crate) fn stood_in(&mut self, error: &EdgeError) {
        self.failure = error.failure();
        self.detail = Some(error.to_string());
    }

    /// Notes which origin gave the answer.
    pub(crate) fn origin_answered(&mut self, name: &str) {
        self.origin_name = Some(name.to_owned());
    }

    /// Notes an origin that gave none.
    pub(crate) fn origin_failed(&mut self, name: &str) {
        self.origins_failed.push(name.to_owned());
    }

    pub(crate) fn write(&self, total: Duration) {
        let is_decision = !self.is_explanation;
        let json = Json {
            v: VERSION,
            request_id: &self.request_id,
            pop: compute_runtime::pop(),
            method: &self.method,
            account: &self.account,
            resource: self.resource,
            video: &self.video,
            playlist: &self.playlist,
            items: self.items.map(|(items, ..)| items),
            left_out: self.items.map(|(_, left_out, _)| left_out),
            token: &self.token,
            report_only: self.reported.as_ref().filter(|_| is_decision),
            report_only_items: self.items.map(|(.., reported)| reported).filter(|n| *n > 0),
            key_id: &self.key_id,
            explanation: self.is_explanation,
            hop: self.hop,
            status: self.status,
            cache: self.cache.map(CacheOutcome::as_str),
            decision: self.decision.filter(|_| is_decision),
            layer: self.layer.filter(|_| is_decision),
            member: self.member.filter(|_| is_decision),
            seen: self.seen.as_ref().filter(|_| is_decision),
            error_code: self.error_code,
            error_subcode: self.error_subcode,
            failure: self.failure,
            detail: &self.detail,
            origin: self.origin_name.as_ref(),
            origins_failed: &self.origins_failed,
            origin_us: self.origin.map(|spent| spent.as_micros()),
            total_us: total.as_micros(),
            vcpu_ms: vcpu_ms().saturating_sub(self.vcpu_before),
        };
        let mut text = Vec::with_capacity(USUAL);
        if serde_json::to_writer(&mut text, &json).is_ok() {
            emit(&text);
        }
    }
}

/// The CPU this sandbox has spent, in milliseconds. The platform tells it for the sandbox as a whole.
fn vcpu_ms() -> u64 {
    compute_runtime::elapsed_vcpu_ms().unwrap_or_default()
}

/// Logs a failure that belongs to no request.
pub(crate) fn failure(what: &str, error: &dyn Display) {
    let line = serde_json::json!({ "v": VERSION, "failure": what, "detail": error.to_string() });
    emit(line.to_string().as_bytes());
}

/// A lost line must not cost the viewer an answer, so failures to write are dropped.
fn emit(line: &[u8]) {
    if let Ok(mut endpoint) = Endpoint::try_from_name(LOG_ENDPOINT) {
        let _lost = endpoint.write_all(line);
    }
}
