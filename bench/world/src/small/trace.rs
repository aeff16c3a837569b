//! A trace: who asks for what, where and when, and what is edited.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Small;
use crate::popularity::Popularity;

/// A line of a trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Line {
    /// A viewer asks.
    Request {
        /// When the viewer sends it.
        at_ms: f64,
        pop: usize,
        video: String,
        account: String,
        viewer: IpAddr,
    },
    /// An editor changes who may watch.
    Edit { at_ms: f64, edit: String },
}

impl Line {
    #[must_use]
    pub fn at_ms(&self) -> f64 {
        match self {
            Self::Request { at_ms, .. } | Self::Edit { at_ms, .. } => *at_ms,
        }
    }
}

/// A trace, in order; the same for the same seed.
#[must_use]
pub fn trace(small: &Small, seed: u64) -> Vec<Line> {
    let mut random = fastrand::Rng::with_seed(seed);
    let (load, catalog) = (&small.load, &small.catalog);
    let popularity = Popularity::zipf(catalog.videos, load.zipf_exponent);
    let moments = |per_s: f64, random: &mut fastrand::Rng| {
        let mut at = 0.0;
        let mut moments = Vec::new();
        loop {
            at -= (1.0 - random.f64()).ln() * 1_000.0 / per_s;
            if per_s <= 0.0 || at >= load.seconds * 1_000.0 {
                return moments;
            }
            // To the microsecond, as it is written.
            moments.push((at * 1_000.0).round() / 1_000.0);
        }
    };
    let requests = moments(load.requests_per_s, &mut random);
    let edits = moments(load.edits_per_s, &mut random);
    let mut lines = Vec::new();
    for at_ms in requests {
        let viewer = &small.viewers[random.usize(..small.viewers.len())];
        lines.push(Line::Request {
            at_ms,
            pop: random.usize(..small.pops.len()),
            video: popularity.draw(&mut random).to_string(),
            account: catalog.account.clone(),
            viewer: viewer.address,
        });
    }
    for at_ms in edits {
        let edit = popularity.draw(&mut random).to_string();
        lines.push(Line::Edit { at_ms, edit });
    }
    lines.sort_by(|one, other| one.at_ms().total_cmp(&other.at_ms()));
    lines
}
