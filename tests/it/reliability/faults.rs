//! What happens to a call on its way from the purger to the purge API.

use std::time::Duration;

use fastrand::Rng;

/// One call's fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is passed on, and so is its answer.
    None,
    /// It is passed on after a while.
    Slow(Duration),
    /// 500, and nothing is passed on.
    Failing,
    /// 429, and nothing is passed on.
    TooMany { retry_after: bool },
    /// 200 with a page for people, and nothing is passed on.
    Html,
    /// The connection ends before it is passed on.
    CutBefore,
    /// It is passed on, and then the connection ends.
    CutAfter,
    /// It is passed on and answered, and passed on again after a while, behind later ones.
    Twice(Duration),
    /// It is passed on as a soft purge, whatever it was.
    Softened,
    /// The purger is killed.
    Killed(Step),
}

/// Where in its loop the purger is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The purge API has not heard of the call.
    BeforePassing,
    /// It has, and the purger does not know.
    BeforeAnswering,
    /// The purger has been told, and may or may not have written it down.
    AfterAnswering,
}

/// Faults in a row. What fails for ever shows nothing but that it fails.
const IN_A_ROW: usize = 4;

/// How many cards of a deck are of which fault. On the others there is none.
const DECK: [(usize, Fault); 11] = [
    (5, Fault::Slow(SHORT)),
    (4, Fault::Failing),
    (3, Fault::TooMany { retry_after: true }),
    (3, Fault::TooMany { retry_after: false }),
    (3, Fault::Html),
    (3, Fault::CutBefore),
    (3, Fault::CutAfter),
    (6, Fault::Twice(LONG)),
    (2, Fault::Killed(Step::BeforePassing)),
    (2, Fault::Killed(Step::BeforeAnswering)),
    (2, Fault::Killed(Step::AfterAnswering)),
];
const CARDS: usize = 100;

/// The longest that a slow call takes, and that a second one comes later.
const SHORT: Duration = Duration::from_millis(600);
const LONG: Duration = Duration::from_millis(3_000);

/// Calls' fates, dealt from shuffled decks: by chance, and each of them before long.
pub(super) struct Fates {
    dice: Rng,
    deck: Vec<Fault>,
    in_a_row: usize,
}

// === impl Fault ===

impl Fault {
    /// Its name in the figures.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Slow(_) => "slow",
            Self::Failing => "500",
            Self::TooMany { retry_after: true } => "429 with Retry-After",
            Self::TooMany { retry_after: false } => "429",
            Self::Html => "200 with HTML",
            Self::CutBefore => "cut before",
            Self::CutAfter => "cut after",
            Self::Twice(_) => "passed twice",
            Self::Softened => "softened",
            Self::Killed(Step::BeforePassing) => "killed before passing",
            Self::Killed(Step::BeforeAnswering) => "killed before answering",
            Self::Killed(Step::AfterAnswering) => "killed after answering",
        }
    }
}

// === impl Fates ===

impl Fates {
    /// Among so many faults there is each: a whole deck.
    pub(super) fn deck_faults() -> usize {
        DECK.iter().map(|(count, _)| count).sum()
    }

    pub(super) fn new(dice: Rng) -> Self {
        Self {
            dice,
            deck: Vec::new(),
            in_a_row: 0,
        }
    }

    /// The names of all fates that are dealt.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        let faults = DECK.map(|(_, fault)| fault.name());
        faults.into_iter().chain([Fault::None.name()])
    }

    pub(super) fn next(&mut self) -> Fault {
        let fault = match self.in_a_row < IN_A_ROW {
            true => self.deal(),
            false => Fault::None,
        };
        let is_well = matches!(fault, Fault::None | Fault::Twice(_));
        self.in_a_row = if is_well { 0 } else { self.in_a_row + 1 };
        fault
    }

    fn deal(&mut self) -> Fault {
        if self.deck.is_empty() {
            let cards = DECK.iter().flat_map(|(count, fault)| vec![*fault; *count]);
            self.deck = cards.collect();
            self.deck.resize(CARDS, Fault::None);
            self.dice.shuffle(&mut self.deck);
        }
        let part = self.dice.f64();
        match self.deck.pop() {
            Some(Fault::Slow(longest)) => Fault::Slow(longest.mul_f64(part)),
            Some(Fault::Twice(longest)) => Fault::Twice(longest.mul_f64(part)),
            fault => fault.unwrap_or(Fault::None),
        }
    }
}

#[test]
fn every_fate_is_met_before_long_and_never_too_many_faults_in_a_row() {
    let is_well = |fault: &Fault| matches!(fault, Fault::None | Fault::Twice(_));
    for seed in 0..100 {
        let mut fates = Fates::new(Rng::with_seed(seed));
        let dealt: Vec<_> = (0..2 * CARDS).map(|_| fates.next()).collect();
        for name in Fates::names() {
            let is_met = dealt.iter().any(|fault| fault.name() == name);
            assert!(is_met, "{name}, seed {seed}");
        }
        for row in dealt.windows(IN_A_ROW + 1) {
            assert!(row.iter().any(is_well), "{row:?}");
        }
    }
}
