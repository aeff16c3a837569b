//! The way from the purger to the purge API: what passes is written down, and what is to go wrong
//! goes wrong here.

/// What becomes of each call.
mod handling;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, OnceLock},
};

use tokio::net::TcpListener;

use super::{
    faults::Fault,
    purger::Purger,
    record::{Clock, Moment},
};
use crate::harness::http::RUNTIME;
use handling::accept;

/// A listener that forwards to the purge API, as faithfully as it is told to.
pub(super) struct Purges {
    pub(super) address: SocketAddr,
    state: Arc<State>,
}

/// A call that the purge API confirmed.
#[derive(Clone, Debug)]
pub(super) struct Passed {
    pub(super) arrived: Moment,
    pub(super) confirmed: Moment,
    /// As the purger sent it.
    pub(super) is_hard: bool,
    pub(super) keys: Vec<String>,
}

/// All that came this way.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// By confirmation.
    pub(super) passed: Vec<Passed>,
    /// When the purger or a call of it was interfered with.
    pub(super) disturbed: Vec<Moment>,
    /// How many calls met which fate.
    pub(super) fates: BTreeMap<&'static str, u64>,
}

/// Says what happens to the call that names these keys.
type Choice = Box<dyn FnMut(&[String]) -> Fault + Send>;

struct State {
    clock: Clock,
    ends: OnceLock<Ends>,
    choice: Mutex<Choice>,
    seen: Mutex<Seen>,
}

/// What is at either end.
struct Ends {
    api: SocketAddr,
    purger: Arc<Purger>,
}

// === impl Purges ===

impl Purges {
    /// Listens on a free port, for what [`Purges::join`] will name.
    pub(super) fn start(clock: Clock) -> Self {
        let state = Arc::new(State {
            clock,
            ends: OnceLock::new(),
            choice: Mutex::new(Box::new(|_| Fault::None)),
            seen: Mutex::default(),
        });
        let listener = RUNTIME
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        RUNTIME.spawn(accept(listener, Arc::clone(&state)));
        Self { address, state }
    }

    pub(super) fn join(&self, purger: Arc<Purger>, api: SocketAddr) {
        let joined = self.state.ends.set(Ends { api, purger });
        assert!(joined.is_ok(), "it joins two ends, once");
    }

    /// From now on this says what happens to each call.
    pub(super) fn choose(&self, choice: impl FnMut(&[String]) -> Fault + Send + 'static) {
        let mut own = self.state.choice.lock().expect("no choice panics");
        *own = Box::new(choice);
    }

    /// Everything is as it should be again.
    pub(super) fn pass_everything(&self) {
        self.choose(|_| Fault::None);
    }

    pub(super) fn seen(&self) -> Seen {
        self.state.seen().clone()
    }

    /// Kills the purger, between two calls or in one. It is up again when this returns.
    pub(super) async fn kill(&self) {
        self.state.kill().await;
    }

    /// The first hard call for this key that was passed on after the moment.
    pub(super) fn first_hard(&self, key: &str, after: Moment) -> Option<Passed> {
        let seen = self.state.seen();
        let recent = seen.passed.iter().rev();
        // Calls are written down when they are over, so that earlier ones may stand a little later.
        let recent = recent.take_while(|call| call.confirmed >= after);
        recent
            .filter(|call| call.is_hard && call.arrived >= after)
            .filter(|call| call.keys.iter().any(|own| own == key))
            .min_by_key(|call| call.arrived)
            .cloned()
    }
}

// === impl State ===

impl State {
    fn disturb(&self) {
        let now = self.clock.now();
        self.seen().disturbed.push(now);
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("nobody panics while holding this")
    }
}
