//! The answer to "may this viewer have it?", as a value.

use std::{fmt, net::IpAddr};

use crate::{
    domain::Site,
    network,
    place::{CountryCode, Place},
    proxy::ProxyClass,
    rules::{LayerKind, Member},
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

/// What a member saw of the viewer. Prints as logs show it: an address only as its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'v> {
    /// The address.
    Ip(IpAddr),
    /// The place that matched, or the country that matched nothing.
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
/// Playback API contract, errors: the subcodes `CLIENT_IP`, `CLIENT_GEO`, `DOMAIN` and the code
/// `VIDEO_NOT_PLAYABLE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DenyReason {
    /// The viewer's address.
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

impl Denial<'_> {
    /// What the viewer is told.
    #[must_use]
    pub fn reason(&self, country: Option<CountryCode>) -> DenyReason {
        match self.member {
            Member::IpAllow | Member::IpDeny => DenyReason::ClientIp,
            Member::GeoAllow | Member::GeoDeny | Member::GeoDefault => {
                DenyReason::ClientGeo(country)
            }
            Member::ProxyDeny => DenyReason::Proxy,
            Member::DomainAllow | Member::DomainDeny | Member::DomainMissing => DenyReason::Domain,
            Member::From | Member::Until => DenyReason::NotPlayable,
        }
    }
}

impl fmt::Display for Seen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Seen::Ip(address) => network::redacted(*address).fmt(f),
            Seen::Place(Some(place)) => place.fmt(f),
            Seen::Place(None) => f.write_str("unknown"),
            Seen::Proxy(class) => class.fmt(f),
            Seen::Site(Site::Missing) => f.write_str("missing"),
            Seen::Site(Site::Opaque) => f.write_str("opaque"),
            Seen::Site(Site::Known { origin, .. }) => f.write_str(origin),
            Seen::Time(seconds) => seconds.fmt(f),
        }
    }
}
