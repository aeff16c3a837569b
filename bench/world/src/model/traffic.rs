//! What comes to the caches, and who is told what became of it.

use super::Fetched;

/// One place for an entry: a POP, and the policy key where every key has an entry of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub pop: usize,
    pub key: usize,
}

/// When requests arrive at a POP.
pub trait Source {
    /// The first request for this cell after a moment, or infinity.
    fn next(&mut self, cell: usize, after: f64) -> f64;
    /// Whether so many arrive that an entry is never idle, and hits may be counted without each being an
    /// event of its own.
    fn is_dense(&self, cell: usize) -> bool;
}

/// Who is told what became of the requests.
pub trait Observer {
    /// A hit; a `stale` one where a soft-purged copy stood in.
    fn hit(&mut self, cell: usize, at: f64, stale: bool);
    /// Whoever came in this time, but not at its beginning, hit.
    fn hits(&mut self, cell: usize, from: f64, to: f64, stale: bool);
    /// A request that fetched.
    fn fill(&mut self, cell: usize, fill: &Fill);
    /// A request that waited for another's fill.
    fn wait(&mut self, cell: usize, at: f64, until: f64);
    /// Whoever came in this time waited until its end.
    fn waits(&mut self, cell: usize, from: f64, until: f64);
    /// An origin was asked.
    fn origin_call(&mut self, at: f64, fetched: &Fetched);
    /// For so long after its commit an edit was not seen at some POP.
    fn seen(&mut self, edit: usize, after: f64);
}

/// A request that found nothing, and what it did about that.
#[derive(Clone, Copy, Debug)]
pub struct Fill {
    pub at: f64,
    /// When the answer could be given.
    pub until: f64,
    /// Whether the shield had it.
    pub of_shield: bool,
    /// No origin answered.
    pub failed: bool,
}
