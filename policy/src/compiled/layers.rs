//! Layers, side by side: not on the heap as long as they are few, since every decision reads them anew.

use super::Layer;

/// As many as an answer and a policy key usually have.
const FEW: usize = 4;

/// Layers in the order in which they are checked. Either few of them, or many.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers<'a> {
    few: [Option<Layer<'a>>; FEW],
    /// How many these are; those behind are never looked at.
    len: usize,
    many: Vec<Layer<'a>>,
}

impl<'a> Layers<'a> {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Layer<'a>> {
        let few = self.few.get(..self.len).unwrap_or_default();
        few.iter().flatten().chain(&self.many)
    }

    /// Adds layers. Those of one kind stay in the order in which they came.
    pub(super) fn add(&mut self, layers: impl IntoIterator<Item = Layer<'a>>) {
        for layer in layers {
            self.push(layer);
        }
        self.sort();
    }

    /// Adds a layer at the end, wherever it belongs.
    #[inline]
    pub(super) fn push(&mut self, layer: Layer<'a>) {
        match self.few.get_mut(self.len) {
            Some(place) if self.many.is_empty() => {
                *place = Some(layer);
                self.len += 1;
            }
            _ => {
                let few = std::mem::take(&mut self.few);
                self.many.extend(few.into_iter().flatten());
                self.len = 0;
                self.many.push(layer);
            }
        }
    }

    pub(super) fn sort(&mut self) {
        if self.iter().is_sorted_by_key(|layer| layer.kind) {
            return;
        }
        let few = self.few.get_mut(..self.len).unwrap_or_default();
        few.sort_by_key(|layer| layer.as_ref().map(|layer| layer.kind));
        self.many.sort_by_key(|layer| layer.kind);
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = Layer<'a>> {
        self.few.into_iter().flatten().chain(self.many)
    }
}
