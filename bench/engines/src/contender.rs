//! The engines, each behind the same question.

mod cedar;
mod cel;
mod naive;
mod ours;
mod rego;

use crate::{restrictions::Restrictions, viewer::Viewer};

/// An engine that has read the rules, and has each viewer in the form that it is asked with.
pub(crate) trait Contender {
    /// Whether the viewer of this number may play.
    fn allows(&mut self, viewer: usize) -> bool;

    /// How many of the first so many viewers may play. Here, so that only the engine itself is called
    /// in the loop.
    fn count(&mut self, viewers: usize) -> usize {
        (0..viewers).filter(|viewer| self.allows(*viewer)).count()
    }
}

/// How a general engine finds the network of an address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Networks {
    /// By its own comparison, network after network.
    Compared,
    /// In a set of texts, for which the caller tells the networks around each address.
    LookedUp,
}

/// An engine's name, and how it is made ready.
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    pub(crate) prepare: for<'a> fn(&'a Restrictions, &'a [Viewer]) -> Box<dyn Contender + 'a>,
}

/// All of them; ours first.
pub(crate) const ENGINES: [Engine; 8] = [
    Engine {
        name: "ours",
        prepare: |rules, viewers| Box::new(ours::Ours::new(rules, viewers)),
    },
    Engine {
        name: "ipnet, scanned",
        prepare: |rules, viewers| Box::new(naive::Naive::new(rules, viewers)),
    },
    Engine {
        name: "Cedar, compared",
        prepare: |rules, viewers| Box::new(cedar::Cedar::new(rules, viewers, Networks::Compared)),
    },
    Engine {
        name: "Cedar, looked up",
        prepare: |rules, viewers| Box::new(cedar::Cedar::new(rules, viewers, Networks::LookedUp)),
    },
    Engine {
        name: "regorus, compared",
        prepare: |rules, viewers| Box::new(rego::Rego::new(rules, viewers, Networks::Compared)),
    },
    Engine {
        name: "regorus, looked up",
        prepare: |rules, viewers| Box::new(rego::Rego::new(rules, viewers, Networks::LookedUp)),
    },
    Engine {
        name: "CEL, compared",
        prepare: |rules, viewers| cel::prepare(rules, viewers, Networks::Compared),
    },
    Engine {
        name: "CEL, looked up",
        prepare: |rules, viewers| cel::prepare(rules, viewers, Networks::LookedUp),
    },
];
