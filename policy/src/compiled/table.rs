//! Sorted tables that are searched where they lie, in little-endian bytes.

use std::{cmp::Ordering, marker::PhantomData};

use crate::place::{COUNTRY_SLOTS, Circle, CountryCode, Position};

/// An integer as tables store it.
pub(crate) trait Stored: Copy + Ord {
    /// How many bytes it takes.
    const SIZE: usize;
    /// Reads it; `None` unless there are exactly [`Self::SIZE`] bytes.
    fn read(bytes: &[u8]) -> Option<Self>;
    /// Appends it.
    fn write(self, to: &mut Vec<u8>);
    /// The number after it, if there is one.
    fn successor(self) -> Option<Self>;
    /// How many numbers of an ascending table are not greater.
    fn count_up_to(self, table: &[u8]) -> usize;
}

macro_rules! stored {
    ($($number:ty),*) => {$(
        impl Stored for $number {
            const SIZE: usize = size_of::<Self>();

            fn read(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self::from_le_bytes)
            }

            fn write(self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_le_bytes());
            }

            fn successor(self) -> Option<Self> {
                self.checked_add(1)
            }

            fn count_up_to(self, table: &[u8]) -> usize {
                let (numbers, _) = table.as_chunks::<{ size_of::<Self>() }>();
                numbers.partition_point(|number| Self::from_le_bytes(*number) <= self)
            }
        }
    )*};
}

stored!(u8, u16, u32, u64, u128, i32, i64);

/// The item of `size` bytes at a position of a table.
fn item(bytes: &[u8], size: usize, at: usize) -> Option<&[u8]> {
    let start = at.checked_mul(size)?;
    bytes.get(start..start.checked_add(size)?)
}

/// The numbers that lie side by side.
fn numbers<'a, N: Stored>(bytes: &'a [u8]) -> impl Iterator<Item = N> + use<'a, N> {
    bytes.chunks_exact(N::SIZE).filter_map(N::read)
}

/// Disjoint ranges, ends included, in ascending order: all starts, then all ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ranges<'a, N> {
    starts: &'a [u8],
    ends: &'a [u8],
    number: PhantomData<N>,
}

/// Numbers in ascending order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers<'a, N> {
    bytes: &'a [u8],
    number: PhantomData<N>,
}

/// Texts, the shorter first and those of one length in ascending order: a count, the end of each, then the
/// texts themselves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Texts<'a> {
    ends: &'a [u8],
    texts: &'a [u8],
}

/// A bit for every pair of letters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountrySet<'a>(&'a [u8]);

/// Circles: latitude, longitude and radius of each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circles<'a>(&'a [u8]);

// === impl Ranges ===

impl<'a, N: Stored> Ranges<'a, N> {
    /// `None` when the bytes are not a whole number of ranges.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.len().is_multiple_of(2 * N::SIZE) {
            return None;
        }
        let (starts, ends) = bytes.split_at_checked(bytes.len() / 2)?;
        Some(Self {
            starts,
            ends,
            number: PhantomData,
        })
    }

    /// Sorts the ranges and merges those that touch.
    pub(crate) fn write(mut ranges: Vec<(N, N)>, to: &mut Vec<u8>) {
        ranges.sort_unstable();
        let mut merged: Vec<(N, N)> = Vec::with_capacity(ranges.len());
        for (start, end) in ranges {
            match merged.last_mut() {
                Some((_, last)) if last.successor().is_none_or(|next| start <= next) => {
                    *last = end.max(*last);
                }
                _ => merged.push((start, end)),
            }
        }
        merged.iter().for_each(|(start, _)| start.write(to));
        merged.iter().for_each(|(_, end)| end.write(to));
    }

    pub(crate) fn contains(&self, number: N) -> bool {
        self.find(number).unwrap_or(false)
    }

    /// First and last number of each.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (N, N)> + use<'a, N> {
        numbers(self.starts).zip(numbers(self.ends))
    }

    fn find(&self, number: N) -> Option<bool> {
        let at = number.count_up_to(self.starts).checked_sub(1)?;
        let end = item(self.ends, N::SIZE, at).and_then(N::read)?;
        Some(number <= end)
    }
}

// === impl Numbers ===

impl<'a, N: Stored> Numbers<'a, N> {
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        bytes.len().is_multiple_of(N::SIZE).then_some(Self {
            bytes,
            number: PhantomData,
        })
    }

    pub(crate) fn write(mut numbers: Vec<N>, to: &mut Vec<u8>) {
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().for_each(|number| number.write(to));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = N> + use<'a, N> {
        numbers(self.bytes)
    }

    pub(crate) fn contains(&self, number: N) -> bool {
        let at = number.count_up_to(self.bytes).checked_sub(1);
        let last = at.and_then(|at| N::read(item(self.bytes, N::SIZE, at)?));
        last == Some(number)
    }
}

// === impl Texts ===

impl<'a> Texts<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (count, rest) = bytes.split_at_checked(u32::SIZE)?;
        let count = usize::try_from(u32::read(count)?).ok()?;
        let (ends, texts) = rest.split_at_checked(count.checked_mul(u32::SIZE)?)?;
        Some(Self { ends, texts })
    }

    pub(crate) fn write(mut texts: Vec<&str>, to: &mut Vec<u8>) {
        texts.sort_unstable_by_key(|text| (text.len(), *text));
        texts.dedup();
        write_len(texts.len(), to);
        let mut end = 0;
        for text in &texts {
            end += text.len();
            write_len(end, to);
        }
        texts
            .iter()
            .for_each(|text| to.extend_from_slice(text.as_bytes()));
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        self.find(text.as_bytes()).unwrap_or(false)
    }

    /// By binary search. Most are passed over for their length, without a look at them.
    fn find(&self, text: &[u8]) -> Option<bool> {
        let (mut low, mut high) = (0, self.ends.len() / u32::SIZE);
        while low < high {
            let middle = low.midpoint(high);
            let found = self.at(middle)?;
            let length = found.len().cmp(&text.len());
            match length.then_with(|| found.cmp(text)) {
                Ordering::Greater => high = middle,
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Some(true),
            }
        }
        Some(false)
    }

    /// The texts in their order. One that is none is empty.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let texts = *self;
        (0..self.ends.len() / u32::SIZE).map(move |at| {
            let text = texts.at(at).map(std::str::from_utf8);
            text.and_then(Result::ok).unwrap_or_default()
        })
    }

    fn at(&self, at: usize) -> Option<&'a [u8]> {
        let (ends, _) = self.ends.as_chunks::<{ u32::SIZE }>();
        let end = |at: usize| usize::try_from(u32::from_le_bytes(*ends.get(at)?)).ok();
        let start = match at.checked_sub(1) {
            Some(before) => end(before)?,
            None => 0,
        };
        self.texts.get(start..end(at)?)
    }
}

// === impl CountrySet ===

impl<'a> CountrySet<'a> {
    /// How many bytes a set takes.
    pub(crate) const SIZE: usize = COUNTRY_SLOTS.div_ceil(8);

    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        (bytes.len() == Self::SIZE).then_some(Self(bytes))
    }

    pub(crate) fn write(countries: Vec<CountryCode>, to: &mut Vec<u8>) {
        let mut bits = [0_u8; Self::SIZE];
        for country in countries {
            if let Some(byte) = bits.get_mut(country.slot() / 8) {
                *byte |= 1 << (country.slot() % 8);
            }
        }
        to.extend_from_slice(&bits);
    }

    pub(crate) fn contains(&self, country: CountryCode) -> bool {
        let byte = self.0.get(country.slot() / 8).copied().unwrap_or(0);
        byte & 1 << (country.slot() % 8) != 0
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = CountryCode> + use<'a> {
        let set = *self;
        CountryCode::all().filter(move |country| set.contains(*country))
    }
}

// === impl Circles ===

impl<'a> Circles<'a> {
    /// How many bytes a circle takes.
    const SIZE: usize = 12;

    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        bytes
            .len()
            .is_multiple_of(Self::SIZE)
            .then_some(Self(bytes))
    }

    pub(crate) fn write(mut circles: Vec<Circle>, to: &mut Vec<u8>) {
        circles.sort_unstable();
        circles.dedup();
        for circle in circles {
            let (latitude, longitude) = circle.centre.micro();
            latitude.write(to);
            longitude.write(to);
            circle.radius.write(to);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Circle> + use<'a> {
        let (circles, _) = self.0.as_chunks::<{ Circles::SIZE }>();
        circles
            .iter()
            .map(|[a, b, c, d, e, f, g, h, i, j, k, l]| Circle {
                centre: Position::from_micro(
                    i32::from_le_bytes([*a, *b, *c, *d]),
                    i32::from_le_bytes([*e, *f, *g, *h]),
                ),
                radius: u32::from_le_bytes([*i, *j, *k, *l]),
            })
    }

    /// The first circle that holds the position.
    pub(crate) fn around(&self, position: Position) -> Option<Circle> {
        self.iter().find(|circle| circle.contains(position))
    }
}

/// Writes a length. Rules come in headers, so that no length comes near 4 GiB.
pub(crate) fn write_len(len: usize, to: &mut Vec<u8>) {
    u32::try_from(len).unwrap_or(u32::MAX).write(to);
}
