use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ACCOUNT: &str = "/playback/v1/accounts/938456";
const VIDEO: &str = "/playback/v1/accounts/938456/videos/132413";

fn request(path: &str, query: &str) -> Result<PlaybackRequest, InvalidRoute> {
    match Route::parse(path, (!query.is_empty()).then_some(query))? {
        Route::Playback(request) => Ok(request),
        Route::Health => panic!("{path}"),
    }
}

fn target(path: &str, query: &str) -> Result<String, InvalidRoute> {
    Ok(request(path, query)?.cache_key().origin_target().to_owned())
}

/// Checks what a path below the account, with its query, is cached under.
#[track_caller]
fn check(asked: &str, want: &str) {
    let (path, query) = asked.split_once('?').unwrap_or((asked, ""));
    let found = target(&format!("{ACCOUNT}{path}"), query);
    assert_eq!(found, Ok(format!("{ACCOUNT}{want}")), "{asked}");
}

#[track_caller]
fn check_err(asked: &str, want: InvalidRoute) {
    let (path, query) = asked.split_once('?').unwrap_or((asked, ""));
    let found = target(&format!("{ACCOUNT}{path}"), query);
    assert_eq!(found, Err(want), "{asked}");
}

// === paths ===

#[test]
fn every_endpoint_is_known() {
    let page = Page::default();
    let video = || VideoSelector::Id("132413".parse().unwrap());
    let of_video = |asset| Resource::Static(video(), asset);
    let search = Search {
        query: Query::default(),
        sort: Some(Sort::DEFAULT),
        page,
    };
    for (path, want) in [
        ("/videos", Resource::Search(search)),
        ("/videos/132413", Resource::Video(video())),
        ("/videos/132413/related", Resource::Related(video(), page)),
        (
            "/playlists/132413",
            Resource::Playlist(PlaylistSelector::Id("132413".parse().unwrap()), page),
        ),
        (
            "/playlists/ref:a",
            Resource::Playlist(PlaylistSelector::Reference("a".parse().unwrap()), page),
        ),
        (
            "/videos/132413/master.m3u8",
            of_video(StaticAsset::MasterM3u8),
        ),
        (
            "/videos/132413/manifest.mpd",
            of_video(StaticAsset::ManifestMpd),
        ),
        ("/videos/132413/hls.vmap", of_video(StaticAsset::HlsVmap)),
        ("/videos/132413/dash.vmap", of_video(StaticAsset::DashVmap)),
        ("/videos/132413/high.mp4", of_video(StaticAsset::HighMp4)),
        ("/videos/132413/low.mp4", of_video(StaticAsset::LowMp4)),
        ("/videos/132413/poster.jpg", of_video(StaticAsset::Poster)),
        (
            "/videos/132413/thumbnail.jpg",
            of_video(StaticAsset::Thumbnail),
        ),
    ] {
        let found = request(&format!("{ACCOUNT}{path}"), "").unwrap();
        assert_eq!(found.resource, want, "{path}");
        assert_eq!(found.account.as_str(), "938456");
        check(path, path);
    }
    assert_eq!(Route::parse("/healthz", Some("x=1&x=2")), Ok(Route::Health));
}

#[test]
#[rustfmt::skip]
fn equal_names_have_one_key() {
    check("/videos/%3132413",                 "/videos/132413");
    check("/videos/ref:a%20b",                "/videos/ref:a%20b");
    check("/videos/ref%3Aa b",                "/videos/ref:a%20b");
    check("/videos/ref%3aa%20b",              "/videos/ref:a%20b");
    check("/videos/%72ef:%61%2f",             "/videos/ref:a%2F");
    check("/videos/ref:ü",                    "/videos/ref:%C3%BC");
    check("/videos/ref:%C3%BC",               "/videos/ref:%C3%BC");
    check("/videos/ref:ref:x",                "/videos/ref:ref%3Ax");
    check("/videos/ref:..",                   "/videos/ref:..");
    check("/videos/ref%3Aa/related",          "/videos/ref:a/related");
    check("/videos/ref%3Aa%2Frelated",        "/videos/ref:a%2Frelated");
    check("/videos/ref%3Aa/high.mp4",         "/videos/ref:a/high.mp4");
    check("/playlists/ref%3Aa%20b",           "/playlists/ref:a%20b");
    check("/playlists/%31",                   "/playlists/1");
}

#[test]
fn different_names_have_different_keys() {
    for (one, other) in [
        ("/videos/ref:a+b", "/videos/ref:a%20b"),
        ("/videos/ref:a%2520b", "/videos/ref:a%20b"),
        ("/videos/ref:A", "/videos/ref:a"),
        ("/videos/ref:1", "/videos/1"),
        ("/videos/1", "/playlists/1"),
        ("/videos/ref:1", "/playlists/ref:1"),
        ("/videos/ref:a%2Frelated", "/videos/ref:a/related"),
    ] {
        let of = |path| target(&format!("{ACCOUNT}{path}"), "").unwrap();
        assert_ne!(of(one), of(other));
    }
}

#[test]
fn err_paths_of_nothing() {
    for path in [
        "",
        "/",
        "//healthz",
        "/healthz/",
        "/Healthz",
        "/playback/v1/accounts",
        "/playback/v1/accounts/1",
        "/playback/v1/accounts/1/",
        "/playback/v1/accounts//videos/1",
        "/playback/v1/accounts/%2e%2e/videos/1",
        "/playback/v1/accounts/1%2F2/videos/1",
        "/playback/v1/accounts/1/videos/1/",
        "/playback/v1/accounts/1/videos/1/related/",
        "/playback/v1/accounts/1/videos/1/relate%64",
        "/playback/v1/accounts/1/videos/1/Related",
        "/playback/v1/accounts/1/videos//1/related",
        "/playback/v1/accounts/1/videos/1/high.mp4/",
        "/playback/v1/accounts/1/videos/1/HIGH.MP4",
        "/playback/v1/accounts/1/videos/1/high%2Emp4",
        "/playback/v1/accounts/1/videos/1/high.webm",
        "/playback/v1/accounts/1/playlists",
        "/playback/v1/accounts/1/playlists/1/",
        "/playback/v1/accounts/1/playlists/1/videos",
        "/playback/v1//accounts/1/videos/1",
        "/playback/v2/accounts/1/videos/1",
        "/Playback/v1/accounts/1/videos/1",
        "playback/v1/accounts/1/videos/1",
    ] {
        let found = Route::parse(path, None);
        assert_eq!(found, Err(InvalidRoute::Unknown), "{path}");
    }
}

#[test]
fn err_names_that_are_none() {
    for name in [
        "",
        "..",
        "a%2Fb",
        "1%00",
        "%ff",
        "ref:",
        "ref:%00",
        "ref%3A",
        "REF:a",
        "ünïcode",
        &"7".repeat(65),
        &"7".repeat(5000),
        &format!("ref:{}", "a".repeat(151)),
        "1%",
    ] {
        check_err(&format!("/videos/{name}"), InvalidRoute::Video);
        check_err(&format!("/videos/{name}/related"), InvalidRoute::Video);
        check_err(&format!("/videos/{name}/high.mp4"), InvalidRoute::Video);
        check_err(&format!("/playlists/{name}"), InvalidRoute::Playlist);
    }
}

#[test]
fn a_key_must_be_search_enabled_for_searches_alone() {
    for (path, want) in [
        ("/videos", true),
        ("/videos/1/related", true),
        ("/videos/ref:a/related", true),
        ("/videos/1", false),
        ("/videos/1/high.mp4", false),
        ("/playlists/1", false),
    ] {
        let found = request(&format!("{ACCOUNT}{path}"), "").unwrap();
        assert_eq!(found.is_search(), want, "{path}");
    }
}

#[test]
fn a_log_names_what_was_asked_for() {
    for (path, want) in [
        ("/videos/1", "1"),
        ("/videos/ref%3Aa%20b", "ref:a b"),
        ("/videos/1/low.mp4", "1/low.mp4"),
        ("/videos/ref:a/related", "ref:a/related"),
        ("/videos", "search"),
        ("/playlists/ref:p", "ref:p"),
    ] {
        let found = request(&format!("{ACCOUNT}{path}"), "").unwrap();
        assert_eq!(found.resource.to_string(), want, "{path}");
    }
}

#[test]
fn answers_are_labelled_by_what_was_asked_for() {
    let labels = |path: &str| {
        let keys = request(&format!("{ACCOUNT}{path}"), "")
            .unwrap()
            .surrogate_keys();
        assert_eq!(keys[0].as_str(), "account-id-938456");
        keys[1].as_str().to_owned()
    };
    for path in ["/videos/1", "/videos/1/related", "/videos/1/high.mp4"] {
        assert_eq!(labels(path), "video-id-1", "{path}");
    }
    assert_eq!(labels("/playlists/1"), "playlist-id-1");
    assert_eq!(labels("/videos"), "search-account-id-938456");
    let (video, playlist) = (labels("/videos/ref:a"), labels("/playlists/ref:a"));
    assert!(video.starts_with("ref-id-"), "{video}");
    assert!(playlist.starts_with("playlist-ref-id-"), "{playlist}");
    assert_ne!(video, labels("/videos/ref:b"));
}

// === parameters ===

#[test]
#[rustfmt::skip]
fn parameters_are_sorted_and_unknown_ones_ignored() {
    let want = "/videos/1?ad_config_id=live%20ads&config_id=c";
    check("/videos/1?config_id=c&ad_config_id=live%20ads",                        want);
    check("/videos/1?ad_config_id=live+ads&config_id=c&_=1700000000",             want);
    check("/videos/1?tveToken=secret&ad_config_id=live%20ads&&config_id=%63",     want);
    check("/videos/1?%61d_config_id=live%20ads&config%5Fid=c&bcov_auth=x.y.z",    want);
    check("/videos/1?ad_config_id=&x",                                            "/videos/1");
    check("/videos/1?AD_CONFIG_ID=a",                                             "/videos/1");
    check("/videos/1?ad_config_id=a%26b%3Dc",                                     "/videos/1?ad_config_id=a%26b%3Dc");
    check("/videos/1/hls.vmap?ad_config_id=a&limit=5",                            "/videos/1/hls.vmap?ad_config_id=a");
    check("/videos/1/related?config_id=c&limit=5&offset=6&q=name:x&sort=name",    "/videos/1/related?config_id=c&limit=5&offset=6");
    check("/playlists/1?offset=6&limit=5&q=name:x&sort=name&ad_config_id=a",      "/playlists/1?ad_config_id=a&limit=5&offset=6");
    check("/videos?sort=-name&q=cat&offset=6&limit=5&config_id=c&ad_config_id=a", "/videos?ad_config_id=a&config_id=c&limit=5&offset=6&q=%22cat%22&sort=-name");
}

#[test]
#[rustfmt::skip]
fn defaults_are_left_out() {
    check("/videos?limit=20&offset=0",                   "/videos");
    check("/videos?limit=020&offset=00",                 "/videos");
    check("/videos?limit=&offset=&q=&sort=",             "/videos");
    check("/videos?q=ab",                                "/videos");
    check("/videos?sort=-updated_at",                    "/videos");
    check("/videos?q=%20+&sort=-updated_at",             "/videos");
    check("/videos?sort=updated_at",                     "/videos?sort=updated_at");
    check("/videos?q=cat&sort=-updated_at",              "/videos?q=%22cat%22&sort=-updated_at");
    check("/videos?q=cat",                               "/videos?q=%22cat%22");
    check("/videos?sort=schedule.starts_at",             "/videos?sort=schedule_starts_at");
    check("/playlists/1?limit=20&offset=0",              "/playlists/1");
    check("/videos/1/related?limit=20&offset=0",         "/videos/1/related");
}

#[test]
#[rustfmt::skip]
fn a_page_is_within_its_bounds() {
    check("/playlists/1?limit=1",             "/playlists/1?limit=1");
    check("/playlists/1?limit=100",           "/playlists/1?limit=100");
    check("/playlists/1?offset=1000",         "/playlists/1?offset=1000");
    check("/playlists/1?offset=1001",         "/playlists/1?offset=1000");
    check("/playlists/1?offset=99999999999",  "/playlists/1?offset=1000");
    for bad in [
        "limit=0", "limit=-1", "limit=101", "limit=1e9", "limit=1000000000", "limit=99999999999",
        "limit=5.0", "limit=%205", "limit=five", "limit=+5", "limit=0x5", "limit=٥", "offset=-1",
        "offset=1e9", "offset=x", "offset=1.5",
    ] {
        check_err(&format!("/playlists/1?{bad}"),      InvalidRoute::Page);
        check_err(&format!("/videos?{bad}"),           InvalidRoute::Search);
        check_err(&format!("/videos/1/related?{bad}"), InvalidRoute::Search);
        check(&format!("/videos/1?{bad}"),             "/videos/1");
    }
}

#[test]
#[rustfmt::skip]
fn searches_are_understood() {
    let want = "/videos?q=%2Bname%3A%22cat%20dog%22%20-%22x%22";
    check("/videos?q=%2Bname:%22Dog%20Cat%22+-x",   want);
    check("/videos?q=-x%20%20%2Bname%3Acat-dog",    want);
    check("/videos?q=+name:cat",                    "/videos?q=name%3A%22cat%22");
    check_err("/videos?q=name:",                    InvalidRoute::Query);
    check_err("/videos?q=cat,",                     InvalidRoute::Query);
    check_err("/videos?q=%22cat",                   InvalidRoute::Query);
    check_err("/videos?q=cat&sort=duration",        InvalidRoute::Sort);
    check_err("/videos?sort=--name",                InvalidRoute::Sort);
}

#[test]
fn err_parameters() {
    for query in [
        "a=1&a=1",
        "config_id=1&config%5Fid=2",
        "limit=&limit=5",
        "_=1&x=2&_=3",
        "=1&=2",
    ] {
        check_err(
            &format!("/videos/1?{query}"),
            InvalidRoute::DuplicateParameters,
        );
        check_err(
            &format!("/videos?{query}"),
            InvalidRoute::DuplicateParameters,
        );
    }
    for query in [
        "config_id=%ff",
        "config_id=a%00",
        "ad_config_id=a%0Ab",
        &format!("config_id={}", "a".repeat(257)),
    ] {
        check_err(&format!("/videos/1?{query}"), InvalidRoute::Parameter);
    }
    assert!(target(VIDEO, &format!("config_id={}", "a".repeat(256))).is_ok());
    check_err("/videos?q=cat%00dog", InvalidRoute::Parameter);
}

// === keys ===

/// Longest of every kind: each character of a parameter takes up to twelve bytes of a key.
#[test]
fn the_longest_key_fits_the_core_cache() {
    let reference = "😀".repeat(150);
    let account = format!("/playback/v1/accounts/{}", "a".repeat(64));
    let config = format!(
        "ad_config_id={0}&config_id={0}&limit=100&offset=1000",
        "😀".repeat(64)
    );
    for path in [
        format!("{account}/videos/ref:{reference}/thumbnail.jpg"),
        format!("{account}/videos/ref:{reference}/related"),
        format!("{account}/playlists/ref:{reference}"),
    ] {
        check_len(&path, &config);
    }
    // Searches as long as one may be: of characters that are encoded or not, of many words, and of
    // dates, which are written longer than they came.
    let repeated = |letter: &'static str| move |count: usize| letter.repeat(count);
    let listed = |of: fn(usize) -> String| {
        move |count: usize| (0..count).map(of).collect::<Vec<_>>().join(" ")
    };
    check_longest(&account, &config, repeated("a"));
    check_longest(&account, &config, repeated("é"));
    check_longest(&account, &config, repeated("𠀀"));
    check_longest(&account, &config, listed(|at| format!("ñ{at}")));
    check_longest(
        &account,
        &config,
        listed(|at| format!("-schedule.starts_at:{:04}-01-31", 2000 + at)),
    );
}

/// Checks the longest search of its kind that is accepted.
#[track_caller]
fn check_longest(account: &str, config: &str, of_len: impl Fn(usize) -> String) {
    let is_accepted = |count: &usize| of_len(*count).parse::<Query>().is_ok();
    let longest = (0..=1_000).rev().find(is_accepted).unwrap();
    assert!(longest > 10, "{longest}");
    let query = format!("{config}&q={}&sort=-plays_trailing_week", of_len(longest));
    check_len(&format!("{account}/videos"), &query);
}

#[track_caller]
fn check_len(path: &str, query: &str) {
    let found = request(path, query).unwrap_or_else(|error| panic!("{path}?{query}: {error}"));
    let key = found.cache_key().of_policy_key(crate::Hex::sha256(&[]));
    let len = key.to_bytes().len();
    assert!(len <= 4096, "{len} bytes: {path}?{query}");
}

#[test]
fn a_key_begins_with_the_format_of_the_entry() {
    let key = request(VIDEO, "").unwrap().cache_key();
    let want = format!("v{}{VIDEO}", crate::entry::FORMAT);
    assert_eq!(key.to_bytes(), want.into_bytes());
}

#[test]
fn a_policy_keys_own_answer_has_a_key_of_its_own() {
    let plain = request(VIDEO, "").unwrap().cache_key();
    let of = |key: &str| {
        let digest = crate::Hex::sha256(&[key.as_bytes()]);
        plain.clone().of_policy_key(digest)
    };
    assert_ne!(of("a").to_bytes(), plain.to_bytes());
    assert_ne!(of("a").to_bytes(), of("b").to_bytes());
    assert_eq!(of("a").origin_target(), VIDEO);
}
