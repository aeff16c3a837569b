//! Rules, ready to decide in place.
//!
//! [`compile`] turns layers of [`Rules`] into bytes once, when an answer enters the cache: networks
//! become sorted ranges, countries a bit set, places and sites sorted tables. [`Compiled::read`]
//! finds its way in those bytes on every hit without copying or building anything, whatever the
//! number of rules.
//!
//! ```text
//! compiled = layer*
//! layer    = kind u8, with its first bit set if it only reports · length u32 · section*
//! section  = tag u8 · length u32 · content          integers little-endian
//! ```
//!
//! A section that is absent restricts nothing, so a reader must never skip one it does not know:
//! an unknown tag makes the bytes unreadable, and the entry is treated as a miss.

mod owned;
mod reader;
mod table;
mod writer;

use std::net::IpAddr;

use thiserror::Error;

use crate::{
    domain::Site,
    place::{Circle, CountryCode, Metro, Position, Postal, Subdivision},
    proxy::ProxyClasses,
    rules::{LayerKind, Member, Verdict},
    schedule::Week,
};
use table::{Circles, CountrySet, IsEmpty, Numbers, Ranges, Texts};

pub use owned::HeldLayer;
pub use writer::{compile, compile_report_only};

/// All layers of an entry, in the order of checking.
#[derive(Clone, Debug, Default)]
pub struct Compiled<'a> {
    layers: Vec<Layer<'a>>,
    /// Those that are never enforced: what they would refuse is told to operators.
    reported: Vec<Layer<'a>>,
}

/// The bytes are not compiled rules of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("compiled rules cannot be read: {0}")]
pub struct InvalidCompiled(pub(crate) &'static str);

/// Which facts about a viewer some layer looks at, so that the others need not be found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The network, the place or the proxies: a geolocation lookup.
    pub geolocation: bool,
    /// The embedding site.
    pub site: bool,
    /// The access control lists that [`Compiled::acl_names`] names.
    pub acls: bool,
    /// The viewer token.
    pub token: bool,
}

/// One layer, in the cached bytes.
#[derive(Clone, Debug)]
pub(crate) struct Layer<'a> {
    pub(crate) kind: LayerKind,
    pub(crate) v4: Pair<Ranges<'a, u32>>,
    pub(crate) v6: Pair<Ranges<'a, u128>>,
    pub(crate) acls: Pair<Texts<'a>>,
    pub(crate) asns: Pair<Numbers<'a, u32>>,
    pub(crate) circles: Pair<Circles<'a>>,
    pub(crate) postals: Pair<Texts<'a>>,
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
    pub(crate) week: Week,
    applies_from: Option<i64>,
    applies_until: Option<i64>,
    pub(crate) is_token_required: bool,
    pub(crate) revoked_keys: Texts<'a>,
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
    /// Everything: for who explains, and leaves nothing out.
    pub const ALL: Self = Self {
        geolocation: true,
        site: true,
        acls: true,
        token: true,
    };

    /// What either looks at.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            geolocation: self.geolocation || other.geolocation,
            site: self.site || other.site,
            acls: self.acls || other.acls,
            token: self.token || other.token,
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
        self.reported.extend(other.reported);
        self
    }

    /// Which facts about a viewer are looked at, at whatever time.
    #[must_use]
    pub fn needs(&self) -> Needs {
        let all = || self.layers.iter().chain(&self.reported);
        let any = |needs: fn(&Layer<'a>) -> bool| all().any(needs);
        Needs {
            geolocation: any(Layer::needs_geolocation),
            site: any(|layer| layer.site_default.is_some()),
            acls: any(|layer| !layer.acls.is_empty()),
            token: any(|layer| layer.is_token_required),
        }
    }

    /// The access control lists that are looked at in this second, each once: of each it must be
    /// known whether it has the viewer's address.
    #[must_use]
    pub fn acl_names(&self, now: i64) -> Vec<&'a str> {
        acl_names(self.layers_at(now))
    }

    /// The same of the layers that only report: where one of these cannot be read, nobody may be
    /// refused for it.
    #[must_use]
    pub fn reported_acl_names(&self, now: i64) -> Vec<&'a str> {
        acl_names(self.reported_at(now))
    }

    /// The layers that apply in this second. The others restrict nothing.
    pub(crate) fn layers_at(&self, now: i64) -> impl Iterator<Item = &Layer<'a>> {
        self.layers.iter().filter(move |layer| layer.applies(now))
    }

    /// Which of the layers apply in this second.
    pub(crate) fn applying_at(&self, now: i64) -> Vec<bool> {
        let applies = self.layers.iter().map(|layer| layer.applies(now));
        applies.collect()
    }

    /// The layers that only report, likewise.
    pub(crate) fn reported_at(&self, now: i64) -> impl Iterator<Item = &Layer<'a>> {
        self.reported.iter().filter(move |layer| layer.applies(now))
    }
}

fn acl_names<'l, 'a: 'l>(layers: impl Iterator<Item = &'l Layer<'a>>) -> Vec<&'a str> {
    let lists = layers.map(|layer| layer.acls);
    let mut names: Vec<_> = lists
        .flat_map(|lists| lists.deny.iter().chain(lists.allow.iter()))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

// === impl Layer ===

impl Layer<'_> {
    fn applies(&self, now: i64) -> bool {
        self.applies_from.is_none_or(|from| from <= now)
            && self.applies_until.is_none_or(|until| now < until)
    }

    pub(crate) fn ip(&self, address: IpAddr) -> Option<Verdict> {
        match address.to_canonical() {
            IpAddr::V4(v4) => self.v4.verdict(|ranges| ranges.contains(v4.to_bits())),
            IpAddr::V6(v6) => self.v6.verdict(|ranges| ranges.contains(v6.to_bits())),
        }
    }

    pub(crate) fn asn(&self, number: u32) -> Option<Verdict> {
        self.asns.verdict(|set| set.contains(number))
    }

    /// The verdict of the circles, and the first of them that holds the position.
    pub(crate) fn circle(&self, position: Position) -> Option<(Verdict, Circle)> {
        let deny = self.circles.deny.around(position);
        let allow = || self.circles.allow.around(position);
        deny.map(|circle| (Verdict::Deny, circle))
            .or_else(|| Some((Verdict::Allow, allow()?)))
    }

    pub(crate) fn postal(&self, postal: &Postal) -> Option<Verdict> {
        self.postals.verdict(|texts| {
            !texts.is_empty() && postal.prefixes().any(|prefix| texts.contains(prefix))
        })
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
        let has_places = !self.circles.is_empty()
            || !self.postals.is_empty()
            || !self.metros.is_empty()
            || !self.subdivisions.is_empty()
            || !self.countries.is_empty();
        // Where a default refuses for the place, the viewer is told which place was seen.
        let tells_place = match self.place_default {
            (Verdict::Allow, _) | (Verdict::Deny, Member::IpAllow | Member::IpAllowList) => false,
            (Verdict::Deny, _) => true,
        };
        has_places || tells_place || !self.asns.is_empty() || !self.proxy_deny.is_empty()
    }
}

impl<T: IsEmpty> Pair<T> {
    fn is_empty(&self) -> bool {
        self.deny.is_empty() && self.allow.is_empty()
    }
}

#[cfg(test)]
mod tests;
