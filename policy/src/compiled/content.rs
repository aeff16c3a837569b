//! What a section can hold, read where it lies.

use super::{
    SiteDefault,
    table::{Circles, CountrySet, Numbers, Ranges, Stored, Texts},
    tag::Tag,
};
use crate::{
    proxy::ProxyClasses,
    rules::{Member, Verdict},
    schedule::{Week, Weekdays},
};

/// A content that can be read in place.
pub(super) trait Content<'a>: Sized {
    /// `None` when the bytes are no such content.
    fn read(content: &'a [u8]) -> Option<Self>;
}

/// What a layer does where no network and no place matched, and the member that says so.
pub(super) type PlaceDefault = (Verdict, Member);

/// The hours in which a layer is open, as [`Week`] has them.
pub(super) struct Hours(pub(super) u64);

/// That a viewer token must be there.
pub(super) struct TokenRequired;

/// Whether the content can be what the tag says.
#[inline]
pub(super) fn fits(tag: Tag, content: &[u8]) -> bool {
    match SHAPES.get(tag as usize - 1) {
        Some(Shape::Many(size)) => content.len() & (usize::from(*size) - 1) == 0,
        Some(Shape::One(size)) => content.len() == usize::from(*size),
        Some(Shape::Told(is_told)) => is_told(content),
        None => false,
    }
}

/// What makes a content readable.
#[derive(Clone, Copy)]
enum Shape {
    /// Any number of items of so many bytes, a power of two.
    Many(u8),
    /// So many bytes, whatever they are.
    One(u8),
    /// What can be read.
    Told(fn(&[u8]) -> bool),
}

/// Of each tag, looked up: on every hit all sections of an entry are held against it.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated at compile time, where a panic is an error"
)]
const SHAPES: [Shape; Tag::ALL.len()] = {
    let mut shapes = [Shape::One(0); Tag::ALL.len()];
    let mut at = 0;
    while at < shapes.len() {
        shapes[at] = shape(Tag::ALL[at]);
        at += 1;
    }
    shapes
};

const fn shape(tag: Tag) -> Shape {
    match tag {
        Tag::V4Deny | Tag::V4Allow => Shape::Many(2 * size_of::<u32>() as u8),
        Tag::V6Deny | Tag::V6Allow => Shape::Many(2 * size_of::<u128>() as u8),
        Tag::MetroDeny | Tag::MetroAllow => Shape::Many(size_of::<u16>() as u8),
        Tag::AsnDeny | Tag::AsnAllow => Shape::Many(size_of::<u32>() as u8),
        Tag::SubdivisionDeny | Tag::SubdivisionAllow => Shape::Many(size_of::<u64>() as u8),
        Tag::CountryDeny | Tag::CountryAllow => Shape::One(CountrySet::SIZE as u8),
        Tag::From | Tag::Until | Tag::AppliesFrom | Tag::AppliesUntil => {
            Shape::One(size_of::<i64>() as u8)
        }
        Tag::CircleDeny | Tag::CircleAllow => Shape::Told(|it| is::<Circles<'_>>(it)),
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
        | Tag::RevokedKeys => Shape::Told(|it| is::<Texts<'_>>(it)),
        Tag::PlaceDefault => Shape::Told(|it| is::<PlaceDefault>(it)),
        Tag::ProxyDeny => Shape::Told(|it| is::<ProxyClasses>(it)),
        Tag::SiteDefault => Shape::Told(|it| is::<SiteDefault>(it)),
        Tag::Days => Shape::Told(|it| is::<Weekdays>(it)),
        Tag::Hours => Shape::Told(|it| is::<Hours>(it)),
        Tag::TokenRequired => Shape::Told(|it| is::<TokenRequired>(it)),
    }
}

fn is<'a, T: Content<'a>>(content: &'a [u8]) -> bool {
    T::read(content).is_some()
}

macro_rules! tables {
    ($($table:ty),*) => {$(
        impl<'a> Content<'a> for $table {
            fn read(content: &'a [u8]) -> Option<Self> {
                <$table>::read(content)
            }
        }
    )*};
}

tables!(
    Ranges<'a, u32>,
    Ranges<'a, u128>,
    Numbers<'a, u16>,
    Numbers<'a, u32>,
    Numbers<'a, u64>,
    Texts<'a>,
    Circles<'a>,
    CountrySet<'a>
);

impl Content<'_> for PlaceDefault {
    fn read(content: &[u8]) -> Option<Self> {
        let &[verdict, member] = content else {
            return None;
        };
        Some((verdict_of(verdict)?, Member::numbered(member)?))
    }
}

impl Content<'_> for SiteDefault {
    fn read(content: &[u8]) -> Option<Self> {
        let &[unnamed, missing] = content else {
            return None;
        };
        Some(Self {
            unnamed: verdict_of(unnamed)?,
            missing: verdict_of(missing)?,
        })
    }
}

impl Content<'_> for ProxyClasses {
    fn read(content: &[u8]) -> Option<Self> {
        Self::from_bits(Stored::read(content)?)
    }
}

impl Content<'_> for i64 {
    fn read(content: &[u8]) -> Option<Self> {
        Stored::read(content)
    }
}

impl Content<'_> for Weekdays {
    fn read(content: &[u8]) -> Option<Self> {
        Self::from_bits(Stored::read(content)?)
    }
}

impl Content<'_> for Hours {
    fn read(content: &[u8]) -> Option<Self> {
        let hours = Stored::read(content)?;
        Week::are_hours(hours).then_some(Self(hours))
    }
}

impl Content<'_> for TokenRequired {
    fn read(content: &[u8]) -> Option<Self> {
        (content == [1]).then_some(Self)
    }
}

fn verdict_of(byte: u8) -> Option<Verdict> {
    match byte {
        0 => Some(Verdict::Deny),
        1 => Some(Verdict::Allow),
        _ => None,
    }
}
