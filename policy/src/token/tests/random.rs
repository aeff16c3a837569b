//! Properties that hold for all tokens, tried on random ones.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        prop_assert!(verify(&text, &openssl_keys()).is_err());
        let _read_or_refused = text.parse::<AccountKeys>();
        let _read_or_refused = BearerToken::find(|_| std::iter::empty(), Some(&text));
    }

    #[test]
    fn any_three_parts_are_read_or_refused(header in any::<Vec<u8>>(), claims in any::<Vec<u8>>(), signature in any::<Vec<u8>>()) {
        for header in [&*header, br#"{"alg":"ES256"}"#, br#"{"alg":"EdDSA"}"#] {
            let parts = [encode(header), encode(&claims), encode(&signature)];
            prop_assert!(verify(&parts.join("."), &openssl_keys()).is_err());
        }
    }

    #[test]
    fn any_signed_claims_are_read_or_refused(
        claim in "accid|iat|exp|nbf|prid|tags|vids|conid|ua|uid|ip|aud|x",
        value in "[-0-9.eE]{1,6}|\"\\PC{0,20}\"|\\[(\"a\"|1|null)?\\]|null|true|\\{\\}",
    ) {
        let claims = CLAIMS.replace('{', &format!(r#"{{"{claim}":{value},"#));
        let keys = keys([ed_key("ed", 1)]);
        let token = signed(1, ED_HEADER, &claims);
        let verified = verify(&token, &keys);
        prop_assert_ne!(verified.as_ref().err(), Some(&Forged));
        if let Ok(verified) = verified {
            let recalled = VerifiedToken::recall(&verified.to_bytes(), &keys);
            prop_assert_eq!(recalled, Some(verified));
        }
    }

    #[test]
    fn any_bytes_are_a_key_or_refused(der in any::<Vec<u8>>(), at in 0..91_usize, to in any::<u8>()) {
        let mut bytes = registered("ec", EC).der().to_vec();
        bytes[at] = to;
        for der in [der, bytes] {
            if let Ok(key) = AccountKey::new("k", &der) {
                let keys = keys([key]);
                let _checked = keys.check();
                let _verified = verify(&made_by_openssl("ES256"), &keys);
                prop_assert_eq!(keys.to_string().parse(), Ok(keys));
            }
        }
    }

    #[test]
    fn any_remembered_bytes_are_read_or_refused(bytes in any::<Vec<u8>>()) {
        prop_assert_eq!(VerifiedToken::recall(&bytes, &openssl_keys()), None);
    }
}
