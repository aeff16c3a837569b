//! A gate on the way between two of our processes: it lets everything pass, counts it, and can be
//! told to hold, trickle or cut what a test is about. It replaces neither side, only the distance.

/// Answers' bodies, at once or in drops.
mod flow;

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, header, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, sync::watch, time::timeout};

use super::{
    http::{self, RUNTIME},
    reply::Reply,
};
use flow::Flow;

/// Nothing takes longer to come to a bar.
const PATIENCE: Duration = Duration::from_secs(30);

/// A listener that forwards.
pub(crate) struct Gate {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

/// A bar across the gate, for what its text is part of. Dropping it lifts it.
#[must_use]
pub(crate) struct Bar {
    id: u64,
    state: Arc<State>,
    lifted: watch::Sender<bool>,
    reached: watch::Receiver<usize>,
}

#[derive(Default)]
struct State {
    target: OnceLock<SocketAddr>,
    bars: Mutex<Vec<Barred>>,
    passed: Mutex<Vec<String>>,
}

#[derive(Clone)]
struct Barred {
    id: u64,
    matching: String,
    manner: Manner,
    lifted: watch::Receiver<bool>,
    reached: Arc<watch::Sender<usize>>,
}

/// What happens at a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// The other side answers, and its answer waits until the bar is lifted.
    HoldAnswer,
    /// The other side answers, and its answer comes in drops until the bar is lifted, then the rest of
    /// it at once.
    Trickle,
    /// The connection is closed without an answer, as if nobody were there.
    Cut,
}

// === impl Gate ===

impl Gate {
    /// Listens on a free port; until [`Gate::lead_to`] says where, it leads nowhere.
    pub(crate) fn start() -> Self {
        let state = Arc::new(State::default());
        let listener = RUNTIME
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        RUNTIME.spawn(accept(listener, Arc::clone(&state)));
        Self { address, state }
    }

    pub(crate) fn lead_to(&self, target: SocketAddr) {
        self.state
            .target
            .set(target)
            .expect("a gate leads to one place");
    }

    /// Puts a bar across the gate for requests whose target or body contains the text.
    pub(crate) fn bar(&self, matching: &str, manner: Manner) -> Bar {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let (lifted, is_lifted) = watch::channel(false);
        let (reached, has_reached) = watch::channel(0);
        self.state.bars().push(Barred {
            id,
            matching: matching.to_owned(),
            manner,
            lifted: is_lifted,
            reached: Arc::new(reached),
        });
        Bar {
            id,
            state: Arc::clone(&self.state),
            lifted,
            reached: has_reached,
        }
    }

    /// How many requests with this text have passed and been answered.
    pub(crate) fn passed(&self, matching: &str) -> usize {
        let passed = self.state.passed();
        passed
            .iter()
            .filter(|request| request.contains(matching))
            .count()
    }
}

// === impl Bar ===

impl Bar {
    /// Waits until a request stands at the bar: held with its answer, or cut.
    #[track_caller]
    pub(crate) fn wait_until_reached(&self) {
        let arrived = RUNTIME.block_on(async { timeout(PATIENCE, self.reached()).await });
        assert!(arrived.is_ok(), "nothing ever came to the bar");
    }

    /// [`Bar::wait_until_reached`], for tests that are a task themselves.
    pub(crate) async fn reached(&self) {
        let mut reached = self.reached.clone();
        // An error would mean that the bar is gone, and it is here.
        let _ = reached.wait_for(|count| *count > 0).await;
    }

    /// Lets go what waits, and everything after it.
    pub(crate) fn lift(self) {
        drop(self);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.state.bars().retain(|bar| bar.id != self.id);
        self.lifted.send_replace(true);
    }
}

// === forwarding ===

async fn accept(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        let service = service_fn(move |request| pass(Arc::clone(&state), request));
        // A failing connection is the bar's doing, or its client's.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn pass(state: Arc<State>, request: Request<Incoming>) -> io::Result<Response<Flow>> {
    let (mut head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let text = String::from_utf8_lossy(&body);
    let asked = format!("{} {} {text}", head.method, head.uri);
    let bar = state.bar_for(&asked);
    if let Some(bar) = bar.as_ref().filter(|bar| bar.manner == Manner::Cut) {
        bar.arrive();
        return Err(io::Error::other("cut"));
    }
    let target = state.target.get().copied();
    let target = target.ok_or_else(|| io::Error::other("the gate leads nowhere yet"))?;
    for hop_header in [header::CONNECTION, header::HOST, header::TRANSFER_ENCODING] {
        head.headers.remove(hop_header);
    }
    let reply = http::send(target, Request::from_parts(head, Full::new(body))).await?;
    let mut drops_until = None;
    if let Some(mut bar) = bar {
        bar.arrive();
        if bar.manner == Manner::Trickle {
            drops_until = Some(bar.lifted);
        } else {
            // The bar may also be dropped, which lifts it.
            let _ = bar.lifted.wait_for(|lifted| *lifted).await;
        }
    }
    state.passed().push(asked);
    into_response(reply, drops_until)
}

fn into_response(
    reply: Reply,
    drops_until: Option<watch::Receiver<bool>>,
) -> io::Result<Response<Flow>> {
    let mut response = Response::new(Flow::of(reply.body, drops_until));
    *response.status_mut() = reply.status.try_into().map_err(io::Error::other)?;
    *response.headers_mut() = reply.headers;
    for hop_header in [
        header::CONNECTION,
        header::TRANSFER_ENCODING,
        header::CONTENT_LENGTH,
    ] {
        response.headers_mut().remove(hop_header);
    }
    Ok(response)
}

impl State {
    fn bars(&self) -> MutexGuard<'_, Vec<Barred>> {
        self.bars.lock().expect("nobody panics while holding this")
    }

    fn passed(&self) -> MutexGuard<'_, Vec<String>> {
        self.passed
            .lock()
            .expect("nobody panics while holding this")
    }

    fn bar_for(&self, asked: &str) -> Option<Barred> {
        let bars = self.bars();
        bars.iter()
            .find(|bar| asked.contains(&bar.matching))
            .cloned()
    }
}

impl Barred {
    fn arrive(&self) {
        self.reached.send_modify(|count| *count += 1);
    }
}
