use super::*;
use crate::{LayerKind, Layout, Viewer};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn viewer() -> Viewer {
    Viewer::new([203, 0, 113, 7].into(), 1_767_225_600)
}

/// The whole body as a viewer gets it; a token is `t=`, its host and its folder.
fn show(cut: &Cut) -> String {
    let layout = Layout::read(&cut.layout).unwrap();
    let selection = layout.select(&viewer()).unwrap();
    let sign = |target: crate::UrlTarget<'_>| format!("t={}{}", target.host, target.prefix);
    let rendered = layout.render(&cut.body, &selection, None, sign).unwrap();
    String::from_utf8(rendered).unwrap()
}

fn signing() -> UrlSigning {
    r#"key="m", hosts=("m.example" "m.example:8443" "[2001:db8::7]"), lifetime=60, parameter="t""#
        .parse()
        .unwrap()
}

// === lists ===

fn list(body: &str) -> Result<Cut, InvalidItem> {
    cut_list(body.as_bytes(), &"7".parse().unwrap(), None)
}

/// Checks what is cached of a list, which is shown as it is to whoever may have all of it.
#[track_caller]
fn check(body: &str, want: &str) {
    let cut = list(body).unwrap_or_else(|error| panic!("{body}: {error:?}"));
    assert_eq!(std::str::from_utf8(&cut.body).unwrap(), want, "{body}");
    assert_eq!(show(&cut), want, "{body}");
    serde_json::from_str::<serde_json::Value>(want).unwrap();
}

#[test]
#[rustfmt::skip]
fn ok_items_are_shown_without_their_rules() {
    const R: &str = r#""$rules":{"video":"geo-default=allow"}"#;
    let check_item = |item: &str, want: &str| {
        check(&format!(r#"{{"videos":[{item}]}}"#), &format!(r#"{{"videos":[{want}]}}"#));
    };
    check_item(&format!(r#"{{{R},"account_id":"7","id":"1"}}"#), r#"{"account_id":"7","id":"1"}"#);
    check_item(&format!(r#"{{"account_id":"7",{R},"id":"1"}}"#), r#"{"account_id":"7","id":"1"}"#);
    check_item(&format!(r#"{{"account_id":"7","id":"1",{R}}}"#), r#"{"account_id":"7","id":"1"}"#);
    check_item(&format!(r#"{{"account_id":"7",{R}}}"#),          r#"{"account_id":"7"}"#);
    check_item(r#"{"account_id":"\u0037","\u0024rules":{"vide\u006f":"geo-default\u003dallow"}}"#, r#"{"account_id":"\u0037"}"#);
    check_item(r#"{"account_id":"7","$rules":{"right":"until=@9999999999","video":"geo-default=allow"}}"#, r#"{"account_id":"7"}"#);
    check_item(&format!("\n{{ \"account_id\" :\t\"7\" ,\r\n {R} , \"id\" : [ 1 , 2 ] }} "), r#"{"account_id":"7","id":[ 1 , 2 ]}"#);
    check_item(&format!(r#"{{"account_id":"7",{R},"a\"b":{{"$rules":"x"}},"n":-1.50e+3,"ü":"ü\/\u00fc"}}"#),
        r#"{"account_id":"7","a\"b":{"$rules":"x"},"n":-1.50e+3,"ü":"ü\/\u00fc"}"#);
    check_item(&format!(r#"{{"account_id":"7","$rules ":1,"rules":2,{R}}}"#), r#"{"account_id":"7","$rules ":1,"rules":2}"#);
    let item = format!(r#"{{"account_id":"7",{R}}}"#);
    check_item(&format!("{item} , {item},{item}"), r#"{"account_id":"7"},{"account_id":"7"},{"account_id":"7"}"#);
}

#[test]
#[rustfmt::skip]
fn ok_videos_become_the_last_member() {
    check(r#"{"videos":[]}"#,                           r#"{"videos":[]}"#);
    check(r#" { "videos" : [ ] } "#,                    r#"{"videos":[]}"#);
    check(r#"{"videos":[],"count":0}"#,                 r#"{"count":0,"videos":[]}"#);
    check(r#"{"count":0,"videos":[]}"#,                 r#"{"count":0,"videos":[]}"#);
    check(r#"{"a":[{}],"videos":[],"b":{"videos":1}}"#, r#"{"a":[{}],"b":{"videos":1},"videos":[]}"#);
    check(r#"{"vide\u006fs":[],"a":null}"#,             r#"{"a":null,"videos":[]}"#);
}

#[test]
fn err_what_is_no_list() {
    for body in [
        "",
        "null",
        "[]",
        "{}",
        "<html>",
        r#"{"videos":[]"#,
        r#"{"videos":[]}{}"#,
        r#"{"videos":[],}"#,
        r#"{"videos":null}"#,
        r#"{"videos":{}}"#,
        r#"{"Videos":[]}"#,
        r#"{"videos":[1]}"#,
        r#"{"videos":[null]}"#,
        r#"{"videos":[[]]}"#,
        r#"{"videos":["x"]}"#,
        // A member twice, however it is written.
        r#"{"videos":[],"videos":[]}"#,
        r#"{"videos":[],"vide\u006fs":[]}"#,
        r#"{"a":1,"b":2,"a":1,"videos":[]}"#,
        r#"{"videos":[{"account_id":"7","account_id":"7","$rules":{"video":"until=@9"}}]}"#,
        r#"{"videos":[{"account_id":"7","$rules":{"video":"until=@9"},"$rules":{"video":"geo-default=allow"}}]}"#,
        r#"{"videos":[{"account_id":"7","$rules":{"video":"until=@9"},"\u0024rules":{"video":"geo-default=allow"}}]}"#,
        // Nobody but the edge tells what is left out.
        r#"{"errors":[],"videos":[]}"#,
        r#"{"videos":[],"errors":null}"#,
        r#"{"videos":[],"error\u0073":null}"#,
    ] {
        let found = list(body);
        assert!(matches!(found, Err(InvalidItem::Body)), "{body}");
    }
    assert!(
        cut_list(
            b"{\"a\":\"\xff\",\"videos\":[]}",
            &"7".parse().unwrap(),
            None
        )
        .is_err()
    );
}

#[test]
fn err_items_without_rules() {
    for rules in [
        "",
        r#""rules":{"video":"until=@9"},"#,
        r#""$Rules":{"video":"until=@9"},"#,
        r#""$rules":null,"#,
        r#""$rules":"until=@9","#,
        r#""$rules":[],"#,
        r#""$rules":{},"#,
        r#""$rules":{"right":"until=@9"},"#,
        r#""$rules":{"video":""},"#,
        r#""$rules":{"video":"  "},"#,
        r#""$rules":{"video":null},"#,
        r#""$rules":{"video":1},"#,
        r#""$rules":{"video":["until=@9"]},"#,
        r#""$rules":{"video":"until=@9","right":""},"#,
        r#""$rules":{"video":"until=@9","right":null},"#,
        r#""$rules":{"video":"until=@9","video":"until=@9"},"#,
        r#""$rules":{"video":"until=@9","account":"until=@9"},"#,
        r#""$rules":{"video":"until=@9","key":"until=@9"},"#,
        r#""$rules":{"video":"until=@9","Video":"until=@9"},"#,
        r#""$rules":{"video":"until=@9","extra":null},"#,
    ] {
        let body = format!(r#"{{"videos":[{{{rules}"account_id":"7"}}]}}"#);
        let found = list(&body);
        assert!(matches!(found, Err(InvalidItem::NoRules)), "{body}");
    }
}

#[test]
fn err_rules_that_cannot_be_read() {
    for (rules, want) in [
        (r#"{"video":"later=1"}"#, LayerKind::Video),
        (r#"{"video":"geo-deny=(\"XX\")"}"#, LayerKind::Video),
        (r#"{"video":"until=@9","right":"<html>"}"#, LayerKind::Right),
        (r#"{"video":"revoked-keys=(\"w\")"}"#, LayerKind::Video),
    ] {
        let body = format!(r#"{{"videos":[{{"account_id":"7","$rules":{rules}}}]}}"#);
        match list(&body) {
            Err(InvalidItem::Rules { layer, .. }) => assert_eq!(layer, want, "{body}"),
            _ => panic!("{body}"),
        }
    }
}

#[test]
fn err_items_of_another_account() {
    for account in [
        "",
        r#","account_id":"8""#,
        r#","account_id":7"#,
        r#","account_id":null"#,
        r#","account_id":"07""#,
        r#","account_id":["7"]"#,
    ] {
        let good = r#"{"account_id":"7","$rules":{"video":"until=@9"}}"#;
        let other = format!(r#"{{"$rules":{{"video":"until=@9"}}{account}}}"#);
        let body = format!(r#"{{"videos":[{good},{other}]}}"#);
        let found = list(&body);
        assert!(matches!(found, Err(InvalidItem::OtherAccount)), "{body}");
    }
}

#[test]
fn every_layer_of_an_items_rules_counts() {
    const ENDED: &str = "until=@1";
    const OPEN: &str = "geo-default=allow";
    for (rules, left_out) in [
        (format!(r#"{{"video":"{OPEN}"}}"#), 0),
        (format!(r#"{{"video":"{ENDED}"}}"#), 1),
        (format!(r#"{{"video":"{OPEN}","right":"{ENDED}"}}"#), 1),
        (format!(r#"{{"right":"{OPEN}","video":"{ENDED}"}}"#), 1),
    ] {
        let body = format!(r#"{{"videos":[{{"account_id":"7","$rules":{rules}}}]}}"#);
        let cut = list(&body).unwrap_or_else(|error| panic!("{body}: {error:?}"));
        let layout = Layout::read(&cut.layout).unwrap();
        let selection = layout.select(&viewer()).unwrap();
        assert_eq!(selection.left_out(), left_out, "{body}");
    }
}

// === URLs ===

/// Checks a body that is signed: a token is `t=`, its host and its folder.
#[track_caller]
fn check_signed(body: &str, want: &str) {
    let signed = cut_video(body.into(), Some(&signing())).unwrap_or_else(|| panic!("{body}"));
    assert_eq!(show(&signed), want, "{body}");
    serde_json::from_str::<serde_json::Value>(want).unwrap();
    let unsigned = cut_video(body.into(), None).unwrap_or_else(|| panic!("{body}"));
    assert!(unsigned.layout.is_empty());
    assert_eq!(show(&unsigned), body);
}

/// Checks one URL, as it is written in JSON; an empty `want` stands for one that is not signed.
#[track_caller]
fn check_url(url: &str, want: &str) {
    let want = if want.is_empty() { url } else { want };
    let of = |url| format!(r#"{{"src":"{url}"}}"#);
    check_signed(&of(url), &of(want));
}

#[test]
#[rustfmt::skip]
fn a_token_is_the_last_parameter_of_a_url() {
    check_url("https://m.example/a/b/x.m3u8",            "https://m.example/a/b/x.m3u8?t=m.example/a/b/");
    check_url("http://m.example/x",                      "http://m.example/x?t=m.example/");
    check_url("https://m.example",                       "https://m.example?t=m.example/");
    check_url("https://m.example/a/",                    "https://m.example/a/?t=m.example/a/");
    check_url("https://m.example/x?y=1",                 "https://m.example/x?y=1&t=m.example/");
    check_url("https://m.example/x?",                    "https://m.example/x?&t=m.example/");
    check_url("https://m.example/x?y=/a/b/?",            "https://m.example/x?y=/a/b/?&t=m.example/");
    check_url("https://m.example/x#t=30",                "https://m.example/x?t=m.example/#t=30");
    check_url("https://m.example/x?y=1#t=30?z#",         "https://m.example/x?y=1&t=m.example/#t=30?z#");
    check_url("https://m.example#",                      "https://m.example?t=m.example/#");
    check_url("https://M.Example:443/a/x",               "https://M.Example:443/a/x?t=m.example/a/");
    check_url("https://m.example:8443/a/x",              "https://m.example:8443/a/x?t=m.example:8443/a/");
    check_url("https://[2001:db8::7]/a/x",               "https://[2001:db8::7]/a/x?t=[2001:db8::7]/a/");
    check_url("https://m.example/ü/a b/x",               "https://m.example/ü/a b/x?t=m.example/%C3%BC/a%20b/");
    check_url("https://m.example/a/%2e%2e/b/./x",        "https://m.example/a/%2e%2e/b/./x?t=m.example/b/");
}

#[test]
#[rustfmt::skip]
fn escapes_in_a_url_are_understood() {
    check_url(r"https:\/\/m.example\/a\/x",              r"https:\/\/m.example\/a\/x?t=m.example/a/");
    check_url(r"https:\u002F\u002fm.example\u002fa\/x",  r"https:\u002F\u002fm.example\u002fa\/x?t=m.example/a/");
    check_url(r"https://\u006d.example/x?y=1\u0026z=2",  r"https://\u006d.example/x?y=1\u0026z=2&t=m.example/");
    check_url(r"https://m.example/x\u003fy=1",           r"https://m.example/x\u003fy=1&t=m.example/");
    check_url(r"https://m.example/x\u003f#\u0026",       r"https://m.example/x\u003f&t=m.example/#\u0026");
    check_url(r"https://m.example/\ud83e\udd86/x",       r"https://m.example/\ud83e\udd86/x?t=m.example/%F0%9F%A6%86/");
    check_url(r#"https://m.example/x?y=\"\\"#,           r#"https://m.example/x?y=\"\\&t=m.example/"#);
    // Nobody could tell where the fragment begins, or what the address is.
    for url in [
        r"https://m.example/x\u0023t=30",
        r"https://m.example/x\u0023a#b",
        r"https://m.example/x#a\u0023b",
        r"https://m.example/\ud83e",
    ] {
        let body = format!(r#"{{"src":"{url}"}}"#);
        assert!(cut_video(body.clone().into(), Some(&signing())).is_none(), "{body}");
        assert!(cut_video(body.into(), None).is_some());
    }
}

#[test]
#[rustfmt::skip]
fn other_hosts_are_not_signed() {
    check_url("https://other.example/x",                 "");
    check_url("https://cdn.m.example/x",                 "");
    check_url("https://m.example.org/x",                 "");
    check_url("https://m.example:444/x",                 "");
    check_url("https://m.example@other.example/x",       "");
    check_url("https://other.example/https://m.example/","");
    check_url("//m.example/x",                           "");
    check_url("/m.example/x",                            "");
    check_url("ftp://m.example/x",                       "");
    check_url("rtmp://m.example/x",                      "");
    check_url("m.example/x",                             "");
    check_url("",                                        "");
    check_url("x?src=https://m.example/x",               "");
}

#[test]
#[rustfmt::skip]
fn only_what_players_fetch_is_signed() {
    const U: &str = r#""https://m.example/x""#;
    const S: &str = r#""https://m.example/x?t=m.example/""#;
    for name in ["src", "poster", "thumbnail", "vmap"] {
        check_signed(&format!(r#"{{"{name}":{U}}}"#), &format!(r#"{{"{name}":{S}}}"#));
        check_signed(&format!("{{ \"{name}\"\n:\t{U} }}"), &format!("{{ \"{name}\"\n:\t{S} }}"));
    }
    check_signed(&format!(r#"{{"sources":[{{"src":{U},"type":"a"}},{{"vmap":{U},"src":{U}}}]}}"#),
        &format!(r#"{{"sources":[{{"src":{S},"type":"a"}},{{"vmap":{S},"src":{S}}}]}}"#));
    check_signed(&format!(r#"{{"src":null,"a":{U},"poster":{{"src":{U}}},"b":{U}}}"#),
        &format!(r#"{{"src":null,"a":{U},"poster":{{"src":{S}}},"b":{U}}}"#));
    for body in [
        format!(r#"{{"url":{U},"SRC":{U},"srcset":{U},"":{U}}}"#),
        format!(r#"{{"link":{{"url":{U}}},"key_systems":{{"license_url":{U}}}}}"#),
        format!(r#"{{"src":[{U}],"vmap":[[{U}]]}}"#),
        format!(r#"[{{"src":null}},{U}]"#),
        format!(r#"[["src",{U}],"src",{U}]"#),
        format!(r#"{{"name":"src","value":{U}}}"#),
    ] {
        check_signed(&body, &body);
    }
}

#[test]
fn a_text_is_not_mistaken_for_a_member() {
    const U: &str = "https://m.example/x";
    for body in [
        format!(r#"{{"description":"\"src\":\"{U}\""}}"#),
        format!(r#"{{"description":"\\\"src\":\"{U}\"\\"}}"#),
        format!(r#"{{"description":"x\\","name":"src","long":"{U}"}}"#),
        format!(r#"{{"description":"\"src\":","long":"{U}"}}"#),
        format!(r#"{{"description":":","src":":","a":"{U}"}}"#),
        format!(r#"{{"a":"src","b":":","c":"{U}"}}"#),
        format!(r#"{{"src\\":"{U}","\\src":"{U}","\"src\"":"{U}"}}"#),
    ] {
        serde_json::from_str::<serde_json::Value>(&body).unwrap();
        check_signed(&body, &body);
    }
    // And a text in front does not hide one.
    check_signed(
        r#"{"a":"\\","b":"\\\\\"","src":"https://m.example/x"}"#,
        r#"{"a":"\\","b":"\\\\\"","src":"https://m.example/x?t=m.example/"}"#,
    );
}

#[test]
fn the_urls_of_a_list_are_signed() {
    let item = |id: u8, poster: &str| {
        format!(
            r#"{{"id":"{id}","$rules":{{"video":"geo-default=allow"}},"account_id":"7","poster":"{poster}"}}"#
        )
    };
    let body = format!(
        r#"{{"videos":[{},{}],"name":"\"src\":\"https://m.example/\"","src":"https://m.example/p/x"}}"#,
        item(1, "https://m.example/1/x"),
        item(2, "https://m.example/2/x"),
    );
    let cut = cut_list(body.as_bytes(), &"7".parse().unwrap(), Some(&signing()));
    let want = r#"{"name":"\"src\":\"https://m.example/\"","src":"https://m.example/p/x?t=m.example/p/","videos":[{"id":"1","account_id":"7","poster":"https://m.example/1/x?t=m.example/1/"},{"id":"2","account_id":"7","poster":"https://m.example/2/x?t=m.example/2/"}]}"#;
    assert_eq!(show(&cut.unwrap()), want);
}

#[test]
fn an_address_is_signed_as_the_standard_writes_it() {
    let show_location = |src: &str, signing: Option<&UrlSigning>| {
        let body = format!(r#"{{"src":"{src}"}}"#);
        cut_location(body.as_bytes(), signing).map(|cut| show(&cut))
    };
    let (signing, signed) = (signing(), |url: &str| Some(url.to_owned()));
    assert_eq!(
        show_location(r"HTTPS:\/\/M.example/a/../b/ü x", Some(&signing)),
        signed("https://m.example/b/%C3%BC%20x?t=m.example/b/")
    );
    assert_eq!(
        show_location("https://m.example/b/x#start", Some(&signing)),
        signed("https://m.example/b/x?t=m.example/b/")
    );
    assert_eq!(
        show_location("https://m.example/b/x?y", Some(&signing)),
        signed("https://m.example/b/x?y&t=m.example/b/")
    );
    for signing in [None, Some(&signing)] {
        assert_eq!(
            show_location("https://other.example", signing),
            signed("https://other.example/")
        );
        assert_eq!(show_location("ftp://m.example/x", signing), None);
    }
}

#[test]
fn a_body_is_utf_8() {
    assert!(cut_video(b"{\"a\":\"\xff\"}".to_vec(), None).is_none());
    assert!(cut_location(b"{\"src\":\"https://m.example/\xff\"}", None).is_none());
}

/// Nobody calls it with such texts; if somebody did, it would not panic.
#[test]
fn no_text_makes_a_panic() {
    for body in [
        "\"",
        "\"\\",
        "\"src\":\"",
        "\"src\":\"\\",
        "\"src\"\"\"",
        "ü\"ü",
        "\"src\":\"ü\\\"",
        ":",
    ] {
        let _refused = mark(&mut LayoutWriter::default(), body, Some(&signing()));
    }
}
