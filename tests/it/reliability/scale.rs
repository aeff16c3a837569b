//! How much a run does, by the environment, how it tells of it, and where its figures go.

use std::{
    env, fs,
    path::PathBuf,
    sync::Mutex,
    time::{Duration, Instant},
};

use fastrand::Rng;
use serde_json::{Value, json};

const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// What a run is asked to do.
pub(super) struct Scale {
    pub(super) amount: usize,
    pub(super) seed: u64,
    /// Where the figures are written, as JSON.
    summary: Option<PathBuf>,
    /// When it last told how it goes; nothing if it is not to tell.
    last_line: Option<Mutex<Instant>>,
    started: Instant,
}

/// Of many durations, those worth telling, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spread {
    p50: f64,
    p99: f64,
    max: f64,
}

// === impl Scale ===

impl Scale {
    /// The amount is `PLAYBACK_RELIABILITY_{variable}`, or the ordinary one.
    #[track_caller]
    pub(super) fn of(variable: &str, ordinary: usize) -> Self {
        let number = |name: &str| {
            let name = format!("PLAYBACK_RELIABILITY_{name}");
            let text = env::var(&name).ok()?;
            let number: u64 = text
                .parse()
                .unwrap_or_else(|_| panic!("`{name}` is a number, not `{text}`"));
            Some(number)
        };
        let asked = number(variable);
        let seed = number("SEED").unwrap_or_else(|| fastrand::u64(..));
        eprintln!("{variable}: seed {seed} (PLAYBACK_RELIABILITY_SEED)");
        let amount = asked.map(|amount| usize::try_from(amount).expect("it fits"));
        Self {
            amount: amount.unwrap_or(ordinary),
            seed,
            summary: env::var_os("PLAYBACK_RELIABILITY_SUMMARY").map(PathBuf::from),
            last_line: asked.map(|_| Mutex::new(Instant::now())),
            started: Instant::now(),
        }
    }

    /// Dice for one part of the run; equal seeds and parts give equal dice.
    pub(super) fn dice(&self, part: u64) -> Rng {
        // Neighbouring seeds are made strangers.
        Rng::with_seed(Rng::with_seed(self.seed.wrapping_add(part)).u64(..))
    }

    /// Tells how it goes, in the long run, from time to time.
    pub(super) fn tell(&self, line: impl FnOnce() -> String) {
        let Some(last_line) = &self.last_line else {
            return;
        };
        let mut last_line = last_line.lock().expect("nobody panics while holding this");
        if last_line.elapsed() > BETWEEN_LINES {
            *last_line = Instant::now();
            eprintln!("{:6.0} s: {}", self.started.elapsed().as_secs_f64(), line());
        }
    }

    /// Prints the figures, and writes them where they are wanted.
    pub(super) fn sum_up(&self, mut figures: Value) {
        figures["seed"] = json!(self.seed);
        figures["seconds"] = json!(self.started.elapsed().as_secs_f64());
        eprintln!("{figures}");
        if let Some(file) = &self.summary {
            fs::write(file, figures.to_string()).expect("the summary can be written");
        }
    }
}

// === impl Spread ===

impl Spread {
    pub(super) fn of(durations: impl IntoIterator<Item = Duration>) -> Self {
        let mut durations: Vec<_> = durations.into_iter().collect();
        durations.sort_unstable();
        let at = |percent: usize| {
            let index = (durations.len() * percent).div_ceil(100).max(1) - 1;
            let duration = durations.get(index).copied().unwrap_or_default();
            (duration.as_secs_f64() * 10_000.0).round() / 10.0
        };
        Self {
            p50: at(50),
            p99: at(99),
            max: at(100),
        }
    }

    pub(super) fn figures(self) -> Value {
        let Self { p50, p99, max } = self;
        json!({ "p50_ms": p50, "p99_ms": p99, "max_ms": max })
    }
}

#[test]
fn percentiles_are_of_the_durations_themselves() {
    let all = (1..=200).rev().map(Duration::from_millis);
    let Spread { p50, p99, max } = Spread::of(all);
    assert_eq!((p50, p99, max), (100.0, 198.0, 200.0));
    let Spread { p50, p99, max } = Spread::of([Duration::from_micros(1_460)]);
    assert_eq!((p50, p99, max), (1.5, 1.5, 1.5));
    assert_eq!(Spread::of([]).figures()["max_ms"], 0.0);
}
