//! One layer of restrictions, as its owner writes it.

use std::fmt;

use serde::Serialize;

use crate::{
    domain::DomainPattern,
    id::{AclName, KeyId},
    network::Network,
    place::Place,
    proxy::ProxyClasses,
    schedule::{HourRange, Weekdays},
};

/// One owner's set of rules. An absent member restricts nothing.
///
/// `FromStr` and `Display` are the header text, an RFC 9651 dictionary:
/// `geo-allow=("DE" "AT"), from=@1767225600`. Unrestricting rules print as `geo-default=allow`, so
/// that their header is never empty and a lost one is noticed.
///
/// # Source
///
/// DESIGN.md, "What can a rule say?"
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Only these networks, or exempt from the place rules when there are any.
    pub ip_allow: Vec<Network>,
    /// Never these networks.
    pub ip_deny: Vec<Network>,
    /// As `ip_allow`, the networks of these access control lists.
    pub ip_allow_list: Vec<AclName>,
    /// Never the networks of these access control lists.
    pub ip_deny_list: Vec<AclName>,
    /// Only these autonomous systems, or exempt from the place rules when there are any.
    pub asn_allow: Vec<u32>,
    /// Never these autonomous systems.
    pub asn_deny: Vec<u32>,
    /// Only these places.
    pub geo_allow: Vec<Place>,
    /// Never these places.
    pub geo_deny: Vec<Place>,
    /// When no place matched; by default `deny` if there is any `geo-allow`, else `allow`.
    pub geo_default: Option<Verdict>,
    /// Never through these classes of proxy.
    pub proxy_deny: ProxyClasses,
    /// Only embedded in these sites.
    pub domain_allow: Vec<DomainPattern>,
    /// Never embedded in these sites.
    pub domain_deny: Vec<DomainPattern>,
    /// When no site is told; by default `deny` if there is a `domain-allow`, else `allow`.
    pub domain_missing: Option<Verdict>,
    /// Playable from this second on, in seconds since 1970 UTC.
    pub from: Option<i64>,
    /// Playable until just before this second, in seconds since 1970 UTC.
    pub until: Option<i64>,
    /// Playable on these days only.
    pub days: Weekdays,
    /// Playable in these hours only.
    pub hours: Vec<HourRange>,
    /// These rules hold from this second on, in seconds since 1970 UTC.
    pub applies_from: Option<i64>,
    /// These rules hold until just before this second, in seconds since 1970 UTC.
    pub applies_until: Option<i64>,
    /// Whether a viewer token must be present and valid.
    pub token_required: bool,
    /// Policy keys that no longer open anything. In the account's layer only.
    pub revoked_keys: Vec<KeyId>,
}

/// What a default says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Let pass.
    Allow,
    /// Refuse.
    Deny,
}

/// Whose rules they are. All layers must allow; refusals name the first in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum LayerKind {
    /// The account's.
    Account,
    /// The video's own.
    Video,
    /// A reusable playback right's.
    Right,
    /// The policy key's.
    Key,
}

/// A member of [`Rules`].
///
/// Cached entries name members by these numbers: a new one takes the next, and none ever changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
#[expect(missing_docs, reason = "each is the field of `Rules` by that name")]
pub enum Member {
    IpAllow = 0,
    IpDeny = 1,
    IpAllowList = 11,
    IpDenyList = 12,
    AsnAllow = 13,
    AsnDeny = 14,
    GeoAllow = 2,
    GeoDeny = 3,
    GeoDefault = 4,
    ProxyDeny = 5,
    DomainAllow = 6,
    DomainDeny = 7,
    DomainMissing = 8,
    From = 9,
    Until = 10,
    Days = 15,
    Hours = 16,
    AppliesFrom = 17,
    AppliesUntil = 18,
    Token = 19,
    RevokedKeys = 20,
}

// === impl LayerKind ===

impl LayerKind {
    /// Every layer, in the order of checking.
    pub const ALL: [Self; 4] = [Self::Account, Self::Video, Self::Right, Self::Key];

    /// The layer's name in logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Video => "video",
            Self::Right => "right",
            Self::Key => "key",
        }
    }

    /// The header that carries the layer from the origin to the edge, in lower case.
    #[must_use]
    pub fn header_name(self) -> &'static str {
        match self {
            Self::Account => "playback-account-rules",
            Self::Video => "playback-video-rules",
            Self::Right => "playback-right-rules",
            Self::Key => "playback-key-rules",
        }
    }

    /// The header that carries rules of the layer which only report, in lower case. A policy key
    /// has none.
    #[must_use]
    pub fn report_only_header_name(self) -> Option<&'static str> {
        match self {
            Self::Account => Some("playback-account-rules-report-only"),
            Self::Video => Some("playback-video-rules-report-only"),
            Self::Right => Some("playback-right-rules-report-only"),
            Self::Key => None,
        }
    }
}

impl fmt::Display for LayerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Layers as they are compiled, of layers that are owned.
pub(crate) fn borrowed(layers: &[(LayerKind, Rules)]) -> Vec<(LayerKind, &Rules)> {
    layers.iter().map(|(kind, rules)| (*kind, rules)).collect()
}

// === impl Member ===

impl Member {
    /// Every member, in the order they are printed.
    pub const ALL: [Self; 21] = [
        Self::IpAllow,
        Self::IpDeny,
        Self::IpAllowList,
        Self::IpDenyList,
        Self::AsnAllow,
        Self::AsnDeny,
        Self::GeoAllow,
        Self::GeoDeny,
        Self::GeoDefault,
        Self::ProxyDeny,
        Self::DomainAllow,
        Self::DomainDeny,
        Self::DomainMissing,
        Self::From,
        Self::Until,
        Self::Days,
        Self::Hours,
        Self::AppliesFrom,
        Self::AppliesUntil,
        Self::Token,
        Self::RevokedKeys,
    ];

    /// Every member at the place of its number.
    #[expect(
        clippy::indexing_slicing,
        reason = "evaluated at compile time, where a panic is an error"
    )]
    const BY_NUMBER: [Self; Self::ALL.len()] = {
        let mut table = Self::ALL;
        let mut at = 0;
        while at < Self::ALL.len() {
            table[Self::ALL[at] as usize] = Self::ALL[at];
            at += 1;
        }
        table
    };

    /// The member that cached entries name so.
    pub(crate) fn numbered(number: u8) -> Option<Self> {
        Self::BY_NUMBER.get(usize::from(number)).copied()
    }

    /// The member's key in the dictionary.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IpAllow => "ip-allow",
            Self::IpDeny => "ip-deny",
            Self::IpAllowList => "ip-allow-list",
            Self::IpDenyList => "ip-deny-list",
            Self::AsnAllow => "asn-allow",
            Self::AsnDeny => "asn-deny",
            Self::GeoAllow => "geo-allow",
            Self::GeoDeny => "geo-deny",
            Self::GeoDefault => "geo-default",
            Self::ProxyDeny => "proxy-deny",
            Self::DomainAllow => "domain-allow",
            Self::DomainDeny => "domain-deny",
            Self::DomainMissing => "domain-missing",
            Self::From => "from",
            Self::Until => "until",
            Self::Days => "days",
            Self::Hours => "hours",
            Self::AppliesFrom => "applies-from",
            Self::AppliesUntil => "applies-until",
            Self::Token => "token",
            Self::RevokedKeys => "revoked-keys",
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

// === impl Rules ===

impl Rules {
    /// Whether the member is there.
    #[must_use]
    pub fn has(&self, member: Member) -> bool {
        match member {
            Member::IpAllow => !self.ip_allow.is_empty(),
            Member::IpDeny => !self.ip_deny.is_empty(),
            Member::IpAllowList => !self.ip_allow_list.is_empty(),
            Member::IpDenyList => !self.ip_deny_list.is_empty(),
            Member::AsnAllow => !self.asn_allow.is_empty(),
            Member::AsnDeny => !self.asn_deny.is_empty(),
            Member::GeoAllow => !self.geo_allow.is_empty(),
            Member::GeoDeny => !self.geo_deny.is_empty(),
            Member::GeoDefault => self.geo_default.is_some(),
            Member::ProxyDeny => !self.proxy_deny.is_empty(),
            Member::DomainAllow => !self.domain_allow.is_empty(),
            Member::DomainDeny => !self.domain_deny.is_empty(),
            Member::DomainMissing => self.domain_missing.is_some(),
            Member::From => self.from.is_some(),
            Member::Until => self.until.is_some(),
            Member::Days => !self.days.is_empty(),
            Member::Hours => !self.hours.is_empty(),
            Member::AppliesFrom => self.applies_from.is_some(),
            Member::AppliesUntil => self.applies_until.is_some(),
            Member::Token => self.token_required,
            Member::RevokedKeys => !self.revoked_keys.is_empty(),
        }
    }

    /// What a place nobody named gets, and the member that says so.
    pub(crate) fn place_default(&self) -> (Verdict, Member) {
        if let Some(verdict) = self.geo_default {
            return (verdict, Member::GeoDefault);
        }
        if !self.geo_allow.is_empty() {
            return (Verdict::Deny, Member::GeoAllow);
        }
        // A list of networks without any place rule means "only these networks".
        let networks = [
            (Member::IpAllow, self.ip_allow.is_empty()),
            (Member::IpAllowList, self.ip_allow_list.is_empty()),
            (Member::AsnAllow, self.asn_allow.is_empty()),
        ];
        let first = networks.into_iter().find(|(_, is_empty)| !is_empty);
        match first.filter(|_| self.geo_deny.is_empty()) {
            Some((member, _)) => (Verdict::Deny, member),
            None => (Verdict::Allow, Member::GeoDefault),
        }
    }

    /// What a viewer without a site gets.
    pub(crate) fn site_default(&self) -> Verdict {
        let has_allow = !self.domain_allow.is_empty();
        self.domain_missing.unwrap_or(if has_allow {
            Verdict::Deny
        } else {
            Verdict::Allow
        })
    }
}
