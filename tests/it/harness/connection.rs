//! A connection that stays open from exchange to exchange, for those who ask often.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1::{self, SendRequest},
    header::HOST,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

use super::reply::Reply;

/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// One client's connection, opened when it is needed and again when it was lost.
pub(crate) struct Connection {
    to: SocketAddr,
    open: Option<SendRequest<Full<Bytes>>>,
}

// === impl Connection ===

impl Connection {
    pub(crate) fn to(address: SocketAddr) -> Self {
        Self {
            to: address,
            open: None,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.to
    }

    /// Whether there is a connection that the other side has not closed, as far as is known.
    pub(crate) fn is_open(&self) -> bool {
        self.open.as_ref().is_some_and(|open| !open.is_closed())
    }

    /// Whether there was a connection, and it was lost.
    pub(crate) fn is_closed(&self) -> bool {
        self.open.as_ref().is_some_and(SendRequest::is_closed)
    }

    /// Sends the request and reads the whole answer.
    ///
    /// # Errors
    ///
    /// When there is no answer. Nothing is sent twice.
    pub(crate) async fn send(&mut self, request: Request<Full<Bytes>>) -> io::Result<Reply> {
        self.send_timed(request).await.map(|(reply, _)| reply)
    }

    /// [`Connection::send`], and how long it took until the answer began: its head was read.
    pub(crate) async fn send_timed(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> io::Result<(Reply, Duration)> {
        timeout(PATIENCE, self.exchange(request))
            .await
            .unwrap_or_else(|elapsed| Err(io::Error::new(io::ErrorKind::TimedOut, elapsed)))
    }

    /// Connects, if it is not connected.
    pub(crate) async fn open(&mut self) -> io::Result<()> {
        if self.is_open() {
            return Ok(());
        }
        let stream = TcpStream::connect(self.to).await?;
        stream.set_nodelay(true)?;
        let (sender, driver) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(io::Error::other)?;
        // It ends with the sender, or tells the sender of its end.
        tokio::spawn(driver);
        self.open = Some(sender);
        Ok(())
    }

    async fn exchange(
        &mut self,
        mut request: Request<Full<Bytes>>,
    ) -> io::Result<(Reply, Duration)> {
        let host = self.to.to_string().parse().map_err(io::Error::other)?;
        request.headers_mut().entry(HOST).or_insert(host);
        self.open().await?;
        // Put back when the answer is whole: of an exchange that nobody waited for nothing is left.
        let sender = self.open.take();
        let mut sender = sender.ok_or_else(|| io::Error::other("the connection is not open"))?;
        sender.ready().await.map_err(io::Error::other)?;
        let asked = Instant::now();
        let response = sender
            .send_request(request)
            .await
            .map_err(io::Error::other)?;
        let began = asked.elapsed();
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        self.open = Some(sender);
        let reply = Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
        };
        Ok((reply, began))
    }
}
