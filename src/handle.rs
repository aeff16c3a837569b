//! The pipeline: request → route → credential → cache entry → decision.

use fastly::{Request, http::Method};
use playback_policy::{
    Compiled, Credential, Decision, LayerKind, PlaybackError, PolicyKey, Route, VideoRequest,
    compile, decide,
};

use crate::{
    cache::{self, Cached},
    config::Config,
    error::EdgeError,
    log::Line,
    viewer,
};

/// What a request is answered with, when it is not an error.
pub(crate) enum Outcome {
    /// The program runs and finds its configuration.
    Healthy,
    /// Which methods and headers a browser may send from another site.
    Preflight,
    /// A video the viewer may have.
    Video(Cached),
}

/// Finds the answer to one request.
pub(crate) fn handle(request: &Request, line: &mut Line) -> Result<Outcome, EdgeError> {
    match *request.get_method() {
        Method::GET | Method::HEAD => {}
        Method::OPTIONS => return Ok(Outcome::Preflight),
        _ => return Err(PlaybackError::MethodNotAllowed.into()),
    }
    let route = Route::parse(request.get_path(), request.get_query_str());
    let video = match route.map_err(PlaybackError::from)? {
        Route::Health => return Config::load().map(|_| Outcome::Healthy),
        Route::Video(video) => video,
    };
    line.asked_for(&video);
    let config = Config::load()?;
    let key = credential(request, config, &video, line)?;
    let cached = cache::answer(&video, config, line)?;
    judge(request, &key, &cached, line)?;
    Ok(Outcome::Video(cached))
}

/// Verifies the policy key, before the cache or the origin hear of the request.
fn credential(
    request: &Request,
    config: &Config,
    video: &VideoRequest,
    line: &mut Line,
) -> Result<PolicyKey, EdgeError> {
    let values = |name: &'static str| request.get_header_all(name);
    let found = Credential::find(values).map_err(EdgeError::Credential)?;
    let key = config
        .keys
        .verify(found.as_str())
        .map_err(EdgeError::PolicyKey)?;
    line.key_id.clone_from(&key.key_id);
    if key.account != video.account {
        return Err(PlaybackError::OtherAccount.into());
    }
    if key.require_ad_config && video.ad_config_id.is_none() {
        return Err(PlaybackError::AdConfigRequired.into());
    }
    Ok(key)
}

/// Decides whether this viewer may have this entry under this key.
fn judge(
    request: &Request,
    key: &PolicyKey,
    cached: &Cached,
    line: &mut Line,
) -> Result<(), EdgeError> {
    let entry = cached.head()?;
    if let Some(error) = entry.kind.error() {
        return Err(error.into());
    }
    let key_layers: Vec<_> = key
        .rules
        .iter()
        .map(|rules| (LayerKind::Key, rules))
        .collect();
    let key_rules = compile(&key_layers);
    let of_key = Compiled::read(&key_rules).map_err(EdgeError::KeyRules)?;
    let rules = entry.rules(cached.front())?.overlaid(of_key);
    let viewer = viewer::viewer(request, rules.needs())?;
    match decide(&rules, &viewer) {
        Decision::Allow => Ok(()),
        Decision::Deny(denial) => {
            line.denied(&denial);
            let reason = denial.reason(viewer.place.country);
            Err(PlaybackError::Denied(reason).into())
        }
    }
}
