//! Bytes → layout, on every hit. Nothing of the body is touched, nothing is copied.

use super::{
    END, INVALID, ITEM, Layout, NEEDS_ACLS, NEEDS_GEOLOCATION, NEEDS_SITE, NEEDS_TOKEN, SLOT,
};
use crate::{
    compiled::{Compiled, InvalidCompiled, Needs},
    url_signing::{Bind, UrlTerms},
};

/// Records of one length, side by side.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Records<'a, const LEN: usize>(&'a [u8]);

/// Compiled rules, one set behind the other: where each ends, then all of them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RuleSets<'a> {
    ends: Records<'a, END>,
    sets: &'a [u8],
}

/// A place for a token.
pub(super) struct Slot {
    pub(super) at: usize,
    pub(super) separator: u8,
    pub(super) target: usize,
}

/// An item's place, and the rules it has.
pub(super) struct Item {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) rules: usize,
}

impl<'a> Layout<'a> {
    /// Reads what was measured at insertion. No bytes are the layout of a body that is not cut.
    ///
    /// # Errors
    ///
    /// When the bytes are cut short or of another version.
    pub fn read(bytes: &'a [u8]) -> Result<Self, InvalidCompiled> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        read(bytes).ok_or(INVALID)
    }

    /// Which facts about a viewer the rules of some item look at.
    #[must_use]
    pub fn needs(&self) -> Needs {
        Needs {
            geolocation: self.needs & NEEDS_GEOLOCATION != 0,
            site: self.needs & NEEDS_SITE != 0,
            acls: self.needs & NEEDS_ACLS != 0,
            token: self.needs & NEEDS_TOKEN != 0,
        }
    }

    /// The access control lists that the rules of some item look at in this second, each once.
    ///
    /// # Errors
    ///
    /// When the rules of an item cannot be read.
    pub fn acl_names(&self, now: i64) -> Result<Vec<&'a str>, InvalidCompiled> {
        let mut names = Vec::new();
        if self.needs().acls {
            for rules in self.rule_sets.iter() {
                names.extend(Compiled::read(rules?)?.acl_names(now));
            }
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// On which terms its URLs are signed, if there are any to sign.
    #[must_use]
    pub fn terms(&self) -> Option<UrlTerms<'a>> {
        self.terms
    }

    pub(super) fn slot(&self, index: usize) -> Option<Slot> {
        let [a, b, c, d, separator, e, f, g, h] = *self.slots.get(index)?;
        Some(Slot {
            at: whole([a, b, c, d]),
            separator,
            target: whole([e, f, g, h]),
        })
    }

    pub(super) fn items(&self) -> impl Iterator<Item = Item> {
        self.items.iter().map(|record| {
            let [a, b, c, d, e, f, g, h, i, j, k, l] = *record;
            Item {
                start: whole([a, b, c, d]),
                end: whole([e, f, g, h]),
                rules: whole([i, j, k, l]),
            }
        })
    }
}

impl<'a, const LEN: usize> Records<'a, LEN> {
    fn iter(&self) -> impl DoubleEndedIterator<Item = &'a [u8; LEN]> + use<'a, LEN> {
        let (records, _) = self.0.as_chunks::<LEN>();
        records.iter()
    }

    fn get(&self, index: usize) -> Option<&'a [u8; LEN]> {
        self.0.as_chunks::<LEN>().0.get(index)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len() / LEN
    }
}

impl<'a> RuleSets<'a> {
    fn read(rest: &mut &'a [u8]) -> Option<Self> {
        let ends = records(rest)?;
        let len = ends.iter().next_back().map_or(0, |end| whole(*end));
        let sets = take(rest, len)?;
        Some(Self { ends, sets })
    }

    /// Every set. One that does not lie behind the one before is none that can be read.
    pub(super) fn iter(&self) -> impl Iterator<Item = Result<&'a [u8], InvalidCompiled>> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let end = whole(*end);
            let set = self.sets.get(start..end).ok_or(INVALID);
            start = end;
            set
        })
    }
}

fn whole(bytes: [u8; 4]) -> usize {
    usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX)
}

fn read(bytes: &[u8]) -> Option<Layout<'_>> {
    let (&needs, mut rest) = bytes.split_first()?;
    let terms = terms(&mut rest)?;
    let mut targets = Vec::new();
    for _ in 0..number(&mut rest)? {
        let host = std::str::from_utf8(text(&mut rest)?).ok()?;
        targets.push((host, std::str::from_utf8(text(&mut rest)?).ok()?));
    }
    let slots = records::<SLOT>(&mut rest)?;
    let rule_sets = RuleSets::read(&mut rest)?;
    let items = records::<ITEM>(&mut rest)?;
    rest.is_empty().then_some(Layout {
        needs,
        terms: (!slots.is_empty()).then_some(terms),
        targets,
        slots,
        rule_sets,
        items,
    })
}

fn terms<'a>(rest: &mut &'a [u8]) -> Option<UrlTerms<'a>> {
    let key = std::str::from_utf8(text(rest)?).ok()?;
    let parameter = std::str::from_utf8(text(rest)?).ok()?;
    let lifetime = u32::try_from(number(rest)?).ok()?;
    let bind = match take(rest, 1)? {
        [0] => Bind::Nobody,
        [1] => Bind::Network,
        _ => return None,
    };
    Some(UrlTerms {
        key,
        parameter,
        lifetime,
        bind,
    })
}

fn number(rest: &mut &[u8]) -> Option<usize> {
    let (number, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    Some(whole(*number))
}

fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = number(rest)?;
    take(rest, len)
}

fn records<'a, const LEN: usize>(rest: &mut &'a [u8]) -> Option<Records<'a, LEN>> {
    let count = number(rest)?;
    take(rest, count.checked_mul(LEN)?).map(Records)
}

fn take<'a>(rest: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (head, after) = rest.split_at_checked(len)?;
    *rest = after;
    Some(head)
}
