//! The kinds of check, in the order in which they run.

use std::fmt;

use serde::Serialize;

use crate::rules::Member;

/// A kind of check: the members of [`Rules`](crate::Rules) that are judged together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Whether the policy key was taken back.
    RevokedKey,
    /// Whether a viewer token is there and good, where one is required.
    Token,
    /// Where the viewer is, in networks and on the globe.
    NetworkAndPlace,
    /// Whether it is the time.
    Schedule,
    /// Whether the viewer hides behind a proxy.
    Proxy,
    /// Which site embeds the player.
    Site,
}

impl Check {
    /// Every check, in the order in which they run.
    pub const ALL: [Self; 6] = [
        Self::RevokedKey,
        Self::Token,
        Self::NetworkAndPlace,
        Self::Schedule,
        Self::Proxy,
        Self::Site,
    ];

    /// The check that judges a member; none for the times in which a layer exists.
    #[must_use]
    pub fn of(member: Member) -> Option<Self> {
        Some(match member {
            Member::RevokedKeys => Self::RevokedKey,
            Member::Token => Self::Token,
            Member::IpAllow
            | Member::IpDeny
            | Member::IpAllowList
            | Member::IpDenyList
            | Member::AsnAllow
            | Member::AsnDeny
            | Member::GeoAllow
            | Member::GeoDeny
            | Member::GeoDefault => Self::NetworkAndPlace,
            Member::From | Member::Until | Member::Days | Member::Hours => Self::Schedule,
            Member::ProxyDeny => Self::Proxy,
            Member::DomainAllow | Member::DomainDeny | Member::DomainMissing => Self::Site,
            Member::AppliesFrom | Member::AppliesUntil => return None,
        })
    }

    /// The check's name in explanations.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RevokedKey => "revoked-key",
            Self::Token => "token",
            Self::NetworkAndPlace => "network-and-place",
            Self::Schedule => "schedule",
            Self::Proxy => "proxy",
            Self::Site => "site",
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_check_judges_some_member_and_prints_in_a_column() {
        for check in Check::ALL {
            let judged = Member::ALL.map(Check::of);
            assert!(judged.contains(&Some(check)), "{check}");
            assert_eq!(format!("{check:<18}|"), format!("{:<18}|", check.as_str()));
        }
    }
}
