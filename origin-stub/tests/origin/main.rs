//! The origin as a process, over HTTP, with a real database and a real purge API to talk to.

/// The CMS API: what is written is read, what is wrong is refused.
mod cms;
/// Starting, refusing to start, stopping.
mod command;
/// The process and its callers.
mod harness;
/// Bad input for the CMS.
mod hostile;
/// Loading a catalog.
mod load;
/// What the edge is answered.
mod playback;
/// The body of a playback answer.
mod playback_body;
/// What is purged after an edit, and what happens when that fails.
mod purge;
/// The purge API the origin tells.
mod purge_api;
