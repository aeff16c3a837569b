//! A SHA-256 as text: names made of what may hold any character, and validators of bodies.

use std::fmt;

use sha2::{Digest, Sha256};

/// The first 128 bits of a SHA-256. Prints as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hex(u128);

impl Hex {
    /// The digest of all parts, one after the other.
    #[must_use]
    pub fn sha256(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
        }
        let first = hash.finalize().into_iter().take(16);
        Self(first.fold(0, |bits, byte| bits << 8 | u128::from(byte)))
    }
}

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_digest_prints_as_32_digits() {
        // FIPS 180-2, appendix B.1.
        let abc = Hex::sha256(&[b"abc"]);
        assert_eq!(abc.to_string(), "ba7816bf8f01cfea414140de5dae2223");
        assert_eq!(abc, Hex::sha256(&[b"a", b"", b"bc"]));
        assert_eq!(Hex(1).to_string(), format!("{}1", "0".repeat(31)));
    }
}
