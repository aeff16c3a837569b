use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn target(path: &str, query: Option<&str>) -> Result<String, InvalidRoute> {
    match Route::parse(path, query)? {
        Route::Video(request) => Ok(request.cache_key().origin_target().to_owned()),
        Route::Health => panic!("{path}"),
    }
}

const VIDEO: &str = "/playback/v1/accounts/938456/videos/132413";

#[track_caller]
fn check_reference(part: &str, want: &str) {
    let path = format!("/playback/v1/accounts/938456/videos/{part}");
    let want = format!("/playback/v1/accounts/938456/videos/{want}");
    assert_eq!(target(&path, None), Ok(want));
}

#[test]
fn equal_meanings_have_one_key() {
    check_reference("ref:a%20b", "ref:a%20b");
    check_reference("ref%3Aa b", "ref:a%20b");
    check_reference("%72ef:%61%2f", "ref:a%2F");
    check_reference("ref:ü", "ref:%C3%BC");
    check_reference("ref:%C3%BC", "ref:%C3%BC");
    check_reference("%3132413", "132413");
    check_reference("ref:ref:x", "ref:ref%3Ax");
}

#[test]
fn different_meanings_have_different_keys() {
    let plus = target("/playback/v1/accounts/1/videos/ref:a+b", None);
    let space = target("/playback/v1/accounts/1/videos/ref:a%20b", None);
    assert_ne!(plus, space);
    let twice = target("/playback/v1/accounts/1/videos/ref:a%2520b", None);
    assert_ne!(twice, space, "a name is decoded once");
}

#[test]
fn known_parameters_are_sorted_and_unknown_ones_ignored() {
    let want = format!("{VIDEO}?ad_config_id=live%20ads&config_id=c");
    for query in [
        "config_id=c&ad_config_id=live%20ads",
        "ad_config_id=live+ads&config_id=c&_=1700000000",
        "tveToken=secret&ad_config_id=live%20ads&&config_id=%63",
    ] {
        assert_eq!(
            target(VIDEO, Some(query)).as_deref(),
            Ok(want.as_str()),
            "{query}"
        );
    }
    assert_eq!(target(VIDEO, Some("ad_config_id=&x")).as_deref(), Ok(VIDEO));
}

#[test]
fn err_parameters() {
    let twice = Err(InvalidRoute::DuplicateParameters);
    assert_eq!(target(VIDEO, Some("a=1&a=1")), twice);
    assert_eq!(target(VIDEO, Some("config_id=1&config%5Fid=2")), twice);
    let unreadable = Err(InvalidRoute::Parameter);
    assert_eq!(target(VIDEO, Some("config_id=%ff")), unreadable);
    assert_eq!(target(VIDEO, Some("config_id=a%00")), unreadable);
    assert_eq!(
        target(VIDEO, Some(&format!("config_id={}", "a".repeat(257)))),
        unreadable
    );
}

#[test]
fn err_paths() {
    for path in [
        "",
        "/",
        "/playback/v1/accounts/1/videos",
        "/playback/v1/accounts//videos/1",
        "//healthz",
        "/healthz/",
        "/playback/v1/accounts/1/videos/1/",
        "/playback/v1/accounts/%2e%2e/videos/1",
        "/playback/v2/accounts/1/videos/1",
    ] {
        assert_eq!(
            Route::parse(path, None),
            Err(InvalidRoute::Unknown),
            "{path}"
        );
    }
    for video in [
        "",
        "..",
        "a%2Fb",
        "1%00",
        "%ff",
        "ref:",
        "ref:%00",
        "ref%3A",
        "ünïcode",
        &"7".repeat(5000),
        "1%",
    ] {
        let path = format!("/playback/v1/accounts/1/videos/{video}");
        assert_eq!(
            Route::parse(&path, None),
            Err(InvalidRoute::Video),
            "{video}"
        );
    }
}

#[test]
fn the_longest_key_fits_the_core_cache() {
    let reference = "😀".repeat(150);
    let parameter = "😀".repeat(64);
    let account = "a".repeat(64);
    let path = format!("/playback/v1/accounts/{account}/videos/ref:{reference}");
    let query = format!("ad_config_id={parameter}&config_id={parameter}");
    let Ok(Route::Video(request)) = Route::parse(&path, Some(&query)) else {
        panic!("the longest request is refused");
    };
    let len = request.cache_key().to_bytes().len();
    assert!(len <= 4096, "{len}");
}

#[test]
fn a_key_begins_with_the_format_of_the_entry() {
    let Ok(Route::Video(request)) = Route::parse(VIDEO, None) else {
        panic!()
    };
    let want = format!("v{}{VIDEO}", crate::entry::FORMAT);
    assert_eq!(request.cache_key().to_bytes(), want.into_bytes());
}
