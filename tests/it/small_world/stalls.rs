//! When the machine had no time for anybody, by a clock of its own: what was asked then tells of the
//! machine, and is compared with nothing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// Between two looks at the clock.
const EVERY: Duration = Duration::from_millis(1);

/// So much later than asked for, a thread is woken only where others have its core.
const LATE: Duration = Duration::from_millis(2);

/// A thread that looks at the clock again and again.
pub(super) struct Heartbeat {
    is_over: Arc<AtomicBool>,
    beating: JoinHandle<Stalls>,
}

/// From when to when nothing was seen of the clock.
#[derive(Default)]
pub(super) struct Stalls(Vec<(Instant, Instant)>);

// === impl Heartbeat ===

impl Heartbeat {
    pub(super) fn start() -> Self {
        let is_over = Arc::<AtomicBool>::default();
        let over = Arc::clone(&is_over);
        let beating = thread::spawn(move || {
            let mut stalls = Stalls::default();
            let mut last = Instant::now();
            while !over.load(Ordering::Relaxed) {
                thread::sleep(EVERY);
                let now = Instant::now();
                stalls.beat(last, now);
                last = now;
            }
            stalls
        });
        Self { is_over, beating }
    }

    #[track_caller]
    pub(super) fn stop(self) -> Stalls {
        self.is_over.store(true, Ordering::Relaxed);
        self.beating.join().expect("a clock does not panic")
    }
}

// === impl Stalls ===

impl Stalls {
    fn beat(&mut self, last: Instant, now: Instant) {
        if now - last > EVERY + LATE {
            self.0.push((last, now));
        }
    }

    /// Whether any was in this time.
    pub(super) fn touch(&self, from: Instant, to: Instant) -> bool {
        let first = self.0.partition_point(|(_, end)| *end < from);
        self.0.get(first).is_some_and(|(start, _)| *start <= to)
    }
}

#[test]
fn a_stall_touches_what_was_under_way_then() {
    let start = Instant::now();
    let at = |ms: u64| start + Duration::from_millis(ms);
    let mut stalls = Stalls::default();
    for (last, now) in [(0, 1), (1, 3), (3, 10), (10, 12), (50, 80)] {
        stalls.beat(at(last), at(now));
    }
    for (from, to, expected) in [
        (0, 2, false),
        (0, 4, true),
        (5, 6, true),
        (9, 40, true),
        (11, 49, false),
        (11, 100, true),
        (81, 100, false),
    ] {
        assert_eq!(stalls.touch(at(from), at(to)), expected, "{from} to {to}");
    }
}
