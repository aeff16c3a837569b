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
/// The many spellings of one request, and the one entry that answers them.
mod equivalent_urls;
/// Why: what operators are told of a decision, and who may ask.
mod explain;
/// Every member of every object: its type, its unit, `null` or left out.
mod fields;
/// Lists for many viewers: each gets what a naive filter leaves of them.
mod filtering;
/// Lists: each item judged for itself, one entry for everybody; lists nobody can trust.
mod lists;
/// The line that is logged for each request, and what must never be in it.
mod log_line;
/// HTTP's manners: validators, HEAD, what caches in between are told, requests that are too large.
mod manners;
/// Several origins: who is asked when one fails, and who is not.
mod origins;
/// Who lays a policy key's rules over an answer: the edge, or the origin.
mod overlay;
/// What really plays: signed URLs fetched and decoded, static addresses, and their ends.
mod playable;
/// Edits in the CMS: hard and soft purges, late fills, failing purges.
mod purge;
/// The local purge API by hand and by Fastly's official clients.
mod purge_api;
/// How often one network may cost something: misses, and bad credentials.
mod rate_limits;
/// Edits reach the edge, whatever is in their way.
mod reliability;
/// Rules that only report: logged, never enforced.
mod report_only;
/// Requests as viewers may send them: credentials, paths, parameters, headers, methods.
mod requests;
/// New versions of origins, started in place of the old ones while viewers ask.
mod restart;
/// Policy keys, tokens' keys and permissions that are taken back: gone from every POP.
mod revocation;
/// A tokens' key that is replaced while viewers play: nobody is lost.
mod rotation;
/// Rules and viewers: every row of the tables by the pure decision and by the real Wasm.
mod scenarios;
mod shield;
/// The world model, held to real POPs at real distances.
mod small_world;
/// Viewer tokens: what opens, what does not, and what is remembered of them.
mod token;
/// The README's tour, as a newcomer takes it.
mod tour;
