//! Layers, side by side: not on the heap as long as they are few, since every decision reads them anew.

use super::{Layer, sections::Sections};
use crate::rules::LayerKind;

/// As many as an answer and a policy key usually have.
const FEW: usize = 4;

/// Layers in the order in which they are checked. Either few of them, or many.
#[derive(Clone, Debug)]
pub(super) struct Layers<'a> {
    few: [Layer<'a>; FEW],
    /// How many these are; those behind are never looked at.
    len: usize,
    many: Vec<Layer<'a>>,
}

impl Default for Layers<'_> {
    fn default() -> Self {
        let none = Layer {
            kind: LayerKind::Account,
            sections: Sections::default(),
        };
        Self {
            few: [none; FEW],
            len: 0,
            many: Vec::new(),
        }
    }
}

impl<'a> Layers<'a> {
    #[inline]
    pub(super) fn as_slice(&self) -> &[Layer<'a>] {
        match self.many.as_slice() {
            [] => self.few.get(..self.len).unwrap_or_default(),
            many => many,
        }
    }

    fn as_mut_slice(&mut self) -> &mut [Layer<'a>] {
        match self.many.as_mut_slice() {
            [] => self.few.get_mut(..self.len).unwrap_or_default(),
            many => many,
        }
    }

    /// Adds layers. Those of one kind stay in the order in which they came.
    pub(super) fn add(&mut self, layers: &[Layer<'a>]) {
        layers.iter().for_each(|layer| self.push(*layer));
        self.sort();
    }

    /// Adds a layer at the end, wherever it belongs.
    #[inline]
    pub(super) fn push(&mut self, layer: Layer<'a>) {
        match self.few.get_mut(self.len) {
            Some(place) => {
                *place = layer;
                self.len += 1;
            }
            None => {
                if self.many.is_empty() {
                    self.many.extend(self.few);
                }
                self.many.push(layer);
            }
        }
    }

    pub(super) fn sort(&mut self) {
        if !self.as_slice().is_sorted_by_key(|layer| layer.kind) {
            self.as_mut_slice().sort_by_key(|layer| layer.kind);
        }
    }
}
