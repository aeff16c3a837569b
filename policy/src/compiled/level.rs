//! Which sections hold the two verdicts of a level.

use super::tag::Tag;
use crate::rules::Verdict;

/// Where a layer says what it denies and what it allows at one level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    pub(super) deny: Tag,
    pub(super) allow: Tag,
}

pub(super) const V4: Level = Level::new(Tag::V4Deny, Tag::V4Allow);
pub(super) const V6: Level = Level::new(Tag::V6Deny, Tag::V6Allow);
pub(super) const ACLS: Level = Level::new(Tag::AclDeny, Tag::AclAllow);
pub(super) const ASNS: Level = Level::new(Tag::AsnDeny, Tag::AsnAllow);
pub(super) const CIRCLES: Level = Level::new(Tag::CircleDeny, Tag::CircleAllow);
pub(super) const POSTALS: Level = Level::new(Tag::PostalDeny, Tag::PostalAllow);
pub(super) const METROS: Level = Level::new(Tag::MetroDeny, Tag::MetroAllow);
pub(super) const SUBDIVISIONS: Level = Level::new(Tag::SubdivisionDeny, Tag::SubdivisionAllow);
pub(super) const COUNTRIES: Level = Level::new(Tag::CountryDeny, Tag::CountryAllow);
pub(super) const ORIGINS: Level = Level::new(Tag::OriginDeny, Tag::OriginAllow);
pub(super) const HOSTS: Level = Level::new(Tag::HostDeny, Tag::HostAllow);
pub(super) const PARENTS: Level = Level::new(Tag::BelowDeny, Tag::BelowAllow);

impl Level {
    const fn new(deny: Tag, allow: Tag) -> Self {
        Self { deny, allow }
    }

    pub(super) fn of(self, verdict: Verdict) -> Tag {
        match verdict {
            Verdict::Deny => self.deny,
            Verdict::Allow => self.allow,
        }
    }
}
