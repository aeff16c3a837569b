//! The pipeline: request → route → credential → cache entry → decision → delivery.

use std::borrow::Cow;

use fastly::{Request, http::Method};
use playback_policy::{
    Compiled, Credential, Decision, LayerKind, Overlay, PlaybackError, PlaybackRequest, PolicyKey,
    Resource, Route, Selection, Viewer, bcov_auth, compile, decide, decide_reported,
};

use crate::{
    asked::Asked,
    cache::{self, Head},
    config::Config,
    deliver::{self, Delivery},
    error::EdgeError,
    log::Line,
    size, viewer,
};

/// What a request is answered with, when it is not an error.
pub(crate) enum Outcome {
    /// The program runs and finds its configuration.
    Healthy,
    /// Which methods and headers a browser may send from another site.
    Preflight,
    /// What the viewer asked for and may have.
    Delivery(Delivery),
}

/// Finds the answer to one request.
pub(crate) fn handle(request: &Request, line: &mut Line) -> Result<Outcome, EdgeError> {
    match *request.get_method() {
        Method::GET | Method::HEAD => {}
        Method::OPTIONS => return Ok(Outcome::Preflight),
        _ => return Err(PlaybackError::MethodNotAllowed.into()),
    }
    size::check(request)?;
    let route = Route::parse(request.get_path(), request.get_query_str());
    let asked_for = match route.map_err(PlaybackError::from)? {
        Route::Health => return Config::load().map(|_| Outcome::Healthy),
        Route::Playback(asked_for) => asked_for,
    };
    line.asked_for(&asked_for);
    let config = Config::load()?;
    let text = credential(request, &asked_for)?;
    let key = verify(&text, config, &asked_for, line)?;
    let asked = Asked::new(&asked_for, &text, config);
    let cached = cache::answer(&asked, config, line)?;
    let (viewer, selection) = judge(request, &key, config, &cached.head, line)?;
    let delivery = deliver::deliver(request, cached, &viewer, &selection, &line.request_id)?;
    Ok(Outcome::Delivery(delivery))
}

/// Finds the policy key. Static addresses are opened by players that send no headers of ours: they
/// bring it in the query.
fn credential(request: &Request, asked_for: &PlaybackRequest) -> Result<String, EdgeError> {
    let in_query = match asked_for.resource {
        Resource::Static(..) => request.get_query_str().and_then(bcov_auth),
        Resource::Video(_)
        | Resource::Related(..)
        | Resource::Search(_)
        | Resource::Playlist(..) => None,
    };
    // No policy key has a dot in it; a token has two.
    if in_query.as_deref().is_some_and(|text| text.contains('.')) {
        return Err(PlaybackError::InvalidJwt.into());
    }
    let values = |name: &'static str| request.get_header_all(name);
    let found = Credential::find(values, in_query.as_ref().map(Cow::as_ref));
    Ok(found.map_err(EdgeError::Credential)?.as_str().to_owned())
}

/// Verifies the policy key, before the cache or the origin hear of the request.
fn verify(
    text: &str,
    config: &Config,
    asked_for: &PlaybackRequest,
    line: &mut Line,
) -> Result<PolicyKey, EdgeError> {
    let key = config.keys.verify(text).map_err(EdgeError::PolicyKey)?;
    line.key_id.clone_from(&key.key_id);
    if key.account != asked_for.account {
        return Err(PlaybackError::OtherAccount.into());
    }
    if asked_for.is_search() && !key.is_search_enabled {
        return Err(PlaybackError::SearchNotAllowed.into());
    }
    if key.require_ad_config && asked_for.ad_config_id.is_none() {
        return Err(PlaybackError::AdConfigRequired.into());
    }
    match &asked_for.resource {
        Resource::Static(_, asset) if asset.is_vmap() && asked_for.ad_config_id.is_none() => {
            Err(PlaybackError::VmapWithoutAdConfig.into())
        }
        _ => Ok(key),
    }
}

/// Decides whether this viewer may have this entry under this key, and which items of a list.
fn judge(
    request: &Request,
    key: &PolicyKey,
    config: &Config,
    head: &Head,
    line: &mut Line,
) -> Result<(Viewer, Selection), EdgeError> {
    if let Some(error) = head.read()?.kind.error() {
        return Err(error.into());
    }
    let plan = head.plan()?;
    let key_layers: Vec<_> = match config.overlay {
        Overlay::Edge => key
            .rules
            .iter()
            .map(|rules| (LayerKind::Key, rules))
            .collect(),
        // They came with the entry.
        Overlay::Origin => Vec::new(),
    };
    let key_rules = compile(&key_layers);
    let of_key = Compiled::read(&key_rules).map_err(EdgeError::KeyRules)?;
    let rules = plan.rules.overlaid(of_key);
    let viewer = viewer::viewer(request, key, &rules, &plan.layout)?;
    if let Decision::Deny(denial) = decide_reported(&rules, &viewer) {
        line.reported(&denial);
    }
    if let Decision::Deny(denial) = decide(&rules, &viewer) {
        line.denied(&denial);
        let reason = denial.reason(viewer.place.country);
        return Err(PlaybackError::Denied(reason).into());
    }
    let selection = plan.layout.select(&viewer).map_err(EdgeError::Items)?;
    line.selected(&selection);
    if selection.is_refused() {
        return Err(EdgeError::AllRefused(selection.refusals().to_vec()));
    }
    Ok((viewer, selection))
}
