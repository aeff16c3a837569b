//! Signatures: which algorithm a public key has, and whether it made a signature.

use ed25519_dalek as ed25519;
use p256::ecdsa::{self, signature::Verifier};
use rsa::{
    RsaPublicKey,
    pkcs1::RsaPublicKeyRef,
    pkcs1v15,
    pkcs8::{
        ObjectIdentifier, SubjectPublicKeyInfoRef,
        der::{AnyRef, Decode},
    },
};
use sha2::Sha256;

use super::keys::AccountKey;

/// What a key signs with. A key has one, whatever a token's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// `RS256`: RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// `ES256`: ECDSA on P-256 with SHA-256.
    Es256,
    /// `EdDSA`, on Ed25519.
    EdDsa,
}

/// A public key's parts, taken from its DER but not yet put to use.
struct Parts<'a> {
    algorithm: Algorithm,
    key: &'a [u8],
}

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;
/// A larger exponent makes a verification slow, and nobody uses one.
const MAX_RSA_EXPONENT: usize = 4;
/// The byte that says that both coordinates of a point follow.
const UNCOMPRESSED: u8 = 4;

const NOT_A_KEY: &str = "the DER of a public key (SPKI)";
const NOT_TAKEN: &str = "an RSA, P-256 or Ed25519 key";
const RSA_SIZE: &str = "an RSA key of 2048 to 4096 bits with an odd exponent from 3 to 2^32";
const POINT: &str = "a point of its curve that can be a key";

impl Algorithm {
    /// The algorithm a header names. Names are compared as they are.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" => Some(Self::EdDsa),
            _ => None,
        }
    }

    /// The algorithm of a public key, by all that can be told without arithmetic.
    pub(super) fn of_key(der: &[u8]) -> Result<Self, &'static str> {
        let Parts { algorithm, key } = parts(der)?;
        let is_sound = match algorithm {
            Algorithm::Rs256 => return check_rsa(key).map(|()| algorithm),
            Algorithm::Es256 => key.len() == 65 && key.first() == Some(&UNCOMPRESSED),
            Algorithm::EdDsa => key.len() == 32,
        };
        is_sound.then_some(algorithm).ok_or(POINT)
    }
}

/// # Source
///
/// RFC 5280 §4.1.2.7, RFC 3279 §2.3.1 (RSA), RFC 5480 §2.1.1 (a named curve), RFC 8410 §3
/// (Ed25519).
fn parts(der: &[u8]) -> Result<Parts<'_>, &'static str> {
    let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| NOT_A_KEY)?;
    let key = info.subject_public_key.as_bytes().ok_or(NOT_A_KEY)?;
    let parameters = info.algorithm.parameters;
    let named = |parameters: AnyRef<'_>| parameters.decode_as::<ObjectIdentifier>().ok();
    let algorithm = match info.algorithm.oid {
        RSA if parameters == Some(AnyRef::NULL) => Algorithm::Rs256,
        EC if parameters.and_then(named) == Some(P256) => Algorithm::Es256,
        ED25519 if parameters.is_none() => Algorithm::EdDsa,
        _ => return Err(NOT_TAKEN),
    };
    Ok(Parts { algorithm, key })
}

fn check_rsa(key: &[u8]) -> Result<(), &'static str> {
    let key = RsaPublicKeyRef::from_der(key).map_err(|_| NOT_A_KEY)?;
    let (modulus, exponent) = (key.modulus.as_bytes(), key.public_exponent.as_bytes());
    let unused = modulus.first().map_or(0, |byte| byte.leading_zeros()) as usize;
    let bits = (modulus.len() * 8).saturating_sub(unused);
    let is_odd = |bytes: &[u8]| bytes.last().is_some_and(|byte| byte % 2 == 1);
    let is_sound = RSA_BITS.contains(&bits)
        && is_odd(modulus)
        && is_odd(exponent)
        && exponent != [1]
        && exponent.len() <= MAX_RSA_EXPONENT;
    is_sound.then_some(()).ok_or(RSA_SIZE)
}

/// A public key that can verify.
enum PublicKey {
    Rsa(pkcs1v15::VerifyingKey<Sha256>),
    P256(ecdsa::VerifyingKey),
    Ed25519(ed25519::VerifyingKey),
}

impl PublicKey {
    fn read(der: &[u8]) -> Result<Self, &'static str> {
        Algorithm::of_key(der)?;
        let Parts { algorithm, key } = parts(der)?;
        match algorithm {
            Algorithm::Rs256 => {
                let key = RsaPublicKeyRef::from_der(key).map_err(|_| NOT_A_KEY)?;
                let key = RsaPublicKey::try_from(key).map_err(|_| RSA_SIZE)?;
                Ok(Self::Rsa(pkcs1v15::VerifyingKey::new(key)))
            }
            Algorithm::Es256 => ecdsa::VerifyingKey::from_sec1_bytes(key)
                .map(Self::P256)
                .map_err(|_| POINT),
            Algorithm::EdDsa => ed25519::VerifyingKey::try_from(key)
                .ok()
                .filter(|key| !key.is_weak())
                .map(Self::Ed25519)
                .ok_or(POINT),
        }
    }
}

/// Whether a public key can verify at all.
pub(super) fn check(der: &[u8]) -> Result<(), &'static str> {
    PublicKey::read(der).map(|_| ())
}

/// Whether the key made the signature over the message.
///
/// # Source
///
/// RFC 7518 §3.3 and §3.4 (64 bytes, never DER), RFC 8037 §3.1.
pub(super) fn is_made_by(key: &AccountKey, message: &[u8], signature: &[u8]) -> bool {
    match PublicKey::read(key.der()) {
        Ok(PublicKey::Rsa(key)) => pkcs1v15::Signature::try_from(signature)
            .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        Ok(PublicKey::P256(key)) => ecdsa::Signature::from_slice(signature)
            .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        Ok(PublicKey::Ed25519(key)) => ed25519::Signature::from_slice(signature)
            .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
        Err(_) => false,
    }
}
