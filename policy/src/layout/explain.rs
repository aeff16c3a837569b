//! Why items of a list are left out.

use serde::Serialize;

use super::{INVALID, Layout};
use crate::{
    compiled::{Compiled, HeldLayer, InvalidCompiled},
    decide::{decide, decide_reported},
    explain::Refusal,
    rules::Verdict,
    viewer::Viewer,
};

/// Items of a list that have the same rules, explained.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainedItems {
    /// Where in the list they stand, from 0 on, before anything is left out.
    pub items: Vec<usize>,
    /// What is enforced.
    pub verdict: Verdict,
    /// The refusal, if it is one.
    pub refusal: Option<Refusal>,
    /// What the layers that only report would have refused.
    pub reported: Option<Refusal>,
    /// The layers, as the entry holds them.
    pub layers: Vec<HeldLayer>,
}

impl Layout<'_> {
    /// Explains what [`Self::select`] selects.
    ///
    /// # Errors
    ///
    /// When the rules of an item cannot be read.
    pub fn explain(&self, viewer: &Viewer) -> Result<Vec<ExplainedItems>, InvalidCompiled> {
        let explained = |rules: Result<&[u8], InvalidCompiled>| {
            let compiled = Compiled::read(rules?)?;
            let decision = decide(&compiled, viewer);
            Ok(ExplainedItems {
                items: Vec::new(),
                verdict: decision.verdict(),
                refusal: Refusal::of(&decision, viewer),
                reported: Refusal::of(&decide_reported(&compiled, viewer), viewer),
                layers: compiled.to_layers(viewer.now),
            })
        };
        let sets = self.rule_sets.iter().map(explained);
        let mut sets: Vec<ExplainedItems> = sets.collect::<Result<_, InvalidCompiled>>()?;
        for (at, item) in self.items().enumerate() {
            sets.get_mut(item.rules).ok_or(INVALID)?.items.push(at);
        }
        Ok(sets)
    }
}
