//! What the sections of a layer are named by: a bit each, so that a layer tells in one number what it has.

use crate::check::Check;

/// What a section holds. A new member gets a new tag; a tag's meaning never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Tag {
    V4Deny = 1,
    V4Allow,
    V6Deny,
    V6Allow,
    MetroDeny,
    MetroAllow,
    SubdivisionDeny,
    SubdivisionAllow,
    CountryDeny,
    CountryAllow,
    /// A verdict and the member that set it.
    PlaceDefault,
    ProxyDeny,
    OriginDeny,
    OriginAllow,
    HostDeny,
    HostAllow,
    BelowDeny,
    BelowAllow,
    /// The verdict for an unnamed site, the verdict for a missing one.
    SiteDefault,
    From,
    Until,
    AsnDeny,
    AsnAllow,
    CircleDeny,
    CircleAllow,
    PostalDeny,
    PostalAllow,
    AclDeny,
    AclAllow,
    Days,
    Hours,
    AppliesFrom,
    AppliesUntil,
    TokenRequired,
    RevokedKeys,
}

impl Tag {
    pub(super) const ALL: [Self; 35] = [
        Self::V4Deny,
        Self::V4Allow,
        Self::V6Deny,
        Self::V6Allow,
        Self::MetroDeny,
        Self::MetroAllow,
        Self::SubdivisionDeny,
        Self::SubdivisionAllow,
        Self::CountryDeny,
        Self::CountryAllow,
        Self::PlaceDefault,
        Self::ProxyDeny,
        Self::OriginDeny,
        Self::OriginAllow,
        Self::HostDeny,
        Self::HostAllow,
        Self::BelowDeny,
        Self::BelowAllow,
        Self::SiteDefault,
        Self::From,
        Self::Until,
        Self::AsnDeny,
        Self::AsnAllow,
        Self::CircleDeny,
        Self::CircleAllow,
        Self::PostalDeny,
        Self::PostalAllow,
        Self::AclDeny,
        Self::AclAllow,
        Self::Days,
        Self::Hours,
        Self::AppliesFrom,
        Self::AppliesUntil,
        Self::TokenRequired,
        Self::RevokedKeys,
    ];

    /// The tag of this number, the first of them 1.
    pub(super) fn numbered(number: u32) -> Option<Self> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        Self::ALL.get(at).copied()
    }
}

/// A set of tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tags(u64);

impl Tags {
    /// How many bytes a set takes.
    pub(super) const SIZE: usize = size_of::<u64>();

    pub(super) const fn of(tags: &[Tag]) -> Self {
        match tags {
            [] => Self(0),
            [tag, rest @ ..] => Self(bit(*tag) | Self::of(rest).0),
        }
    }

    pub(super) const fn and(self, tags: &[Tag]) -> Self {
        Self(self.0 | Self::of(tags).0)
    }

    /// What a check looks at.
    #[inline]
    pub(super) fn of_check(check: Check) -> Self {
        match check {
            Check::RevokedKey => const { Self::of(&[Tag::RevokedKeys]) },
            Check::Token => const { Self::of(&[Tag::TokenRequired]) },
            Check::NetworkAndPlace => NETWORK_AND_PLACE,
            Check::Schedule => const { Self::of(&[Tag::From, Tag::Until, Tag::Days, Tag::Hours]) },
            Check::Proxy => const { Self::of(&[Tag::ProxyDeny]) },
            Check::Site => const { Self::of(&[Tag::SiteDefault]) },
        }
    }

    /// `None` when a bit stands for no tag.
    pub(super) fn read(bytes: [u8; Self::SIZE]) -> Option<Self> {
        let bits = u64::from_le_bytes(bytes);
        (bits >> Tag::ALL.len() == 0).then_some(Self(bits))
    }

    pub(super) fn to_bytes(self) -> [u8; Self::SIZE] {
        self.0.to_le_bytes()
    }

    pub(super) fn has(self, tag: Tag) -> bool {
        self.0 & bit(tag) != 0
    }

    pub(super) fn meets(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    pub(super) fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// How many of its tags come before this one.
    pub(super) fn before(self, tag: Tag) -> u32 {
        (self.0 & (bit(tag) - 1)).count_ones()
    }

    /// Its tags in ascending order.
    pub(super) fn iter(self) -> impl Iterator<Item = Tag> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            // Behind the last there are 64 zeros, and no such tag.
            let tag = Tag::numbered(left.trailing_zeros() + 1)?;
            left &= left - 1;
            Some(tag)
        })
    }
}

impl FromIterator<Tag> for Tags {
    fn from_iter<I: IntoIterator<Item = Tag>>(tags: I) -> Self {
        Self(tags.into_iter().fold(0, |bits, tag| bits | bit(tag)))
    }
}

const fn bit(tag: Tag) -> u64 {
    1 << (tag as u8 - 1)
}

/// What names an autonomous system or a place.
pub(super) const PLACED: Tags = Tags::of(&[
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
]);

const NETWORK_AND_PLACE: Tags = PLACED.and(&[
    Tag::V4Deny,
    Tag::V4Allow,
    Tag::V6Deny,
    Tag::V6Allow,
    Tag::AclDeny,
    Tag::AclAllow,
    Tag::PlaceDefault,
]);
