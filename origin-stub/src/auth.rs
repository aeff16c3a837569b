//! Who may ask. One check before anything else of a request is looked at.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{error::ApiError, secret::Secret};

/// Answers 401 to every request without `Authorization: Bearer {secret}`.
pub(crate) async fn require_bearer(
    State(secret): State<Arc<Secret>>,
    request: Request,
    next: Next,
) -> Response {
    if bearer(request.headers()).is_some_and(|presented| secret.matches(presented)) {
        next.run(request).await
    } else {
        ApiError::Unauthorized.into_response()
    }
}

/// The token of the one `Authorization` header. Of two, neither counts.
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?.as_bytes(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.split_at_checked(b"Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then_some(token)
}
