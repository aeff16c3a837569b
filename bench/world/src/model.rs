//! What is modelled: caches that are filled, shared and purged. One video at a time, since no video's
//! entries touch another's; the same for a trace of a few thousand requests and for a day of the world.

mod network;
mod purge;
#[cfg(test)]
mod tests;
mod traffic;
mod video;

pub use network::{Fetched, Lifetime, Network, Origin, Outage, Pop, Purging, Service, Shield};
pub use purge::Edit;
pub use traffic::{Cell, Fill, Observer, Source};
pub use video::Video;
