//! Waiting for what happens in its own time.

use std::{
    thread,
    time::{Duration, Instant},
};

/// No claim takes longer to come true.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks again and again until there is an answer; how long that took never decides the outcome.
#[track_caller]
pub(crate) fn eventually<T>(claim: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "it never came true that {claim}"
        );
        thread::sleep(Duration::from_millis(10));
    }
}
