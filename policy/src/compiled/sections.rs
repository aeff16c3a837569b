//! The sections of one layer, each found where it lies.

use super::{
    InvalidCompiled,
    content::{Content, fits},
    tag::{Tag, Tags},
};

/// Where the sections of a layer lie.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sections<'a> {
    /// Which there are.
    pub(super) tags: Tags,
    /// Where each content begins, and where the last ends; then the contents.
    bytes: &'a [u8],
}

/// A u32, as the entry has it.
type Bound = [u8; 4];

impl<'a> Sections<'a> {
    /// Reads the directory, and looks whether each content can be what its tag says.
    // Not one byte of a table is read: how many rules there are is not felt.
    #[inline]
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, InvalidCompiled> {
        let (tags, bytes) = bytes.split_first_chunk().ok_or(CUT_SHORT)?;
        let tags = Tags::read(*tags).ok_or(InvalidCompiled("unknown section"))?;
        let bounds = bytes.get(..bounds_len(tags.len())).ok_or(CUT_SHORT)?;
        let mut bounds = bounds.as_chunks().0.iter().map(|bound| position(*bound));
        let mut start = bounds.next().ok_or(CUT_SHORT)?;
        if start != bounds_len(tags.len()) {
            return Err(CUT_SHORT);
        }
        for (tag, end) in tags.iter().zip(bounds) {
            let len = end.checked_sub(start).ok_or(CUT_SHORT)?;
            let content = bytes.get(start..).and_then(|rest| rest.get(..len));
            if !fits(tag, content.ok_or(CUT_SHORT)?) {
                return Err(InvalidCompiled("malformed section"));
            }
            start = end;
        }
        match start == bytes.len() {
            true => Ok(Self { tags, bytes }),
            false => Err(CUT_SHORT),
        }
    }

    #[inline]
    pub(super) fn has(&self, tag: Tag) -> bool {
        self.tags.has(tag)
    }

    /// The content of a tag, if there is such a section.
    // INVARIANT: what was seen to fit can be read again.
    #[inline]
    pub(super) fn find<T: Content<'a>>(&self, tag: Tag) -> Option<T> {
        if !self.has(tag) {
            return None;
        }
        let (bounds, _) = self.bytes.as_chunks();
        let at = whole(self.tags.before(tag));
        let [start, end] = bounds.get(at..at + 2)?.first_chunk::<2>()?;
        T::read(self.bytes.get(position(*start)..position(*end))?)
    }
}

/// How many bytes the bounds of so many contents take.
pub(super) fn bounds_len(contents: u32) -> usize {
    (whole(contents) + 1) * size_of::<Bound>()
}

const CUT_SHORT: InvalidCompiled = InvalidCompiled("cut short");

fn position(bound: Bound) -> usize {
    whole(u32::from_le_bytes(bound))
}

/// No content is as large as what does not fit.
fn whole(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
