//! The Core Cache: one entry per video and POP, one origin call however many viewers wait.

use std::{
    io::{Read, Write},
    time::Duration,
};

use fastly::{
    Body,
    cache::core::{self, CacheError, CacheKey, Found, Transaction},
};
use playback_policy::{Answer, EntryHead, SurrogateKey, VideoRequest};

use crate::{config::Config, error::EdgeError, log::Line, origin};

/// An entry as it was found or just stored.
pub(crate) struct Cached {
    pub(crate) outcome: CacheOutcome,
    /// How long ago the entry was stored.
    pub(crate) age: Duration,
    metadata: Vec<u8>,
    front: Vec<u8>,
    body: Body,
    body_len: Option<usize>,
}

/// Where an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CacheOutcome {
    /// The cache, fresh.
    Hit,
    /// The origin.
    Miss,
    /// The cache, although soft-purged: it is being refreshed, or the origin is down.
    Stale,
}

impl CacheOutcome {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "HIT",
            Self::Miss => "MISS",
            Self::Stale => "STALE",
        }
    }
}

/// Finds the entry, or fetches and stores it.
///
/// Of all requests for one absent entry the platform obliges one to fetch it; the others wait here
/// until it is stored. If the fetch fails, the obligation passes to a waiting one.
pub(crate) fn answer(
    video: &VideoRequest,
    config: &Config,
    line: &mut Line,
) -> Result<Cached, EdgeError> {
    let key = CacheKey::from(video.cache_key().to_bytes());
    let lookup = Transaction::lookup(key.clone())
        .timeout(config.fill_deadline)
        .execute();
    let transaction = lookup.map_err(|error| match error {
        CacheError::Timeout => EdgeError::Waited,
        other => EdgeError::Cache(other),
    })?;
    let is_obliged = transaction.must_insert_or_update();
    // An entry that cannot be read counts as none.
    let found = transaction.found().map(|found| Cached::read(&found));
    let answer = match found {
        Some(Ok(cached)) if !is_obliged => Ok(cached),
        Some(Err(_)) if !is_obliged => fill(video, config, Slot::Unreadable(key), line),
        stale => match (fill(video, config, Slot::Obliged(transaction), line), stale) {
            (Err(error), Some(Ok(cached))) if error.allows_stale() => {
                line.stood_in(&error);
                Ok(cached)
            }
            (filled, _) => filled,
        },
    };
    line.cache = answer.as_ref().ok().map(|cached| cached.outcome);
    answer
}

/// Where a fetched answer goes.
enum Slot {
    /// The absent or stale entry this request is obliged to provide. Dropping it passes the
    /// obligation on to a waiting request.
    Obliged(Transaction),
    /// An entry that is there but cannot be read: it is overwritten.
    Unreadable(CacheKey),
}

/// Fetches the answer and stores it.
fn fill(
    video: &VideoRequest,
    config: &Config,
    slot: Slot,
    line: &mut Line,
) -> Result<Cached, EdgeError> {
    let answer = line.timing_origin(|| origin::fetch(video, config))?;
    if !answer.max_age.is_zero() {
        store(&answer, config, slot)?;
    }
    Ok(Cached::stored(answer))
}

fn store(answer: &Answer, config: &Config, slot: Slot) -> Result<(), EdgeError> {
    let entry = &answer.entry;
    let len = (entry.front().len() + entry.body.len()) as u64;
    let metadata = entry.metadata().into();
    let keys = answer.surrogate_keys.iter().map(SurrogateKey::as_str);
    // Two builders of one shape: the SDK has no common one.
    let stream = match slot {
        Slot::Obliged(transaction) => transaction
            .insert(answer.max_age)
            .surrogate_keys(keys)
            .stale_while_revalidate(config.stale)
            .user_metadata(metadata)
            .known_length(len)
            .execute(),
        Slot::Unreadable(key) => core::insert(key, answer.max_age)
            .surrogate_keys(keys)
            .stale_while_revalidate(config.stale)
            .user_metadata(metadata)
            .known_length(len)
            .execute(),
    };
    let mut stream = stream.map_err(EdgeError::Cache)?;
    // Left unfinished by an error, the stream is abandoned and the entry with it.
    stream
        .write_all(entry.front())
        .map_err(EdgeError::EntryBody)?;
    stream
        .write_all(&entry.body)
        .map_err(EdgeError::EntryBody)?;
    stream.finish().map_err(EdgeError::EntryBody)
}

// === impl Cached ===

impl Cached {
    fn read(found: &Found) -> Result<Self, EdgeError> {
        let metadata = found.user_metadata().to_vec();
        let head = EntryHead::read(&metadata)?;
        let front_len = head.front_len;
        let mut body = found.to_stream().map_err(EdgeError::Cache)?;
        let mut front = vec![0; front_len];
        body.read_exact(&mut front).map_err(EdgeError::EntryBody)?;
        head.rules(&front)?;
        let len = found
            .known_length()
            .and_then(|len| usize::try_from(len).ok());
        Ok(Self {
            outcome: if found.is_stale() {
                CacheOutcome::Stale
            } else {
                CacheOutcome::Hit
            },
            age: found.age(),
            metadata,
            front,
            body,
            body_len: len.and_then(|len| len.checked_sub(front_len)),
        })
    }

    fn stored(answer: Answer) -> Self {
        let entry = answer.entry;
        Self {
            outcome: CacheOutcome::Miss,
            age: Duration::ZERO,
            metadata: entry.metadata(),
            front: entry.front().to_vec(),
            body_len: Some(entry.body.len()),
            body: Body::from(entry.body),
        }
    }

    /// What the entry says, apart from its body.
    pub(crate) fn head(&self) -> Result<EntryHead<'_>, EdgeError> {
        Ok(EntryHead::read(&self.metadata)?)
    }

    /// The rules in front of the body, if they are too large for the metadata.
    pub(crate) fn front(&self) -> &[u8] {
        &self.front
    }

    /// The body's length in bytes, where the platform tells it.
    pub(crate) fn body_len(&self) -> Option<usize> {
        self.body_len
    }

    /// The body, passed on as it lies in the cache.
    pub(crate) fn into_body(self) -> Body {
        self.body
    }
}
