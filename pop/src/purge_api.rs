//! Fastly's purge API, for all POPs of this process.
//!
//! Routes, credentials and answers are those of `api.fastly.com`, so its clients work: the `fastly`
//! CLI, the `fastly` packages of npm and PyPI, and any purger that takes a base URL. Purges by URL
//! are missing on purpose: on Fastly they do not reach the Core Cache either.
//!
//! Source: fastly.com/documentation/reference/api/purging, and the OpenAPI description inside
//! Fastly's clients.

mod answers;
mod keys;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Error};
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tracing::{error, info};
use viceroy_lib::cache::SurrogateKey;

use self::answers::{Purged, Refusal};
use crate::pop::Pop;
use crate::stop::Stop;

/// One service with its POPs, and who may purge it.
pub(crate) struct PurgeApi {
    service_id: String,
    token: String,
    pops: Vec<Arc<Pop>>,
    purges: AtomicU64,
    /// Held while caches are emptied, so that two requests do not compile at once.
    emptying: Mutex<()>,
}

/// Serves the purge API on `listener` until it is time to stop.
///
/// # Errors
///
/// The listener fails as a whole.
pub(crate) async fn serve(api: PurgeApi, listener: TcpListener, stop: Stop) -> Result<(), Error> {
    axum::serve(listener, router(api))
        .with_graceful_shutdown(stop.requested())
        .await
        .context("the purge API stopped listening")
}

fn router(api: PurgeApi) -> Router {
    let api = Arc::new(api);
    Router::new()
        // The official clients do not encode `/` in a key: the rest of the path is the key.
        .route("/service/{service}/purge/{*key}", post(purge_key))
        .route("/service/{service}/purge", post(purge_keys))
        .route("/service/{service}/purge_all", post(purge_all))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&api), authorize))
        .route(
            "/realms/fastly/.well-known/openid-configuration",
            get(openid_configuration),
        )
        .fallback(|| async { Refusal::UnknownRoute })
        .method_not_allowed_fallback(|| async { Refusal::WrongMethod })
        .with_state(api)
}

/// Credentials first: who may not purge is not told which services there are.
async fn authorize(
    State(api): State<Arc<PurgeApi>>,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let key = request.headers().get("fastly-key");
    if key.is_none_or(|key| key.as_bytes() != api.token.as_bytes()) {
        return Err(Refusal::Credentials);
    }
    // Not through an extractor: that would decode the key too, and refuse a bad one in its own words.
    let service = request.uri().path().split('/').nth(2);
    if service != Some(api.service_id.as_str()) {
        return Err(Refusal::UnknownService);
    }
    Ok(next.run(request).await)
}

async fn purge_key(
    State(api): State<Arc<PurgeApi>>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Result<Purged, Refusal> {
    let Path((_, key)) = path.map_err(|_| keys::InvalidKey::NotAscii)?;
    let keys = vec![keys::parse(&key)?];
    api.purge(keys, is_soft(&headers)).await?;
    Ok(Purged::Key { id: api.next_id() })
}

async fn purge_keys(
    State(api): State<Arc<PurgeApi>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Purged, Refusal> {
    let body = body.map_err(|cause| Refusal::InvalidBody(cause.to_string()))?;
    let keys = keys::of_batch(&headers, &body)?;
    let ids: BTreeMap<_, _> = keys
        .iter()
        .map(|key| (key.to_string(), api.next_id()))
        .collect();
    api.purge(keys, is_soft(&headers)).await?;
    Ok(Purged::Keys(ids))
}

async fn purge_all(
    State(api): State<Arc<PurgeApi>>,
    headers: HeaderMap,
) -> Result<Purged, Refusal> {
    if is_soft(&headers) {
        return Err(Refusal::SoftPurgeAll);
    }
    api.purge_all().await?;
    Ok(Purged::All)
}

/// "Typically set to `1` when used, but the value is not important": Fastly's API description.
fn is_soft(headers: &HeaderMap) -> bool {
    headers.contains_key("fastly-soft-purge")
}

/// The CLI asks its account endpoint for this before anything else; with a token it uses none of it.
async fn openid_configuration(headers: HeaderMap) -> Json<Value> {
    let host = headers
        .get("host")
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost");
    let issuer = format!("http://{host}/realms/fastly");
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/protocol/openid-connect/auth"),
        "token_endpoint": format!("{issuer}/protocol/openid-connect/token"),
        "jwks_uri": format!("{issuer}/protocol/openid-connect/certs"),
    }))
}

// === impl PurgeApi ===

impl PurgeApi {
    pub(crate) fn new(service_id: String, token: String, pops: Vec<Arc<Pop>>) -> Self {
        Self {
            service_id,
            token,
            pops,
            purges: AtomicU64::new(0),
            emptying: Mutex::new(()),
        }
    }

    /// Purges the keys in every POP. A request that comes after this has returned finds nothing fresh
    /// that they marked.
    async fn purge(self: &Arc<Self>, keys: Vec<SurrogateKey>, soft: bool) -> Result<(), Refusal> {
        let api = Arc::clone(self);
        // Each key is looked for in every entry: up to 256 walks through every cache.
        let purge = move || {
            for key in &keys {
                let entries: usize = api.pops.iter().map(|pop| pop.purge(key, soft)).sum();
                info!(%key, soft, entries, "purged");
            }
        };
        spawn_blocking(purge).await.map_err(|cause| {
            error!("a purge failed: {cause}");
            Refusal::Failed
        })
    }

    async fn purge_all(self: &Arc<Self>) -> Result<(), Refusal> {
        let _alone = self.emptying.lock().await;
        let api = Arc::clone(self);
        let purge_all = move || api.pops.iter().try_for_each(|pop| pop.purge_all());
        let outcome = spawn_blocking(purge_all).await;
        outcome
            .unwrap_or_else(|panic| Err(panic.into()))
            .map_err(|cause| {
                error!("purge all failed: {cause:#}");
                Refusal::Failed
            })
    }

    /// An id as Fastly's look, `108-1391560174-974124`: here the number in the middle is the time in
    /// seconds, and the last one counts.
    fn next_id(&self) -> String {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let count = self.purges.fetch_add(1, Ordering::Relaxed);
        format!("108-{}-{count:06}", now.as_secs())
    }
}

#[cfg(test)]
mod tests;
