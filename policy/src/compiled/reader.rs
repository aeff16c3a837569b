//! Bytes → layers, on every hit. Each section is a slice of the entry; nothing is copied.

use super::{
    Compiled, InvalidCompiled, Layer, sections::Sections, table::Stored, writer::REPORT_ONLY,
};
use crate::rules::LayerKind;

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
            let known = LayerKind::ALL.get(usize::from(kind & !REPORT_ONLY));
            let layer = Layer {
                kind: *known.ok_or(InvalidCompiled("unknown layer"))?,
                sections: Sections::read(content)?,
            };
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

/// Splits one `kind · length · content` off the front.
fn take<'a>(bytes: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (kind, rest) = bytes.split_first()?;
    let (len, rest) = rest.split_at_checked(u32::SIZE)?;
    let (content, rest) = rest.split_at_checked(usize::try_from(u32::read(len)?).ok()?)?;
    *bytes = rest;
    Some((*kind, content))
}
