//! Of many answers, what is compared: how many were hits, and how long they took.

use serde_json::{Value, json};

/// A share of the answers that is as fast or faster, in percent.
const PERCENTILES: [usize; 5] = [50, 75, 90, 95, 99];

/// An answer of the model, or a real one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answered {
    pub(super) pop: usize,
    pub(super) is_hit: bool,
    pub(super) first_byte_ms: f64,
}

/// Those of each POP, and then of all.
pub(super) fn figures(answers: &[Answered], pops: usize) -> Vec<Value> {
    let each = (0..pops).map(|pop| of(answers.iter().filter(|answer| answer.pop == pop)));
    each.chain([of(answers.iter())]).collect()
}

fn of<'a>(answers: impl Iterator<Item = &'a Answered>) -> Value {
    let (mut took, mut hits) = (Vec::new(), 0_u32);
    for answer in answers {
        took.push(answer.first_byte_ms);
        hits += u32::from(answer.is_hit);
    }
    took.sort_unstable_by(f64::total_cmp);
    let count = took.len() as f64;
    let mut figures = json!({
        "requests": took.len(),
        "hit_ratio": f64::from(hits) / count,
        "mean_ms": took.iter().sum::<f64>() / count,
    });
    for percent in PERCENTILES {
        figures[format!("p{percent}_ms")] = json!(percentile(&took, percent));
    }
    figures
}

/// The least of them that so many percent do not exceed.
fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(f64::NAN)
}

#[test]
fn percentiles_are_of_the_answers_themselves() {
    let answer = |ms: u32| Answered {
        pop: 1,
        is_hit: ms <= 150,
        first_byte_ms: ms.into(),
    };
    let answers: Vec<_> = (1..=200).rev().map(answer).collect();
    let all = figures(&answers, 2);
    assert_eq!(all[0]["requests"], 0);
    assert_eq!(all[1], all[2]);
    for (name, figure) in [
        ("requests", json!(200)),
        ("hit_ratio", json!(0.75)),
        ("mean_ms", json!(100.5)),
        ("p50_ms", json!(100.0)),
        ("p75_ms", json!(150.0)),
        ("p99_ms", json!(198.0)),
    ] {
        assert_eq!(all[2][name], figure, "{name}");
    }
}
