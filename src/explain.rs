//! An operator's question: why is this viewer refused, or let in?
//!
//! The answer is that of a request like any other, through the same pipeline. Only at its end the
//! body gives way to what was seen, checked and decided. Who asks proves it by a secret; without one
//! in the Secret Store nobody can ask.

use fastly::{compute_runtime, http::HeaderName};
use playback_policy::{
    Compiled, ExplainHeader, ExplainedItems, Explanation, InvalidFacts, Layout, PlaybackError,
    Viewer, ViewerFacts,
};
use serde::Serialize;
use subtle::ConstantTimeEq as _;

use crate::{asked::Asked, cache::Cached, config, error::EdgeError, incoming::Incoming, log::Line};

const HEADER: HeaderName = HeaderName::from_static("playback-explain");

/// A question, and what has been found out for it.
#[derive(Default)]
pub(crate) struct Explaining {
    /// Facts that are taken for true, whatever is seen.
    told: ViewerFacts,
    /// Why the question cannot be understood.
    invalid: Option<InvalidFacts>,
    entry: Option<ExplainedEntry>,
    explanation: Option<Explanation>,
    items: Vec<ExplainedItems>,
}

/// What the answer was made of.
#[derive(Serialize)]
struct ExplainedEntry {
    /// What the origin is asked.
    target: String,
    kind: &'static str,
    age_s: u64,
}

/// The answer as it is written.
#[derive(Serialize)]
struct Told<'a> {
    request_id: &'a str,
    pop: &'a str,
    /// What the viewer would get: the status, and with an error its codes.
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_subcode: Option<&'static str>,
    /// What only operators are told of a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Why the viewer's token opens nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    cache: Option<&'static str>,
    entry: &'a Option<ExplainedEntry>,
    told: &'a ViewerFacts,
    explanation: &'a Option<Explanation>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    items: &'a [ExplainedItems],
}

impl Explaining {
    /// Reads the question, if there is one, and checks that it may be asked.
    pub(crate) fn find(request: &Incoming) -> Result<Option<Self>, EdgeError> {
        let refused = || PlaybackError::ExplanationRefused;
        let values = request.values(&HEADER)?;
        let value = match values.as_slice() {
            [] => return Ok(None),
            [value] => value.as_bytes(),
            _ => return Err(refused().into()),
        };
        let text = str::from_utf8(value).map_err(|_| refused())?;
        let header = ExplainHeader::parse(text).map_err(|_| refused())?;
        let secret = config::explain_secret()?.ok_or_else(refused)?;
        if !bool::from(header.secret().as_bytes().ct_eq(&secret)) {
            return Err(refused().into());
        }
        let mut explaining = Self::default();
        match header.into_facts() {
            Ok(told) => explaining.told = told,
            Err(invalid) => explaining.invalid = Some(invalid),
        }
        Ok(Some(explaining))
    }

    /// Whether the question can be understood.
    pub(crate) fn check(&mut self) -> Result<(), EdgeError> {
        self.invalid
            .take()
            .map_or(Ok(()), |invalid| Err(EdgeError::Facts(invalid)))
    }

    /// The facts that are taken for true.
    pub(crate) fn told(&self) -> &ViewerFacts {
        &self.told
    }

    pub(crate) fn found(&mut self, asked: &Asked<'_>, cached: &Cached) -> Result<(), EdgeError> {
        self.entry = Some(ExplainedEntry {
            target: asked.cache_key.origin_target().to_owned(),
            kind: cached.head.read()?.kind.as_str(),
            age_s: cached.age.as_secs(),
        });
        Ok(())
    }

    /// Explains what is about to be decided, and gives the viewer it is decided for.
    pub(crate) fn explain(
        &mut self,
        rules: &Compiled<'_>,
        layout: &Layout<'_>,
        seen: &Viewer,
    ) -> Result<Viewer, EdgeError> {
        let viewer = self.told.applied_to(seen).map_err(EdgeError::Facts)?;
        self.explanation = Some(playback_policy::explain(rules, &viewer));
        self.items = layout.explain(&viewer).map_err(EdgeError::Items)?;
        Ok(viewer)
    }

    /// The answer. `outcome` is what the viewer would have got.
    pub(crate) fn to_json<T>(&self, outcome: &Result<T, EdgeError>, line: &Line) -> String {
        let error = outcome.as_ref().err();
        let told = error.map(|error| error.told(line.retrieving()));
        let told = told.and_then(|told| told.first().copied());
        let json = Told {
            request_id: &line.request_id,
            pop: compute_runtime::pop(),
            status: told.map_or(200, PlaybackError::status),
            error_code: told.map(PlaybackError::code),
            error_subcode: told.and_then(PlaybackError::subcode),
            detail: error.map(ToString::to_string),
            token: line.token.as_deref(),
            cache: line.cache.map(|outcome| outcome.as_str()),
            entry: &self.entry,
            told: &self.told,
            explanation: &self.explanation,
            items: &self.items,
        };
        serde_json::to_string(&json).unwrap_or_default()
    }
}
