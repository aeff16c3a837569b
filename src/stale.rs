//! How long a soft-purged copy may stand in for the answer that replaces it.
//!
//! The platform tells an entry's age since it was stored, not since it was purged: an answer that is
//! kept for a year is a year old at its first soft purge. So the moment at which a copy was first found
//! stale is remembered beside it, in an entry of its own that names the copy. It is asked for only
//! where a copy is stale, never on a hit.

use std::time::Duration;

use fastly::cache::core::{self, CacheError, CacheKey};
use playback_policy::CacheKey as EntryKey;

/// How long it is remembered: longer than any configuration lets a copy stand in.
const REMEMBERED: Duration = Duration::from_secs(366 * 24 * 3600);

/// How long ago the copy with these metadata was first found stale.
pub(crate) fn stale_for(entry: &EntryKey, metadata: &[u8]) -> Result<Duration, CacheError> {
    let key = key(entry);
    let first = core::lookup(key.clone()).execute()?;
    if let Some(first) = first.filter(|first| *first.user_metadata() == *metadata) {
        return Ok(first.age());
    }
    remember(key, REMEMBERED, metadata)?;
    Ok(Duration::ZERO)
}

/// The copy was replaced. Its successor may be the same to the byte, and be found stale later. Where
/// this fails, that one stands in for less time than it might.
pub(crate) fn forget(entry: &EntryKey) {
    let _remembered = remember(key(entry), Duration::ZERO, b"");
}

fn remember(key: CacheKey, max_age: Duration, metadata: &[u8]) -> Result<(), CacheError> {
    core::insert(key, max_age)
        .user_metadata(metadata.to_vec().into())
        .known_length(0)
        .execute()?
        .finish()
        // An entry without a body: there is nothing to lose.
        .or(Err(CacheError::InvalidOperation))
}

fn key(entry: &EntryKey) -> CacheKey {
    [b"stale ".as_slice(), &entry.to_bytes()].concat().into()
}
