//! Bytes → layers, on every hit. Each section is a slice of the entry; nothing is copied.

use super::{
    Compiled, InvalidCompiled, Layer, SiteDefault,
    sections::{Sections, Table},
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
        let mut compiled = Self::default();
        while !bytes.is_empty() {
            let (kind, content) = take(&mut bytes).ok_or(InvalidCompiled("cut short"))?;
            let layer = LayerKind::ALL
                .get(usize::from(kind & !REPORT_ONLY))
                .ok_or(InvalidCompiled("unknown layer"))?;
            let layer = read_layer(*layer, content)?;
            match kind & REPORT_ONLY {
                0 => compiled.layers.push(layer),
                _ => compiled.reported.push(layer),
            }
        }
        compiled.layers.sort();
        compiled.reported.sort_by_key(|layer| layer.kind);
        Ok(compiled)
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

#[inline]
fn read_layer(kind: LayerKind, mut bytes: &[u8]) -> Result<Layer<'_>, InvalidCompiled> {
    let mut layer = Layer::unrestricting(kind, bytes);
    while !bytes.is_empty() {
        let (tag, content) = take(&mut bytes).ok_or(InvalidCompiled("cut short"))?;
        let tag = Tag::ALL
            .get(usize::from(tag).wrapping_sub(1))
            .ok_or(InvalidCompiled("unknown section"))?;
        read_section(&mut layer, *tag, content, bytes.len())
            .ok_or(InvalidCompiled("malformed section"))?;
    }
    Ok(layer)
}

/// Reads a section behind which so many bytes of the layer are left.
#[inline]
fn read_section<'a>(layer: &mut Layer<'a>, tag: Tag, content: &'a [u8], left: usize) -> Option<()> {
    layer.sections.note(tag, content, left)?;
    match tag {
        Tag::V4Deny | Tag::V4Allow => is::<Ranges<'a, u32>>(content)?,
        Tag::V6Deny | Tag::V6Allow => is::<Ranges<'a, u128>>(content)?,
        Tag::MetroDeny | Tag::MetroAllow => is::<Numbers<'a, u16>>(content)?,
        Tag::AsnDeny | Tag::AsnAllow => is::<Numbers<'a, u32>>(content)?,
        Tag::SubdivisionDeny | Tag::SubdivisionAllow => is::<Numbers<'a, u64>>(content)?,
        Tag::CountryDeny | Tag::CountryAllow => is::<CountrySet<'a>>(content)?,
        Tag::CircleDeny | Tag::CircleAllow => is::<Circles<'a>>(content)?,
        Tag::OriginDeny
        | Tag::OriginAllow
        | Tag::HostDeny
        | Tag::HostAllow
        | Tag::BelowDeny
        | Tag::BelowAllow
        | Tag::PostalDeny
        | Tag::PostalAllow
        | Tag::AclDeny
        | Tag::AclAllow
        | Tag::RevokedKeys => is::<Texts<'a>>(content)?,
        Tag::PlaceDefault => {
            let &[verdict, member] = content else {
                return None;
            };
            let is_it = |known: &Member| *known as u8 == member;
            layer.place_default = (read_verdict(verdict)?, Member::ALL.into_iter().find(is_it)?);
        }
        Tag::ProxyDeny => layer.proxy_deny = ProxyClasses::from_bits(u16::read(content)?)?,
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
        Tag::Days => layer.week.days = Weekdays::from_bits(u8::read(content)?)?,
        Tag::Hours => {
            let hours = u64::read(content)?;
            layer.week.hours = Week::are_hours(hours).then_some(hours)?;
        }
        Tag::AppliesFrom => layer.applies_from = Some(i64::read(content)?),
        Tag::AppliesUntil => layer.applies_until = Some(i64::read(content)?),
        Tag::TokenRequired => layer.is_token_required = (content == [1]).then_some(true)?,
    }
    Some(())
}

/// Whether it is such a table.
fn is<'a, T: Table<'a>>(content: &'a [u8]) -> Option<()> {
    T::read(content).map(drop)
}

fn read_verdict(byte: u8) -> Option<Verdict> {
    match byte {
        0 => Some(Verdict::Deny),
        1 => Some(Verdict::Allow),
        _ => None,
    }
}

impl<'a> Layer<'a> {
    fn unrestricting(kind: LayerKind, bytes: &'a [u8]) -> Self {
        Self {
            kind,
            sections: Sections::of(bytes),
            place_default: (Verdict::Allow, Member::GeoDefault),
            proxy_deny: ProxyClasses::default(),
            site_default: None,
            from: None,
            until: None,
            week: Week::OPEN,
            applies_from: None,
            applies_until: None,
            is_token_required: false,
        }
    }
}
