//! Playback answers at the CDN edge: cached forever, decided for each viewer.
//!
//! Only what calls the platform is here; what can be decided without it is in `playback-policy`.
//! The pipeline is in [`handle`], readable from top to bottom.

#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod access;
mod asked;
mod cache;
mod config;
mod deliver;
mod error;
mod explain;
mod handle;
mod incoming;
mod log;
mod origin;
mod policy_key;
mod rate_limit;
mod respond;
mod shield;
mod sign;
mod stale;
mod token;
mod viewer;

use std::time::Instant;

use fastly::{Request, http::serve::Serve};
use incoming::Incoming;

/// Serves request after request in this sandbox, until the platform ends it.
fn main() {
    let served = Serve::new().run(serve);
    if let Some(error) = served.error() {
        log::failure("serve", error);
    }
}

/// Answers one request, then logs it, so that the viewer does not wait for the log.
fn serve(request: Request) {
    let started = Instant::now();
    let request = Incoming::new(request);
    let mut line = log::Line::new(&request);
    let outcome = handle::handle(&request, &mut line);
    respond::respond(&request, outcome, &mut line, started).send();
    line.write(started.elapsed());
}
