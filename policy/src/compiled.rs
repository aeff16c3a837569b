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

mod layers;
mod level;
mod owned;
mod reader;
mod sections;
mod table;
mod writer;

use std::net::IpAddr;

use thiserror::Error;

use crate::{
    check::Check,
    domain::Site,
    place::{Circle, CountryCode, Metro, Position, Postal, Subdivision},
    proxy::ProxyClasses,
    rules::{LayerKind, Member, Verdict},
    schedule::Week,
};
use layers::Layers;
use level::{
    ACLS, ASNS, CIRCLES, COUNTRIES, HOSTS, Level, METROS, ORIGINS, PARENTS, POSTALS, SUBDIVISIONS,
    V4, V6,
};
use sections::{Sections, Table};
use table::{Circles, CountrySet, Numbers, Ranges, Texts};
use writer::Tag;

pub use owned::HeldLayer;
pub use writer::{compile, compile_report_only};

/// All layers of an entry, in the order of checking.
#[derive(Clone, Debug, Default)]
pub struct Compiled<'a> {
    layers: Layers<'a>,
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
    /// What it names: networks, places, sites and keys.
    sections: Sections<'a>,
    pub(crate) place_default: (Verdict, Member),
    pub(crate) proxy_deny: ProxyClasses,
    /// Whether there is a `domain-allow`, and whether there is any domain rule at all.
    pub(crate) site_default: Option<SiteDefault>,
    pub(crate) from: Option<i64>,
    pub(crate) until: Option<i64>,
    pub(crate) week: Week,
    applies_from: Option<i64>,
    applies_until: Option<i64>,
    pub(crate) is_token_required: bool,
}

/// What a layer with domain rules does where no pattern matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SiteDefault {
    /// For a site that no pattern names.
    pub(crate) unnamed: Verdict,
    /// For a viewer who tells no site.
    pub(crate) missing: Verdict,
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
        self.layers.add(other.layers.into_iter());
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
            acls: any(|layer| layer.has(&[ACLS])),
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
    let lists = layers.flat_map(|layer| [ACLS.deny, ACLS.allow].map(|tag| layer.texts(tag)));
    let mut names: Vec<_> = lists.flat_map(|texts| texts.iter()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

// === impl Layer ===

impl<'a> Layer<'a> {
    /// Whether it has anything that the check looks at: where it has not, nothing can be found.
    pub(crate) fn concerns(&self, check: Check) -> bool {
        self.sections.concern(check)
    }

    /// Whether there is anything at one of these levels.
    fn has(&self, levels: &[Level]) -> bool {
        let is_there =
            |level: &Level| self.sections.has(level.deny) || self.sections.has(level.allow);
        levels.iter().any(is_there)
    }

    /// The verdict of a level, if it has one. Deny wins over allow.
    fn verdict<T: Table<'a>>(&self, level: Level, contains: impl Fn(T) -> bool) -> Option<Verdict> {
        let holds = |tag| self.sections.find(tag).is_some_and(&contains);
        if holds(level.deny) {
            return Some(Verdict::Deny);
        }
        holds(level.allow).then_some(Verdict::Allow)
    }

    /// None where there is no such section.
    fn texts(&self, tag: Tag) -> Texts<'a> {
        self.sections.find(tag).unwrap_or_default()
    }

    /// Whether it has such a verdict on an access control list.
    pub(crate) fn names_acl(&self, verdict: Verdict, name: &str) -> bool {
        self.texts(ACLS.of(verdict)).contains(name)
    }

    pub(crate) fn revokes(&self, key: &str) -> bool {
        self.texts(Tag::RevokedKeys).contains(key)
    }

    fn applies(&self, now: i64) -> bool {
        self.applies_from.is_none_or(|from| from <= now)
            && self.applies_until.is_none_or(|until| now < until)
    }

    pub(crate) fn ip(&self, address: IpAddr) -> Option<Verdict> {
        match address.to_canonical() {
            IpAddr::V4(v4) => {
                self.verdict(V4, |ranges: Ranges<'_, u32>| ranges.contains(v4.to_bits()))
            }
            IpAddr::V6(v6) => {
                self.verdict(V6, |ranges: Ranges<'_, u128>| ranges.contains(v6.to_bits()))
            }
        }
    }

    pub(crate) fn asn(&self, number: u32) -> Option<Verdict> {
        self.verdict(ASNS, |set: Numbers<'_, u32>| set.contains(number))
    }

    /// The verdict of the circles, and the first of them that holds the position.
    pub(crate) fn circle(&self, position: Position) -> Option<(Verdict, Circle)> {
        [Verdict::Deny, Verdict::Allow]
            .into_iter()
            .find_map(|verdict| {
                let circles: Circles<'_> = self.sections.find(CIRCLES.of(verdict))?;
                Some((verdict, circles.around(position)?))
            })
    }

    pub(crate) fn postal(&self, postal: &Postal) -> Option<Verdict> {
        self.verdict(POSTALS, |texts: Texts<'_>| {
            postal.prefixes().any(|prefix| texts.contains(prefix))
        })
    }

    pub(crate) fn metro(&self, metro: Metro) -> Option<Verdict> {
        self.verdict(METROS, |set: Numbers<'_, u16>| set.contains(metro.code()))
    }

    pub(crate) fn subdivision(&self, subdivision: Subdivision) -> Option<Verdict> {
        self.verdict(SUBDIVISIONS, |set: Numbers<'_, u64>| {
            set.contains(subdivision.packed())
        })
    }

    pub(crate) fn country(&self, country: CountryCode) -> Option<Verdict> {
        self.verdict(COUNTRIES, |set: CountrySet<'_>| set.contains(country))
    }

    /// The verdict of the patterns on a known site. Deny wins over allow, at any specificity.
    pub(crate) fn site(&self, site: &Site) -> Option<Verdict> {
        let (origin, host) = (site.origin()?, site.host()?);
        let is_named = |verdict| {
            let texts = |level: Level| self.sections.find(level.of(verdict));
            let has = |level, text| texts(level).is_some_and(|it: Texts<'_>| it.contains(text));
            has(ORIGINS, origin)
                || has(HOSTS, host)
                || texts(PARENTS).is_some_and(|texts| {
                    crate::domain::parents(host).any(|parent| texts.contains(parent))
                })
        };
        let mut verdicts = [Verdict::Deny, Verdict::Allow].into_iter();
        verdicts.find(|verdict| is_named(*verdict))
    }

    fn needs_geolocation(&self) -> bool {
        let looks = [CIRCLES, POSTALS, METROS, SUBDIVISIONS, COUNTRIES, ASNS];
        // Where a default refuses for the place, the viewer is told which place was seen.
        let tells_place = match self.place_default {
            (Verdict::Allow, _) | (Verdict::Deny, Member::IpAllow | Member::IpAllowList) => false,
            (Verdict::Deny, _) => true,
        };
        self.has(&looks) || tells_place || !self.proxy_deny.is_empty()
    }
}

#[cfg(test)]
mod tests;
