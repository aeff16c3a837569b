//! From a miss to a stored entry: the shield, the origins, and who waits.

use super::{Place, State, Stored, Video, event::What};
use crate::model::{Cell, Fill, Observer, Source};

/// A copy at the shield.
#[derive(Clone, Copy, Debug)]
pub(super) enum Copy {
    Absent,
    /// Who asks meanwhile has the answer then.
    Filling {
        until: f64,
        failed: bool,
        version: usize,
        began: f64,
    },
    Present {
        version: usize,
        since: f64,
        used: f64,
    },
}

impl<S: Source, O: Observer> Video<'_, S, O> {
    /// Of all who find nothing one fetches.
    pub(super) fn miss(&mut self, cell: usize, at: f64, old: Option<Stored>) {
        let until = f64::INFINITY;
        let fill = Fill {
            at,
            until,
            of_shield: false,
            failed: false,
        };
        let state = State::Filling {
            fill,
            old,
            waiting: Vec::new(),
        };
        self.places[cell] = Place { state, since: at };
        match self.network.shield {
            Some(_) => {
                let there = at + self.network.pops[self.cells[cell].pop].to_shield_ms / 2.0;
                self.push(there, What::Asked { cell, at });
            }
            None => self.ask_origins(cell, at, at),
        }
    }

    /// Asks the origins at `from` for what was missed at `at`.
    fn ask_origins(&mut self, cell: usize, at: f64, from: f64) {
        let network = self.network;
        let origins = &network.pops[self.cells[cell].pop].origins;
        let fetched = network.ask_origins(origins, from, at + network.fill_deadline_ms);
        self.observer.origin_call(from, &fetched);
        let version = fetched.read_at.map(|read_at| self.version(read_at));
        self.fetched(cell, fetched.at, version, f64::INFINITY, false);
    }

    /// The answer, or none, is back at the POP.
    fn fetched(
        &mut self,
        cell: usize,
        at: f64,
        version: Option<usize>,
        left: f64,
        of_shield: bool,
    ) {
        let lifetime = self.network.lifetime;
        let State::Filling { fill, .. } = &mut self.places[cell].state else {
            return;
        };
        let until = at + self.network.service.fill_ms;
        *fill = Fill {
            until,
            of_shield,
            failed: version.is_none(),
            ..*fill
        };
        let is_in_time = at - fill.at <= self.network.fill_deadline_ms;
        let lost = -lifetime.lost_ms * (1.0 - self.random.f64()).ln();
        let ends = match is_in_time {
            true => until + lifetime.max_age_ms.min(left).min(lost),
            false => until,
        };
        self.push(
            until,
            What::Filled {
                cell,
                version,
                ends,
            },
        );
    }

    pub(super) fn filled(&mut self, cell: usize, at: f64, version: Option<usize>, ends: f64) {
        let is_dense = self.source.is_dense(cell);
        let state = std::mem::replace(&mut self.places[cell].state, State::Absent);
        let State::Filling { fill, old, waiting } = state else {
            return;
        };
        self.observer.fill(cell, &fill);
        for &came in &waiting {
            self.observer.wait(cell, came, at);
        }
        if is_dense {
            match old {
                Some(_) => self.observer.hits(cell, fill.at, at, true),
                None => self.observer.waits(cell, fill.at, at),
            }
        }
        let place = &mut self.places[cell];
        place.since = at;
        match version {
            Some(version) if ends > at => {
                let is_stale = false;
                place.state = State::Present(Stored {
                    version,
                    ends,
                    used: at,
                    is_stale,
                });
                if is_dense {
                    self.push(ends, What::Ends { cell });
                }
            }
            Some(_) | None if is_dense => self.expect(cell, at),
            Some(_) | None => {}
        }
    }

    /// A POP that missed at `asked` asks the shield, which hears of it at `at`.
    pub(super) fn ask_shield(&mut self, cell: usize, asked: f64, at: f64) {
        let (network, Cell { pop, key }) = (self.network, self.cells[cell]);
        let Some(shield) = &network.shield else {
            return;
        };
        let (service, lifetime) = (network.service, network.lifetime);
        if let Copy::Present { since, used, .. } = self.copies[key]
            && (at - used > lifetime.idle_ms || at - since > lifetime.max_age_ms)
        {
            self.copies[key] = Copy::Absent;
        }
        let (ready, version, age, had) = match &mut self.copies[key] {
            Copy::Present {
                version,
                since,
                used,
            } => {
                *used = at;
                (at, Some(*version), at - *since, true)
            }
            // Who waits is patient for as long as a fill may take.
            Copy::Filling {
                until,
                failed,
                version,
                ..
            } => (*until, (!*failed).then_some(*version), 0.0, true),
            Copy::Absent => {
                let deadline = at + network.fill_deadline_ms;
                let fetched = network.ask_origins(&shield.origins, at, deadline);
                self.observer.origin_call(at, &fetched);
                let version = fetched.read_at.map(|read_at| self.version(read_at));
                let (until, failed) = (fetched.at, version.is_none());
                let filling = Copy::Filling {
                    until,
                    failed,
                    version: version.unwrap_or(0),
                    began: at,
                };
                self.copies[key] = filling;
                self.push(until, What::ShieldFilled { key, version });
                (until, version, 0.0, false)
            }
        };
        let way = network.pops[pop].to_shield_ms;
        // The POP that is the shield reads its own cache.
        let hop = if way > 0.0 { service.shield_ms } else { 0.0 };
        let back = ready + hop + way / 2.0;
        // Half the time is left for the origins, should the shield be silent.
        let patience = asked + network.fill_deadline_ms / 2.0;
        match version {
            Some(_) if back <= patience => {
                self.fetched(cell, back, version, lifetime.max_age_ms - age, had);
            }
            Some(_) | None => self.ask_origins(cell, asked, back.min(patience)),
        }
    }

    pub(super) fn shield_filled(&mut self, key: usize, at: f64, version: Option<usize>) {
        let Copy::Filling { began, .. } = self.copies[key] else {
            return;
        };
        let is_in_time = at - began <= self.network.fill_deadline_ms;
        self.copies[key] = match version {
            Some(version) if is_in_time => Copy::Present {
                version,
                since: at,
                used: at,
            },
            Some(_) | None => Copy::Absent,
        };
    }
}
