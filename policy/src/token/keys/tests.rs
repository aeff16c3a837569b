use base64::{Engine, engine::general_purpose::STANDARD};

use super::super::fixtures::*;
use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn a_header_is_read_and_printed_again() {
    for text in [
        String::new(),
        format!("k1=:{ED}:"),
        format!("rsa=:{RSA}:, ec=:{EC}:, ed=:{ED}:"),
        format!("a-_9{}=:{ED}:", "z".repeat(28)),
    ] {
        let keys: AccountKeys = text.parse().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(keys.check(), Ok(()));
        assert_eq!(keys.to_string(), text);
        assert_eq!(keys.is_empty(), text.is_empty());
    }
}

#[test]
fn a_key_has_the_algorithm_of_its_kind() {
    for (der, want) in [
        (RSA, Algorithm::Rs256),
        (EC, Algorithm::Es256),
        (ED, Algorithm::EdDsa),
    ] {
        let key = registered("k", der);
        assert_eq!(key.algorithm(), want);
        assert_eq!(
            (key.id(), STANDARD.encode(key.der())),
            ("k", der.to_owned())
        );
    }
    let debug = format!("{:?}", registered("k", ED));
    assert_eq!(debug, "AccountKey(k, EdDsa)");
}

#[track_caller]
fn err(text: &str, want: &str) {
    let found = text
        .parse::<AccountKeys>()
        .map_err(|error| error.to_string());
    assert_eq!(found, Err(want.to_owned()), "{text}");
}

#[test]
fn err_headers_that_are_not_three_keys_by_id() {
    let ed = |id: &str| format!("{id}=:{ED}:");
    let key = |id: &str, what: &str| format!("key `{id}` must be {what}");
    err(
        &format!("{}, {}", ed("k1"), ed("k1")),
        "member `k1` is there twice",
    );
    err(
        &["a", "b", "c", "d"].map(ed).join(", "),
        "expected at most 3 keys",
    );
    for value in [
        format!("k=\"{ED}\""),
        "k".to_owned(),
        "k=1".to_owned(),
        "k=abc".to_owned(),
        format!("k=(:{ED}:)"),
        format!("k=:{ED}:;a"),
        format!("k=:{ED}:;alg=\"none\""),
        format!("k=:{}:", STANDARD.encode([0; 1025])),
    ] {
        err(&value, &key("k", BYTES));
    }
    for id in ["a.b", "*a", "a*", &"a".repeat(33)] {
        err(&ed(id), &key(id, AN_ID));
    }
    for text in [
        ed("K"),
        ed("1k"),
        ed("-"),
        ed("\u{e4}"),
        ed(""),
        format!("k=:{ED}"),
        format!("k=:{}:", "!".repeat(8)),
        format!("k=:{ED}:,"),
    ] {
        let found = text.parse::<AccountKeys>();
        assert!(
            matches!(found, Err(InvalidAccountKeys::Dictionary(_))),
            "{text}: {found:?}"
        );
    }
    for id in ["", "K", "1k", "-k", "_k", "k k", "k=", "\u{e4}"] {
        let der = STANDARD.decode(ED).unwrap();
        assert!(AccountKey::new(id, &der).is_err(), "{id}");
    }
}

/// The error of a key, at once or once it is put to use.
#[track_caller]
fn refused(name: &str, der: &[u8]) {
    let checked = AccountKey::new("k", der).and_then(|key| keys([key]).check());
    assert!(
        matches!(checked, Err(InvalidAccountKeys::Key { .. })),
        "{name}: {checked:?}"
    );
}

#[test]
fn rsa_keys_have_2048_to_4096_bits() {
    for (bits, is_ok) in [
        (512, false),
        (1024, false),
        (2047, false),
        (2048, true),
        (2056, true),
        (3072, true),
        (4095, true),
        (4096, true),
        (4097, false),
        (7168, false),
    ] {
        let key = AccountKey::new("k", &rsa_der(&odd(bits), &[1, 0, 1]));
        let checked = key.and_then(|key| keys([key]).check());
        assert_eq!(checked.is_ok(), is_ok, "{bits}");
    }
}

#[test]
fn err_rsa_keys_that_are_none() {
    let modulus = odd(2048);
    let mut even = modulus.clone();
    even[255] = 0;
    refused("even", &rsa_der(&even, &[1, 0, 1]));
    for exponent in [&[0][..], &[1], &[2], &[1, 0, 0], &[1, 0, 0, 0, 1]] {
        let key = AccountKey::new("k", &rsa_der(&modulus, exponent));
        assert!(key.is_err(), "{exponent:?}");
    }
    refused(
        "exponent as long as the key",
        &rsa_der(&modulus, &odd(2047)),
    );
    let key = der(0x30, &[&integer(&modulus), &integer(&[1, 0, 1])]);
    let rsa: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1];
    let of = |last: u8, parameters: &[u8]| spki(&[rsa, &[last]].concat(), parameters, &key);
    assert!(AccountKey::new("k", &of(1, &[5, 0])).is_ok());
    refused("no parameters", &of(1, &[]));
    refused("other parameters", &of(1, &der(0x30, &[])));
    refused("for PSS alone", &of(10, &[]));
    refused("for OAEP alone", &of(7, &[]));
    refused("for MD5", &of(4, &[5, 0]));
    let negative = der(0x30, &[&der(2, &[&modulus]), &integer(&[1, 0, 1])]);
    refused("negative", &spki(&[rsa, &[1]].concat(), &[5, 0], &negative));
    let longer = [key.clone(), vec![5, 0]].concat();
    refused(
        "more behind",
        &spki(&[rsa, &[1]].concat(), &[5, 0], &longer),
    );
}

#[test]
fn err_points_that_are_no_keys() {
    let good = STANDARD.decode(EC).unwrap();
    let point = &good[26..];
    assert!(AccountKey::new("k", &ec_der(P256, point)).is_ok());
    let p384: &[u8] = &[0x2b, 0x81, 0x04, 0, 34];
    let secp256k1: &[u8] = &[0x2b, 0x81, 0x04, 0, 10];
    refused("P-384", &ec_der(p384, &[&[4], &[1; 96][..]].concat()));
    refused("secp256k1", &ec_der(secp256k1, point));
    let mut beside = point.to_vec();
    beside[64] ^= 1;
    refused("beside the curve", &ec_der(P256, &beside));
    refused(
        "not of the field",
        &ec_der(P256, &[&[4], &[0xff; 64][..]].concat()),
    );
    refused("zeros", &ec_der(P256, &[&[4], &[0; 64][..]].concat()));
    refused("infinity", &ec_der(P256, &[0]));
    refused("compressed", &ec_der(P256, &[&[2], &point[1..33]].concat()));
    refused("hybrid", &ec_der(P256, &[&[6], &point[1..]].concat()));
    refused("short", &ec_der(P256, &point[..64]));
    // Their form is refused at once, before any arithmetic.
    for point in [&[&[6], &point[1..]].concat()[..], &point[..64]] {
        assert!(AccountKey::new("k", &ec_der(P256, point)).is_err());
    }

    let good = STANDARD.decode(ED).unwrap();
    let point = &good[12..];
    let ed: &[u8] = &[0x2b, 0x65];
    let of =
        |last: u8, parameters: &[u8], key: &[u8]| spki(&[ed, &[last]].concat(), parameters, key);
    assert_eq!(of(112, &[], point), good);
    refused("X25519", &of(110, &[], point));
    refused("Ed448", &of(113, &[], &[1; 57]));
    refused("with parameters", &of(112, &[5, 0], point));
    refused("short", &of(112, &[], &point[..31]));
    refused("long", &of(112, &[], &[point, &[0]].concat()));
    let mut neutral = [0; 32];
    neutral[0] = 1;
    refused("neutral", &ed_der(&neutral));
    refused("of order 4", &ed_der(&[0; 32]));
    let mut beside = [0; 32];
    beside[0] = 2;
    refused("beside the curve", &ed_der(&beside));
}

#[test]
fn err_what_is_no_der_of_a_public_key() {
    let good = STANDARD.decode(ED).unwrap();
    refused("nothing", &[]);
    refused("text", b"-----BEGIN PUBLIC KEY-----");
    refused("more behind", &[&*good, &[0]].concat());
    refused("long form", &[&[0x30, 0x81, 42], &good[2..]].concat());
    refused("any length", &[&[0x30, 0x80], &good[2..], &[0, 0]].concat());
    for end in 0..good.len() {
        refused("cut", &good[..end]);
    }
    let mut unused_bits = good.clone();
    unused_bits[11] = 1;
    refused("unused bits", &unused_bits);
    let private = der(
        0x30,
        &[
            &integer(&[0]),
            &der(0x30, &[&der(6, &[&[0x2b, 0x65, 0x70]])]),
            &der(4, &[&der(4, &[&[7; 32]])]),
        ],
    );
    refused("a private key", &private);
}
