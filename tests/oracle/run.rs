//! Many pairs of rules and viewer, each decided twice.

mod tally;

use std::{
    env,
    fmt::Write as _,
    num::NonZero,
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use fastrand::Rng;

use crate::candidate::{Answer, Candidate};
use crate::case::{Row, RuleSet, Who};
use crate::verdict::{Oracle, Verdict};
use crate::{generate, shrink};
use tally::Tally;

/// Viewers of one set of rules: compiling costs more than deciding.
const VIEWERS: u64 = 8;

/// How many disagreements are told; the others are counted.
const TOLD: usize = 3;

const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// What a run is asked to do, by the environment.
pub(crate) struct Run {
    pairs: u64,
    seed: u64,
    /// Whether to say how it goes.
    tells: bool,
    /// Where the figures are written, as JSON.
    summary: Option<PathBuf>,
}

/// What the threads have found so far.
struct Found {
    tally: Tally,
    disagreements: Vec<String>,
    last_line: Instant,
}

// === impl Run ===

impl Run {
    pub(crate) fn from_environment(ordinary_pairs: u64) -> Self {
        let number = |name| {
            let text = env::var(name).ok()?;
            Some(
                text.parse()
                    .unwrap_or_else(|_| panic!("`{name}` is a number")),
            )
        };
        let pairs = number("PLAYBACK_ORACLE_PAIRS");
        Self {
            pairs: pairs.unwrap_or(ordinary_pairs),
            seed: number("PLAYBACK_ORACLE_SEED").unwrap_or_else(|| fastrand::u64(..)),
            tells: pairs.is_some(),
            summary: env::var_os("PLAYBACK_ORACLE_SUMMARY").map(PathBuf::from),
        }
    }

    /// Compares both on every pair, and fails with the smallest cases in which they differ.
    pub(crate) fn compare(&self) {
        eprintln!("seed {} (PLAYBACK_ORACLE_SEED)", self.seed);
        let started = Instant::now();
        let found = Mutex::new(Found {
            tally: Tally::default(),
            disagreements: Vec::new(),
            last_line: started,
        });
        let next = AtomicU64::new(0);
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while self.compare_one(next.fetch_add(1, Ordering::Relaxed), &found, started) {}
                });
            }
        });
        let found = found.into_inner().expect("no thread panicked");
        eprintln!("{}", found.tally.line(started.elapsed()));
        if let Some(file) = &self.summary {
            let summary = found.tally.summary(self.seed, started.elapsed());
            std::fs::write(file, summary.to_string()).expect("the summary can be written");
        }
        assert!(
            found.disagreements.is_empty(),
            "{} of {} pairs are decided differently (seed {})\n\n{}",
            found.tally.disagreements,
            found.tally.pairs,
            self.seed,
            found.disagreements.join("\n")
        );
        found.tally.assert_not_dull();
    }

    /// One set of rules and its viewers; answers whether there was still one to do.
    fn compare_one(&self, number: u64, found: &Mutex<Found>, started: Instant) -> bool {
        if number * VIEWERS >= self.pairs {
            return false;
        }
        let mut rng = Rng::with_seed(self.seed.wrapping_add(number));
        let mut rng = Rng::with_seed(rng.u64(..));
        let rules = generate::rules(&mut rng);
        let oracle = Oracle::new(&rules);
        let candidate = Candidate::new(&rules)
            .unwrap_or_else(|error| panic!("rules that cannot be read: {error}"));
        for pair in (number * VIEWERS..).take(VIEWERS as usize) {
            let who = generate::viewer(&mut rng, &rules);
            let verdict = oracle.verdict(&who);
            let answers = candidate.answers(&who);
            let differing = verdict
                .as_ref()
                .and_then(|verdict| differing(verdict, &answers));
            let mut found = found.lock().expect("no thread panicked");
            found.tally.count(verdict.as_ref(), differing.is_some());
            if differing.is_some() && found.disagreements.len() < TOLD {
                let id = format!("oracle-{}-{pair}", self.seed);
                let row = told(id, rules.clone(), who);
                if self.tells {
                    eprintln!("decided differently:\n\n{row}");
                }
                found.disagreements.push(row);
            }
            if self.tells && found.last_line.elapsed() > BETWEEN_LINES {
                found.last_line = Instant::now();
                eprintln!("{}", found.tally.line(started.elapsed()));
            }
        }
        true
    }
}

/// The first answer that is none of the verdict's.
fn differing<'a>(verdict: &Verdict, answers: &'a [Answer]) -> Option<&'a Answer> {
    answers
        .iter()
        .find(|answer| !verdict.answers.contains(&answer.told))
}

/// A case in which the two differ, made as small as it gets, as a row for the tables.
fn told(id: String, rules: RuleSet, who: Who) -> String {
    let still = |rules: &RuleSet, who: &Who| {
        let verdict = Oracle::new(rules).verdict(who);
        let candidate = Candidate::new(rules);
        match (verdict, candidate) {
            (Some(verdict), Ok(candidate)) => {
                differing(&verdict, &candidate.answers(who)).is_some()
            }
            _ => false,
        }
    };
    let (rules, who) = shrink::smallest(rules, who, still);
    let oracle = Oracle::new(&rules);
    let verdict = oracle.verdict(&who).expect("it still differs");
    let answers = Candidate::new(&rules)
        .expect("it still differs")
        .answers(&who);
    let answer = differing(&verdict, &answers).expect("it still differs");
    let want = verdict.answers[0].clone();
    let mut text = Row::new(id, verdict.spec(), &rules, &who, want).to_string();
    for other in &verdict.answers[1..] {
        let _ = writeln!(text, "#     or {other}");
    }
    let Answer { way, told } = answer;
    let _ = writeln!(text, "# got    {told}, {way}");
    for line in oracle.reasons(&verdict).lines() {
        let _ = writeln!(text, "# {line}");
    }
    text
}
