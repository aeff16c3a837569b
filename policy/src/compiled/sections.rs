//! The sections of one layer, each found where it lies.

use super::{
    table::{Circles, CountrySet, Numbers, Ranges, Stored, Texts},
    writer::Tag,
};
use crate::check::Check;

/// Where the sections of a layer lie. Of most of them nothing but the place is read beforehand: a decision
/// needs few.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sections<'a> {
    bytes: &'a [u8],
    /// A bit for each tag that is there.
    tags: u64,
    /// Where the content of each tag begins.
    starts: [u32; Tag::ALL.len()],
}

/// A content that can be read in place.
pub(super) trait Table<'a>: Sized {
    /// `None` when the bytes are no such content.
    fn read(content: &'a [u8]) -> Option<Self>;
}

macro_rules! tables {
    ($($table:ty),*) => {$(
        impl<'a> Table<'a> for $table {
            fn read(content: &'a [u8]) -> Option<Self> {
                <$table>::read(content)
            }
        }
    )*};
}

tables!(
    Ranges<'a, u32>,
    Ranges<'a, u128>,
    Numbers<'a, u16>,
    Numbers<'a, u32>,
    Numbers<'a, u64>,
    Texts<'a>,
    Circles<'a>,
    CountrySet<'a>
);

impl<'a> Sections<'a> {
    /// None of these bytes is known to be a section yet.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            tags: 0,
            starts: [0; Tag::ALL.len()],
        }
    }

    /// Notes where a content begins, behind which so many bytes are left.
    pub(super) fn note(&mut self, tag: Tag, content: &[u8], left: usize) -> Option<()> {
        let behind = content.len().checked_add(left)?;
        let start = self.bytes.len().checked_sub(behind)?;
        *self.starts.get_mut(tag as usize - 1)? = u32::try_from(start).ok()?;
        self.tags |= bit(tag);
        Some(())
    }

    pub(super) fn has(&self, tag: Tag) -> bool {
        self.tags & bit(tag) != 0
    }

    /// The content of a tag, if there is such a section.
    // INVARIANT: what was noted could be read, and can be read again.
    pub(super) fn find<T: Table<'a>>(&self, tag: Tag) -> Option<T> {
        if !self.has(tag) {
            return None;
        }
        let start = usize::try_from(*self.starts.get(tag as usize - 1)?).ok()?;
        // The length stands in front.
        let from_len = self.bytes.get(start.checked_sub(u32::SIZE)?..)?;
        let (len, content) = from_len.split_at_checked(u32::SIZE)?;
        T::read(content.get(..usize::try_from(u32::read(len)?).ok()?)?)
    }

    /// Whether there is a section that the check looks at.
    pub(super) fn concern(&self, check: Check) -> bool {
        let tags = match check {
            Check::RevokedKey => const { bits(&[Tag::RevokedKeys]) },
            Check::Token => const { bits(&[Tag::TokenRequired]) },
            Check::NetworkAndPlace => const { bits(&NETWORK_AND_PLACE) },
            Check::Schedule => const { bits(&[Tag::From, Tag::Until, Tag::Days, Tag::Hours]) },
            Check::Proxy => const { bits(&[Tag::ProxyDeny]) },
            Check::Site => const { bits(&[Tag::SiteDefault]) },
        };
        self.tags & tags != 0
    }
}

const NETWORK_AND_PLACE: [Tag; 19] = [
    Tag::V4Deny,
    Tag::V4Allow,
    Tag::V6Deny,
    Tag::V6Allow,
    Tag::AclDeny,
    Tag::AclAllow,
    Tag::AsnDeny,
    Tag::AsnAllow,
    Tag::CircleDeny,
    Tag::CircleAllow,
    Tag::PostalDeny,
    Tag::PostalAllow,
    Tag::MetroDeny,
    Tag::MetroAllow,
    Tag::SubdivisionDeny,
    Tag::SubdivisionAllow,
    Tag::CountryDeny,
    Tag::CountryAllow,
    Tag::PlaceDefault,
];

const fn bit(tag: Tag) -> u64 {
    1 << (tag as u8 - 1)
}

const fn bits(tags: &[Tag]) -> u64 {
    match tags {
        [] => 0,
        [tag, rest @ ..] => bit(*tag) | bits(rest),
    }
}
