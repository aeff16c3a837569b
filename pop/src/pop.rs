//! One local POP: a compiled program with a cache of its own.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Error;
use arc_swap::ArcSwap;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode};
use tracing::{error, info};
use viceroy_lib::ExecuteCtx;
use viceroy_lib::body::Body;
use viceroy_lib::cache::SurrogateKey;
use viceroy_lib::config::ShieldingSites;

use crate::program::Program;

/// One POP. Its cache is that of the context, so emptying the cache means another context.
pub(crate) struct Pop {
    name: String,
    program: Arc<Program>,
    /// Where this POP finds the others.
    shields: ShieldingSites,
    context: ArcSwap<ExecuteCtx>,
}

impl Pop {
    /// Compiles the program for this POP. Blocks.
    ///
    /// # Errors
    ///
    /// As [`Program::compile`].
    pub(crate) fn new(
        name: String,
        program: Arc<Program>,
        shields: ShieldingSites,
    ) -> Result<Self, Error> {
        let context = ArcSwap::new(program.compile(&shields)?);
        Ok(Self {
            name,
            program,
            shields,
            context,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Runs the program for one request from `viewer`, which reached the POP at `local`.
    ///
    /// Whatever happens inside, there is an answer. A program that traps gives Viceroy's: status 500
    /// with the backtrace as body, the same that `fastly compute serve` shows.
    pub(crate) async fn answer(
        &self,
        request: Request<hyper::Body>,
        local: SocketAddr,
        viewer: SocketAddr,
    ) -> Response<Body> {
        let context = self.context.load_full();
        // Viceroy panics over some requests, an upload that breaks off for one. In a task of its own
        // that ends the task, and not the viewer's connection.
        let answer = tokio::spawn(context.handle_request(request, local, viewer));
        let cause = match answer.await {
            Ok(Ok((response, _))) => return response,
            Ok(Err(cause @ viceroy_lib::Error::DownstreamRequestError(_))) => {
                return plain(StatusCode::BAD_REQUEST, &cause.to_string());
            }
            Ok(Err(cause)) => cause.to_string(),
            Err(panic) => panic.to_string(),
        };
        error!(pop = self.name, "viceroy failed over a request: {cause}");
        plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the POP could not handle this request",
        )
    }

    /// Purges what carries the surrogate key and returns how many entries that were. `soft` marks
    /// them stale. Reads through the whole cache.
    ///
    /// A fill in flight has no keys yet, so it lands afterwards, as it does on Fastly.
    pub(crate) fn purge(&self, key: &SurrogateKey, soft: bool) -> usize {
        self.context.load().cache().purge(key.clone(), soft)
    }

    /// Empties the cache, which Viceroy cannot: the program is compiled anew and takes over with an
    /// empty one. Blocks.
    ///
    /// A fill in flight still ends, in the old cache, which nobody looks into any more.
    ///
    /// # Errors
    ///
    /// As [`Program::compile`]; the cache is as full as before.
    pub(crate) fn purge_all(&self) -> Result<(), Error> {
        self.context.store(self.program.compile(&self.shields)?);
        info!(pop = self.name, "cache emptied");
        Ok(())
    }
}

#[cfg(test)]
impl Pop {
    /// The context that answers now, to look into its cache.
    pub(crate) fn context(&self) -> Arc<ExecuteCtx> {
        self.context.load_full()
    }
}

/// An answer of the POP itself, not of the program.
pub(crate) fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{text}\n").into_bytes()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}
