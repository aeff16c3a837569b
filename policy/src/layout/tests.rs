use super::*;
use crate::{
    Compiled, LayerKind, PlaybackError, Rules, UrlSigning, UrlTarget, Viewer, compile,
    decision::DenyReason,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOW: i64 = 1_767_225_600;
/// Two items, with a place for a token in the list and in each.
const BODY: &str = r#"{"p":"P","videos":[{"a":"A"},{"b":"B"},{"c":"C"}]}"#;
const OPEN: &str = "geo-default=allow";
const HERE: &str = r#"ip-allow=("203.0.113.0/24")"#;
const ELSEWHERE: &str = r#"ip-allow=("192.0.2.0/24")"#;
const ON_SITE: &str = r#"domain-allow=("example.com")"#;
const ENDED: &str = "until=@1";

fn viewer() -> Viewer {
    Viewer::new([203, 0, 113, 7].into(), NOW)
}

fn signing() -> UrlSigning {
    r#"key="m", hosts=("h"), lifetime=60, parameter="t", bind=network"#
        .parse()
        .unwrap()
}

/// The layout of [`BODY`], with these rules of its items, and slots if it is to be signed.
fn layout(rules: [&str; 3], is_signed: bool) -> Vec<u8> {
    let mut layout = LayoutWriter::default();
    for (text, from) in rules.into_iter().zip(["{\"a", "{\"b", "{\"c"]) {
        let rules: Rules = text.parse().unwrap();
        let compiled = compile(&[(LayerKind::Video, &rules)]);
        let needs = Compiled::read(&compiled).unwrap().needs();
        let start = BODY.find(from).unwrap();
        layout.item(start, start + 9, compiled, needs);
    }
    if is_signed {
        layout.signing(&signing());
        for (text, host, prefix) in [
            ("P", "h", "/p/"),
            ("A", "h", "/x/"),
            ("B", "h", "/x/"),
            ("C", "other", "/x/"),
        ] {
            let at = BODY.find(text).unwrap() + 1;
            let separator = if text == "B" { b'&' } else { b'?' };
            layout.slot(at, separator, host, prefix);
        }
    }
    layout.finish()
}

fn sign(target: UrlTarget<'_>) -> String {
    format!("{}{}", target.host, target.prefix)
}

fn select(bytes: &[u8]) -> Selection {
    Layout::read(bytes).unwrap().select(&viewer()).unwrap()
}

#[track_caller]
fn check(rules: [&str; 3], is_signed: bool, errors: Option<&str>, want: &str) {
    let bytes = layout(rules, is_signed);
    let layout = Layout::read(&bytes).unwrap();
    let selection = layout.select(&viewer()).unwrap();
    let rendered = layout
        .render(BODY.as_bytes(), &selection, errors, sign)
        .unwrap();
    assert_eq!(String::from_utf8(rendered).unwrap(), want);
    serde_json::from_str::<serde_json::Value>(want).unwrap();
}

// === what a viewer gets ===

#[test]
#[rustfmt::skip]
fn items_that_are_not_for_a_viewer_are_left_out() {
    let (yes, no) = (HERE, ELSEWHERE);
    check([yes, yes, yes], false, None, BODY);
    check([no,  yes, yes], false, None, r#"{"p":"P","videos":[{"b":"B"},{"c":"C"}]}"#);
    check([yes, no,  yes], false, None, r#"{"p":"P","videos":[{"a":"A"},{"c":"C"}]}"#);
    check([yes, yes, no],  false, None, r#"{"p":"P","videos":[{"a":"A"},{"b":"B"}]}"#);
    check([no,  no,  yes], false, None, r#"{"p":"P","videos":[{"c":"C"}]}"#);
    check([no,  no,  no],  false, None, r#"{"p":"P","videos":[]}"#);
    let errors = Some(r#"[{"x":1}]"#);
    check([yes, yes, no],  false, errors, r#"{"p":"P","videos":[{"a":"A"},{"b":"B"}],"errors":[{"x":1}]}"#);
    check([no,  no,  no],  false, errors, r#"{"p":"P","videos":[],"errors":[{"x":1}]}"#);
}

#[test]
#[rustfmt::skip]
fn urls_are_signed_wherever_they_are_shown() {
    let (yes, no) = (HERE, ELSEWHERE);
    check([yes, yes, yes], true, None, r#"{"p":"P?h/p/","videos":[{"a":"A?h/x/"},{"b":"B&h/x/"},{"c":"C?other/x/"}]}"#);
    check([no,  yes, yes], true, None, r#"{"p":"P?h/p/","videos":[{"b":"B&h/x/"},{"c":"C?other/x/"}]}"#);
    check([yes, no,  yes], true, None, r#"{"p":"P?h/p/","videos":[{"a":"A?h/x/"},{"c":"C?other/x/"}]}"#);
    check([yes, yes, no],  true, None, r#"{"p":"P?h/p/","videos":[{"a":"A?h/x/"},{"b":"B&h/x/"}]}"#);
    check([no,  no,  yes], true, None, r#"{"p":"P?h/p/","videos":[{"c":"C?other/x/"}]}"#);
    check([no,  no,  no],  true, Some("[]"), r#"{"p":"P?h/p/","videos":[],"errors":[]}"#);
}

#[test]
fn a_folder_is_signed_once() {
    let bytes = layout([HERE; 3], true);
    let layout = Layout::read(&bytes).unwrap();
    let mut signed = Vec::new();
    let selection = select(&bytes);
    let sign = |target: UrlTarget<'_>| {
        signed.push(sign(target));
        String::new()
    };
    layout
        .render(BODY.as_bytes(), &selection, None, sign)
        .unwrap();
    assert_eq!(signed, ["h/p/", "h/x/", "other/x/"]);
}

#[test]
fn an_empty_list_is_passed_on_with_its_urls_signed() {
    let body = r#"{"p":"P","videos":[]}"#;
    let mut writer = LayoutWriter::default();
    writer.signing(&signing());
    writer.slot(body.find("P\"").unwrap() + 1, b'?', "h", "/p/");
    let bytes = writer.finish();
    let layout = Layout::read(&bytes).unwrap();
    let selection = select(&bytes);
    assert!(selection.is_empty() && !selection.is_refused());
    let rendered = layout.render(body.as_bytes(), &selection, None, sign);
    assert_eq!(rendered.unwrap(), br#"{"p":"P?h/p/","videos":[]}"#);
}

#[test]
fn a_body_without_slots_and_items_has_no_layout() {
    assert_eq!(LayoutWriter::default().finish(), [0_u8; 0]);
    let mut unused = LayoutWriter::default();
    unused.signing(&signing());
    assert_eq!(unused.finish(), [0_u8; 0]);
    let layout = Layout::read(&[]).unwrap();
    let selection = layout.select(&viewer()).unwrap();
    assert!(layout.is_verbatim(&selection));
    assert_eq!(layout.terms(), None);
    let rendered = layout.render(b"not JSON", &selection, None, sign);
    assert_eq!(rendered.unwrap(), b"not JSON");
}

#[test]
fn terms_are_told_where_there_is_a_url_to_sign() {
    let signed = layout([OPEN; 3], true);
    assert_eq!(
        Layout::read(&signed).unwrap().terms(),
        Some(signing().terms())
    );
    let mut unsigned = LayoutWriter::default();
    unsigned.signing(&signing());
    let unsigned = unsigned.finish();
    assert_eq!(Layout::read(&unsigned).unwrap().terms(), None);
}

// === selections ===

#[track_caller]
fn check_refusals(rules: [&str; 3], left_out: usize, want: &[DenyReason], is_refused: bool) {
    let selection = select(&layout(rules, false));
    assert_eq!(selection.len(), 3);
    assert_eq!(selection.left_out(), left_out);
    let want: Vec<_> = want.iter().copied().map(PlaybackError::Denied).collect();
    assert_eq!(selection.refusals(), want);
    assert_eq!(selection.is_refused(), is_refused);
}

#[test]
#[rustfmt::skip]
fn each_kind_of_refusal_is_told_once() {
    use DenyReason::{ClientGeo, ClientIp, Domain};
    let not_here = r#"geo-allow=("DE")"#;
    check_refusals([OPEN, HERE, OPEN],               0, &[],                 false);
    check_refusals([OPEN, ELSEWHERE, ELSEWHERE],     2, &[ClientIp],         false);
    check_refusals([ON_SITE, ELSEWHERE, OPEN],       2, &[Domain, ClientIp], false);
    check_refusals([ELSEWHERE, ON_SITE, ELSEWHERE],  3, &[ClientIp, Domain], true);
    check_refusals([not_here, OPEN, not_here],       2, &[ClientGeo(None)],  false);
    // Items outside their schedule vanish without a word, and nobody is refused for them.
    check_refusals([ENDED, OPEN, ENDED],             2, &[],                 false);
    check_refusals([ENDED, ENDED, ENDED],            3, &[],                 false);
    check_refusals([ENDED, ELSEWHERE, ENDED],        3, &[ClientIp],         true);
}

#[test]
fn equal_rules_are_kept_once() {
    let (one, two) = (layout([HERE; 3], false), layout([HERE, OPEN, HERE], false));
    assert_eq!(Layout::read(&one).unwrap().rule_sets.iter().count(), 1);
    assert_eq!(Layout::read(&two).unwrap().rule_sets.iter().count(), 2);
}

#[test]
fn only_what_the_rules_of_items_look_at_is_needed() {
    let needs = |rules| {
        let bytes = layout(rules, false);
        let needs = Layout::read(&bytes).unwrap().needs();
        (needs.geolocation, needs.site)
    };
    assert_eq!(needs([OPEN, HERE, ENDED]), (false, false));
    assert_eq!(needs([OPEN, ON_SITE, OPEN]), (false, true));
    assert_eq!(needs([r#"geo-deny=("DE")"#, HERE, OPEN]), (true, false));
    assert_eq!(needs(["proxy-deny=(vpn)", OPEN, ON_SITE]), (true, true));
}

#[test]
fn what_items_look_at_is_asked_for_once() {
    let of = |rules, now| {
        let bytes = layout(rules, false);
        let layout = Layout::read(&bytes).unwrap();
        let needs = layout.needs();
        let names = layout.acl_names(now).unwrap();
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        (needs.acls, needs.token, names.join(" "))
    };
    let no_list = String::new();
    assert_eq!(of([OPEN, HERE, ENDED], NOW), (false, false, no_list));
    let late = r#"ip-deny-list=("b" "a"), applies-from=@1767225601"#;
    let early = r#"ip-allow-list=("b" "c"), token=required"#;
    assert_eq!(of([late, early, OPEN], NOW), (true, true, "b c".to_owned()));
    let later = of([late, early, OPEN], NOW + 1);
    assert_eq!(later, (true, true, "a b c".to_owned()));
}

#[test]
fn a_token_that_is_missing_is_told_once() {
    const NEEDED: &str = "token=required";
    let bytes = layout([NEEDED, OPEN, NEEDED], false);
    let selection = select(&bytes);
    assert_eq!(selection.left_out(), 2);
    let refusals = [PlaybackError::Denied(DenyReason::TokenRequired)];
    assert_eq!(selection.refusals(), refusals);
}

#[test]
fn a_validator_names_exactly_what_is_shown() {
    let of = |rules, is_signed, signed: &str| {
        let bytes = layout(rules, is_signed);
        let layout = Layout::read(&bytes).unwrap();
        layout.validator("e", &select(&bytes), signed)
    };
    assert_eq!(
        of([HERE; 3], false, ""),
        "e",
        "a body as it lies in the cache"
    );
    let shown = [
        of([ELSEWHERE, HERE, HERE], false, ""),
        of([HERE, ELSEWHERE, HERE], false, ""),
        of([HERE, ENDED, HERE], false, ""),
        of([HERE, ON_SITE, HERE], false, ""),
        of([HERE; 3], true, "k t 60"),
        of([HERE; 3], true, "k t 61"),
        of([HERE, ENDED, HERE], true, "k t 60"),
    ];
    for (at, one) in shown.iter().enumerate() {
        assert!(one.starts_with("e.") && one.len() == 34, "{one}");
        assert!(!shown[..at].contains(one), "{at}");
    }
    let again = of([OPEN, ELSEWHERE, OPEN], false, "");
    assert_eq!(again, shown[1], "whoever sees the same");
}

// === what cannot be read ===

#[test]
fn a_layout_cut_short_anywhere_cannot_be_read() {
    for is_signed in [false, true] {
        let bytes = layout([HERE, ELSEWHERE, ON_SITE], is_signed);
        assert!(Layout::read(&bytes).is_ok());
        for len in 1..bytes.len() {
            assert!(Layout::read(&bytes[..len]).is_err(), "{len}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(Layout::read(&longer).is_err());
    }
}

#[test]
fn err_positions_beyond_the_body() {
    let bytes = layout([HERE; 3], true);
    let layout = Layout::read(&bytes).unwrap();
    let selection = select(&bytes);
    for len in 0..BODY.len() - 2 {
        let rendered = layout.render(&BODY.as_bytes()[..len], &selection, None, sign);
        assert_eq!(rendered, Err(INVALID), "{len}");
    }
}

#[test]
fn err_positions_out_of_order() {
    let rules: Vec<u8> = compile(&[]);
    let none = crate::Needs::default();
    for items in [
        [(19, 28), (5, 10)].as_slice(),
        &[(28, 19)],
        &[(0, u32::MAX as usize)],
        &[(u32::MAX as usize, u32::MAX as usize)],
    ] {
        let mut writer = LayoutWriter::default();
        for (start, end) in items {
            writer.item(*start, *end, rules.clone(), none);
        }
        let bytes = writer.finish();
        let layout = Layout::read(&bytes).unwrap();
        let rendered = layout.render(BODY.as_bytes(), &select(&bytes), None, sign);
        assert_eq!(rendered, Err(INVALID), "{items:?}");
    }
    for slots in [[9, 5], [5, 1000], [1000, 5]] {
        let mut writer = LayoutWriter::default();
        writer.signing(&signing());
        for at in slots {
            writer.slot(at, b'?', "h", "/");
        }
        let bytes = writer.finish();
        let layout = Layout::read(&bytes).unwrap();
        let rendered = layout.render(BODY.as_bytes(), &select(&bytes), None, sign);
        assert_eq!(rendered, Err(INVALID), "{slots:?}");
    }
}

/// No selection may stand for items that it was not made of.
#[test]
fn err_another_lists_selection() {
    let of_items = |count: usize| {
        let mut writer = LayoutWriter::default();
        for at in 0..count {
            writer.item(at, at + 1, compile(&[]), crate::Needs::default());
        }
        writer.finish()
    };
    let bytes = of_items(3);
    let layout = Layout::read(&bytes).unwrap();
    for count in 0..6 {
        let selection = select(&of_items(count));
        let rendered = layout.render(BODY.as_bytes(), &selection, None, sign);
        assert_eq!(rendered.is_ok(), count == 3, "{count}");
    }
}

#[test]
fn err_rules_and_targets_that_are_not_there() {
    let mut bytes = layout([HERE; 3], false);
    let last = bytes.len() - 4;
    bytes[last] = 1;
    let layout = Layout::read(&bytes).unwrap();
    assert_eq!(layout.select(&viewer()), Err(INVALID));
    let mut writer = LayoutWriter::default();
    writer.item(0, 1, b"\x09no rules".to_vec(), crate::Needs::default());
    let bytes = writer.finish();
    let layout = Layout::read(&bytes).unwrap();
    assert!(layout.select(&viewer()).is_err());
}

#[test]
fn no_damage_makes_a_panic() {
    let whole = layout([HERE, ELSEWHERE, ON_SITE], true);
    for at in 0..whole.len() {
        for change in [0x01, 0x02, 0x04, 0x10, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] ^= change;
            let Ok(layout) = Layout::read(&bytes) else {
                continue;
            };
            let Ok(selection) = layout.select(&viewer()) else {
                continue;
            };
            let _refused = layout.render(BODY.as_bytes(), &selection, None, sign);
            let _refused = layout.render(b"", &selection, Some("[]"), sign);
        }
    }
}
