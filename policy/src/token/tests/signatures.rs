//! Signatures no registered key made.

use p256::ecdsa::{self, signature::Signer};

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// What OpenSSL signed, under another signature.
#[track_caller]
fn forged(name: &str, algorithm: &str, signature: &[u8]) {
    let made = made_by_openssl(algorithm);
    let (signed, _) = made.rsplit_once('.').unwrap();
    let token = format!("{signed}.{}", encode(signature));
    let found = verify(&token, &openssl_keys()).err();
    assert_eq!(found, Some(Forged), "{algorithm}: {name}");
}

#[test]
fn err_signatures_of_another_length() {
    for (algorithm, signature) in [
        ("RS256", RSA_SIGNATURE),
        ("ES256", EC_SIGNATURE),
        ("EdDSA", ED_SIGNATURE),
    ] {
        let signature = decode(signature);
        let (first, last) = (&signature[1..], &signature[..signature.len() - 1]);
        forged("nothing", algorithm, b"");
        forged("the first byte is missing", algorithm, first);
        forged("the last byte is missing", algorithm, last);
        forged("a zero before", algorithm, &[&[0], &*signature].concat());
        forged("a zero behind", algorithm, &[&*signature, &[0]].concat());
        forged("twice", algorithm, &[&*signature, &*signature].concat());
        forged("zeros", algorithm, &vec![0; signature.len()]);
        forged("ones", algorithm, &vec![0xff; signature.len()]);
        forged("very long", algorithm, &[1; 4000]);
    }
}

#[test]
fn err_any_part_with_a_bit_flipped() {
    for algorithm in ["ES256", "EdDSA"] {
        let made = made_by_openssl(algorithm);
        let parts: Vec<_> = made.split('.').map(decode).collect();
        let parts: [_; 3] = parts.try_into().unwrap();
        for part in 0..3 {
            for bit in (0..parts[part].len() * 8).step_by(7) {
                let mut parts = parts.clone();
                parts[part][bit / 8] ^= 1 << (bit % 8);
                let token = parts.each_ref().map(encode).join(".");
                let found = verify(&token, &openssl_keys());
                assert!(found.is_err(), "{algorithm}: {part} {bit}");
                if part > 0 {
                    assert_eq!(found.err(), Some(Forged), "{algorithm}: {part} {bit}");
                }
            }
        }
    }
}

#[test]
fn err_an_rsa_signature_with_a_bit_flipped() {
    let signature = decode(RSA_SIGNATURE);
    for bit in [0, 1, 7, 1000, 2046, 2047] {
        let mut signature = signature.clone();
        signature[bit / 8] ^= 1 << (bit % 8);
        forged("a bit", "RS256", &signature);
    }
    let mut one = vec![0; 256];
    one[255] = 1;
    forged("one", "RS256", &one);
}

#[test]
fn err_the_signature_of_another_key_or_of_other_claims() {
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        let made = made_by_openssl(algorithm);
        let none = AccountKeys::default();
        assert_eq!(verify(&made, &none).err(), Some(Forged), "{algorithm}");
        let others = keys([ec_key("ec", 1), ed_key("ed", 1)]);
        assert_eq!(verify(&made, &others).err(), Some(Forged), "{algorithm}");
        let other = CLAIMS.replace("132413", "132414");
        let swapped = made.replace(CLAIMS_TEXT, &encode(other));
        let found = verify(&swapped, &openssl_keys()).err();
        assert_eq!(found, Some(Forged), "{algorithm}");
    }
}

#[test]
fn a_key_verifies_its_own_algorithm_only() {
    let all = ["RS256", "ES256", "EdDSA"];
    for (key, own) in [(RSA, "RS256"), (EC, "ES256"), (ED, "EdDSA")] {
        let keys = keys([registered("k", key)]);
        for named in all {
            for signature in all {
                let made = made_by_openssl(signature);
                let (_, signed_by) = made.rsplit_once('.').unwrap();
                let token = format!("{}.{CLAIMS_TEXT}.{signed_by}", encode(header(named)));
                let is_own = named == own && signature == own;
                let found = verify(&token, &keys);
                assert_eq!(found.is_ok(), is_own, "{own} {named} {signature}");
                assert!(is_own || found == Err(Forged), "{own} {named} {signature}");
            }
        }
    }
}

#[test]
fn err_a_signature_over_a_header_of_another_algorithm() {
    // A P-256 key that signed a text whose header says otherwise.
    let keys = keys([ec_key("k", 1)]);
    for (algorithm, want) in [("RS256", Some(Forged)), ("ES256", None)] {
        let signed = format!("{}.{CLAIMS_TEXT}", encode(header(algorithm)));
        let signature: ecdsa::Signature = ec(1).sign(signed.as_bytes());
        let token = format!("{signed}.{}", encode(signature.to_bytes()));
        assert_eq!(verify(&token, &keys).err(), want, "{algorithm}");
    }
}

/// The order of P-256's group, from FIPS 186-4, D.1.2.3.
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

#[test]
fn err_numbers_that_are_no_ecdsa_signature() {
    let signature = decode(EC_SIGNATURE);
    let (r, s) = signature.split_at(32);
    let mut one = [0; 32];
    one[31] = 1;
    for (name, r, s) in [
        ("r is 0", &[0; 32][..], s),
        ("s is 0", r, &[0; 32][..]),
        ("both are 0", &[0; 32], &[0; 32]),
        ("both are 1", &one, &one),
        ("r is the order", &P256_ORDER, s),
        ("s is the order", r, &P256_ORDER),
        ("both are the order", &P256_ORDER, &P256_ORDER),
        ("swapped", s, r),
    ] {
        forged(name, "ES256", &[r, s].concat());
    }
    let der = der(0x30, &[&integer(r), &integer(s)]);
    forged("DER", "ES256", &der);
}

/// The order of Ed25519's group, from RFC 8032 §5.1, the least byte first.
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

#[test]
fn err_a_second_signature_made_from_the_first() {
    let mut signature = decode(ED_SIGNATURE);
    let mut carry = 0;
    for (byte, order) in signature[32..].iter_mut().zip(ED25519_ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    forged("s and the order", "EdDSA", &signature);
}

#[test]
fn err_a_key_that_everybody_can_sign_for() {
    // The neutral point: with it as key and as R, zero signs everything.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let key = AccountKey::new("k", &ed_der(&neutral)).unwrap();
    let signed = format!("{}.{CLAIMS_TEXT}", encode(ED_HEADER));
    let signature = [neutral, [0; 32]].concat();
    let token = format!("{signed}.{}", encode(signature));
    assert_eq!(verify(&token, &keys([key])).err(), Some(Forged));
}

#[test]
fn err_a_cube_that_begins_like_a_padded_digest() {
    // With an exponent of 3, a cube root signs for whoever stops reading behind the digest.
    let root = "ADLL_Up63HkFWD12dSD1FkB1kXbTeCby72OuPcemldhr6_P0NIPHRm6Qsh8OlPP9WDdWHW3ZcXTP27aRa3StKVEIkOi8NmP5if7Cg8lB90ytuF1b69Y";
    let key = AccountKey::new("k", &rsa_der(&odd(2048), &[3])).unwrap();
    let signature = [vec![0; 170], decode(root)].concat();
    let header = encode(r#"{"alg":"RS256"}"#);
    let token = format!("{header}.{CLAIMS_TEXT}.{}", encode(signature));
    let keys = keys([key]);
    assert_eq!(keys.check(), Ok(()));
    assert_eq!(verify(&token, &keys).err(), Some(Forged));
}

#[test]
fn all_keys_of_an_algorithm_are_tried_but_a_named_one_alone() {
    let keys = keys([ed_key("a", 1), ec_key("b", 1), ed_key("c", 2)]);
    let by = |number, kid: &str| {
        let header = format!(r#"{{"alg":"EdDSA"{kid}}}"#);
        verify(&signed(number, &header, CLAIMS), &keys).err()
    };
    for (number, kid, want) in [
        (1, "", None),
        (2, "", None),
        (3, "", Some(Forged)),
        (1, r#","kid":"a""#, None),
        (2, r#","kid":"c""#, None),
        (2, r#","kid":"a""#, Some(Forged)),
        (1, r#","kid":"b""#, Some(Forged)),
        (2, r#","kid":"unknown""#, None),
        (2, r#","kid":"A""#, None),
        (2, r#","kid":"""#, None),
    ] {
        assert_eq!(by(number, kid), want, "{number} {kid}");
    }
}
