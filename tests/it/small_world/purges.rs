//! One purge API for POPs that are processes of their own, each as far away as it is.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, OnceLock},
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    header,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, task::JoinSet};

use crate::harness::{
    http::{self, RUNTIME},
    reply::Reply,
};

/// Passes each call on to all, and confirms it when all have.
pub(super) struct Purges {
    pub(super) address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    to: OnceLock<Vec<SocketAddr>>,
    /// Those that are over, in their order, and what they named.
    calls: Mutex<Vec<(Call, String)>>,
}

/// A call of the purger.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) came: Instant,
    /// Until every POP had confirmed it.
    pub(super) took: Duration,
}

// === impl Purges ===

impl Purges {
    /// Listens on a free port, for those whom [`Purges::join`] will name.
    pub(super) fn start() -> Self {
        let listener = RUNTIME
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let state = Arc::<State>::default();
        RUNTIME.spawn(accept(listener, Arc::clone(&state)));
        Self { address, state }
    }

    pub(super) fn join(&self, to: Vec<SocketAddr>) {
        self.state.to.set(to).expect("it is joined once");
    }

    /// The first call for this key that came after the moment.
    pub(super) fn first(&self, key: &str, after: Instant) -> Option<Call> {
        let key = format!("\"{key}\"");
        let calls = self.state.calls.lock().expect("nobody panicked");
        let mut later = calls.iter().filter(|(call, _)| call.came >= after);
        later.find_map(|(call, keys)| keys.contains(&key).then_some(*call))
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        let service = service_fn(move |request| pass(request, Arc::clone(&state)));
        // A failing connection is the purger's end.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn pass(request: Request<Incoming>, state: Arc<State>) -> io::Result<Response<Full<Bytes>>> {
    let came = Instant::now();
    let (mut head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    for hop_header in [header::CONNECTION, header::HOST, header::TRANSFER_ENCODING] {
        head.headers.remove(hop_header);
    }
    let keys = String::from_utf8_lossy(&body).into_owned();
    let mut asking = JoinSet::new();
    for pop in state.to.get().into_iter().flatten().copied() {
        let request = Request::from_parts(head.clone(), Full::new(body.clone()));
        asking.spawn(http::send(pop, request));
    }
    let replies = asking.join_all().await;
    let replies = replies.into_iter().collect::<io::Result<Vec<_>>>()?;
    let took = came.elapsed();
    let call = Call { came, took };
    let mut calls = state.calls.lock().expect("nobody panicked");
    calls.push((call, keys));
    // The worst one speaks for all.
    let worst = replies.into_iter().max_by_key(|reply| reply.status);
    into_response(worst.ok_or_else(|| io::Error::other("there is no POP"))?)
}

fn into_response(reply: Reply) -> io::Result<Response<Full<Bytes>>> {
    let mut response = Response::new(Full::new(reply.body));
    *response.status_mut() = reply.status.try_into().map_err(io::Error::other)?;
    if let Some(media_type) = reply.headers.get(header::CONTENT_TYPE) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, media_type.clone());
    }
    Ok(response)
}
