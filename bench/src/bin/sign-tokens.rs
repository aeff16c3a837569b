//! Signs viewer tokens, as a customer's backend does, for `cargo xtask bench`.
//!
//! `sign-tokens ACCOUNT VIDEO COUNT` prints JSON: for each algorithm the public key, as the CMS takes
//! it, and so many tokens that differ. The key pairs are new each time and are kept nowhere.

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use getrandom::SysRng;
use p256::ecdsa;
use rsa::{
    RsaPrivateKey, pkcs1v15,
    pkcs8::EncodePublicKey,
    rand_core::UnwrapErr,
    sha2::Sha256,
    signature::{SignatureEncoding, Signer},
};
use serde_json::{Value, json};

type Failed = Box<dyn Error>;

/// Long enough for every round, and below the longest life a token may have.
const LIFE_S: u64 = 24 * 60 * 60;
/// The shortest that the edge takes.
const RSA_BITS: usize = 2048;

/// What comes before the 65 bytes of a point in the SPKI of a P-256 key.
///
/// # Source
///
/// RFC 5480 §2.
const P256_SPKI: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";
/// What comes before the 32 bytes of an Ed25519 key.
///
/// # Source
///
/// RFC 8410 §4.
const ED25519_SPKI: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [account, video, count] = arguments.as_slice() else {
        return Err("usage: sign-tokens ACCOUNT VIDEO COUNT".into());
    };
    let claims = claims(account, video, count.parse()?)?;
    let signers = json!([eddsa(&claims)?, es256(&claims)?, rs256(&claims)?,]);
    println!("{signers}");
    Ok(())
}

/// What the tokens say: each is another viewer's, so that none is like another.
fn claims(account: &str, video: &str, count: u32) -> Result<Vec<Value>, Failed> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let claims = |viewer: u32| {
        json!({
            "accid": account, "vids": [video], "uid": format!("viewer-{viewer}"),
            "iat": now, "exp": now + LIFE_S,
        })
    };
    Ok((0..count).map(claims).collect())
}

fn eddsa(claims: &[Value]) -> Result<Value, Failed> {
    let key = ed25519_dalek::SigningKey::from_bytes(&seed()?);
    let public = [ED25519_SPKI, key.verifying_key().as_bytes()].concat();
    Ok(signed("EdDSA", &public, claims, |text| {
        key.sign(text).to_bytes().to_vec()
    }))
}

fn es256(claims: &[Value]) -> Result<Value, Failed> {
    let key = ecdsa::SigningKey::from_slice(&seed()?)?;
    let point = key.verifying_key().to_sec1_point(false);
    let public = [P256_SPKI, point.as_bytes()].concat();
    Ok(signed("ES256", &public, claims, |text| {
        let signature: ecdsa::Signature = key.sign(text);
        signature.to_vec()
    }))
}

fn rs256(claims: &[Value]) -> Result<Value, Failed> {
    let key = RsaPrivateKey::new(&mut UnwrapErr(SysRng), RSA_BITS)?;
    let public = key.to_public_key().to_public_key_der()?;
    let key = pkcs1v15::SigningKey::<Sha256>::new(key);
    Ok(signed("RS256", public.as_bytes(), claims, |text| {
        key.sign(text).to_vec()
    }))
}

fn seed() -> Result<[u8; 32], Failed> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    Ok(seed)
}

/// One algorithm's key and tokens.
///
/// # Source
///
/// RFC 7515 §3.1.
fn signed(
    algorithm: &str,
    public_key: &[u8],
    claims: &[Value],
    sign: impl Fn(&[u8]) -> Vec<u8>,
) -> Value {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let header = part(json!({ "alg": algorithm }).to_string().as_bytes());
    let token = |claims: &Value| {
        let text = format!("{header}.{}", part(claims.to_string().as_bytes()));
        let signature = sign(text.as_bytes());
        format!("{text}.{}", part(&signature))
    };
    json!({
        "algorithm": algorithm,
        "public_key": STANDARD.encode(public_key),
        "tokens": claims.iter().map(token).collect::<Vec<_>>(),
    })
}
