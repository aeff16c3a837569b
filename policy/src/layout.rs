//! Where a cached body is cut: its list items with the rules of each, and its URLs to sign.
//!
//! Measured once, when the answer enters the cache, so that a hit parses no JSON.
//!
//! ```text
//! layout  = needs u8 · terms · target* · slot* · end u32* · rule set* · item*
//!                                                 each list behind its count, but the rule sets
//! text    = length u32 · bytes
//! terms   = key text · parameter text · lifetime u32 · bind u8
//! target  = host text · prefix text               a folder that one token opens
//! end     = where a rule set ends                 they lie side by side
//! slot    = at u32 · separator u8 · target u32    where in the body the token goes
//! item    = start u32 · end u32 · rule set u32    where in the body an item lies
//! ```
//!
//! Integers are little-endian. Positions are bytes from the body's start, ascending. Without slots
//! and items a body has no layout: it is passed on as it is.

mod explain;
mod read;
mod render;
mod write;

use crate::{compiled::InvalidCompiled, url_signing::UrlTerms};

pub use explain::ExplainedItems;
pub use render::Selection;
pub(crate) use write::LayoutWriter;

use read::{Records, RuleSets};

/// A layout, in the cached bytes.
#[derive(Clone, Debug, Default)]
pub struct Layout<'a> {
    needs: u8,
    terms: Option<UrlTerms<'a>>,
    targets: Vec<(&'a str, &'a str)>,
    slots: Records<'a, SLOT>,
    rule_sets: RuleSets<'a>,
    items: Records<'a, ITEM>,
}

/// The bytes are no layout of this version, or do not fit their body.
pub(crate) const INVALID: InvalidCompiled = InvalidCompiled("malformed layout");

const SLOT: usize = 9;
const ITEM: usize = 12;
const END: usize = 4;

const NEEDS_GEOLOCATION: u8 = 1;
const NEEDS_SITE: u8 = 2;
const NEEDS_ACLS: u8 = 4;
const NEEDS_TOKEN: u8 = 8;

#[cfg(test)]
mod tests;
