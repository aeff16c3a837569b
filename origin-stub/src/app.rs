//! The router and what its handlers share.

use std::{any::Any, sync::Arc};

use axum::{
    Router,
    extract::FromRef,
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, get, post},
};
use playback_policy::{KeyRing, SigningKey};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    admission::{self, Admission},
    auth,
    cms::Cms,
    error::ApiError,
    media::Media,
    metrics::Metrics,
    model::{Playlist, Right, Video},
    request_log,
    routes::{self, Shown, changes::Streams},
    secret::Secret,
    store::Stored,
};

/// What handlers share. Clones are cheap.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) cms: Arc<Cms>,
    pub(crate) metrics: Metrics,
    pub(crate) keys: Arc<Keys>,
    pub(crate) media: Option<Arc<Media>>,
    pub(crate) streams: Streams,
}

impl FromRef<App> for Metrics {
    fn from_ref(app: &App) -> Self {
        app.metrics.clone()
    }
}

/// The signing keys of policy keys.
pub(crate) struct Keys {
    /// Signs new ones.
    pub(crate) minting: SigningKey,
    /// Verifies all.
    pub(crate) ring: KeyRing,
}

/// Who may ask: the edge for playback, editors for the CMS.
pub(crate) struct Proofs {
    pub(crate) edge: Secret,
    pub(crate) cms: Secret,
}

/// How many may ask at once, and wait: the edge must not wait for editors, nor they for it.
pub(crate) struct Doors {
    pub(crate) edge: Admission,
    pub(crate) cms: Admission,
}

/// The whole of the origin's HTTP.
pub(crate) fn router(app: App, proofs: Proofs, doors: Doors) -> Router {
    let edge_in_turn = middleware::from_fn_with_state(doors.edge, admission::admit);
    let editors_in_turn = middleware::from_fn_with_state(doors.cms, admission::admit);
    let edge_only = middleware::from_fn_with_state(Arc::new(proofs.edge), auth::require_bearer);
    let editors_only = middleware::from_fn_with_state(Arc::new(proofs.cms), auth::require_bearer);
    let counted = middleware::from_fn_with_state(app.metrics.clone(), routes::playback::count);
    Router::new()
        // Who has no proof takes no turn.
        .merge(
            playback()
                .layer(edge_in_turn)
                .layer(edge_only)
                .layer(counted),
        )
        .nest("/v1", cms().layer(editors_in_turn).layer(editors_only))
        // Every method, since an error is for every site to read, too.
        .route("/media/{*path}", any(routes::media::answer))
        .route("/healthz", get(routes::health::show))
        .route("/metrics", get(routes::metrics::show))
        .fallback(no_route)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(middleware::from_fn(request_log::log))
        .with_state(app)
}

/// The HTTP of a process that only counts.
pub(crate) fn metrics_router(metrics: Metrics) -> Router {
    Router::new()
        .route("/metrics", get(routes::metrics::show))
        .with_state(metrics)
        .fallback(no_route)
        .method_not_allowed_fallback(method_not_allowed)
}

/// Every path below `/playback` and every method, so that none of them answers without the proof.
fn playback() -> Router<App> {
    Router::new()
        .route("/playback", any(routes::playback::answer))
        .route("/playback/", any(routes::playback::answer))
        .route("/playback/{*rest}", any(routes::playback::answer))
}

fn cms() -> Router<App> {
    use routes::{accounts, changes, explain, policy_keys, purger, records, token_keys};
    Router::new()
        .route("/changes", get(changes::list))
        .route("/changes/stream", get(changes::stream))
        .route("/purger", get(purger::show))
        .route(
            "/accounts/{account}",
            get(accounts::show)
                .put(accounts::put)
                .patch(accounts::patch),
        )
        .route(
            "/accounts/{account}/videos",
            get(records::list::<Video>).post(records::create::<Video>),
        )
        .route(
            "/accounts/{account}/videos/{video}",
            one::<Video>().put(records::create_as::<Video>),
        )
        .route(
            "/accounts/{account}/videos/{video}/explain",
            post(explain::why),
        )
        .route(
            "/accounts/{account}/videos/{video}/where",
            post(explain::places),
        )
        .route(
            "/accounts/{account}/playlists",
            get(records::list::<Playlist>).post(records::create::<Playlist>),
        )
        .route(
            "/accounts/{account}/playlists/{playlist}",
            one::<Playlist>().put(records::create_as::<Playlist>),
        )
        .route(
            "/accounts/{account}/playback_rights",
            get(records::list::<Right>).post(records::create::<Right>),
        )
        .route(
            "/accounts/{account}/playback_rights/{right}",
            one::<Right>().put(records::put::<Right>),
        )
        .route(
            "/accounts/{account}/policy_keys",
            get(policy_keys::list).post(policy_keys::mint),
        )
        .route(
            "/accounts/{account}/policy_keys/{key}",
            get(policy_keys::show).delete(policy_keys::revoke),
        )
        .route(
            "/accounts/{account}/keys",
            get(token_keys::list).post(token_keys::register),
        )
        .route(
            "/accounts/{account}/keys/{key}",
            get(token_keys::show).delete(token_keys::delete),
        )
        .fallback(no_route)
        .method_not_allowed_fallback(method_not_allowed)
}

/// What is done alike with any one record of an account.
fn one<R: Stored + Shown>() -> MethodRouter<App> {
    use routes::records;
    get(records::show::<R>)
        .patch(records::patch::<R>)
        .delete(records::delete::<R>)
}

async fn no_route() -> ApiError {
    ApiError::NoRoute
}

async fn method_not_allowed() -> ApiError {
    ApiError::MethodNotAllowed
}

/// A handler that panicked is a fault of ours; the other requests go on.
fn answer_panic(_panic: Box<dyn Any + Send>) -> Response {
    ApiError::Internal.into_response()
}
