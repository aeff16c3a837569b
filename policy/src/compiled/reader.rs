//! Bytes → layers, on every hit. Each section is a slice of the entry; nothing is copied.

use super::{
    Compiled, InvalidCompiled, Layer, Pair, SiteDefault,
    table::{Circles, CountrySet, Numbers, Ranges, Stored, Texts},
    writer::{REPORT_ONLY, Tag},
};
use crate::{
    proxy::ProxyClasses,
    rules::{LayerKind, Member, Verdict},
    schedule::{Week, Weekdays},
};

impl<'a> Compiled<'a> {
    /// Reads what [`compile`](super::compile) wrote.
    ///
    /// # Errors
    ///
    /// When the bytes are cut short, or were written by another version. Such an entry is a miss.
    pub fn read(mut bytes: &'a [u8]) -> Result<Self, InvalidCompiled> {
        let mut layers = Vec::with_capacity(LayerKind::ALL.len());
        let mut reported = Vec::new();
        while !bytes.is_empty() {
            let (kind, content) = take(&mut bytes).ok_or(InvalidCompiled("cut short"))?;
            let of_kind = match kind & REPORT_ONLY {
                0 => &mut layers,
                _ => &mut reported,
            };
            let kind = LayerKind::ALL
                .get(usize::from(kind & !REPORT_ONLY))
                .ok_or(InvalidCompiled("unknown layer"))?;
            of_kind.push(read_layer(*kind, content)?);
        }
        layers.sort_by_key(|layer| layer.kind);
        reported.sort_by_key(|layer| layer.kind);
        Ok(Self { layers, reported })
    }
}

/// Splits one `tag · length · content` off the front.
fn take<'a>(bytes: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (len, rest) = rest.split_at_checked(u32::SIZE)?;
    let (content, rest) = rest.split_at_checked(usize::try_from(u32::read(len)?).ok()?)?;
    *bytes = rest;
    Some((*tag, content))
}

fn read_layer(kind: LayerKind, mut bytes: &[u8]) -> Result<Layer<'_>, InvalidCompiled> {
    let mut layer = Layer::unrestricting(kind);
    while !bytes.is_empty() {
        let (tag, content) = take(&mut bytes).ok_or(InvalidCompiled("cut short"))?;
        let tag = Tag::ALL
            .get(usize::from(tag).wrapping_sub(1))
            .ok_or(InvalidCompiled("unknown section"))?;
        read_section(&mut layer, *tag, content).ok_or(InvalidCompiled("malformed section"))?;
    }
    Ok(layer)
}

fn read_section<'a>(layer: &mut Layer<'a>, tag: Tag, content: &'a [u8]) -> Option<()> {
    match tag {
        Tag::V4Deny => layer.v4.deny = Ranges::read(content)?,
        Tag::V4Allow => layer.v4.allow = Ranges::read(content)?,
        Tag::V6Deny => layer.v6.deny = Ranges::read(content)?,
        Tag::V6Allow => layer.v6.allow = Ranges::read(content)?,
        Tag::MetroDeny => layer.metros.deny = Numbers::read(content)?,
        Tag::MetroAllow => layer.metros.allow = Numbers::read(content)?,
        Tag::SubdivisionDeny => layer.subdivisions.deny = Numbers::read(content)?,
        Tag::SubdivisionAllow => layer.subdivisions.allow = Numbers::read(content)?,
        Tag::CountryDeny => layer.countries.deny = CountrySet::read(content)?,
        Tag::CountryAllow => layer.countries.allow = CountrySet::read(content)?,
        Tag::PlaceDefault => {
            let &[verdict, member] = content else {
                return None;
            };
            let is_it = |known: &Member| *known as u8 == member;
            layer.place_default = (read_verdict(verdict)?, Member::ALL.into_iter().find(is_it)?);
        }
        Tag::ProxyDeny => layer.proxy_deny = ProxyClasses::from_bits(u16::read(content)?)?,
        Tag::OriginDeny => layer.origins.deny = Texts::read(content)?,
        Tag::OriginAllow => layer.origins.allow = Texts::read(content)?,
        Tag::HostDeny => layer.hosts.deny = Texts::read(content)?,
        Tag::HostAllow => layer.hosts.allow = Texts::read(content)?,
        Tag::BelowDeny => layer.parents.deny = Texts::read(content)?,
        Tag::BelowAllow => layer.parents.allow = Texts::read(content)?,
        Tag::SiteDefault => {
            let &[unnamed, missing] = content else {
                return None;
            };
            layer.site_default = Some(SiteDefault {
                unnamed: read_verdict(unnamed)?,
                missing: read_verdict(missing)?,
            });
        }
        Tag::From => layer.from = Some(i64::read(content)?),
        Tag::Until => layer.until = Some(i64::read(content)?),
        Tag::AsnDeny => layer.asns.deny = Numbers::read(content)?,
        Tag::AsnAllow => layer.asns.allow = Numbers::read(content)?,
        Tag::CircleDeny => layer.circles.deny = Circles::read(content)?,
        Tag::CircleAllow => layer.circles.allow = Circles::read(content)?,
        Tag::PostalDeny => layer.postals.deny = Texts::read(content)?,
        Tag::PostalAllow => layer.postals.allow = Texts::read(content)?,
        Tag::AclDeny => layer.acls.deny = Texts::read(content)?,
        Tag::AclAllow => layer.acls.allow = Texts::read(content)?,
        Tag::Days => layer.week.days = Weekdays::from_bits(u8::read(content)?)?,
        Tag::Hours => {
            let hours = u64::read(content)?;
            layer.week.hours = Week::are_hours(hours).then_some(hours)?;
        }
        Tag::AppliesFrom => layer.applies_from = Some(i64::read(content)?),
        Tag::AppliesUntil => layer.applies_until = Some(i64::read(content)?),
        Tag::TokenRequired => layer.is_token_required = (content == [1]).then_some(true)?,
        Tag::RevokedKeys => layer.revoked_keys = Texts::read(content)?,
    }
    Some(())
}

fn read_verdict(byte: u8) -> Option<Verdict> {
    match byte {
        0 => Some(Verdict::Deny),
        1 => Some(Verdict::Allow),
        _ => None,
    }
}

impl Layer<'_> {
    fn unrestricting(kind: LayerKind) -> Self {
        Self {
            kind,
            v4: Pair::default(),
            v6: Pair::default(),
            acls: Pair::default(),
            asns: Pair::default(),
            circles: Pair::default(),
            postals: Pair::default(),
            metros: Pair::default(),
            subdivisions: Pair::default(),
            countries: Pair::default(),
            place_default: (Verdict::Allow, Member::GeoDefault),
            proxy_deny: ProxyClasses::default(),
            origins: Pair::default(),
            hosts: Pair::default(),
            parents: Pair::default(),
            site_default: None,
            from: None,
            until: None,
            week: Week::OPEN,
            applies_from: None,
            applies_until: None,
            is_token_required: false,
            revoked_keys: Texts::default(),
        }
    }
}
