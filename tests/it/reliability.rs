//! Edits reach the edge: nothing that contradicts the rights is served later than allowed, and every
//! edit becomes visible, whatever fails on the way.
//!
//! `cargo xtask reliability` runs these for longer. By hand the environment says how much
//! ([`scale`]): `PLAYBACK_RELIABILITY_READS`, `…_EDITS`, `…_VIEWERS`, `…_RECONNECTS`, `…_RESTORES`,
//! `…_SOAK_SECONDS`, `…_FAULT_SECONDS`, `…_ROUNDS`; `…_SEED` makes the same dice fall again, and
//! `…_SUMMARY` names a file for the figures.

/// Systems that are broken on purpose, and found out.
mod broken;
/// Videos that are edited, and playlists of them.
mod catalog;
/// Whether answers can be squared with edits and purges.
mod check;
/// Editors, who write into the CMS and find out what became of it.
mod editor;
/// How long an edit takes to be in effect everywhere.
mod effect;
/// What happens to calls on their way to the purge API.
mod faults;
/// The change feed, read through a line that breaks.
mod feed;
/// Many viewers at once.
mod herd;
/// What fails, one thing after another, while viewers go on asking.
mod outage;
/// The purger, a process that is killed and started again.
mod purger;
/// The way from the purger to the purge API.
mod purges;
/// What happened.
mod record;
/// The database, gone back to a moment.
mod restored;
/// POPs that are replaced, one after the other.
mod rolling;
/// How much is done, and where the figures go.
mod scale;
/// Origins, processes that are killed and started again.
mod serving;
/// Everything at once for long: what grows, and what is left over.
mod soak;
/// Server-sent events, read as they come.
mod sse;
/// Writers, readers and faults, for a while.
mod staleness;
/// The parts, together.
mod system;
/// Viewers' reads, as records.
mod viewer;
/// When things go wrong.
mod weather;
