//! A viewer's side of a POP.

use std::{io, net::SocketAddr, sync::Arc};

use http_body_util::Full;
use hyper::{
    Method, Request,
    body::Bytes,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{
    http::{self, RUNTIME},
    local::VIEWER_HEADER,
    reply::Reply,
};

/// A POP, as viewers reach it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    pub(crate) address: SocketAddr,
}

/// A request that is being put together.
#[derive(Clone, Debug)]
#[must_use]
pub(crate) struct Ask {
    to: SocketAddr,
    method: Method,
    target: String,
    headers: HeaderMap,
}

/// Sends all of them, some at a time, and gives the answers in the order of the requests.
#[track_caller]
pub(crate) fn send_all(asks: Vec<Ask>) -> Vec<Reply> {
    const AT_ONCE: usize = 32;
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let replies = RUNTIME.block_on(async {
        let mut asking = JoinSet::new();
        for (at, ask) in asks.into_iter().enumerate() {
            let turns = Arc::clone(&turns);
            asking.spawn(async move {
                let _turn = turns.acquire().await;
                let asked = ask.target.clone();
                (at, asked, ask.send_async().await)
            });
        }
        let mut replies = asking.join_all().await;
        replies.sort_by_key(|(at, ..)| *at);
        replies
    });
    let replies = replies.into_iter().map(|(_, asked, reply)| {
        reply.unwrap_or_else(|error| panic!("no answer to `{asked}`: {error}"))
    });
    replies.collect()
}

impl Edge {
    pub(crate) fn get(self, target: &str) -> Ask {
        self.ask("GET", target)
    }

    /// Any method, any target, unchanged on the wire.
    pub(crate) fn ask(self, method: &str, target: &str) -> Ask {
        let method = method
            .parse()
            .expect("tests ask with methods of token characters");
        Ask {
            to: self.address,
            method,
            target: target.to_owned(),
            headers: HeaderMap::new(),
        }
    }
}

impl Ask {
    /// Asks as the viewer at this address.
    pub(crate) fn viewer(self, address: &str) -> Self {
        self.header(VIEWER_HEADER, address)
    }

    /// Shows the policy key the way browsers do.
    pub(crate) fn key(self, key: &str) -> Self {
        self.header("accept", &format!("application/json;pk={key}"))
    }

    /// Adds a header; a second one of the same name is a second header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name
            .parse()
            .expect("tests name headers by token characters");
        let value = HeaderValue::from_bytes(value.as_bytes())
            .expect("tests send values without control characters");
        self.headers.append(name, value);
        self
    }

    pub(crate) fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }

    #[track_caller]
    pub(crate) fn send(self) -> Reply {
        let to = self.to;
        http::send_now(to, self.into_request())
    }

    /// [`Ask::send`] for many at once.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub(crate) async fn send_async(self) -> io::Result<Reply> {
        let to = self.to;
        http::send(to, self.into_request()).await
    }

    /// The request as it goes out, for who has a connection already.
    #[track_caller]
    pub(crate) fn into_request(self) -> Request<Full<Bytes>> {
        let target = &self.target;
        let mut request = Request::builder()
            .method(self.method)
            .uri(target)
            .body(Full::default())
            .unwrap_or_else(|error| panic!("`{target}` is no request target: {error}"));
        *request.headers_mut() = self.headers;
        request
    }
}
