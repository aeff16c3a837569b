use super::*;
use crate::{
    compiled::{Compiled, compile},
    explain::where_it_plays,
    rules::Rules,
    viewer::Viewer,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn groups(rules: &str, others: impl IntoIterator<Item = ViewerFacts>) -> Groups {
    let rules: Rules = rules.parse().unwrap();
    let entry = compile(&[(LayerKind::Video, &rules)]);
    let viewer = Viewer::new([203, 0, 113, 7].into(), 1_767_225_600);
    let compiled = Compiled::read(&entry).unwrap();
    Groups::of(&where_it_plays(&compiled, &viewer, others).unwrap())
}

fn told(facts: &[&str]) -> Vec<ViewerFacts> {
    facts.iter().map(|facts| facts.parse().unwrap()).collect()
}

#[test]
fn who_gets_the_same_is_told_together() {
    let text = groups(
        r#"geo-allow=("DE" "AT" "CH" "FR"), until=@1798761600, proxy-deny=(vpn)"#,
        told(&[
            r#"country="de""#,
            r#"country="PL""#,
            r#"country="FR", region="FR-IDF""#,
            r#"country="?""#,
            r#"country="US", region="ny""#,
            r#"country="US", metro=501"#,
        ]),
    );
    let want = "\
allowed in 2: DE FR-IDF
refused in 4 by `geo-allow` of the video's rules (403 CLIENT_GEO): PL ? US-NY metro:501
";
    assert_eq!(text.to_string(), want);
}

#[test]
fn viewers_who_differ_in_more_than_a_place_have_lines_of_their_own() {
    let rules = r#"geo-allow=("DE"), until=@1798761600, proxy-deny=(vpn)"#;
    let viewers = [
        r#"country="DE""#,
        r#"country="DE", proxy=(vpn)"#,
        r#"country="DE", time=@1798761600"#,
        r#"country="DE", origin="https://example.com""#,
        "",
    ];
    let want = r#"allowed for 2:
  DE
  country="DE", origin="https://example.com"
refused for 1 by `proxy-deny` of the video's rules (403 CLIENT_GEO):
  country="DE", proxy=(vpn)
refused for 1 by `until` of the video's rules (403 VIDEO_NOT_PLAYABLE):
  country="DE", time=@1798761600
refused for 1 by `geo-allow` of the video's rules (403 CLIENT_GEO):
  the viewer as told
"#;
    assert_eq!(groups(rules, told(&viewers)).to_string(), want);
}

#[test]
fn many_places_fill_lines_and_all_of_them_one() {
    let text = groups(r#"geo-deny=("KP")"#, ViewerFacts::countries()).to_string();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "allowed in 250:");
    assert!(lines[1].starts_with("  AD AE AF"), "{text}");
    assert!(lines.iter().all(|line| line.len() <= WIDTH), "{text}");
    assert_eq!(
        lines.last(),
        Some(&"refused in 1 by `geo-deny` of the video's rules (403 CLIENT_GEO): KP")
    );
    let all = |rules| groups(rules, ViewerFacts::us_states()).to_string();
    assert_eq!(all("geo-default=allow"), "allowed in all 51.\n");
    assert_eq!(
        all("geo-default=deny"),
        "refused in all 51 by `geo-default` of the video's rules (403 CLIENT_GEO).\n"
    );
}

#[test]
fn nobody_asked_about_is_no_group() {
    assert_eq!(groups("geo-default=deny", []), Groups(Vec::new()));
    assert_eq!(groups("geo-default=deny", []).to_string(), "");
}

#[test]
fn every_viewer_is_in_one_group() {
    let Groups(groups) = groups(
        r#"geo-allow=("US-NY" "US-CA"), geo-deny=("US")"#,
        ViewerFacts::countries().chain(ViewerFacts::us_states()),
    );
    let counts: Vec<_> = groups.iter().map(|group| group.count).collect();
    assert_eq!(counts.iter().sum::<usize>(), 251 + 51);
    assert!(
        groups
            .iter()
            .all(|group| group.count == group.viewers.len())
    );
    assert_eq!(groups[0].viewers, ["US-CA", "US-NY"]);
}
