//! An answer, and what tests claim of it.

use std::fmt;

use hyper::{HeaderMap, body::Bytes};
use serde_json::Value;

/// An answer of the edge, the origin or the purge API.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Headers that travel between origin and edge only.
pub(crate) const INTERNAL_HEADERS: [&str; 14] = [
    "playback-key",
    "playback-account-keys",
    "playback-url-signing",
    "playback-account-rules",
    "playback-video-rules",
    "playback-right-rules",
    "playback-key-rules",
    "playback-account-rules-report-only",
    "playback-video-rules-report-only",
    "playback-right-rules-report-only",
    "surrogate-key",
    "surrogate-control",
    "set-cookie",
    "local-viewer",
];

impl Reply {
    /// The header's only value, if it was sent.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?;
        assert!(values.next().is_none(), "`{name}` was sent twice in {self}");
        Some(value.to_str().expect("answers have readable headers"))
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("the body is not JSON ({error}): {self}"))
    }

    /// The only element of an error array.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        match self.json() {
            Value::Array(errors) if errors.len() == 1 => errors[0].clone(),
            _ => panic!("the body is not an array of one error: {self}"),
        }
    }

    #[track_caller]
    pub(crate) fn assert_status(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// The answer is this video: nobody else's, and nothing that only the CMS may show.
    #[track_caller]
    pub(crate) fn assert_video(&self, id: &str) -> &Self {
        self.assert_status(200);
        let video = self.json();
        assert_eq!(video["id"], id, "{self}");
        for secret in ["geo", "schedule", "state", "complete", "rules", "$rules"] {
            assert!(
                video.get(secret).is_none(),
                "`{secret}` is not for viewers: {self}"
            );
        }
        self
    }

    /// The answer is this error, with exactly this subcode or none.
    #[track_caller]
    pub(crate) fn assert_error(&self, status: u16, code: &str, subcode: Option<&str>) -> &Self {
        if let Err(difference) = self.differs_from_error(status, code, subcode) {
            panic!("{difference}");
        }
        self
    }

    /// What [`Reply::assert_error`] would complain of, for tests that list all failures at once.
    pub(crate) fn differs_from_error(
        &self,
        status: u16,
        code: &str,
        subcode: Option<&str>,
    ) -> Result<(), String> {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let error = &body[0];
        let found = (
            self.status,
            error["error_code"].as_str(),
            error["error_subcode"].as_str(),
        );
        let wanted = (status, Some(code), subcode);
        if found != wanted || body.as_array().map(Vec::len) != Some(1) {
            return Err(format!("expected {wanted:?}, got {found:?}: {self}"));
        }
        let is_told = |member: &str| error[member].as_str().is_some_and(|text| !text.is_empty());
        match is_told("message") && is_told("request_id") {
            true => Ok(()),
            false => Err(format!("the error lacks `message` or `request_id`: {self}")),
        }
    }

    /// Nothing internal got out, every page may read it, and nothing in between may keep it.
    ///
    /// # Errors
    ///
    /// Says what is wrong.
    pub(crate) fn is_fit_for_viewers(&self) -> Result<(), String> {
        for name in INTERNAL_HEADERS {
            if self.headers.contains_key(name) {
                return Err(format!("`{name}` got out: {self}"));
            }
        }
        let value = |name| self.headers.get(name).and_then(|value| value.to_str().ok());
        if value("access-control-allow-origin") != Some("*") {
            return Err(format!("pages elsewhere cannot read this: {self}"));
        }
        let keeps_out = value("cache-control").is_some_and(|value| value.contains("no-store"));
        match keeps_out {
            true => Ok(()),
            false => Err(format!("browsers and proxies may store this: {self}")),
        }
    }

    #[track_caller]
    pub(crate) fn assert_fit_for_viewers(&self) -> &Self {
        if let Err(complaint) = self.is_fit_for_viewers() {
            panic!("{complaint}");
        }
        self
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "  {name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        let text = String::from_utf8_lossy(&self.body);
        let shown: String = text.chars().take(2_000).collect();
        writeln!(f, "  {shown}")
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
