//! The answer to "may this viewer have it?", as a value.

use std::{fmt, net::IpAddr};

use crate::{
    domain::Site,
    network,
    place::{CountryCode, Place},
    proxy::ProxyClass,
    rules::{LayerKind, Member, Verdict},
    viewer::TokenState,
};

/// Whether the viewer may have the video. A refusal is an answer, not an error.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision<'v> {
    /// Every layer allows.
    Allow,
    /// A layer refuses.
    Deny(Denial<'v>),
}

/// A refusal: whose rule, which member, and what it saw of the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denial<'v> {
    /// Whose rules refuse.
    pub layer: LayerKind,
    /// The member that refuses; for a default, the member that set it.
    pub member: Member,
    /// What was seen.
    pub seen: Seen<'v>,
}

/// What a member saw of the viewer. Prints as logs show it: an address only as its network, never a
/// whole postal code or a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'v> {
    /// The id of the policy key.
    Key(&'v str),
    /// The viewer token.
    Token(TokenState),
    /// The address.
    Ip(IpAddr),
    /// The access control list that has the address.
    Acl(&'v str),
    /// The autonomous system.
    Asn(Option<u32>),
    /// The place that matched: the rule's circle, the first three characters of a postal code. Or
    /// the country that matched nothing.
    Place(Option<Place>),
    /// The class of proxy that matched.
    Proxy(ProxyClass),
    /// The embedding site.
    Site(&'v Site),
    /// The time, in seconds since 1970 UTC.
    Time(i64),
}

/// The kinds of refusal viewers are told apart.
///
/// # Source
///
/// Playback API contract, errors: the subcodes `CLIENT_IP`, `CLIENT_GEO`, `DOMAIN`,
/// `TOKEN_REQUIRED`, `TOKEN_VALIDATION`, and the codes `VIDEO_NOT_PLAYABLE` and
/// `INVALID_POLICY_KEY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DenyReason {
    /// The policy key no longer opens anything.
    KeyRevoked,
    /// A viewer token is needed, and none came.
    TokenRequired,
    /// A viewer token is needed, and the one that came is no good.
    TokenInvalid,
    /// The viewer's address or network.
    ClientIp,
    /// The viewer's place: the country seen, if any.
    ClientGeo(Option<CountryCode>),
    /// A proxy, which is told as a place: `anonymizing_proxy`.
    Proxy,
    /// Outside the window in which the video is playable.
    NotPlayable,
    /// The embedding site.
    Domain,
}

impl Decision<'_> {
    /// Whether it is allowed, without the reasons.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Allow => Verdict::Allow,
            Self::Deny(_) => Verdict::Deny,
        }
    }
}

impl Denial<'_> {
    /// What the viewer is told.
    #[must_use]
    pub fn reason(&self, country: Option<CountryCode>) -> DenyReason {
        match self.member {
            Member::RevokedKeys => DenyReason::KeyRevoked,
            Member::Token if self.seen == Seen::Token(TokenState::Missing) => {
                DenyReason::TokenRequired
            }
            Member::Token => DenyReason::TokenInvalid,
            Member::IpAllow
            | Member::IpDeny
            | Member::IpAllowList
            | Member::IpDenyList
            | Member::AsnAllow
            | Member::AsnDeny => DenyReason::ClientIp,
            Member::GeoAllow | Member::GeoDeny | Member::GeoDefault => {
                DenyReason::ClientGeo(country)
            }
            Member::ProxyDeny => DenyReason::Proxy,
            Member::DomainAllow | Member::DomainDeny | Member::DomainMissing => DenyReason::Domain,
            // A layer that does not apply refuses nothing, so that the last two never come here.
            Member::From
            | Member::Until
            | Member::Days
            | Member::Hours
            | Member::AppliesFrom
            | Member::AppliesUntil => DenyReason::NotPlayable,
        }
    }
}

impl fmt::Display for Seen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Seen::Key(id) => f.write_str(id),
            Seen::Token(TokenState::Missing) => f.write_str("missing"),
            Seen::Token(TokenState::Invalid) => f.write_str("invalid"),
            Seen::Token(TokenState::Valid) => f.write_str("valid"),
            Seen::Ip(address) => network::redacted(*address).fmt(f),
            Seen::Acl(name) => f.write_str(name),
            Seen::Asn(Some(number)) => write!(f, "AS{number}"),
            Seen::Place(Some(place)) => place.fmt(f),
            Seen::Asn(None) | Seen::Place(None) => f.write_str("unknown"),
            Seen::Proxy(class) => class.fmt(f),
            Seen::Site(Site::Missing) => f.write_str("missing"),
            Seen::Site(Site::Opaque) => f.write_str("opaque"),
            Seen::Site(Site::Known { origin, .. }) => f.write_str(origin),
            Seen::Time(seconds) => seconds.fmt(f),
        }
    }
}
