//! Keys and tokens for tests. OpenSSL 3.0 made the first three keys and their tokens; what it signed
//! with was thrown away. The others sign here, with secrets anybody can read.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ed25519_dalek::Signer;
use p256::ecdsa;

use super::{AccountKey, AccountKeys, InvalidToken, VerifiedToken, ViewerToken};

/// When the claims of all fixtures were made, and until when they hold.
pub(super) const ISSUED: i64 = 1_767_225_600;
pub(super) const EXPIRES: i64 = 1_767_312_000;
pub(super) const NOW: i64 = ISSUED + 60 * 60;
pub(super) const SKEW: u32 = ViewerToken::CLOCK_SKEW;

pub(super) const CLAIMS: &str =
    r#"{"accid":"938456","iat":1767225600,"exp":1767312000,"vids":["132413"]}"#;
pub(super) const CLAIMS_TEXT: &str = "eyJhY2NpZCI6IjkzODQ1NiIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MzEyMDAwLCJ2aWRzIjpbIjEzMjQxMyJdfQ";

pub(super) const RSA: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAn901BK+mGglmvnYFbp3+1w0MSPFj2c51tByJRxBkqnq4bKyfm+DsbeL1Xllphgh0ILE1kXvcm55LqMoj8tSrjCNS3cI6+HI2YVDAZLVJMPQGvA8GDqQBVXrxGAIRr2bgh6zv9lXlwppw7HoY6XRiAko/++YaElTGadQtrBKG0EzoTBvM8mSqoyO3OjReX/rulOX+gdSDJIp3/lum9BMePAD2wtRVZuR93LSIwszXX58HqAZxj0dT/aKy+omwHmNCxekK7HNQZfbya99O1lk/z2oTsPIrYC38e4EDA5JZJc27j4zm8wrF5bElq/++0jS1lbQsiiYcVXN4I5yTWDdcAQIDAQAB";
pub(super) const RSA_SIGNATURE: &str = "YCwE-nnlITwwVhOU4Yhx-VZvPr2OulbTd8TtHAtLg689wg-u97BCIwaiUY4B7RNDx-2beJeONk0YqbeKn4spy8lpw0vfWnA9mDdZKsv3lGfr6ggFfTN2-zJaK8_Yq-Yr1gIwt4w9YqFHB1vAp72V7i_iEoLesMl0274ejtumkKOwIe4B2I70MNxNG1IhQpSDPDd1H73aL-fdOPw_tVV0p4Pl5kn23fAnFujDT6HgBp8v-p_Ofo6WD1mR29HtFqHzlu0bguwWW7Oi0ilme7IMoKCfWtfbtxxbVIXdiNNCTKkJXBg8IF6O_bfP2y1XL-bvmQRA8bd6AZQi5Q08fdYGeA";
pub(super) const EC: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQSvLfYEpbMhxPCybyesYPKnclkJf/EOlvEQ266RNWsByBZezDmohTlQpLfgyuqulJ1Lbs4HY6Yf6S79ll47ZmQ==";
pub(super) const EC_SIGNATURE: &str =
    "JRgXIhePiqgPsEioGopYo7w7tfVqVMXJeOP_nmFrpgXRNFw92f5LosYKX7mex6GXrW6NsSumgkiHTm9g7UorRA";
pub(super) const ED: &str = "MCowBQYDK2VwAyEAkH62VMHhXVPgf9NdHaQjrINzSdlGz1yRlg7P2MeeCt0=";
pub(super) const ED_SIGNATURE: &str =
    "9bYYP6p_SOB0NQSyUXRMmRreuQS4Zp-t3RXrAtQqWvxN2oTSJbM_BXUbvwBkkqpoaMXueQWzphxxZs6aKPQVDw";

/// The header OpenSSL signed, with the contract's misspelt `typ`.
pub(super) fn header(algorithm: &str) -> String {
    format!(r#"{{"alg":"{algorithm}","type":"JWT"}}"#)
}

/// The token OpenSSL made with the key of an algorithm.
pub(super) fn made_by_openssl(algorithm: &str) -> String {
    let signature = match algorithm {
        "RS256" => RSA_SIGNATURE,
        "ES256" => EC_SIGNATURE,
        "EdDSA" => ED_SIGNATURE,
        other => panic!("{other}"),
    };
    format!("{}.{CLAIMS_TEXT}.{signature}", encode(header(algorithm)))
}

/// All three of OpenSSL's keys.
pub(super) fn openssl_keys() -> AccountKeys {
    format!("rsa=:{RSA}:, ec=:{EC}:, ed=:{ED}:")
        .parse()
        .unwrap()
}

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// A registered key of a DER in base64.
pub(super) fn registered(id: &str, der: &str) -> AccountKey {
    AccountKey::new(id, &STANDARD.decode(der).unwrap()).unwrap()
}

pub(super) fn keys<const N: usize>(keys: [AccountKey; N]) -> AccountKeys {
    AccountKeys::new(keys.into()).unwrap()
}

pub(super) fn verify(token: &str, keys: &AccountKeys) -> Result<VerifiedToken, InvalidToken> {
    ViewerToken::parse(token)?.verify(keys, NOW, SKEW)
}

// === keys that sign here ===

/// A secret Ed25519 key of a number.
pub(super) fn ed(number: u8) -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&[number; 32])
}

/// A secret P-256 key of a number.
pub(super) fn ec(number: u8) -> ecdsa::SigningKey {
    ecdsa::SigningKey::from_slice(&[number; 32]).unwrap()
}

pub(super) fn ed_key(id: &str, number: u8) -> AccountKey {
    AccountKey::new(id, &ed_der(ed(number).verifying_key().as_bytes())).unwrap()
}

pub(super) fn ec_key(id: &str, number: u8) -> AccountKey {
    let point = ec(number).verifying_key().to_sec1_point(false);
    AccountKey::new(id, &ec_der(P256, point.as_bytes())).unwrap()
}

/// A token of any header and claims, signed with an Ed25519 key.
pub(super) fn signed(number: u8, header: &str, claims: &str) -> String {
    let signed = format!("{}.{}", encode(header), encode(claims));
    let signature = ed(number).sign(signed.as_bytes());
    format!("{signed}.{}", encode(signature.to_bytes()))
}

// === DER ===

pub(super) const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const ANY_EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const ANY_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// A value of a tag and of parts.
pub(super) fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut bytes = vec![tag];
    match u16::try_from(content.len()).unwrap().to_be_bytes() {
        [0, short @ 0..0x80] => bytes.push(short),
        [0, long] => bytes.extend([0x81, long]),
        [high, low] => bytes.extend([0x82, high, low]),
    }
    bytes.extend(content);
    bytes
}

/// A whole number of 0 or more.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let bytes = &bytes[zeros.min(bytes.len() - 1)..];
    let sign: &[u8] = if bytes[0] < 0x80 { &[] } else { &[0] };
    der(2, &[sign, bytes])
}

/// The SPKI of an algorithm, its parameters, and a key.
pub(super) fn spki(algorithm: &[u8], parameters: &[u8], key: &[u8]) -> Vec<u8> {
    let algorithm = der(0x30, &[&der(6, &[algorithm]), parameters]);
    der(0x30, &[&algorithm, &der(3, &[&[0], key])])
}

pub(super) fn ed_der(key: &[u8]) -> Vec<u8> {
    spki(ED25519, &[], key)
}

pub(super) fn ec_der(curve: &[u8], point: &[u8]) -> Vec<u8> {
    spki(ANY_EC, &der(6, &[curve]), point)
}

pub(super) fn rsa_der(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = der(0x30, &[&integer(modulus), &integer(exponent)]);
    spki(ANY_RSA, &[5, 0], &key)
}

/// An odd number of so many bits.
pub(super) fn odd(bits: usize) -> Vec<u8> {
    let mut bytes = vec![0; bits.div_ceil(8)];
    bytes[0] = 1 << ((bits - 1) % 8);
    *bytes.last_mut().unwrap() |= 1;
    bytes
}
