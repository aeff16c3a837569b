//! Whether the purge API can be reached: an alarm, and no fuse. Purges are tried on, and none is
//! dropped.

use std::time::Duration;

use tokio::time::Instant;

use super::{api::PurgeError, backoff::Backoff};

/// So many failures in a row are no accident.
const ALARM_AFTER: u32 = 5;
/// How often the alarm is repeated.
const REPEAT_AFTER: Duration = Duration::from_secs(60);
/// The longest pause between two calls. An edit waits at most so long once the API is back.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The longest while stopping, when there is no time to be patient in.
const LONGEST_PAUSE_AT_STOP: Duration = Duration::from_millis(500);

/// How calls of the purge API go.
#[derive(Debug, Default)]
pub(super) struct Circuit {
    backoff: Backoff,
    /// When the alarm was last raised.
    alarmed: Option<Instant>,
    is_stopping: bool,
}

impl Circuit {
    /// From now on there is little time.
    pub(super) fn stop(&mut self) {
        self.is_stopping = true;
    }

    /// Whether the alarm is on.
    pub(super) fn is_open(&self) -> bool {
        self.alarmed.is_some()
    }

    /// Notes that the API answers.
    pub(super) fn succeed(&mut self) {
        if self.alarmed.take().is_some() {
            let failures = self.backoff.failures();
            tracing::info!(failures, "the purge API answers again");
        }
        self.backoff.succeed();
    }

    /// Notes a failed call; answers how long to leave the API alone.
    pub(super) fn fail(&mut self, error: &PurgeError, open_keys: usize) -> Duration {
        let longest = match self.is_stopping {
            true => LONGEST_PAUSE_AT_STOP,
            false => LONGEST_PAUSE,
        };
        let own = self.backoff.fail(longest);
        let pause = error.retry_after().unwrap_or(own);
        let failures = self.backoff.failures();
        let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(failures, pause_ms, %error, "a purge failed and will be tried again");
        let is_due = |alarmed: Instant| alarmed.elapsed() >= REPEAT_AFTER;
        if failures >= ALARM_AFTER && self.alarmed.is_none_or(is_due) {
            self.alarmed = Some(Instant::now());
            tracing::error!(
                alarm = true, failures, open_keys, %error,
                "the purge API does not take purges: viewers get what was true before these edits",
            );
        }
        pause
    }
}
