//! A purge API that writes down what it is told.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Instant,
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Map, Value, json};
use tokio::{net::TcpListener, sync::mpsc};

use crate::harness::PATIENCE;

/// One call the purge API was made.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) at: Instant,
    pub(crate) path: String,
    pub(crate) token: Option<String>,
    pub(crate) is_soft: bool,
    pub(crate) keys: Vec<String>,
}

/// How the purge API answers.
#[derive(Clone, Debug)]
pub(crate) enum Script {
    Confirm,
    Status(u16),
    TooMany {
        retry_after_s: u64,
    },
    Body(&'static str),
    /// Takes longer than any client waits.
    Silence,
}

/// A purge API on a loopback port. Confirms every call, once its script is played.
pub(crate) struct PurgeApi {
    address: SocketAddr,
    calls: mpsc::UnboundedReceiver<Call>,
    server: tokio::task::JoinHandle<()>,
}

#[derive(Clone)]
struct Recorder {
    calls: mpsc::UnboundedSender<Call>,
    script: Arc<Mutex<VecDeque<Script>>>,
    /// A key that no call may name.
    refused: Option<&'static str>,
}

impl PurgeApi {
    pub(crate) async fn start(script: impl IntoIterator<Item = Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self::start_on(listener, script)
    }

    /// A purge API that refuses calls that name `key`.
    pub(crate) async fn refusing(key: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self::serve(listener, VecDeque::new(), Some(key))
    }

    pub(crate) fn start_on(
        listener: TcpListener,
        script: impl IntoIterator<Item = Script>,
    ) -> Self {
        Self::serve(listener, script.into_iter().collect(), None)
    }

    fn serve(
        listener: TcpListener,
        script: VecDeque<Script>,
        refused: Option<&'static str>,
    ) -> Self {
        let address = listener.local_addr().expect("an address");
        let (sender, calls) = mpsc::unbounded_channel();
        let script = Arc::new(Mutex::new(script));
        let router = Router::new()
            .route("/service/{service}/purge", post(record))
            .with_state(Recorder {
                calls: sender,
                script,
                refused,
            });
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self {
            address,
            calls,
            server,
        }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next call, when it comes.
    pub(crate) async fn call(&mut self) -> Call {
        let call = tokio::time::timeout(PATIENCE, self.calls.recv()).await;
        call.expect("a call in time").expect("the API runs")
    }

    /// The calls that have come.
    pub(crate) fn calls_so_far(&mut self) -> usize {
        std::iter::from_fn(|| self.calls.try_recv().ok()).count()
    }
}

impl Drop for PurgeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn record(
    State(recorder): State<Recorder>,
    Path(service): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let header = |name| {
        headers
            .get(name)
            .map(|value| value.to_str().expect("text").to_owned())
    };
    let keys = body["surrogate_keys"].as_array().expect("a list of keys");
    let keys: Vec<String> = keys
        .iter()
        .map(|key| key.as_str().expect("a key is text").to_owned())
        .collect();
    let ids: Map<String, Value> = keys
        .iter()
        .map(|key| (key.clone(), json!("1-1-1")))
        .collect();
    let call = Call {
        at: Instant::now(),
        path: format!("/service/{service}/purge"),
        token: header("fastly-key"),
        is_soft: header("fastly-soft-purge").as_deref() == Some("1"),
        keys,
    };
    let is_refused = recorder
        .refused
        .is_some_and(|refused| ids.contains_key(refused));
    recorder.calls.send(call).expect("the test listens");
    if is_refused {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let script = recorder.script.lock().expect("nobody panicked").pop_front();
    match script.unwrap_or(Script::Confirm) {
        Script::Confirm => Json(ids).into_response(),
        Script::Status(status) => StatusCode::from_u16(status)
            .expect("a status")
            .into_response(),
        Script::TooMany { retry_after_s } => {
            let pause = [("retry-after", retry_after_s.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, pause).into_response()
        }
        Script::Body(text) => text.into_response(),
        Script::Silence => std::future::pending().await,
    }
}
