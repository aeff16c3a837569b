//! What the shield keeps: the origin's answers, word for word, for all POPs and for its own viewers.

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use fastly::{
    Body,
    cache::core::{CacheError, CacheKey, Found, Transaction},
};
use playback_policy::SurrogateKey;

use crate::{
    asked::Asked,
    cache::{self, CacheOutcome, CachedBody},
    config::Config,
    error::EdgeError,
    log::Line,
    origin::{self, Deadline},
};

/// A copy of an origin's answer.
pub(crate) struct Copy {
    pub(crate) body: CachedBody,
    pub(crate) age: Duration,
}

impl Copy {
    /// Finds the copy, or asks the origins for it; once, however many POPs wait.
    ///
    /// One that was soft-purged is as good as none: who asks would take it for new, and keep it.
    pub(crate) fn get(
        asked: &Asked<'_>,
        config: &Config,
        line: &mut Line,
    ) -> Result<Self, EdgeError> {
        let key = CacheKey::from(asked.cache_key.to_hop_bytes());
        let transaction = cache::look_up(key, config)?;
        let found = transaction.found().filter(|found| !found.is_stale());
        let found = found.and_then(|found| Self::found(&found).ok());
        if let Some(found) = found {
            line.cache = Some(CacheOutcome::Hit);
            return Ok(found);
        }
        let slot = transaction.must_insert_or_update().then_some(transaction);
        let filled = Self::fill(asked, config, slot, line)?;
        line.cache = Some(CacheOutcome::Miss);
        Ok(filled)
    }

    fn found(found: &Found) -> Result<Self, CacheError> {
        Ok(Self {
            body: CachedBody {
                stream: found.to_stream()?,
                len: None,
            },
            // A second more than less: what is left of an answer's life is told in whole seconds.
            age: found.age() + Duration::from_secs(1),
        })
    }

    /// Asks the origins, and keeps what they say where it passes every check: what does not is no
    /// answer here either.
    fn fill(
        asked: &Asked<'_>,
        config: &Config,
        slot: Option<Transaction>,
        line: &mut Line,
    ) -> Result<Self, EdgeError> {
        let (deadline, started) = (Deadline::begin(config), Instant::now());
        let fetched = origin::ask_in_turn(asked, config, deadline, line, |said| {
            let bytes = said.to_bytes();
            let is_purged = said.is_purged_at_shield();
            Ok((bytes, is_purged, origin::check(asked, said)?))
        });
        line.origin = Some(started.elapsed());
        let (bytes, is_purged, answer) = fetched?;
        let keys = answer.surrogate_keys.at_shield().filter(|_| is_purged);
        if let (Some(slot), Some(keys), false) = (slot, keys, answer.max_age.is_zero()) {
            let mut stream = slot
                .insert(answer.max_age)
                .surrogate_keys(keys.iter().map(SurrogateKey::as_str))
                .known_length(bytes.len() as u64)
                .execute()
                .map_err(EdgeError::Cache)?;
            stream.write_all(&bytes).map_err(EdgeError::EntryBody)?;
            stream.finish().map_err(EdgeError::EntryBody)?;
        }
        Ok(Self {
            body: CachedBody {
                len: Some(bytes.len()),
                stream: Body::from(bytes),
            },
            age: Duration::ZERO,
        })
    }
}
