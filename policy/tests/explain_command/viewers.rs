use serde_json::json;

use crate::program::{AT, complaint, explain, explain_with, parsed, text};

#[test]
fn where_it_plays_is_told_in_groups_and_listed_as_json() {
    let rules = ["--video", r#"geo-allow=("DE" "AT" "CH")"#];
    let at = ["--viewer", AT];
    let countries = [&rules[..], &at, &["--where", "countries"]].concat();
    let told = text(&explain(&countries), 0);
    assert!(told.starts_with("allowed in 3: AT CH DE\nrefused in 248 by `geo-allow` of the video's rules (403 CLIENT_GEO):\n  AD AE"), "{told}");
    let listed = parsed(&explain(&[&countries[..], &["--json"]].concat()), 0);
    let listed = listed.as_array().expect("a list");
    assert_eq!(listed.len(), 251);
    assert_eq!(listed[0]["facts"], json!({ "country": "AD" }));
    assert_eq!(listed[0]["refusal"]["client_geo"], "ad");
    // Nobody is let in.
    let states = [&rules[..], &at, &["--where", "us-states"]].concat();
    let told = text(&explain(&states), 1);
    assert!(told.starts_with("refused in all 51 by"), "{told}");
    let metros = ["--video", r#"geo-deny=("metro:501")"#, "--where", "metros"];
    assert!(text(&explain(&metros), 0).contains("CLIENT_GEO): metro:501\n"));
}

#[test]
fn viewers_are_asked_about_one_by_one() {
    let arguments = [
        "--video",
        "from=@100, until=@200, proxy-deny=(vpn)",
        "--viewers",
        "-",
    ];
    let viewers = r#"[{"time": 99}, {"time": 100}, {"time": 199, "proxy": ["vpn"]}]"#;
    let told = text(&explain_with(&arguments, viewers), 0);
    let want = "\
allowed for 1:
  time=@100
refused for 1 by `from` of the video's rules (403 VIDEO_NOT_PLAYABLE):
  time=@99
refused for 1 by `proxy-deny` of the video's rules (403 CLIENT_GEO):
  proxy=(vpn), time=@199
";
    assert!(told.starts_with(want), "{told}");
    for (viewers, hint) in [
        ("{}", "expected a list"),
        (
            r#"[{"country": "DE"}, {"country": "XX"}]"#,
            "`[1]`: `country` must be",
        ),
        (r#"[{"planet": "Mars"}]"#, "`[0]`: unknown field `planet`"),
        (r#"[["203.0.113.7"]]"#, "`[0]`: expected an object"),
        (r#"[{"time": 1, "time": 2}]"#, "duplicate field `time`"),
    ] {
        complaint(&arguments, viewers, hint);
    }
}
