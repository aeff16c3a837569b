//! One log line for each request.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::StatusCode,
    middleware::Next,
    response::Response,
};

/// Logs method, route, status and duration. Never the path itself, the query or a header: they
/// carry policy keys and tokens.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    let status = response.status().as_u16();
    let took_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    if response.status() >= StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(%method, route, status, took_us, "answered");
    } else {
        tracing::info!(%method, route, status, took_us, "answered");
    }
    response
}
