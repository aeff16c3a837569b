//! The examples of the RFCs. None of them is a token of ours: that their claims are refused, and not
//! their signatures, shows that these were found good.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// RFC 7515, appendix A.
const CLAIMS: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

#[track_caller]
fn check(key: &[u8], header: &str, claims: &str, signature: &str) {
    let keys = keys([AccountKey::new("k", key).unwrap()]);
    assert_eq!(keys.check(), Ok(()));
    let found = verify(&format!("{header}.{claims}.{signature}"), &keys);
    assert!(matches!(found, Err(Claim { .. })), "{found:?}");
    let (first, rest) = signature.split_at(1);
    let other = if first == "A" { "B" } else { "A" };
    let altered = format!("{header}.{claims}.{other}{rest}");
    assert_eq!(verify(&altered, &keys).err(), Some(Forged));
}

#[test]
fn rs256() {
    // RFC 7515, appendix A.2.
    let modulus = decode(
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    );
    let signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    let key = rsa_der(&modulus, &[1, 0, 1]);
    check(&key, "eyJhbGciOiJSUzI1NiJ9", CLAIMS, signature);
}

#[test]
fn es256() {
    // RFC 7515, appendix A.3.
    let point = [
        vec![4],
        decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
        decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
    ];
    let signature =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let key = ec_der(P256, &point.concat());
    check(&key, "eyJhbGciOiJFUzI1NiJ9", CLAIMS, signature);
}

#[test]
fn eddsa() {
    // RFC 8037, appendix A.4: it signs a sentence.
    let key = ed_der(&decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
    let signature =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let sentence = "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    check(&key, "eyJhbGciOiJFZERTQSJ9", sentence, signature);
}

#[test]
fn err_a_token_without_a_signature() {
    // RFC 7519 §6.1, and the same with a signature.
    let token = format!("eyJhbGciOiJub25lIn0.{CLAIMS}.");
    assert_eq!(verify(&token, &openssl_keys()).err(), Some(Algorithm));
    let token = format!("eyJhbGciOiJub25lIn0.{CLAIMS}.AAAA");
    assert_eq!(verify(&token, &openssl_keys()).err(), Some(Algorithm));
    let token = format!("eyJhbGciOiJFZERTQSJ9.{CLAIMS}.");
    assert_eq!(verify(&token, &openssl_keys()).err(), Some(Forged));
}
