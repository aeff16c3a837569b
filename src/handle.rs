//! The pipeline: request → route → credential → cache entry → decision → delivery.

use fastly::http::Method;
use playback_policy::{
    Compiled, Decision, Needs, Overlay, PlaybackError, PlaybackRequest, Route, TokenState, decide,
    decide_reported,
};

use crate::{
    access::{self, Access},
    asked::Asked,
    cache::{self, Cached, Head},
    config::Config,
    deliver::{self, Allowed, Delivery},
    error::EdgeError,
    explain::Explaining,
    incoming::Incoming,
    log::Line,
    rate_limit::Client,
    shield::{self, Copy},
    token, viewer,
};

/// What a request is answered with, when it is not an error.
pub(crate) enum Outcome {
    /// The program runs and finds its configuration.
    Healthy,
    /// Which methods and headers a browser may send from another site.
    Preflight,
    /// What the viewer asked for and may have.
    Delivery(Delivery),
    /// Why the viewer may have it, or not.
    Explanation {
        json: String,
        /// Whether the facts told could be understood.
        is_understood: bool,
    },
    /// What the origin said, for another POP.
    Copy(Copy),
}

/// Finds the answer to one request.
pub(crate) fn handle(request: &Incoming, line: &mut Line) -> Result<Outcome, EdgeError> {
    match request.method() {
        Some(&Method::GET | &Method::HEAD) => {}
        Some(&Method::OPTIONS) => return Ok(Outcome::Preflight),
        Some(_) | None => return Err(PlaybackError::MethodNotAllowed.into()),
    }
    let (path, query) = request.target()?;
    let route = Route::parse(path, query);
    let asked_for = match route.map_err(PlaybackError::from)? {
        Route::Health => return Config::load().map(|_| Outcome::Healthy),
        Route::Playback(asked_for) => asked_for,
    };
    line.asked_for(&asked_for);
    if shield::is_asked_by_pop(request, line) {
        return shield::answer(request, &asked_for, line).map(Outcome::Copy);
    }
    let Some(mut explaining) = Explaining::find(request)? else {
        return answer(request, &asked_for, None, line).map(Outcome::Delivery);
    };
    line.is_explanation = true;
    let answered = explaining
        .check()
        .and_then(|()| answer(request, &asked_for, Some(&mut explaining), line));
    let is_understood = !matches!(answered, Err(EdgeError::Facts(_)));
    Ok(Outcome::Explanation {
        json: explaining.to_json(&answered, line),
        is_understood,
    })
}

/// Finds what the viewer gets. Who explains gets to know what was found on the way.
fn answer(
    request: &Incoming,
    asked_for: &PlaybackRequest,
    mut explaining: Option<&mut Explaining>,
    line: &mut Line,
) -> Result<Delivery, EdgeError> {
    let config = Config::load()?;
    let client = Client::of(request, &config.rate_limits);
    let access = access::access(request, &client, config, asked_for, line)?;
    let asked = Asked::new(asked_for, access.key.as_deref(), config);
    let cached = cache::answer(&asked, &client, config, line)?;
    if let Some(explaining) = &mut explaining {
        explaining.found(&asked, &cached)?;
    }
    let Cached {
        head, body, age, ..
    } = cached;
    let allowed = judge(request, &client, &access, &asked, &head, explaining, line)?;
    deliver::deliver(request, &allowed, body, age, &line.request_id)
}

/// Decides whether this viewer may have this entry with these credentials, and which items of a
/// list.
fn judge<'h>(
    request: &Incoming,
    client: &Client<'_>,
    access: &Access,
    asked: &Asked<'_>,
    head: &'h Head,
    explaining: Option<&mut Explaining>,
    line: &mut Line,
) -> Result<Allowed<'h>, EdgeError> {
    let entry = head.read()?;
    let error = entry.kind.error();
    let key = access.key.as_ref().map(|key| &key.policy);
    // Without a key nobody is told what there is not, before the token is found good.
    if let (Some(error), Some(_)) = (error, key) {
        return Err(error.into());
    }
    let plan = head.plan()?;
    let key_rules = match (asked.overlay, &access.key) {
        (Overlay::Edge, Some(key)) => key.rules.as_slice(),
        // They came with the entry.
        (Overlay::Origin, _) | (_, None) => &[],
    };
    let of_key = Compiled::read(key_rules).map_err(EdgeError::KeyRules)?;
    let rules = plan.rules.overlaid(of_key);
    let needs = match explaining {
        Some(_) => Needs::ALL,
        None => rules.needs().or(plan.layout.needs()),
    };
    let told = explaining.as_ref().map(|explaining| explaining.told());
    let mut viewer = viewer::viewer(request, key, needs, &rules, &plan.layout, told)?;
    if key.is_none() || needs.token {
        let (text, section) = (access.token.as_deref(), plan.tokens.as_ref());
        viewer.token = token::state(text, request, client, asked.request, section, &viewer, line)?;
    }
    if let Some(explaining) = explaining {
        viewer = explaining.explain(&rules, &plan.layout, &viewer)?;
    }
    if key.is_none() && viewer.token != TokenState::Valid {
        return Err(access::refused_token(asked.request).into());
    }
    if let Some(error) = error {
        return Err(error.into());
    }
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
    Ok(Allowed {
        entry,
        layout: plan.layout,
        viewer,
        selection,
    })
}
