//! `/media/…`: files that signed URLs open.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use tower_http::services::ServeFile;

use crate::{
    app::App,
    error::ApiError,
    media::{Asked, Manifest, MediaFile},
};

/// How long a player may keep a file, in seconds. Less, when the token expires before.
const MAX_AGE: i64 = 60 * 60;

/// Pages of any site may read every answer, since the URL is all they need to bring.
const EVERY_SITE: [(HeaderName, HeaderValue); 2] = [
    (
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    ),
    (
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("Accept-Ranges, Content-Range"),
    ),
];

/// What a page may ask for when it asks first.
const PREFLIGHT: [(HeaderName, HeaderValue); 3] = [
    (
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, HEAD"),
    ),
    (
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("Range"),
    ),
    (
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("86400"),
    ),
];

/// Answers a player.
pub(crate) async fn answer(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let answer = serve(&app, peer, request).await;
    (EVERY_SITE, answer).into_response()
}

async fn serve(app: &App, peer: SocketAddr, request: Request) -> Result<Response, ApiError> {
    let media = app.media.as_ref().ok_or(ApiError::NoRoute)?;
    match *request.method() {
        Method::GET | Method::HEAD => {}
        Method::OPTIONS => return Ok((StatusCode::NO_CONTENT, PREFLIGHT).into_response()),
        _ => return Err(ApiError::MethodNotAllowed),
    }
    let asked = Asked {
        host: &host(request.headers()),
        path: request.uri().path(),
        query: request.uri().query().unwrap_or_default(),
    };
    let now = Timestamp::now().as_second();
    let admission = media.admit(asked, peer.ip(), now)?;
    let max_age = admission.remaining.min(MAX_AGE);
    let file = media.find(asked.path).await.ok_or(ApiError::NoRoute)?;
    let mut response = match file.kind.manifest {
        Some(manifest) => signed(&file, manifest, &admission.pair()).await?,
        None => stream(&file, request).await?,
    };
    let is_kept = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let cache_control = match is_kept {
        true => HeaderValue::try_from(format!("private, max-age={max_age}")),
        false => Ok(HeaderValue::from_static("no-store")),
    };
    if let Ok(value) = cache_control {
        response.headers_mut().insert(header::CACHE_CONTROL, value);
    }
    Ok(response)
}

/// A manifest whose references open with the token that opened it.
async fn signed(file: &MediaFile, manifest: Manifest, pair: &str) -> Result<Response, ApiError> {
    let text = file.read().await.map_err(|error| {
        tracing::error!(path = %file.path.display(), %error, "a manifest cannot be read");
        ApiError::Internal
    })?;
    let content_type = [(header::CONTENT_TYPE, file.kind.content_type)];
    Ok((content_type, manifest.signed(&text, pair)).into_response())
}

/// A file, or the range of it that is asked for.
async fn stream(file: &MediaFile, mut request: Request) -> Result<Response, ApiError> {
    // The range holds only on a condition that is not looked at: without it, the whole file is right.
    if request.headers().contains_key(header::IF_RANGE) {
        request.headers_mut().remove(header::RANGE);
    }
    let answer = ServeFile::new(&file.path)
        .ignore_multi_range_requests(true)
        .try_call(request)
        .await;
    let mut response = answer.map_err(|error| {
        tracing::error!(path = %file.path.display(), %error, "a file cannot be read");
        ApiError::Internal
    })?;
    if let Some(content_type) = response.headers_mut().get_mut(header::CONTENT_TYPE) {
        *content_type = HeaderValue::from_static(file.kind.content_type);
    }
    Ok(response.map(Body::new))
}

/// The host a request is sent to, as tokens name it. Of two, neither counts.
fn host(headers: &HeaderMap) -> String {
    let mut values = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (values.next(), values.next()) else {
        return String::new();
    };
    let host = host.to_str().unwrap_or_default().to_ascii_lowercase();
    match host.strip_suffix(":80") {
        Some(bare) => bare.to_owned(),
        None => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_as_tokens_name_it() {
        for (hosts, want) in [
            (&["media.example.com"][..], "media.example.com"),
            (&["Media.Example.COM:80"], "media.example.com"),
            (&["127.0.0.1:8080"], "127.0.0.1:8080"),
            (&["[2001:db8::80]"], "[2001:db8::80]"),
            (&["media.example.com:443"], "media.example.com:443"),
            (&["a.example.com", "b.example.com"], ""),
            (&[], ""),
        ] {
            let hosts = hosts.iter().map(|host| HeaderValue::from_static(host));
            let headers = hosts.map(|host| (header::HOST, host)).collect();
            assert_eq!(host(&headers), want);
        }
    }
}
