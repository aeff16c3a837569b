//! One HTTP/1.1 exchange at a time, on a connection of its own, with nothing normalised.
//!
//! Ordinary clients tidy a URL before they send it: dots are resolved, escapes rewritten. Hostile
//! viewers do not, so these requests go out as they are written.

use std::{io, net::SocketAddr, sync::LazyLock, time::Duration};

use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes, client::conn::http1, header::HOST};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, runtime::Runtime, time::timeout};

use super::reply::Reply;

/// Where all harness tasks run. Tests themselves are plain functions and block on it.
pub(crate) static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Runtime::new().expect("the system gives a thread to each core"));

/// No answer takes longer: a hanging system fails its test instead of hanging it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends the request and reads the whole answer.
///
/// # Errors
///
/// When there is no answer: the connection was refused, was closed early, or stayed silent.
pub(crate) async fn send(to: SocketAddr, request: Request<Full<Bytes>>) -> io::Result<Reply> {
    timeout(PATIENCE, exchange(to, request))
        .await
        .unwrap_or_else(|elapsed| Err(io::Error::new(io::ErrorKind::TimedOut, elapsed)))
}

/// [`send`], for tests, where no answer is a failure.
#[track_caller]
pub(crate) fn send_now(to: SocketAddr, request: Request<Full<Bytes>>) -> Reply {
    let asked = format!("{} {}", request.method(), request.uri());
    RUNTIME
        .block_on(send(to, request))
        .unwrap_or_else(|error| panic!("no answer to `{asked}`: {error}"))
}

async fn exchange(to: SocketAddr, mut request: Request<Full<Bytes>>) -> io::Result<Reply> {
    let host = to.to_string().parse().map_err(io::Error::other)?;
    request.headers_mut().entry(HOST).or_insert(host);
    let stream = TcpStream::connect(to).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    let driver = tokio::spawn(connection);
    let response = sender
        .send_request(request)
        .await
        .map_err(io::Error::other)?;
    let (head, body) = response.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    driver.abort();
    Ok(Reply {
        status: head.status.as_u16(),
        headers: head.headers,
        body,
    })
}
