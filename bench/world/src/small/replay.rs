//! What the model says of a trace, request for request.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use playback_policy::Overlay;
use serde::Serialize;

use super::{Line, Small};
use crate::{
    judge::{Key, Stored, Visitor, cache_key, parsed, path},
    model::{Cell, Edit, Fetched, Fill, Observer, Source, Video},
    quantiles::{Quantiles, Summary},
};

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Hit,
    Miss,
}

/// A request, as the model answers it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Answered {
    /// Its place in the trace.
    pub line: usize,
    pub pop: usize,
    pub outcome: Outcome,
    /// Whether another one's fill was waited for.
    pub waited: bool,
    /// Whether the viewer may watch.
    pub allowed: bool,
    pub ttfb_ms: f64,
}

/// What came of a trace.
#[derive(Debug, Serialize)]
pub struct Replay {
    /// In the order of the POPs, and then all together.
    pub pops: Vec<PopFigures>,
    pub origin_calls: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answered>,
}

#[derive(Debug, Serialize)]
pub struct PopFigures {
    pub pop: String,
    pub requests: usize,
    pub hits: usize,
    pub hit_ratio: f64,
    pub waited: usize,
    pub refused: usize,
    #[serde(flatten)]
    pub ttfb: Summary,
}

/// One video's requests: when each reaches its POP, and which line of the trace it is.
type Requests = Vec<Vec<(f64, usize)>>;

/// Runs the trace through the model.
///
/// # Errors
///
/// When a line of it means nothing.
pub fn replay(small: &Small, trace: &[Line]) -> Result<Replay> {
    let network = small.network();
    let mut videos: BTreeMap<Vec<u8>, (Requests, Vec<Edit>)> = BTreeMap::new();
    let key = Key::of(&small.catalog.account, 1)?;
    let mut judged = Judged {
        small,
        key,
        entries: BTreeMap::new(),
    };
    let mut allowed = vec![false; trace.len()];
    let nothing = || (vec![Vec::new(); small.pops.len()], Vec::new());
    for (line, what) in trace.iter().enumerate() {
        match what {
            Line::Request {
                at_ms,
                pop,
                video,
                account,
                viewer,
            } => {
                let of_pop = small
                    .pops
                    .get(*pop)
                    .with_context(|| format!("no POP {pop}"))?;
                let (cached, is_allowed) = judged.judge(account, video, *viewer)?;
                allowed[line] = is_allowed;
                let (requests, _) = videos.entry(cached).or_insert_with(nothing);
                requests[*pop].push((at_ms + of_pop.viewer_ms, line));
            }
            Line::Edit { at_ms, edit } => {
                let request = parsed(&path(&small.catalog.account, edit))?;
                let cached = cache_key(&request, None, Overlay::Edge).to_bytes();
                let (_, edits) = videos.entry(cached).or_insert_with(nothing);
                edits.push(Edit {
                    at: *at_ms,
                    is_soft: false,
                });
            }
        }
    }
    let cells: Vec<_> = (0..small.pops.len())
        .map(|pop| Cell { pop, key: 0 })
        .collect();
    let mut answers = Vec::new();
    let mut origin_calls = 0;
    for (requests, edits) in videos.values() {
        let lines = Lines {
            requests,
            next: vec![0; small.pops.len()],
        };
        let watch = Watch {
            requests,
            answers: Vec::new(),
            origin_calls: 0,
        };
        let random = fastrand::Rng::with_seed(0);
        let whole = (f64::NEG_INFINITY, f64::INFINITY);
        let watched = Video::new(&network, &cells, edits, lines, watch, random, whole).run();
        origin_calls += watched.origin_calls;
        answers.extend(
            watched
                .answers
                .into_iter()
                .map(|(line, pop, outcome, waited, took)| {
                    let ttfb_ms = 2.0 * small.pops[pop].viewer_ms + small.service.hit_ms + took;
                    Answered {
                        line,
                        pop,
                        outcome,
                        waited,
                        allowed: allowed[line],
                        ttfb_ms,
                    }
                }),
        );
    }
    answers.sort_by_key(|answer| answer.line);
    let of = |name: &str, pop: Option<usize>| figures(name, pop, &answers);
    let each = small.pops.iter().enumerate();
    let pops = each
        .map(|(at, pop)| of(&pop.name, Some(at)))
        .chain([of("all", None)]);
    Ok(Replay {
        pops: pops.collect(),
        origin_calls,
        answers,
    })
}

fn figures(name: &str, pop: Option<usize>, answers: &[Answered]) -> PopFigures {
    let own: Vec<_> = answers
        .iter()
        .filter(|answer| pop.is_none_or(|pop| answer.pop == pop))
        .collect();
    let count = |is: fn(&Answered) -> bool| own.iter().filter(|answer| is(answer)).count();
    let mut ttfb = Quantiles::default();
    for answer in &own {
        ttfb.add(answer.ttfb_ms, 1.0);
    }
    let hits = count(|answer| answer.outcome == Outcome::Hit);
    PopFigures {
        pop: name.to_owned(),
        requests: own.len(),
        hits,
        hit_ratio: hits as f64 / own.len().max(1) as f64,
        waited: count(|answer| answer.waited),
        refused: count(|answer| !answer.allowed),
        ttfb: ttfb.summary(),
    }
}

/// Decides by the real code, with the real entries.
struct Judged<'a> {
    small: &'a Small,
    key: Key,
    entries: BTreeMap<Vec<u8>, Stored>,
}

impl Judged<'_> {
    /// What the answer is cached under, and whether this viewer may have it.
    fn judge(
        &mut self,
        account: &str,
        video: &str,
        viewer: std::net::IpAddr,
    ) -> Result<(Vec<u8>, bool)> {
        let request = parsed(&path(account, video))?;
        let cached = cache_key(&request, Some(&self.key), Overlay::Edge).to_bytes();
        if !self.entries.contains_key(&cached) {
            let number: usize = video.parse().with_context(|| format!("video `{video}`"))?;
            let (rules, bytes) = (self.small.rules(number), self.small.catalog.body_bytes);
            let entry = Stored::insert(&request, video, rules, (Overlay::Edge, None), bytes)?;
            self.entries.insert(cached.clone(), entry);
        }
        let viewers = &self.small.viewers;
        let known = viewers.iter().find(|known| known.address == viewer);
        let country = known.map_or("?", |known| known.country.as_str());
        let visitor = Visitor {
            address: viewer,
            country,
        };
        let entry = self
            .entries
            .get(&cached)
            .context("an entry was just made")?;
        Ok((
            cached,
            entry.is_allowed(&visitor, Some(&self.key), Overlay::Edge)?,
        ))
    }
}

/// Requests that are known beforehand.
struct Lines<'a> {
    requests: &'a Requests,
    next: Vec<usize>,
}

impl Source for Lines<'_> {
    fn next(&mut self, cell: usize, _after: f64) -> f64 {
        let next = self.requests[cell].get(self.next[cell]);
        self.next[cell] += 1;
        next.map_or(f64::INFINITY, |(at, _)| *at)
    }

    fn is_dense(&self, _cell: usize) -> bool {
        false
    }
}

/// Line, POP, outcome, whether it waited, and what it took at the POP beside a hit.
type Seen = (usize, usize, Outcome, bool, f64);

struct Watch<'a> {
    requests: &'a Requests,
    answers: Vec<Seen>,
    origin_calls: usize,
}

impl Watch<'_> {
    /// The cell is the POP: there is one key.
    fn note(&mut self, pop: usize, at: f64, outcome: Outcome, until: Option<f64>) {
        let requests = &self.requests[pop];
        let first = requests.partition_point(|(arrived, _)| *arrived < at);
        // Two that arrive in the same instant are told apart by who was first.
        let noted = |line: usize| self.answers.iter().any(|answer| answer.0 == line);
        let line = requests[first..]
            .iter()
            .map(|(_, line)| *line)
            .find(|line| !noted(*line));
        let Some(line) = line else { return };
        let took = until.map_or(0.0, |until| until - at);
        let waited = outcome == Outcome::Hit && until.is_some();
        self.answers.push((line, pop, outcome, waited, took));
    }
}

impl Observer for Watch<'_> {
    fn hit(&mut self, cell: usize, at: f64, _stale: bool) {
        self.note(cell, at, Outcome::Hit, None);
    }

    fn fill(&mut self, cell: usize, fill: &Fill) {
        self.note(cell, fill.at, Outcome::Miss, Some(fill.until));
    }

    fn wait(&mut self, cell: usize, at: f64, until: f64) {
        self.note(cell, at, Outcome::Hit, Some(until));
    }

    // No place is dense here.
    fn hits(&mut self, _cell: usize, _from: f64, _to: f64, _stale: bool) {}

    fn waits(&mut self, _cell: usize, _from: f64, _until: f64) {}

    fn origin_call(&mut self, _at: f64, _fetched: &Fetched) {
        self.origin_calls += 1;
    }

    fn seen(&mut self, _edit: usize, _after: f64) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{parameters, small::trace};

    fn small(set: &[&str]) -> Small {
        let set: Vec<_> = set.iter().map(|&set| set.to_owned()).collect();
        parameters::parse(include_str!("../../small.toml"), &set).expect("the file")
    }

    fn asked(at_ms: f64, pop: usize, video: &str, viewer: [u8; 4]) -> Line {
        Line::Request {
            at_ms,
            pop,
            video: video.to_owned(),
            account: "9100000000001".to_owned(),
            viewer: viewer.into(),
        }
    }

    const DE: [u8; 4] = [203, 0, 113, 7];
    const US: [u8; 4] = [198, 51, 100, 7];

    #[test]
    fn each_line_is_answered_as_the_pops_would() {
        let trace = [
            asked(0.0, 0, "4", DE),
            asked(50.0, 0, "4", US),
            asked(1_000.0, 0, "4", DE),
            Line::Edit {
                at_ms: 2_000.0,
                edit: "4".to_owned(),
            },
            asked(2_500.0, 0, "4", DE),
            asked(3_000.0, 0, "3", US),
        ];
        let small = small(&[]);
        let told = replay(&small, &trace).expect("a trace");
        let short =
            |answer: &Answered| (answer.line, answer.outcome, answer.waited, answer.allowed);
        // What a miss takes beside: to the first origin and back, and the programs.
        let hit = 2.0 * small.pops[0].viewer_ms + small.service.hit_ms;
        let fill = 120.0 + small.service.origin_ms + small.service.fill_ms;
        let want = [
            ((0, Outcome::Miss, false, true), hit + fill),
            ((1, Outcome::Hit, true, false), hit + fill - 50.0),
            ((2, Outcome::Hit, false, true), hit),
            ((4, Outcome::Miss, false, true), hit + fill),
            ((5, Outcome::Miss, false, true), hit + fill),
        ];
        assert_eq!(told.answers.len(), want.len());
        for (answer, (want, ttfb_ms)) in told.answers.iter().zip(want) {
            assert_eq!(short(answer), want);
            assert!(
                (answer.ttfb_ms - ttfb_ms).abs() < 1e-9,
                "{answer:?}, not {ttfb_ms}"
            );
        }
        assert_eq!(told.origin_calls, 3);
    }

    #[test]
    fn a_trace_is_in_order_and_the_same_for_the_same_seed() {
        let small = small(&["load.seconds=20"]);
        let one = trace(&small, 1);
        assert_eq!(one, trace(&small, 1));
        assert_ne!(one, trace(&small, 2));
        assert!(
            one.windows(2)
                .all(|pair| pair[0].at_ms() <= pair[1].at_ms())
        );
        let with_shield = self::small(&["shield.used=true"]);
        let (plain, shielded) = (replay(&small, &one), replay(&with_shield, &one));
        let calls = |told: Result<Replay>| told.expect("a trace").origin_calls;
        assert!(
            calls(shielded) < calls(plain),
            "a shield spares the origins"
        );
    }
}
