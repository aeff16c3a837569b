//! What of a layer's rules can agree or disagree with something else.

use std::fmt;

use playback_policy::{Member, Place, Rules, Verdict};

/// A part of a layer's rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A member, whatever it says.
    Whole(Member),
    /// The places of one level in `geo-allow` or `geo-deny`.
    Places(Verdict, Level),
    /// `geo-default`, saying so.
    Default(Verdict),
    /// `domain-missing`, saying so.
    Missing(Verdict),
}

/// A level of the chain that names places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Circle,
    Postal,
    Metro,
    Subdivision,
    Country,
}

impl Level {
    pub(super) const ALL: [Self; 5] = [
        Self::Circle,
        Self::Postal,
        Self::Metro,
        Self::Subdivision,
        Self::Country,
    ];

    fn has(self, place: &Place) -> bool {
        let of_place = match place {
            Place::Circle(_) => Self::Circle,
            Place::Postal(_) => Self::Postal,
            Place::Metro(_) => Self::Metro,
            Place::Subdivision(_) => Self::Subdivision,
            // `usmil` is nowhere, which is as broad as a country.
            Place::Country(_) | Place::UsMilitary => Self::Country,
        };
        self == of_place
    }
}

impl Part {
    /// Every part some rules have. A place is in two: its level and the whole member.
    pub(super) fn all_of(rules: &Rules) -> Vec<Self> {
        let verdicts = [Verdict::Allow, Verdict::Deny];
        let places = verdicts
            .into_iter()
            .flat_map(|verdict| Level::ALL.map(|level| Self::Places(verdict, level)));
        let defaults = verdicts
            .into_iter()
            .flat_map(|verdict| [Self::Default(verdict), Self::Missing(verdict)]);
        let whole = Member::ALL.into_iter().map(Self::Whole);
        let is_there = |part: &Self| part.is_in(rules);
        whole
            .chain(places)
            .chain(defaults)
            .filter(is_there)
            .collect()
    }

    pub(super) fn is_in(self, rules: &Rules) -> bool {
        self.alone(rules) != Rules::default()
    }

    /// These rules without all their other parts.
    pub(super) fn alone(self, rules: &Rules) -> Rules {
        let mut alone = Rules::default();
        self.copy(rules, &mut alone);
        alone
    }

    /// These rules without all parts but two.
    pub(super) fn with(self, other: Self, rules: &Rules) -> Rules {
        let mut both = self.alone(rules);
        other.copy(rules, &mut both);
        both
    }

    fn copy(self, from: &Rules, to: &mut Rules) {
        let places = |verdict| match verdict {
            Verdict::Allow => from.geo_allow.clone(),
            Verdict::Deny => from.geo_deny.clone(),
        };
        match self {
            Self::Whole(member) => copy(member, from, to),
            Self::Places(verdict, level) => {
                let mut of_level = places(verdict);
                of_level.retain(|place| level.has(place));
                match verdict {
                    Verdict::Allow => to.geo_allow.extend(of_level),
                    Verdict::Deny => to.geo_deny.extend(of_level),
                }
            }
            Self::Default(verdict) => {
                to.geo_default = from.geo_default.filter(|said| *said == verdict);
            }
            Self::Missing(verdict) => {
                to.domain_missing = from.domain_missing.filter(|said| *said == verdict);
            }
        }
    }
}

#[rustfmt::skip]
fn copy(member: Member, from: &Rules, to: &mut Rules) {
    match member {
        Member::IpAllow => to.ip_allow.clone_from(&from.ip_allow),
        Member::IpDeny => to.ip_deny.clone_from(&from.ip_deny),
        Member::IpAllowList => to.ip_allow_list.clone_from(&from.ip_allow_list),
        Member::IpDenyList => to.ip_deny_list.clone_from(&from.ip_deny_list),
        Member::AsnAllow => to.asn_allow.clone_from(&from.asn_allow),
        Member::AsnDeny => to.asn_deny.clone_from(&from.asn_deny),
        Member::GeoAllow => to.geo_allow.clone_from(&from.geo_allow),
        Member::GeoDeny => to.geo_deny.clone_from(&from.geo_deny),
        Member::GeoDefault => to.geo_default = from.geo_default,
        Member::ProxyDeny => to.proxy_deny = from.proxy_deny,
        Member::DomainAllow => to.domain_allow.clone_from(&from.domain_allow),
        Member::DomainDeny => to.domain_deny.clone_from(&from.domain_deny),
        Member::DomainMissing => to.domain_missing = from.domain_missing,
        Member::From => to.from = from.from,
        Member::Until => to.until = from.until,
        Member::Days => to.days = from.days,
        Member::Hours => to.hours.clone_from(&from.hours),
        Member::AppliesFrom => to.applies_from = from.applies_from,
        Member::AppliesUntil => to.applies_until = from.applies_until,
        Member::Token => to.token_required = from.token_required,
        Member::RevokedKeys => to.revoked_keys.clone_from(&from.revoked_keys),
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(member) => write!(f, "`{member}`"),
            Self::Places(Verdict::Allow, level) => write!(f, "`geo-allow` of a {level:?}"),
            Self::Places(Verdict::Deny, level) => write!(f, "`geo-deny` of a {level:?}"),
            Self::Default(Verdict::Allow) => f.write_str("`geo-default=allow`"),
            Self::Default(Verdict::Deny) => f.write_str("`geo-default=deny`"),
            Self::Missing(Verdict::Allow) => f.write_str("`domain-missing=allow`"),
            Self::Missing(Verdict::Deny) => f.write_str("`domain-missing=deny`"),
        }
    }
}
