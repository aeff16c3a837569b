//! What becomes of each call on its way to the purge API.

use std::{io, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    header::{self, HeaderValue},
    http::request::Parts,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::TcpListener, task::spawn_blocking, time::sleep};

use super::{
    super::{
        faults::{Fault, Step},
        record::Moment,
    },
    Passed, State,
};
use crate::harness::{http, reply::Reply};

/// A call as it came.
#[derive(Clone)]
struct Call {
    arrived: Moment,
    head: Parts,
    body: Bytes,
    keys: Vec<String>,
}

/// Serves the purger, connection by connection.
pub(super) async fn accept(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        let service = service_fn(move |request| {
            let state = Arc::clone(&state);
            async move {
                let call = state.read(request).await?;
                // In a task of its own: a call that was passed on is written down although the
                // purger, and with it this connection, may be dead by then.
                let handled = tokio::spawn(state.handle(call)).await;
                handled.unwrap_or_else(|panic| Err(io::Error::other(panic)))
            }
        });
        // A failing connection is our doing, or the purger's end.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

impl State {
    async fn read(&self, request: Request<Incoming>) -> io::Result<Call> {
        let (mut head, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let named: Value = serde_json::from_slice(&body).unwrap_or_default();
        let named = named["surrogate_keys"].as_array();
        let keys = named.into_iter().flatten().filter_map(Value::as_str);
        let keys = keys.map(str::to_owned).collect();
        for hop_header in [header::CONNECTION, header::HOST, header::TRANSFER_ENCODING] {
            head.headers.remove(hop_header);
        }
        Ok(Call {
            arrived: self.clock.now(),
            head,
            body,
            keys,
        })
    }

    async fn handle(self: Arc<Self>, call: Call) -> io::Result<Response<Full<Bytes>>> {
        let fault = (self.choice.lock().expect("no choice panics"))(&call.keys);
        *self.seen().fates.entry(fault.name()).or_default() += 1;
        if !matches!(fault, Fault::None | Fault::Twice(_) | Fault::Softened) {
            self.disturb();
        }
        let answer = self.meet(call, fault).await;
        if !matches!(fault, Fault::None | Fault::Twice(_) | Fault::Softened) {
            self.disturb();
        }
        answer
    }

    async fn meet(self: &Arc<Self>, call: Call, fault: Fault) -> io::Result<Response<Full<Bytes>>> {
        match fault {
            Fault::None | Fault::Softened => self.pass(call, fault).await,
            Fault::Slow(pause) => {
                sleep(pause).await;
                self.pass(call, fault).await
            }
            Fault::Failing => answer(500, r#"{"msg":"Internal error"}"#),
            Fault::TooMany { retry_after } => {
                let mut answer = answer(429, r#"{"msg":"Too many requests"}"#)?;
                if retry_after {
                    let second = HeaderValue::from_static("1");
                    answer.headers_mut().insert(header::RETRY_AFTER, second);
                }
                Ok(answer)
            }
            Fault::Html => answer(200, "<!doctype html><title>It works!</title>"),
            Fault::CutBefore => Err(io::Error::other("cut")),
            Fault::CutAfter => {
                self.pass(call, fault).await?;
                Err(io::Error::other("cut"))
            }
            Fault::Twice(pause) => {
                let (state, again) = (Arc::clone(self), call.clone());
                tokio::spawn(async move {
                    sleep(pause).await;
                    // Nobody waits for this one.
                    let _ = state.pass(again, fault).await;
                });
                self.pass(call, fault).await
            }
            Fault::Killed(Step::BeforePassing) => {
                self.kill().await;
                Err(io::Error::other("killed"))
            }
            Fault::Killed(Step::BeforeAnswering) => {
                self.pass(call, fault).await?;
                self.kill().await;
                Err(io::Error::other("killed"))
            }
            Fault::Killed(Step::AfterAnswering) => {
                let answer = self.pass(call, fault).await;
                let state = Arc::clone(self);
                tokio::spawn(async move {
                    // Long enough for the answer to arrive, or nearly.
                    sleep(Duration::from_micros(fastrand::u64(0..4_000))).await;
                    state.kill().await;
                });
                answer
            }
        }
    }

    async fn pass(&self, mut call: Call, fault: Fault) -> io::Result<Response<Full<Bytes>>> {
        let ends = self.ends.get();
        let api = ends
            .ok_or_else(|| io::Error::other("it joins nothing yet"))?
            .api;
        const SOFT: &str = "fastly-soft-purge";
        let is_hard = !call.head.headers.contains_key(SOFT);
        if fault == Fault::Softened {
            call.head
                .headers
                .insert(SOFT, HeaderValue::from_static("1"));
        }
        let arrived = match fault {
            Fault::None | Fault::Softened => call.arrived,
            _ => self.clock.now(),
        };
        let reply = http::send(api, Request::from_parts(call.head, Full::new(call.body))).await?;
        if reply.status == 200 {
            self.seen().passed.push(Passed {
                arrived,
                confirmed: self.clock.now(),
                is_hard,
                keys: call.keys,
            });
        }
        into_response(reply)
    }

    /// Kills the purger. It is up again when this returns.
    pub(super) async fn kill(&self) {
        self.disturb();
        if let Some(ends) = self.ends.get() {
            let purger = Arc::clone(&ends.purger);
            // If it does not get up again, whoever asks for it next learns of it.
            let _ = spawn_blocking(move || purger.crash()).await;
        }
        self.disturb();
    }
}

fn answer(status: u16, body: &'static str) -> io::Result<Response<Full<Bytes>>> {
    let answer = Response::builder().status(status);
    answer.body(Full::from(body)).map_err(io::Error::other)
}

fn into_response(reply: Reply) -> io::Result<Response<Full<Bytes>>> {
    let mut response = Response::new(Full::new(reply.body));
    *response.status_mut() = reply.status.try_into().map_err(io::Error::other)?;
    if let Some(kind) = reply.headers.get(header::CONTENT_TYPE) {
        let kind = kind.clone();
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    Ok(response)
}
