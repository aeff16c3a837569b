//! A cached body as one viewer gets it: without the items that are not for that viewer, its URLs
//! signed.

use super::{INVALID, Layout, read::Item};
use crate::{
    compiled::{Compiled, InvalidCompiled},
    decide::{decide, decide_reported},
    decision::{Decision, DenyReason},
    hex::Hex,
    playback_error::PlaybackError,
    url_signing::UrlTarget,
    viewer::Viewer,
};

/// Which items of a list a viewer may have, and why the others not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// One for each item.
    kept: Vec<bool>,
    /// Each kind of refusal once, in the order of the items.
    refusals: Vec<PlaybackError>,
    reported: usize,
}

impl Selection {
    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether there are none at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many are left out.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.kept.iter().filter(|kept| !**kept).count()
    }

    /// Why items are refused: each kind once. Those outside their schedule vanish without a word,
    /// as those do that the origin does not list.
    #[must_use]
    pub fn refusals(&self) -> &[PlaybackError] {
        &self.refusals
    }

    /// How many of the items rules that only report would have refused.
    #[must_use]
    pub fn reported(&self) -> usize {
        self.reported
    }

    /// Whether there were items, none may be had, and not for their schedule alone.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        !self.kept.contains(&true) && !self.refusals.is_empty()
    }
}

impl<'a> Layout<'a> {
    /// Decides for every item. Items with equal rules are decided once.
    ///
    /// # Errors
    ///
    /// When the rules of an item cannot be read.
    pub fn select(&self, viewer: &Viewer) -> Result<Selection, InvalidCompiled> {
        let verdicts = self
            .rule_sets
            .iter()
            .map(|set| verdict(set?, viewer))
            .collect::<Result<Vec<_>, _>>()?;
        let mut selection = Selection {
            kept: Vec::with_capacity(self.items.len()),
            ..Selection::default()
        };
        for Item { rules, .. } in self.items() {
            let (refusal, is_reported) = verdicts.get(rules).ok_or(INVALID)?;
            selection.reported += usize::from(*is_reported);
            selection.kept.push(refusal.is_none());
            match refusal {
                None | Some(DenyReason::NotPlayable) => {}
                Some(reason) => {
                    let refusal = PlaybackError::Denied(*reason);
                    if !selection.refusals.contains(&refusal) {
                        selection.refusals.push(refusal);
                    }
                }
            }
        }
        Ok(selection)
    }

    /// Whether the body is passed on as it lies in the cache.
    #[must_use]
    pub fn is_verbatim(&self, selection: &Selection) -> bool {
        self.slots.is_empty() && selection.left_out() == 0
    }

    /// Marks the validator of a body that is not passed on as it is. `signed` is what the tokens
    /// depend on.
    #[must_use]
    pub fn validator(&self, etag: &str, selection: &Selection, signed: &str) -> String {
        if self.is_verbatim(selection) {
            return etag.to_owned();
        }
        let kept: Vec<u8> = selection.kept.iter().map(|kept| u8::from(*kept)).collect();
        let refusals = format!("{:?}", selection.refusals);
        let variant = Hex::sha256(&[&kept, refusals.as_bytes(), &[0], signed.as_bytes()]);
        format!("{etag}.{variant}")
    }

    /// The body for one viewer. `errors` is the JSON of an array that tells why items are left out,
    /// if that is told; `sign` makes the `name=token` that opens a folder.
    ///
    /// # Errors
    ///
    /// When the layout fits neither the body nor the selection.
    pub fn render(
        &self,
        body: &[u8],
        selection: &Selection,
        errors: Option<&str>,
        mut sign: impl FnMut(UrlTarget<'_>) -> String,
    ) -> Result<Vec<u8>, InvalidCompiled> {
        if selection.len() != self.items.len() {
            return Err(INVALID);
        }
        let tokens: Vec<String> = self
            .targets
            .iter()
            .map(|&(host, prefix)| sign(UrlTarget { host, prefix }))
            .collect();
        let mut writer = Writer {
            layout: self,
            tokens,
            out: Vec::with_capacity(body.len() + 64 * self.slots.len()),
            body,
            next_slot: 0,
        };
        writer.write(selection, errors).ok_or(INVALID)?;
        Ok(writer.out)
    }
}

/// Why these rules refuse, if they do, and whether those that only report would have.
fn verdict(rules: &[u8], viewer: &Viewer) -> Result<(Option<DenyReason>, bool), InvalidCompiled> {
    let compiled = Compiled::read(rules)?;
    let refusal = match decide(&compiled, viewer) {
        Decision::Allow => None,
        Decision::Deny(denial) => Some(denial.reason(viewer.place.country)),
    };
    let is_reported = decide_reported(&compiled, viewer) != Decision::Allow;
    Ok((refusal, is_reported))
}

struct Writer<'l, 'a> {
    layout: &'l Layout<'a>,
    tokens: Vec<String>,
    body: &'l [u8],
    out: Vec<u8>,
    /// The first slot that is not yet passed: parts are copied in ascending order.
    next_slot: usize,
}

impl Writer<'_, '_> {
    fn write(&mut self, selection: &Selection, errors: Option<&str>) -> Option<()> {
        let mut items = self.layout.items().zip(&selection.kept).peekable();
        let Some((first, _)) = items.peek() else {
            self.copy(0, self.body.len())?;
            return (self.next_slot == self.layout.slots.len()).then_some(());
        };
        self.copy(0, first.start)?;
        let mut end = first.start;
        let mut is_first = true;
        for (item, kept) in items {
            let is_behind = end <= item.start && item.start <= item.end;
            is_behind.then_some(())?;
            if *kept {
                if !is_first {
                    self.out.push(b',');
                }
                self.copy(item.start, item.end)?;
                is_first = false;
            }
            end = item.end;
        }
        // Behind the items nothing is left but the list's end and the object's.
        let (brace, rest) = self.body.get(end..)?.split_last()?;
        self.out.extend(rest);
        if let Some(errors) = errors {
            self.out.extend(b",\"errors\":");
            self.out.extend(errors.as_bytes());
        }
        self.out.push(*brace);
        Some(())
    }

    /// Copies a part of the body, with a token in each slot of it.
    fn copy(&mut self, start: usize, end: usize) -> Option<()> {
        let mut from = start;
        while let Some(slot) = self.layout.slot(self.next_slot) {
            if slot.at > end {
                break;
            }
            self.next_slot += 1;
            // Slots of an item that was left out are passed over.
            if slot.at < start {
                continue;
            }
            self.out.extend(self.body.get(from..slot.at)?);
            self.out.push(slot.separator);
            self.out.extend(self.tokens.get(slot.target)?.as_bytes());
            from = slot.at;
        }
        self.out.extend(self.body.get(from..end)?);
        Some(())
    }
}
