use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{InvalidToken::*, fixtures::*, *};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

mod forms;
mod memory;
#[cfg(not(target_arch = "wasm32"))]
mod random;
mod rfc;
mod signatures;

/// The error of a token, held against a key of each algorithm.
#[track_caller]
fn check(name: &str, token: &str, want: InvalidToken) {
    let keys = keys([
        registered("rsa", RSA),
        registered("ec", EC),
        ed_key("ed", 1),
    ]);
    assert_eq!(verify(token, &keys).err(), Some(want), "{name}");
}

/// A token like [`CLAIMS`] with another header, signed with a registered key.
fn headed(header: &str) -> String {
    signed(1, header, CLAIMS)
}

const ED_HEADER: &str = r#"{"alg":"EdDSA"}"#;

#[test]
fn what_openssl_signed_is_verified_and_says_what_it_was_given() {
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        let verified = verify(&made_by_openssl(algorithm), &openssl_keys());
        let verified = verified.unwrap_or_else(|error| panic!("{algorithm}: {error}"));
        let claims = verified.claims();
        assert_eq!(claims.account.as_str(), "938456");
        assert_eq!((claims.issued, claims.expires), (ISSUED, Some(EXPIRES)));
        assert_eq!(claims.video_ids, Some(vec!["132413".to_owned()]));
    }
}

#[test]
#[rustfmt::skip]
fn err_a_header_that_is_not_ours() {
    //    name                   token                                                      want
    check("no alg",              &headed("{}"),                                             Algorithm);
    check("alg none",            &headed(r#"{"alg":"none"}"#),                              Algorithm);
    check("alg None",            &headed(r#"{"alg":"None"}"#),                              Algorithm);
    check("alg NONE",            &headed(r#"{"alg":"NONE"}"#),                              Algorithm);
    check("alg nOnE",            &headed(r#"{"alg":"nOnE"}"#),                              Algorithm);
    check("alg empty",           &headed(r#"{"alg":""}"#),                                  Algorithm);
    check("alg null",            &headed(r#"{"alg":null}"#),                                Algorithm);
    check("alg a list",          &headed(r#"{"alg":["EdDSA"]}"#),                           Algorithm);
    check("alg in another case", &headed(r#"{"alg":"eddsa"}"#),                             Algorithm);
    check("alg with a space",    &headed(r#"{"alg":"EdDSA "}"#),                            Algorithm);
    check("alg by another name", &headed(r#"{"Alg":"EdDSA"}"#),                             Algorithm);
    check("alg HS256",           &headed(r#"{"alg":"HS256"}"#),                             Algorithm);
    check("alg RS384",           &headed(r#"{"alg":"RS384"}"#),                             Algorithm);
    check("alg PS256",           &headed(r#"{"alg":"PS256"}"#),                             Algorithm);
    check("alg ES256K",          &headed(r#"{"alg":"ES256K"}"#),                            Algorithm);
    check("alg Ed25519",         &headed(r#"{"alg":"Ed25519"}"#),                           Algorithm);
    check("alg twice",           &headed(r#"{"alg":"EdDSA","alg":"EdDSA"}"#),               Malformed);
    check("alg none, then ours", &headed(r#"{"alg":"none","alg":"EdDSA"}"#),                Malformed);
    check("alg twice, escaped",  &headed(r#"{"alg":"EdDSA","\u0061lg":"none"}"#),           Malformed);
    check("crit",                &headed(r#"{"alg":"EdDSA","crit":["b64"],"b64":false}"#),  Critical);
    check("crit of nothing",     &headed(r#"{"alg":"EdDSA","crit":[]}"#),                   Critical);
    check("crit null",           &headed(r#"{"alg":"EdDSA","crit":null}"#),                 Critical);
    check("kid a number",        &headed(r#"{"alg":"EdDSA","kid":1}"#),                     Malformed);
    check("kid null",            &headed(r#"{"alg":"EdDSA","kid":null}"#),                  Malformed);
    check("a list",              &headed(r#"["EdDSA"]"#),                                   Malformed);
    check("a text",              &headed(r#""EdDSA""#),                                     Malformed);
    check("nothing",             &headed(""),                                               Malformed);
    check("more behind",         &headed(r#"{"alg":"EdDSA"}{}"#),                           Malformed);
    check("a byte order mark",   &headed("\u{feff}{\"alg\":\"EdDSA\"}"),                    Malformed);
}

#[test]
fn what_a_header_may_bring_along_is_not_looked_at() {
    let keys = keys([ed_key("ed", 1)]);
    let foreign = encode(ed(2).verifying_key().as_bytes());
    for extra in [
        r#""typ":"JWT""#.to_owned(),
        r#""typ":17"#.to_owned(),
        r#""type":"JWT","cty":"JWT""#.to_owned(),
        r#""kid":"../../dev/null""#.to_owned(),
        r#""kid":"x' UNION SELECT 'key'; --""#.to_owned(),
        format!(r#""jwk":{{"kty":"OKP","crv":"Ed25519","x":"{foreign}"}}"#),
        r#""jku":"https://evil.example/keys","x5u":"https://evil.example/""#.to_owned(),
        r#""x5c":["MIIB"],"x5t":"abc""#.to_owned(),
    ] {
        let header = format!(r#"{{"alg":"EdDSA",{extra}}}"#);
        let ours = verify(&signed(1, &header, CLAIMS), &keys);
        assert!(ours.is_ok(), "{extra}: {ours:?}");
        let foreign = verify(&signed(2, &header, CLAIMS), &keys);
        assert_eq!(foreign.err(), Some(Forged), "{extra}");
    }
}

#[test]
fn err_a_text_that_is_not_of_three_parts_in_strict_base64url() {
    let token = headed(ED_HEADER);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    for (name, text) in [
        ("nothing", String::new()),
        ("points", "..".to_owned()),
        ("one part", header.to_owned()),
        ("two parts", signed.to_owned()),
        ("four parts", format!("{token}.")),
        ("five parts", format!("{header}..{claims}.{signature}.")),
        ("no header", format!(".{claims}.{signature}")),
        ("JSON", format!(r#"{{"payload":"{token}"}}"#)),
        ("padding", format!("{token}==")),
        ("one =", format!("{token}=")),
        ("escaped padding", format!("{token}%3D%3D")),
        ("escaped points", token.replace('.', "%2E")),
        ("a space before", format!(" {token}")),
        ("a space behind", format!("{token} ")),
        ("a line's end", format!("{token}\n")),
        (
            "a line's end inside",
            format!("{header}.\n{claims}.{signature}"),
        ),
        ("a NUL", format!("{token}\0")),
        ("another letter", format!("{token}\u{e4}")),
        (
            "a letter outside",
            format!("{header}.{claims}!.{signature}"),
        ),
        ("unused bits", format!("{header}.{claims}.{signature}B")),
        (
            "the claims alone unreadable",
            format!("{header}.a.{signature}"),
        ),
    ] {
        check(name, &text, Malformed);
    }
}

#[test]
fn err_the_alphabet_of_standard_base64() {
    let made = made_by_openssl("EdDSA");
    assert!(made.contains(['-', '_']));
    let standard = made.replace('-', "+").replace('_', "/");
    assert_eq!(verify(&standard, &openssl_keys()).err(), Some(Malformed));
}

#[test]
fn err_one_signature_written_in_two_ways() {
    // 64 bytes leave four bits of the last character unused.
    let keys = keys([ed_key("ed", 1)]);
    let token = headed(ED_HEADER);
    assert!(verify(&token, &keys).is_ok());
    let (all, last) = token.split_at(token.len() - 1);
    let other = char::from(last.as_bytes()[0] + 1);
    assert_eq!(
        verify(&format!("{all}{other}"), &keys).err(),
        Some(Malformed)
    );
}

#[test]
fn a_text_is_as_long_as_it_may_be() {
    let keys = keys([ed_key("ed", 1)]);
    let filled = |length| {
        let claims = CLAIMS.replace('}', &format!(r#","x":"{}"}}"#, "a".repeat(length)));
        signed(1, ED_HEADER, &claims)
    };
    let room = ((MAX_TEXT - filled(0).len()) * 3).div_ceil(4);
    let longest = filled(room);
    assert_eq!(longest.len(), MAX_TEXT);
    assert!(verify(&longest, &keys).is_ok());
    for length in [room + 1, 100_000] {
        assert_eq!(verify(&filled(length), &keys).err(), Some(Malformed));
    }
    let long_header = |length: usize| {
        let empty = r#"{"alg":"EdDSA","x":""}"#.len();
        format!(r#"{{"alg":"EdDSA","x":"{}"}}"#, "a".repeat(length - empty))
    };
    assert!(verify(&headed(&long_header(MAX_HEADER)), &keys).is_ok());
    let longer = headed(&long_header(MAX_HEADER + 1));
    assert_eq!(verify(&longer, &keys).err(), Some(Malformed));
}

#[test]
fn err_a_public_key_as_a_shared_secret() {
    for (public, own) in [(RSA, "RS256"), (EC, "ES256"), (ED, "EdDSA")] {
        let key = registered("k", public);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{public}\n-----END PUBLIC KEY-----\n");
        for secret in [key.der(), public.as_bytes(), pem.as_bytes(), b""] {
            for (algorithm, want) in [("HS256", Algorithm), (own, Forged)] {
                let signed = format!("{}.{CLAIMS_TEXT}", encode(header(algorithm)));
                let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
                mac.update(signed.as_bytes());
                let token = format!("{signed}.{}", encode(mac.finalize().into_bytes()));
                let found = verify(&token, &keys([key.clone()])).err();
                assert_eq!(found, Some(want), "{own} as {algorithm}");
            }
        }
    }
}

#[test]
fn nothing_of_the_claims_is_read_before_the_signature_is_good() {
    for claims in ["", "{", r#"{"accid":1}"#, r#"{"exp":0}"#, "not JSON"] {
        check("unsigned", &signed(2, ED_HEADER, claims), Forged);
        let keys = keys([ed_key("ed", 1)]);
        let signed = verify(&signed(1, ED_HEADER, claims), &keys);
        assert!(matches!(signed, Err(Claim { .. })), "{claims}: {signed:?}");
    }
}

#[test]
fn a_token_is_verified_only_at_its_time() {
    let keys = keys([ed_key("ed", 1)]);
    let token = headed(ED_HEADER);
    let token = ViewerToken::parse(&token).unwrap();
    let at = |now, skew| token.verify(&keys, now, skew).map(|_| ());
    for (now, skew, want) in [
        (EXPIRES - 1, 0, Ok(())),
        (EXPIRES, 0, Err(TokenRefusal::Expired.into())),
        (EXPIRES + 59, 60, Ok(())),
        (EXPIRES + 60, 60, Err(TokenRefusal::Expired.into())),
        (ISSUED, 0, Ok(())),
        (ISSUED - 1, 0, Err(TokenRefusal::FromTheFuture.into())),
        (ISSUED - 60, 60, Ok(())),
        (i64::MAX, u32::MAX, Err(TokenRefusal::Expired.into())),
        (i64::MIN, u32::MAX, Err(TokenRefusal::FromTheFuture.into())),
    ] {
        assert_eq!(at(now, skew), want, "{now} {skew}");
    }
}

#[test]
fn nothing_of_a_token_is_printed() {
    let keys = keys([ed_key("ed", 1)]);
    let text = headed(ED_HEADER);
    let token = ViewerToken::parse(&text).unwrap();
    assert_eq!(format!("{token:?}"), "ViewerToken(redacted)");
    let verified = token.verify(&keys, NOW, SKEW).unwrap();
    assert_eq!(format!("{verified:?}"), "VerifiedToken(redacted)");
}
