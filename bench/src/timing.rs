//! How long an operation takes, on whatever machine this is compiled for.

use std::time::{Duration, Instant};

use crate::operations::Operation;

/// Nanoseconds for the operation, done again and again for about so long; `None` where it comes out wrong.
pub fn ns(operation: &mut Operation, turn: Duration) -> Option<f64> {
    // Until the clock is long enough at it: the clock itself takes some time, in Wasm a call of the host.
    let mut times: u32 = 1;
    loop {
        let spent = spent(operation, times)?;
        if spent >= turn / 8 {
            let wanted = turn.as_nanos() * u128::from(times) / spent.as_nanos().max(1);
            let wanted = u32::try_from(wanted).unwrap_or(u32::MAX).max(1);
            let spent = self::spent(operation, wanted)?;
            return Some(spent.as_nanos() as f64 / f64::from(wanted));
        }
        times = times.saturating_mul(2);
    }
}

fn spent(operation: &mut Operation, times: u32) -> Option<Duration> {
    let started = Instant::now();
    let all_right = (0..times).all(|_| operation());
    all_right.then(|| started.elapsed())
}
