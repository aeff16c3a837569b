//! Rules, ready to decide in place.
//!
//! [`compile`] turns layers of [`Rules`] into bytes once, when an answer enters the cache: networks
//! become sorted ranges, countries a bit set, places and sites sorted tables. [`Compiled::read`]
//! finds its way in those bytes on every hit without copying or building anything, whatever the
//! number of rules.
//!
//! ```text
//! compiled = layer*
//! layer    = kind u8 · length u32 · section*
//! section  = tag u8 · length u32 · content          integers little-endian
//! ```
//!
//! A section that is absent restricts nothing, so a reader must never skip one it does not know:
//! an unknown tag makes the bytes unreadable, and the entry is treated as a miss.

mod reader;
mod table;
mod writer;

use std::net::IpAddr;

use thiserror::Error;

use crate::{
    domain::Site,
    place::{CountryCode, Metro, Subdivision},
    proxy::ProxyClasses,
    rules::{LayerKind, Member, Verdict},
};
use table::{CountrySet, IsEmpty, Numbers, Ranges, Texts};

pub use writer::compile;

/// All layers of an entry, in the order of checking.
#[derive(Clone, Debug, Default)]
pub struct Compiled<'a> {
    layers: Vec<Layer<'a>>,
}

/// The bytes are not compiled rules of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("compiled rules cannot be read: {0}")]
pub struct InvalidCompiled(pub(crate) &'static str);

/// Which facts about a viewer some layer looks at, so that the others need not be found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The place or the proxies: a geolocation lookup.
    pub geolocation: bool,
    /// The embedding site.
    pub site: bool,
}

/// One layer, in the cached bytes.
#[derive(Clone, Debug)]
pub(crate) struct Layer<'a> {
    pub(crate) kind: LayerKind,
    pub(crate) v4: Pair<Ranges<'a, u32>>,
    pub(crate) v6: Pair<Ranges<'a, u128>>,
    pub(crate) metros: Pair<Numbers<'a, u16>>,
    pub(crate) subdivisions: Pair<Numbers<'a, u64>>,
    pub(crate) countries: Pair<CountrySet<'a>>,
    pub(crate) place_default: (Verdict, Member),
    pub(crate) proxy_deny: ProxyClasses,
    pub(crate) origins: Pair<Texts<'a>>,
    pub(crate) hosts: Pair<Texts<'a>>,
    pub(crate) parents: Pair<Texts<'a>>,
    /// Whether there is a `domain-allow`, and whether there is any domain rule at all.
    pub(crate) site_default: Option<SiteDefault>,
    pub(crate) from: Option<i64>,
    pub(crate) until: Option<i64>,
}

/// What a layer with domain rules does where no pattern matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SiteDefault {
    /// For a site that no pattern names.
    pub(crate) unnamed: Verdict,
    /// For a viewer who tells no site.
    pub(crate) missing: Verdict,
}

/// What a layer denies and what it allows at one level.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pair<T> {
    pub(crate) deny: T,
    pub(crate) allow: T,
}

impl<T> Pair<T> {
    /// The verdict of the level, if it has one. Deny wins over allow.
    fn verdict(&self, contains: impl Fn(&T) -> bool) -> Option<Verdict> {
        if contains(&self.deny) {
            return Some(Verdict::Deny);
        }
        contains(&self.allow).then_some(Verdict::Allow)
    }
}

// === impl Needs ===

impl Needs {
    /// What either looks at.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            geolocation: self.geolocation || other.geolocation,
            site: self.site || other.site,
        }
    }
}

// === impl Compiled ===

impl<'a> Compiled<'a> {
    /// Adds the layers of other rules, such as a policy key's to an entry's.
    #[must_use]
    pub fn overlaid(mut self, other: Self) -> Self {
        self.layers.extend(other.layers);
        self.layers.sort_by_key(|layer| layer.kind);
        self
    }

    /// Which facts about a viewer are looked at.
    #[must_use]
    pub fn needs(&self) -> Needs {
        Needs {
            geolocation: self.layers.iter().any(Layer::needs_geolocation),
            site: self.layers.iter().any(|layer| layer.site_default.is_some()),
        }
    }

    pub(crate) fn layers(&self) -> &[Layer<'a>] {
        &self.layers
    }
}

// === impl Layer ===

impl Layer<'_> {
    pub(crate) fn ip(&self, address: IpAddr) -> Option<Verdict> {
        match address {
            IpAddr::V4(v4) => self.v4.verdict(|ranges| ranges.contains(v4.to_bits())),
            IpAddr::V6(v6) => self.v6.verdict(|ranges| ranges.contains(v6.to_bits())),
        }
    }

    pub(crate) fn metro(&self, metro: Metro) -> Option<Verdict> {
        self.metros.verdict(|set| set.contains(metro.code()))
    }

    pub(crate) fn subdivision(&self, subdivision: Subdivision) -> Option<Verdict> {
        self.subdivisions
            .verdict(|set| set.contains(subdivision.packed()))
    }

    pub(crate) fn country(&self, country: CountryCode) -> Option<Verdict> {
        self.countries.verdict(|set| set.contains(country))
    }

    /// The verdict of the patterns on a known site. Deny wins over allow, at any specificity.
    pub(crate) fn site(&self, site: &Site) -> Option<Verdict> {
        let (origin, host) = (site.origin()?, site.host()?);
        let verdicts = [
            self.origins.verdict(|texts| texts.contains(origin)),
            self.hosts.verdict(|texts| texts.contains(host)),
            self.parents.verdict(|texts| {
                !texts.is_empty()
                    && crate::domain::parents(host).any(|parent| texts.contains(parent))
            }),
        ];
        let found = |verdict| verdicts.contains(&Some(verdict)).then_some(verdict);
        found(Verdict::Deny).or(found(Verdict::Allow))
    }

    fn needs_geolocation(&self) -> bool {
        let has_places =
            !self.metros.is_empty() || !self.subdivisions.is_empty() || !self.countries.is_empty();
        // Where a default refuses for the place, the viewer is told which place was seen.
        let tells_place = match self.place_default {
            (Verdict::Allow, _) | (Verdict::Deny, Member::IpAllow) => false,
            (Verdict::Deny, _) => true,
        };
        has_places || tells_place || !self.proxy_deny.is_empty()
    }
}

impl<T: IsEmpty> Pair<T> {
    fn is_empty(&self) -> bool {
        self.deny.is_empty() && self.allow.is_empty()
    }
}

#[cfg(test)]
mod tests;
