//! Texts of other forms and encodings than ours.

use ed25519_dalek::Signer;

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn err_the_other_serialisations_of_a_signature() {
    // RFC 7515 §7.2 (JSON) and appendix F (detached content): what is signed is good in all of them.
    let token = headed(ED_HEADER);
    let parts: Vec<_> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("{token}")
    };
    let flattened =
        format!(r#"{{"payload":"{claims}","protected":"{header}","signature":"{signature}"}}"#);
    let general = format!(
        r#"{{"payload":"{claims}","signatures":[{{"protected":"{header}","signature":"{signature}"}}]}}"#
    );
    check("flattened JSON", &flattened, Malformed);
    check("general JSON", &general, Malformed);
    check(
        "flattened JSON with two points",
        &format!("{flattened}.."),
        Malformed,
    );
    check(
        "detached content",
        &format!("{header}..{signature}"),
        Forged,
    );
    check(
        "content behind",
        &format!("{header}..{signature}.{claims}"),
        Malformed,
    );
}

#[test]
fn err_an_encrypted_token() {
    // RFC 7516 §7.1 and appendix A: five parts; and three that say they were five.
    let five = |header: &str| {
        let header = encode(header);
        format!("{header}.AAAA.AAAAAAAAAAAAAAAA.{CLAIMS_TEXT}.AAAAAAAAAAAAAAAAAAAAAA")
    };
    for header in [
        r#"{"alg":"dir","enc":"A256GCM"}"#,
        r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#,
        r#"{"alg":"EdDSA","enc":"A256GCM"}"#,
        r#"{"alg":"PBES2-HS256+A128KW","p2c":2147483647,"p2s":"AAAA","enc":"A256GCM"}"#,
    ] {
        check(header, &five(header), Malformed);
    }
    check(
        "dir",
        &headed(r#"{"alg":"dir","enc":"A256GCM"}"#),
        Algorithm,
    );
}

#[test]
fn err_what_is_not_utf_8_or_nests_deeply() {
    let signed_bytes = |header: &[u8], claims: &[u8]| {
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = ed(1).sign(signed.as_bytes());
        format!("{signed}.{}", encode(signature.to_bytes()))
    };
    let good = CLAIMS.as_bytes();
    check(
        "header",
        &signed_bytes(b"{\"alg\":\"EdDSA\",\"x\":\"\xff\"}", good),
        Malformed,
    );
    check(
        "header in UTF-16",
        &signed_bytes(b"\xff\xfe{\0}\0", good),
        Malformed,
    );
    let nested = format!(
        r#"{{"alg":"EdDSA","x":{}{}}}"#,
        "[".repeat(400),
        "]".repeat(400)
    );
    check("header of 401 levels", &headed(&nested), Malformed);
    let keys = keys([ed_key("ed", 1)]);
    let deep = "[".repeat(5000);
    for claims in [
        b"{\"accid\":\"\xff\"}".as_slice(),
        b"\xff\xfe{\0}\0",
        deep.as_bytes(),
    ] {
        let found = verify(&signed_bytes(ED_HEADER.as_bytes(), claims), &keys);
        assert!(matches!(found, Err(Claim { .. })), "{claims:?}: {found:?}");
    }
}
