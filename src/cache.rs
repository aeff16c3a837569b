//! The Core Cache: one entry per answer and POP, one origin call however many viewers wait.

use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

use fastly::{
    Body,
    cache::core::{self, CacheError, CacheKey, Found, Transaction},
};
use playback_policy::{Answer, EntryHead, Plan, SurrogateKey};

use crate::{
    asked::Asked, config::Config, error::EdgeError, log::Line, origin, rate_limit::Client, stale,
};

/// An entry as it was found or just stored.
pub(crate) struct Cached {
    pub(crate) outcome: CacheOutcome,
    /// How long ago the entry was stored.
    pub(crate) age: Duration,
    pub(crate) head: Head,
    pub(crate) body: CachedBody,
}

/// What an entry says about its body.
pub(crate) struct Head {
    metadata: Vec<u8>,
    /// What of it stands in front of the body.
    front: Vec<u8>,
}

/// The body as it lies in the cache.
pub(crate) struct CachedBody {
    pub(crate) stream: Body,
    /// Its length in bytes, where the platform tells it.
    pub(crate) len: Option<usize>,
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
    asked: &Asked<'_>,
    client: &Client<'_>,
    config: &Config,
    line: &mut Line,
) -> Result<Cached, EdgeError> {
    let key = CacheKey::from(asked.cache_key.to_bytes());
    let transaction = look_up(key.clone(), config)?;
    let is_obliged = transaction.must_insert_or_update();
    // An entry that cannot be read counts as none.
    let found = transaction.found().map(|found| Cached::read(&found));
    let found = found.and_then(Result::ok);
    let stands_in = |cached: &Cached| cached.may_stand_in(asked, config);
    let answer = match found {
        Some(cached) if !is_obliged && stands_in(&cached) => Ok(cached),
        found => {
            let slot = match is_obliged {
                true => Slot::Obliged(transaction),
                false => Slot::Unusable(key),
            };
            match (fill(asked, client, config, slot, line), found) {
                (Err(error), Some(cached)) if error.allows_stale() && stands_in(&cached) => {
                    line.stood_in(&error);
                    Ok(cached)
                }
                (Ok(filled), Some(_)) => {
                    stale::forget(&asked.cache_key);
                    Ok(filled)
                }
                (filled, _) => filled,
            }
        }
    };
    line.cache = answer.as_ref().ok().map(|cached| cached.outcome);
    answer
}

/// Looks for what is there, and waits for who is obliged to provide it.
pub(crate) fn look_up(key: CacheKey, config: &Config) -> Result<Transaction, EdgeError> {
    let lookup = Transaction::lookup(key).timeout(config.fill_deadline);
    lookup.execute().map_err(|error| match error {
        CacheError::Timeout => EdgeError::Waited,
        other => EdgeError::Cache(other),
    })
}

/// Where a fetched answer goes.
enum Slot {
    /// The absent or stale entry this request is obliged to provide. Dropping it passes the
    /// obligation on to a waiting request.
    Obliged(Transaction),
    /// An entry that is there but cannot be used: it is overwritten.
    Unusable(CacheKey),
}

/// Fetches the answer and stores it.
fn fill(
    asked: &Asked<'_>,
    client: &Client<'_>,
    config: &Config,
    slot: Slot,
    line: &mut Line,
) -> Result<Cached, EdgeError> {
    client.misses()?;
    let started = Instant::now();
    let answer = origin::fetch(asked, config, line);
    line.origin = Some(started.elapsed());
    let answer = answer?;
    if !answer.max_age.is_zero() {
        store(&answer, config, slot)?;
    }
    Ok(Cached::stored(answer))
}

fn store(answer: &Answer, config: &Config, slot: Slot) -> Result<(), EdgeError> {
    let entry = &answer.entry;
    let front = entry.front();
    let len = (front.len() + entry.body.len()) as u64;
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
        Slot::Unusable(key) => core::insert(key, answer.max_age)
            .surrogate_keys(keys)
            .stale_while_revalidate(config.stale)
            .user_metadata(metadata)
            .known_length(len)
            .execute(),
    };
    let mut stream = stream.map_err(EdgeError::Cache)?;
    // Left unfinished by an error, the stream is abandoned and the entry with it.
    stream.write_all(&front).map_err(EdgeError::EntryBody)?;
    stream
        .write_all(&entry.body)
        .map_err(EdgeError::EntryBody)?;
    stream.finish().map_err(EdgeError::EntryBody)
}

// === impl CachedBody ===

impl CachedBody {
    /// The whole of it. The SDK's own way panics where whoever stores it is cut off meanwhile.
    pub(crate) fn read(mut self) -> Result<Vec<u8>, EdgeError> {
        let mut bytes = Vec::with_capacity(self.len.unwrap_or_default());
        self.stream
            .read_to_end(&mut bytes)
            .map_err(EdgeError::EntryBody)?;
        Ok(bytes)
    }
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
        head.plan(&front)?;
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
            head: Head { metadata, front },
            body: CachedBody {
                stream: body,
                len: len.and_then(|len| len.checked_sub(front_len)),
            },
        })
    }

    /// Whether it may be served: it is fresh, or stale for no longer than is configured.
    fn may_stand_in(&self, asked: &Asked<'_>, config: &Config) -> bool {
        if self.outcome != CacheOutcome::Stale {
            return true;
        }
        // Where that cannot be told it may not.
        stale::stale_for(&asked.cache_key, &self.head.metadata)
            .is_ok_and(|stale_for| stale_for < config.stale)
    }

    fn stored(answer: Answer) -> Self {
        let entry = answer.entry;
        Self {
            outcome: CacheOutcome::Miss,
            age: Duration::ZERO,
            head: Head {
                metadata: entry.metadata(),
                front: entry.front(),
            },
            body: CachedBody {
                len: Some(entry.body.len()),
                stream: Body::from(entry.body),
            },
        }
    }
}

impl Head {
    /// What the entry is, and its validator.
    pub(crate) fn read(&self) -> Result<EntryHead<'_>, EdgeError> {
        Ok(EntryHead::read(&self.metadata)?)
    }

    /// How it is judged and delivered.
    pub(crate) fn plan(&self) -> Result<Plan<'_>, EdgeError> {
        Ok(self.read()?.plan(&self.front)?)
    }
}
