//! How the bytes of an input are divided. Parts are lines wherever that is possible, so that an input
//! can be read, and written by hand.

/// The lines of a text, without end: what is missing is empty.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').chain(std::iter::repeat(""))
}

/// The first line, and everything behind it.
pub(crate) fn first_line(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}

/// The bytes of as many lines as there are.
pub(crate) fn byte_lines(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split(|byte| *byte == b'\n')
}

/// The text with one bit of it changed, if it is a text then. Which bit follows from the text.
pub(crate) fn with_a_flipped_bit(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let sum: usize = bytes.iter().copied().map(usize::from).sum();
    let at = sum.checked_rem(bytes.len())?;
    bytes[at] ^= 1 << (sum % 7);
    String::from_utf8(bytes).ok()
}
