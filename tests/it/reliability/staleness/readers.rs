//! Readers, and what they counted.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use fastrand::Rng;
use tokio::{task::JoinSet, time::sleep};

use super::{
    super::{
        record::{Country, Moment, Read},
        scale::Scale,
        system::{POPS, System},
        viewer::{Outcome, Target, Viewer},
    },
    trouble::Troubles,
};
use crate::harness::http::RUNTIME;

/// Many, since those who ask for a video whose fill is held wait with it.
const READERS: usize = 48;

/// Between two reads of one reader, at most. A run should last for some lives of the origin.
const PAUSE: Duration = Duration::from_millis(100);

/// One read in so many is of a list.
const LISTS: u8 = 5;

/// What all readers were answered.
#[derive(Default)]
pub(in crate::reliability) struct Readers {
    pub(in crate::reliability) reads: Vec<Read>,
    /// From asking to 502 or 504.
    pub(in crate::reliability) no_answers: Vec<(Moment, Moment)>,
    pub(in crate::reliability) odd: Vec<String>,
}

// === impl Readers ===

impl Readers {
    /// Reads as often as the scale says.
    pub(super) fn run(system: &Arc<System>, scale: &Arc<Scale>) -> Self {
        let turns = Arc::new(AtomicUsize::new(0));
        let mut reading = JoinSet::new();
        for reader in 0..READERS {
            let (system, scale) = (Arc::clone(system), Arc::clone(scale));
            let turns = Arc::clone(&turns);
            let dice = scale.dice(1_000 + reader as u64);
            let reading_on = async move { read(&system, &scale, reader, dice, &turns).await };
            reading.spawn_on(reading_on, RUNTIME.handle());
        }
        let mut all = Self::default();
        for own in RUNTIME.block_on(reading.join_all()) {
            all.add(own);
        }
        all
    }

    /// What others were answered.
    pub(in crate::reliability) fn add(&mut self, others: Self) {
        self.reads.extend(others.reads);
        self.no_answers.extend(others.no_answers);
        self.odd.extend(others.odd);
    }

    pub(in crate::reliability) fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Read(read) => self.reads.push(read),
            Outcome::NoAnswer { started, ended } => self.no_answers.push((started, ended)),
            Outcome::Odd(text) => self.odd.push(text),
        }
    }

    /// How many got no answer although the origin was there and no fill was held.
    pub(in crate::reliability) fn unexplained(&self, troubles: &Troubles) -> usize {
        let unexplained = self
            .no_answers
            .iter()
            .filter(|(started, ended)| !troubles.explain(*started, *ended));
        unexplained.count()
    }

    #[track_caller]
    pub(in crate::reliability) fn assert_answered(&self, troubles: &Troubles) {
        let count = self.odd.len();
        assert!(self.odd.is_empty(), "{count} odd answers: {}", self.odd[0]);
        // A machine that is busy with something else may let a deadline pass.
        let unexplained = self.unexplained(troubles);
        assert!(
            unexplained * 1_000 <= self.reads.len(),
            "{unexplained} got no answer although the origin was there"
        );
    }
}

/// One reader's turns.
async fn read(
    system: &System,
    scale: &Scale,
    reader: usize,
    mut dice: Rng,
    turns: &AtomicUsize,
) -> Readers {
    let mut own = Readers::default();
    let mut viewer = Viewer::at(system, reader % POPS.len());
    let catalog = &system.catalog;
    loop {
        let turn = turns.fetch_add(1, Ordering::Relaxed);
        if turn >= scale.amount {
            return own;
        }
        let country = match dice.bool() {
            true => Country::Germany,
            false => Country::France,
        };
        let target = match dice.u8(0..LISTS) {
            0 => Target::List(dice.usize(0..catalog.lists.len())),
            _ => Target::Video(dice.usize(0..catalog.videos.len())),
        };
        own.count(viewer.read(catalog, country, target).await);
        scale.tell(|| {
            let (kills, crashes) = (system.purger.crashes(), system.origin_crashes());
            format!("{turn} reads; purger killed {kills} times, origin {crashes} times")
        });
        sleep(PAUSE.mul_f64(dice.f64())).await;
    }
}
