//! The viewers' side of a POP: HTTP/1.1, with Fastly's limits.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Error};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::{AddrIncoming, AddrStream};
use hyper::service::{make_service_fn, service_fn};
use hyper::{Request, Response, Server, StatusCode, Uri};
use tokio::net::TcpListener;
use viceroy_lib::body::Body;

use crate::pop::{Pop, plain};
use crate::stop::Stop;
use crate::viewer;

/// Path and query, in bytes. Source: docs.fastly.com, "Compute resource limits".
const URL_LIMIT: usize = 8192;

/// All headers of a request, in bytes as HTTP/1.1 writes them; same source. Hyper's own limits are
/// three times as much, and 100 headers; Fastly publishes no number of headers.
const HEADERS_LIMIT: usize = 128 * 1024;

/// Serves viewers on `listener` until it is time to stop, then finishes what it began.
///
/// # Errors
///
/// The listener fails as a whole; a failing connection ends alone.
pub(crate) async fn serve(
    pop: Arc<Pop>,
    listener: TcpListener,
    viewer_header: HeaderName,
    stop: Stop,
) -> Result<(), Error> {
    let mut incoming = AddrIncoming::from_listener(listener)?;
    incoming.set_nodelay(true);
    let name = pop.name().to_owned();
    let service = make_service_fn(move |connection: &AddrStream| {
        let (local, peer) = (connection.local_addr(), connection.remote_addr());
        let (pop, viewer_header) = (Arc::clone(&pop), viewer_header.clone());
        let service = service_fn(move |request| {
            let (pop, viewer_header) = (Arc::clone(&pop), viewer_header.clone());
            async move {
                let response = admit(&pop, request, local, peer, &viewer_header).await;
                Ok::<_, Infallible>(response)
            }
        });
        async { Ok::<_, Infallible>(service) }
    });
    Server::builder(incoming)
        .http1_only(true)
        .serve(service)
        .with_graceful_shutdown(stop.requested())
        .await
        .with_context(|| format!("POP `{name}` stopped listening"))
}

/// Lets a request through to the program, as the viewer it names or else as the peer of its
/// connection.
async fn admit(
    pop: &Pop,
    mut request: Request<hyper::Body>,
    local: SocketAddr,
    peer: SocketAddr,
    viewer_header: &HeaderName,
) -> Response<Body> {
    let viewer = match viewer::take(request.headers_mut(), viewer_header) {
        Ok(Some(address)) => SocketAddr::new(address, peer.port()),
        Ok(None) => peer,
        Err(invalid) => return plain(StatusCode::BAD_REQUEST, &invalid.to_string()),
    };
    if url_length(request.uri()) > URL_LIMIT {
        let text = format!("the URL is longer than {URL_LIMIT} bytes");
        return plain(StatusCode::URI_TOO_LONG, &text);
    }
    if headers_length(request.headers()) > HEADERS_LIMIT {
        let text = format!("the headers are longer than {HEADERS_LIMIT} bytes");
        return plain(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, &text);
    }
    pop.answer(request, local, viewer).await
}

fn url_length(url: &Uri) -> usize {
    url.path_and_query().map_or(0, |url| url.as_str().len())
}

fn headers_length(headers: &HeaderMap) -> usize {
    let line = |(name, value): (&HeaderName, &HeaderValue)| {
        name.as_str().len() + ": ".len() + value.len() + "\r\n".len()
    };
    headers.iter().map(line).sum()
}

#[cfg(test)]
mod tests;
