//! How often one network may cost what others pay for: what it asks the origin for, and the
//! credentials it makes up. Whatever the cache holds goes to whoever may have it, however often.

use fastly::erl::{CounterDuration, ERLError, RateCounter};
use playback_policy::client_network;

use crate::{error::EdgeError, incoming::Incoming, log};

/// What is counted, as the platform and the log name it.
const MISSES: &str = "misses";
const BAD_CREDENTIALS: &str = "bad-credentials";

/// How often in ten seconds, for each network of clients. What has no limit is not counted.
///
/// A POP counts for itself, and not exactly.
///
/// # Source
///
/// Fastly, Edge Rate Limiting: limitations.
pub(crate) struct RateLimits {
    /// Answers fetched from the origin.
    pub(crate) misses: Option<u32>,
    /// Policy keys and viewer tokens that are none.
    pub(crate) bad_credentials: Option<u32>,
}

/// Who asks, and how often they may.
pub(crate) struct Client<'a> {
    request: &'a Incoming,
    limits: &'a RateLimits,
}

impl<'a> Client<'a> {
    pub(crate) fn of(request: &'a Incoming, limits: &'a RateLimits) -> Self {
        Self { request, limits }
    }

    /// Counts a miss, unless it is one too many.
    pub(crate) fn misses(&self) -> Result<(), EdgeError> {
        self.count(MISSES, self.limits.misses, 1)
    }

    /// Whether a credential that may be bad is looked at, which may cost a millisecond.
    pub(crate) fn may_try(&self) -> Result<(), EdgeError> {
        self.count(BAD_CREDENTIALS, self.limits.bad_credentials, 0)
    }

    /// Counts a credential that is bad, unless it is one too many.
    pub(crate) fn failed(&self) -> Result<(), EdgeError> {
        self.count(BAD_CREDENTIALS, self.limits.bad_credentials, 1)
    }

    /// Counts so many more. What is refused counts, too: who does not slow down is not let in again.
    fn count(&self, counter: &'static str, most: Option<u32>, more: u32) -> Result<(), EdgeError> {
        let Some(most) = most else { return Ok(()) };
        let Some(address) = self.request.client() else {
            return Ok(());
        };
        match counted(counter, &client_network(address).to_string(), more) {
            Ok(count) if count > most => Err(EdgeError::TooMany(counter)),
            Ok(_) => Ok(()),
            // A limit spares what is behind it. Where nobody counts, viewers are to be answered.
            Err(error) => {
                log::failure("rate limit", &error);
                Ok(())
            }
        }
    }
}

fn counted(counter: &str, client: &str, more: u32) -> Result<u32, ERLError> {
    let counter = RateCounter::open(counter);
    if more > 0 {
        counter.increment(client, more)?;
    }
    counter.lookup_count(client, CounterDuration::TenSec)
}
