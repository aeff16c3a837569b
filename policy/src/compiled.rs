//! Rules, ready to decide in place.
//!
//! [`compile`] turns layers of [`Rules`] into bytes once, when an answer enters the cache: networks
//! become sorted ranges, countries a bit set, places and sites sorted tables. [`Compiled::read`]
//! finds its way in those bytes on every hit without copying or building anything, whatever the
//! number of rules.
//!
//! ```text
//! compiled = layer*
//! layer    = kind u8, with its first bit set if it only reports · length u32 · sections
//! sections = tags u64 · start u32 of each content · end u32 of the last · the contents
//! ```
//!
//! Integers are little-endian, and positions count from behind the tags. Each bit of `tags` is a section that is there, and they lie in the order
//! of the bits, so that one is found without a look at the others. A section that is absent restricts
//! nothing, so a reader must never skip one it does not know: an unknown bit makes the bytes
//! unreadable, and the entry is treated as a miss.

mod content;
mod layers;
mod level;
mod owned;
mod reader;
mod sections;
mod table;
mod tag;
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
use content::{Content, Hours, PlaceDefault};
use layers::Layers;
use level::{
    ACLS, ASNS, CIRCLES, COUNTRIES, HOSTS, Level, METROS, ORIGINS, PARENTS, POSTALS, SUBDIVISIONS,
    V4, V6,
};
use sections::Sections;
use table::{Circles, CountrySet, Numbers, Ranges, Texts};
use tag::{PLACED, Tag, Tags};

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
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layer<'a> {
    pub(crate) kind: LayerKind,
    sections: Sections<'a>,
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
        self.layers.add(other.layers.as_slice());
        self.reported.extend(other.reported);
        self
    }

    /// Which facts about a viewer are looked at, at whatever time.
    #[must_use]
    pub fn needs(&self) -> Needs {
        let all = self.layers.as_slice().iter().chain(&self.reported);
        all.fold(Needs::default(), |needs, layer| needs.or(layer.needs()))
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
        let layers = self.layers.as_slice().iter();
        layers.filter(move |layer| layer.applies(now))
    }

    /// Which of the layers apply in this second.
    pub(crate) fn applying_at(&self, now: i64) -> Vec<bool> {
        let layers = self.layers.as_slice().iter();
        let applies = layers.map(|layer| layer.applies(now));
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
    #[inline]
    pub(crate) fn concerns(&self, check: Check) -> bool {
        self.sections.tags.meets(Tags::of_check(check))
    }

    /// Whether there is anything at a level.
    #[inline]
    fn has(&self, level: Level) -> bool {
        let tags = Tags::of(&[level.deny, level.allow]);
        self.sections.tags.meets(tags)
    }

    /// The verdict of a level, if it has one. Deny wins over allow.
    fn verdict<T: Content<'a>>(
        &self,
        level: Level,
        contains: impl Fn(T) -> bool,
    ) -> Option<Verdict> {
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

    #[inline]
    fn applies(&self, now: i64) -> bool {
        if !self
            .sections
            .tags
            .meets(Tags::of(&[Tag::AppliesFrom, Tag::AppliesUntil]))
        {
            return true;
        }
        let [from, until] = [Tag::AppliesFrom, Tag::AppliesUntil].map(|tag| self.second(tag));
        from.is_none_or(|from| from <= now) && until.is_none_or(|until| now < until)
    }

    /// A moment, if there is such a section.
    fn second(&self, tag: Tag) -> Option<i64> {
        self.sections.find(tag)
    }

    pub(crate) fn from(&self) -> Option<i64> {
        self.second(Tag::From)
    }

    pub(crate) fn until(&self) -> Option<i64> {
        self.second(Tag::Until)
    }

    pub(crate) fn week(&self) -> Week {
        let hours = self.sections.find(Tag::Hours).map(|Hours(hours)| hours);
        Week {
            days: self.sections.find(Tag::Days).unwrap_or(Week::OPEN.days),
            hours: hours.unwrap_or(Week::OPEN.hours),
        }
    }

    pub(crate) fn place_default(&self) -> PlaceDefault {
        let default = self.sections.find(Tag::PlaceDefault);
        default.unwrap_or((Verdict::Allow, Member::GeoDefault))
    }

    pub(crate) fn proxy_deny(&self) -> ProxyClasses {
        self.sections.find(Tag::ProxyDeny).unwrap_or_default()
    }

    /// None where there is no domain rule at all.
    pub(crate) fn site_default(&self) -> Option<SiteDefault> {
        self.sections.find(Tag::SiteDefault)
    }

    pub(crate) fn is_token_required(&self) -> bool {
        self.sections.has(Tag::TokenRequired)
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
        if !self.has(CIRCLES) {
            return None;
        }
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

    fn needs(&self) -> Needs {
        let has = |tags: Tags| self.sections.tags.meets(tags);
        // Where a default refuses for the place, the viewer is told which place was seen.
        let tells_place = || match self.place_default() {
            (Verdict::Allow, _) | (Verdict::Deny, Member::IpAllow | Member::IpAllowList) => false,
            (Verdict::Deny, _) => true,
        };
        Needs {
            geolocation: has(const { PLACED.and(&[Tag::ProxyDeny]) }) || tells_place(),
            site: has(const { Tags::of(&[Tag::SiteDefault]) }),
            acls: has(const { Tags::of(&[Tag::AclDeny, Tag::AclAllow]) }),
            token: has(const { Tags::of(&[Tag::TokenRequired]) }),
        }
    }
}

#[cfg(test)]
mod tests;
