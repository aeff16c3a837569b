//! One video's entries in every cache, from event to event.

mod event;
mod fills;

use std::collections::BinaryHeap;

use event::{Event, What};
use fills::Copy;

use super::{
    Cell, Edit, Fill, Network, Observer, Source,
    purge::{Purge, Tier},
};

#[derive(Clone, Copy, Debug)]
struct Stored {
    /// How many edits were committed when the origin read its data.
    version: usize,
    /// Nobody finds it after that.
    ends: f64,
    used: f64,
    is_stale: bool,
}

#[derive(Clone, Debug)]
enum State {
    Absent,
    Filling {
        fill: Fill,
        old: Option<Stored>,
        waiting: Vec<f64>,
    },
    Present(Stored),
}

#[derive(Clone, Debug)]
struct Place {
    state: State,
    /// Where hits are counted without being events: since when.
    since: f64,
}

/// All entries of one video.
pub struct Video<'a, S, O> {
    network: &'a Network,
    cells: &'a [Cell],
    edits: &'a [Edit],
    source: S,
    pub observer: O,
    places: Vec<Place>,
    copies: Vec<Copy>,
    events: BinaryHeap<Event>,
    turn: u64,
    random: fastrand::Rng,
    until: f64,
}

impl<'a, S: Source, O: Observer> Video<'a, S, O> {
    /// Nothing is stored anywhere at `from`. The edits are in order.
    pub fn new(
        network: &'a Network,
        cells: &'a [Cell],
        edits: &'a [Edit],
        source: S,
        observer: O,
        random: fastrand::Rng,
        (from, until): (f64, f64),
    ) -> Self {
        let keys = cells.iter().map(|cell| cell.key + 1).max().unwrap_or(0);
        let place = Place {
            state: State::Absent,
            since: from,
        };
        let mut video = Self {
            network,
            cells,
            edits,
            source,
            observer,
            places: vec![place; cells.len()],
            copies: vec![Copy::Absent; keys],
            events: BinaryHeap::new(),
            turn: 0,
            random,
            until,
        };
        for edit in edits {
            for purge in network.purges(edit) {
                video.push(purge.at, What::Purged(purge));
            }
        }
        for cell in 0..cells.len() {
            video.expect(cell, from);
        }
        video
    }

    /// Lets everything happen, and gives back who watched.
    pub fn run(mut self) -> O {
        while let Some(Event { at, what, .. }) = self.events.pop() {
            match what {
                What::Arrival(cell) => self.arrive(cell, at),
                What::Asked { cell, at: asked } => self.ask_shield(cell, asked, at),
                What::Filled {
                    cell,
                    version,
                    ends,
                } => self.filled(cell, at, version, ends),
                What::ShieldFilled { key, version } => self.shield_filled(key, at, version),
                What::Ends { cell } => self.ended(cell, at),
                What::Purged(purge) => self.purged(&purge),
            }
        }
        for cell in 0..self.cells.len() {
            let since = self.places[cell].since;
            // Of a stale one they were counted when it was purged.
            if let State::Present(Stored {
                is_stale: false, ..
            }) = self.places[cell].state
                && self.source.is_dense(cell)
            {
                self.observer.hits(cell, since, self.until, false);
            }
        }
        self.observer
    }

    fn push(&mut self, at: f64, what: What) {
        // What is under way at the end is seen through, but nobody new comes.
        let is_new = matches!(what, What::Arrival(_) | What::Ends { .. });
        if at.is_finite() && (at <= self.until || !is_new) {
            self.turn += 1;
            let turn = self.turn;
            self.events.push(Event { at, turn, what });
        }
    }

    fn expect(&mut self, cell: usize, after: f64) {
        let next = self.source.next(cell, after);
        self.push(next, What::Arrival(cell));
    }

    fn arrive(&mut self, cell: usize, at: f64) {
        let is_dense = self.source.is_dense(cell);
        let idle_ms = self.network.lifetime.idle_ms;
        match &mut self.places[cell].state {
            State::Present(stored) if stored.ends <= at => {
                let was = *stored;
                self.gone(&was, was.ends);
                self.miss(cell, at, None);
            }
            State::Present(stored) if at - stored.used > idle_ms => self.miss(cell, at, None),
            State::Present(stored) if stored.is_stale => {
                let old = *stored;
                self.miss(cell, at, Some(old));
            }
            State::Present(stored) => {
                stored.used = at;
                self.observer.hit(cell, at, false);
            }
            State::Absent => self.miss(cell, at, None),
            State::Filling { old: Some(_), .. } => self.observer.hit(cell, at, true),
            State::Filling { waiting, .. } => waiting.push(at),
        }
        if !is_dense {
            self.expect(cell, at);
        }
    }
    /// A dense entry's time is over, if it is still the same entry.
    fn ended(&mut self, cell: usize, at: f64) {
        let Place { state, since } = &self.places[cell];
        let State::Present(stored) = state else {
            return;
        };
        let (stored, since) = (*stored, *since);
        if stored.ends > at {
            return;
        }
        self.gone(&stored, at);
        if !stored.is_stale {
            self.observer.hits(cell, since, at, false);
            self.expect(cell, at);
        }
        self.places[cell].state = State::Absent;
    }

    fn purged(&mut self, purge: &Purge) {
        match purge.tier {
            Tier::Shield => {
                for copy in &mut self.copies {
                    if let Copy::Present { .. } = copy {
                        *copy = Copy::Absent;
                    }
                }
            }
            Tier::Pops => {
                for cell in 0..self.cells.len() {
                    self.purge_place(cell, purge);
                }
            }
        }
    }

    /// What is being filled is not there yet, and no purge finds it.
    fn purge_place(&mut self, cell: usize, purge: &Purge) {
        let is_dense = self.source.is_dense(cell);
        let place = &mut self.places[cell];
        match &mut place.state {
            State::Absent => {}
            State::Filling { old, .. } => {
                if !purge.is_soft {
                    *old = None;
                }
            }
            State::Present(stored) => {
                let (was, since) = (*stored, place.since);
                match purge.is_soft {
                    true => stored.is_stale = true,
                    false => place.state = State::Absent,
                }
                self.gone(&was, purge.at);
                if is_dense && !was.is_stale {
                    self.observer.hits(cell, since, purge.at, false);
                    self.expect(cell, purge.at);
                }
            }
        }
    }

    /// From now on nobody gets this entry: what was edited since the origin read it is seen here. A stale one
    /// counts as gone when it became that: whoever asks next fetches.
    fn gone(&mut self, stored: &Stored, at: f64) {
        if stored.is_stale {
            return;
        }
        for edit in stored.version..self.edits.len() {
            let committed = self.edits[edit].at;
            if committed < at {
                self.observer.seen(edit, at - committed);
            }
        }
    }

    /// How many edits were committed by then.
    fn version(&self, at: f64) -> usize {
        self.edits.partition_point(|edit| edit.at <= at)
    }
}
