//! An origin that said it has too much to do is left alone for a while, as long as there is another.
//!
//! It is remembered for the POP, in a cache entry of its own that ends by itself: whichever sandbox
//! fetches next goes by it. It is looked for only where something is fetched, never on a hit.

use std::time::Duration;

use fastly::{
    cache::core::{self, CacheKey},
    http::header,
};
use http::{HeaderMap, StatusCode};

/// How long, where the origin does not say.
const DEFAULT: Duration = Duration::from_secs(1);
/// How long at most, whatever it says: it may be well again.
const LONGEST: Duration = Duration::from_secs(30);

/// Notes the origin's word, if it is that.
///
/// # Source
///
/// RFC 9110 §15.6.4 and §10.2.3. A date is taken as no word of how long: nobody needs one here.
pub(super) fn note(origin: &str, status: StatusCode, headers: &HeaderMap) {
    if status != StatusCode::SERVICE_UNAVAILABLE {
        return;
    }
    let told = headers.get(header::RETRY_AFTER);
    let seconds = told.and_then(|value| value.to_str().ok()?.parse().ok());
    let pause = seconds.map_or(DEFAULT, Duration::from_secs).min(LONGEST);
    let noted = core::insert(key(origin), pause).known_length(0).execute();
    // Where this fails, the origin is asked once more than it likes.
    let _forgotten = noted.map(|stream| stream.finish());
}

/// Whether it is to be asked after the others.
pub(super) fn is_resting(origin: &str) -> bool {
    let found = core::lookup(key(origin)).execute();
    matches!(found, Ok(Some(found)) if !found.is_stale())
}

fn key(origin: &str) -> CacheKey {
    [b"rest ", origin.as_bytes()].concat().into()
}
