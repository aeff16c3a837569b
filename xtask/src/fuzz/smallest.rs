//! Chooses, of many inputs, few and small ones that reach most of what all of them reach.

use std::collections::{BTreeSet, BinaryHeap};
use std::path::PathBuf;

use anyhow::{Context as _, Result};

/// An input that reaches fewer new places than this is not kept: the last tenth of all places would
/// take most of the inputs.
const LEAST_GAIN: usize = 4;

/// What the kept inputs of one target may take together, in bytes.
const BUDGET: u64 = 14 * 1024;

/// What an input costs beside its bytes: a file of its own.
const FILE: u64 = 64;

/// An input, and the numbers of the places that it reaches: edges, and comparisons by how close they
/// came.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) input: PathBuf,
    size: u64,
    places: Vec<u32>,
}

/// Reads what libFuzzer writes down as it merges: how many inputs, how many of them came first, their
/// paths; then, for each by its number, `STARTED` with its size and `FT` with the places.
pub(super) fn read(control: &str) -> Result<Vec<Reach>> {
    let mut lines = control.lines();
    let count = lines.next().and_then(|line| line.parse().ok());
    let count: usize = count.context("the merge left no list of inputs")?;
    let mut all: Vec<Reach> = lines
        .by_ref()
        .skip(1)
        .take(count)
        .map(|path| Reach {
            input: path.into(),
            size: 0,
            places: Vec::new(),
        })
        .collect();
    for line in lines {
        let mut words = line.split(' ');
        let kind = words.next();
        let mut numbers = words.map_while(|word| word.parse::<u32>().ok());
        let number = numbers.next().and_then(|at| usize::try_from(at).ok());
        let Some(reach) = number.and_then(|at| all.get_mut(at)) else {
            continue;
        };
        match kind {
            Some("STARTED") => reach.size = numbers.next().unwrap_or_default().into(),
            Some("FT") => reach.places = numbers.collect(),
            _ => {}
        }
    }
    Ok(all)
}

/// The inputs to keep: always the one that gains most for its size.
pub(super) fn choose(all: &[Reach]) -> Vec<&Reach> {
    let mut reached: BTreeSet<u32> = BTreeSet::new();
    let mut kept = Vec::new();
    let mut left = BUDGET;
    // What an input gains only shrinks as others are kept: it is counted again when it comes up.
    let mut waiting: BinaryHeap<(u64, usize)> = all
        .iter()
        .enumerate()
        .map(|(at, reach)| (worth(reach.places.len(), reach.size), at))
        .collect();
    while let Some((before, at)) = waiting.pop() {
        let Some(reach) = all.get(at).filter(|reach| reach.size <= left) else {
            continue;
        };
        let is_new = |place: &&u32| !reached.contains(place);
        let gain = reach.places.iter().filter(is_new).count();
        if gain < LEAST_GAIN {
            continue;
        }
        let worth = worth(gain, reach.size);
        if worth < before {
            waiting.push((worth, at));
            continue;
        }
        left -= reach.size;
        reached.extend(&reach.places);
        kept.push(reach);
    }
    kept
}

fn worth(gain: usize, size: u64) -> u64 {
    u64::try_from(gain)
        .unwrap_or(u64::MAX)
        .saturating_mul(1 << 20)
        / (size + FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(input: &str, size: u64, places: std::ops::Range<u32>) -> Reach {
        Reach {
            input: input.into(),
            size,
            places: places.collect(),
        }
    }

    #[test]
    fn control_file_names_inputs_and_what_they_reach() {
        let control =
            "2\n0\na/one\na/two\nSTARTED 0 7\nFT 0 1 2\nCOV 0 1\nSTARTED 1 9\nFT 1\nCOV 1\n";
        let want = [reach("a/one", 7, 1..3), reach("a/two", 9, 0..0)];
        assert_eq!(read(control).expect("a control file"), want);
        assert!(read("").is_err());
    }

    #[test]
    fn few_and_small_inputs_are_kept_and_those_that_add_little_are_not() {
        let all = [
            reach("large", 900, 0..20),
            reach("small", 10, 0..20),
            reach("more", 50, 10..30),
            reach("hardly more", 1, 28..33),
            reach("too large", BUDGET, 100..400),
        ];
        let kept: Vec<_> = choose(&all)
            .iter()
            .map(|kept| kept.input.as_path())
            .collect();
        assert_eq!(kept, ["small", "more"].map(std::path::Path::new));
    }
}
