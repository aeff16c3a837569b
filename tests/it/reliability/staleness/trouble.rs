//! What goes wrong beside the purger's calls: fills that are held across purges or trickle through
//! them, a purger and origins that are killed at any moment.

use std::{
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

use fastrand::Rng;
use tokio::{
    task::{JoinSet, spawn_blocking},
    time::sleep,
};

use super::{
    super::{
        record::Moment,
        scale::Scale,
        system::{FILL_DEADLINE_MS, System},
        weather::Weather,
    },
    Over,
};
use crate::harness::{gate::Manner, http::RUNTIME};

/// Fills that are held at once.
const HOLDERS: u64 = 2;

/// One hold in so many lets the answer trickle.
const TRICKLES: u8 = 4;

/// One hold in so many is longer than a fill may take.
const TOO_LONG: u8 = 8;

/// All that goes wrong, while it goes wrong.
pub(in crate::reliability) struct Trouble {
    making: JoinSet<()>,
    troubles: Arc<Mutex<Troubles>>,
}

/// What went wrong.
#[derive(Clone, Default)]
pub(in crate::reliability) struct Troubles {
    /// While these lasted, answers may be missing.
    spans: Vec<(Moment, Moment)>,
    pub(in crate::reliability) holds: u32,
    pub(in crate::reliability) holds_beyond_the_deadline: u32,
}

// === impl Trouble ===

impl Trouble {
    pub(in crate::reliability) fn start(system: &Arc<System>, scale: &Scale, over: &Over) -> Self {
        let troubles = Arc::default();
        let mut making = JoinSet::new();
        for holder in 0..HOLDERS {
            let dice = scale.dice(10 + holder);
            let (system, over) = (Arc::clone(system), over.clone());
            let holding = hold_fills(system, dice, over, Arc::clone(&troubles));
            making.spawn_on(holding, RUNTIME.handle());
        }
        let (own, dice) = (Arc::clone(system), scale.dice(20));
        making.spawn_on(kill_the_purger(own, dice, over.clone()), RUNTIME.handle());
        let (own, dice) = (Arc::clone(system), scale.dice(21));
        let killing = kill_the_origin(own, dice, over.clone(), Arc::clone(&troubles));
        making.spawn_on(killing, RUNTIME.handle());
        Self { making, troubles }
    }

    /// Waits for the last of it, after everybody was told that it is over.
    #[track_caller]
    pub(in crate::reliability) fn end(self) -> Troubles {
        RUNTIME.block_on(self.making.join_all());
        let troubles = self.troubles.lock().expect("nobody panicked");
        troubles.clone()
    }
}

/// Keeps back the origin's answers for one video after another. What was edited meanwhile is purged
/// before the answers arrive.
async fn hold_fills(
    system: Arc<System>,
    mut dice: Rng,
    over: Over,
    troubles: Arc<Mutex<Troubles>>,
) {
    let deadline = u64::from(FILL_DEADLINE_MS);
    while !over.is_told() {
        let video = dice.usize(0..system.catalog.videos.len());
        let is_too_long = dice.u8(0..TOO_LONG) == 0;
        let length = match is_too_long {
            true => dice.u64(deadline..deadline + 600),
            false => dice.u64(100..deadline - 300),
        };
        let from = system.clock.now();
        let label = system.fill_label(video);
        let manner = match dice.u8(0..TRICKLES) {
            0 => Manner::Trickle,
            _ => Manner::HoldAnswer,
        };
        let bar = system.fills.bar(&label, manner);
        over.sleep(Duration::from_millis(length)).await;
        bar.lift();
        let mut troubles = troubles.lock().expect("nobody panicked");
        troubles.add(from, system.clock.now());
        troubles.holds += 1;
        troubles.holds_beyond_the_deadline += u32::from(is_too_long);
    }
}

async fn kill_the_purger(system: Arc<System>, mut dice: Rng, over: Over) {
    loop {
        // Now and then hardly after it has got up.
        let pause = match dice.u8(0..4) {
            0 => dice.u64(0..50),
            _ => dice.u64(1_000..6_000),
        };
        over.sleep(Duration::from_millis(pause)).await;
        if over.is_told() {
            return;
        }
        let is_spared = system.spares.load(Ordering::Relaxed);
        if Weather::at(system.clock.now()) == Weather::Storm && !is_spared {
            system.purges.kill().await;
        }
    }
}

/// While an edit is in flight, which is nearly always.
async fn kill_the_origin(
    system: Arc<System>,
    mut dice: Rng,
    over: Over,
    troubles: Arc<Mutex<Troubles>>,
) {
    loop {
        over.sleep(Duration::from_millis(dice.u64(2_000..6_000)))
            .await;
        while !over.is_told() && system.in_flight.load(Ordering::Relaxed) == 0 {
            sleep(Duration::from_micros(500)).await;
        }
        sleep(Duration::from_micros(dice.u64(0..10_000))).await;
        if over.is_told() {
            return;
        }
        let from = system.clock.now();
        let crashing = Arc::clone(&system);
        let crashed = spawn_blocking(move || crashing.crash_origin()).await;
        crashed.expect("the origin gets up again");
        let mut troubles = troubles.lock().expect("nobody panicked");
        troubles.add(from, system.clock.now());
    }
}

// === impl Troubles ===

impl Troubles {
    fn add(&mut self, from: Moment, to: Moment) {
        self.spans.push((from, to));
    }

    /// Whether the origin was away, or a fill held, while somebody waited: a held fill may end, and
    /// fail, up to its deadline after the origin is back.
    pub(super) fn explain(&self, started: Moment, ended: Moment) -> bool {
        let deadline = Duration::from_millis(FILL_DEADLINE_MS.into());
        let mut spans = self.spans.iter();
        spans.any(|(from, to)| *from <= ended && started <= *to + deadline)
    }
}
