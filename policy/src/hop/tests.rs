use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn answer(headers: &[(&'static str, &str)], body: &[u8]) -> OriginAnswer {
    OriginAnswer {
        status: StatusCode::OK,
        headers: headers
            .iter()
            .map(|(name, value)| {
                let name = HeaderName::from_static(name);
                (name, value.parse().unwrap())
            })
            .collect(),
        body: body.to_vec(),
    }
}

#[test]
fn an_answer_crosses_the_hop_with_its_headers() {
    let sent = answer(
        &[
            ("etag", "\"a\""),
            ("playback-video-rules", r#"geo-allow=("DE")"#),
            ("playback-right-rules", "asn=(1)"),
            ("playback-right-rules", "asn=(2)"),
            ("playback-rules-of-tomorrow", "x"),
            ("surrogate-key", "video-id-1"),
        ],
        b"{}\r\n\r\n\x00\xff",
    );
    let bytes = sent.to_bytes();
    assert!(bytes.starts_with(b"HTTP/1.1 200\r\n"));
    assert_eq!(OriginAnswer::parse(&bytes), Ok(sent));
}

#[test]
fn what_belongs_to_the_connection_stays_behind() {
    let sent = answer(
        &[
            ("transfer-encoding", "chunked"),
            ("set-cookie", "a=b"),
            ("date", "today"),
            ("surrogate-control", "max-age=1"),
        ],
        b"",
    );
    let got = OriginAnswer::parse(&sent.to_bytes()).unwrap();
    assert_eq!(got, answer(&[("surrogate-control", "max-age=1")], b""));
}

#[test]
fn err_bytes_that_no_shield_has_written() {
    for bytes in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200\r\n",
        "HTTP/1.1 200\n\n{}",
        "HTTP/1.0 200\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\n\r\n{}",
        "HTTP/1.1 99\r\n\r\n{}",
        "HTTP/1.1 200\r\netag\r\n\r\n{}",
        "HTTP/1.1 200\r\netag:x\r\n\r\n{}",
        "HTTP/1.1 200\r\ne tag: x\r\n\r\n{}",
        "HTTP/1.1 200\r\n: x\r\n\r\n{}",
        "HTTP/1.1 200\r\netag: x\ny\r\n\r\n{}",
    ] {
        assert_eq!(
            OriginAnswer::parse(bytes.as_bytes()),
            Err(InvalidHop),
            "{bytes:?}"
        );
    }
    let mut endless = b"HTTP/1.1 200\r\netag: ".to_vec();
    endless.resize(OriginAnswer::MAX_HEAD, b'x');
    endless.extend_from_slice(b"\r\n\r\n{}");
    assert_eq!(OriginAnswer::parse(&endless), Err(InvalidHop), "too long");
}

#[test]
fn only_an_origin_that_says_so_purges_the_shield() {
    let says = |values: &[&str]| {
        let headers: Vec<_> = values.iter().map(|value| (TIERS, *value)).collect();
        answer(&headers, b"").is_purged_at_shield()
    };
    assert!(says(&["2"]) && says(&["3"]));
    for values in [
        &[][..],
        &["1"],
        &["0"],
        &["two"],
        &["2, 2"],
        &["-2"],
        &["2", "2"],
        &["256"],
    ] {
        assert!(!says(values), "{values:?}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
proptest::proptest! {
    /// Whatever is read, is written and read the same again; and nothing panics.
    #[test]
    fn reading_and_writing_agree(head in "HTTP/1\\.1 [0-9]{2,4}(\r\n(etag|playback-[a-z]{0,3}|age): [ -~]{0,8}){0,3}", body: Vec<u8>) {
        let bytes = [head.as_bytes(), HEAD_END, &body].concat();
        if let Ok(answer) = OriginAnswer::parse(&bytes) {
            let again = OriginAnswer::parse(&answer.to_bytes()).expect("it was written by us");
            proptest::prop_assert_eq!(again.status, answer.status);
            proptest::prop_assert_eq!(again.body, body);
        }
    }
}
