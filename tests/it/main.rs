//! The whole system, driven from outside: real processes, real Wasm, real HTTP.
//!
//! One binary, so that its tests share the started processes. Every test works in an account of
//! its own. `cargo xtask test` builds what is needed and runs it.

mod harness;

/// A scripted origin that answers badly, slowly or not at all: nothing of it is kept or shown.
mod broken_origin;
/// What is kept, for whom, and what makes it go.
mod cache;
/// Many first viewers of one cold video, one origin call.
mod collapsing;
/// Pages on other sites: preflights, and answers they can read.
mod cors;
/// The demo catalog and its viewers.
mod demo;
/// What the tables and the edge program refer to: sections of documents, settings of the manifest.
mod documents;
/// The line that is logged for each request, and what must never be in it.
mod log_line;
/// Edits in the CMS: hard and soft purges, late fills, failing purges.
mod purge;
/// The local purge API by hand and by Fastly's official clients.
mod purge_api;
/// Requests as viewers may send them: credentials, paths, parameters, headers, methods.
mod requests;
/// Rules and viewers: every row of the tables by the pure decision and by the real Wasm.
mod scenarios;
/// The README's tour, as a newcomer takes it.
mod tour;
