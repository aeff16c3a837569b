//! A rate counter in place of the platform's, which Viceroy leaves out: it counts in the POP's cache,
//! exactly as long as requests come one by one. A count lasts ten seconds from the last event.

use std::{
    io::{Read as _, Write as _},
    time::Duration,
};

use fastly::{
    cache::core::{self, CacheError, CacheKey},
    erl::{CounterDuration, ERLError},
};

/// In place of [`fastly::erl::RateCounter`].
pub(crate) struct RateCounter {
    name: String,
}

impl RateCounter {
    pub(crate) fn open(name: &str) -> Self {
        Self {
            name: name.to_owned(),
        }
    }

    pub(crate) fn increment(&self, entry: &str, delta: u32) -> Result<(), ERLError> {
        let count = self.count(entry)? + delta;
        let insert = || -> Result<(), CacheError> {
            let mut stream = core::insert(self.key(entry), Duration::from_secs(10)).execute()?;
            stream.write_all(&count.to_be_bytes()).map_err(|_| CacheError::InvalidOperation)?;
            stream.finish().map_err(|_| CacheError::InvalidOperation)
        };
        insert().map_err(|_| ERLError::Unexpected)
    }

    pub(crate) fn lookup_count(&self, entry: &str, _: CounterDuration) -> Result<u32, ERLError> {
        self.count(entry)
    }

    fn count(&self, entry: &str) -> Result<u32, ERLError> {
        let found = core::lookup(self.key(entry)).execute();
        let Some(found) = found.map_err(|_| ERLError::Unexpected)? else {
            return Ok(0);
        };
        let mut count = [0; 4];
        let mut stream = found.to_stream().map_err(|_| ERLError::Unexpected)?;
        stream.read_exact(&mut count).map_err(|_| ERLError::Unexpected)?;
        Ok(u32::from_be_bytes(count))
    }

    fn key(&self, entry: &str) -> CacheKey {
        CacheKey::from(format!("rate counter {} {entry}", self.name).into_bytes())
    }
}
