use crate::program::{AT, complaint, explain, explain_with, parsed};

#[test]
fn every_layer_is_laid_over_the_others() {
    let output = explain(&[
        "--account",
        "proxy-deny=(tor)",
        "--video",
        r#"geo-allow=("DE" "AT")"#,
        "--right",
        r#"hours=("0-12")"#,
        "--key",
        r#"geo-deny=("AT")"#,
        "--key",
        r#"domain-allow=("example.com")"#,
        "--account-report-only",
        "token=required",
        "--video-report-only",
        r#"geo-deny=("DE")"#,
        "--right-report-only",
        "days=(fri)",
        "--viewer",
        r#"{"country": "DE", "origin": "https://example.com", "ip": "2001:db8::1", "time": 1767225600}"#,
        "--json",
    ]);
    let explained = parsed(&output, 0);
    let layers: Vec<_> = explained["layers"]
        .as_array()
        .expect("layers")
        .iter()
        .map(|held| format!("{} {} {}", held["layer"], held["enforced"], held["rules"]))
        .collect();
    let want = [
        r#""account" true "proxy-deny=(tor)""#,
        r#""video" true "geo-allow=(\"AT\" \"DE\")""#,
        r#""right" true "hours=(\"0-12\")""#,
        r#""key" true "geo-deny=(\"AT\")""#,
        r#""key" true "domain-allow=(\"example.com\")""#,
        r#""account" false "token=required""#,
        r#""video" false "geo-deny=(\"DE\")""#,
        r#""right" false "days=(fri)""#,
    ];
    assert_eq!(layers, want);
    assert_eq!(explained["verdict"], "allow");
    assert_eq!(explained["reported"]["member"], "token");
    assert_eq!(explained["viewer"]["ip"], "2001:db8::1");
}

const ANSWER: &str = "HTTP/1.1 200 OK\r
content-type: application/json\r
Playback-Account-Rules: geo-default=allow\r
Playback-Video-Rules: geo-allow=(\"DE\")\r
playback-right-rules:proxy-deny=(vpn)\r
Playback-Video-Rules-Report-Only: token=required\r
Playback-Key-Rules: geo-deny=(\"KP\")\r
Playback-Key-Rules: domain-allow=(\"example.com\"), domain-missing=allow\r
Surrogate-Key: video-id-7\r
\r
{\"id\":\"7\"}
Playback-Video-Rules: token=required
";

#[test]
fn rules_are_read_from_an_answer_as_the_edge_reads_them() {
    let viewer = format!(r#"country="DE", {AT}"#);
    let arguments = ["--headers", "-", "--viewer", &viewer, "--json"];
    let explained = parsed(&explain_with(&arguments, ANSWER), 0);
    let layers: Vec<_> = explained["layers"]
        .as_array()
        .expect("layers")
        .iter()
        .map(|held| held["layer"].as_str().expect("a name"))
        .collect();
    assert_eq!(layers, ["account", "video", "right", "key", "key", "video"]);
    assert_eq!(explained["reported"]["member"], "token");
    // An edge that lays the key's rules over the answer by itself.
    let with_key = [&arguments[..], &["--key", r#"geo-allow=("AT")"#]].concat();
    let explained = parsed(&explain_with(&with_key, ANSWER), 1);
    assert_eq!(explained["refusal"]["layer"], "key");
    // What `curl` prints where it was told to go on, and without a status line.
    let interim = format!("HTTP/1.1 100 Continue\r\nplayback-video-rules: x\r\n\r\n{ANSWER}");
    parsed(&explain_with(&arguments, &interim), 0);
    let (_, bare) = ANSWER.split_once('\n').expect("a status line");
    parsed(&explain_with(&arguments, &bare.replace('\r', "")), 0);
}

#[test]
fn headers_that_the_edge_would_not_believe_are_not_explained() {
    let read = |text: &str, hint: &str| complaint(&["--headers", "-"], text, hint);
    for (from, to, hint) in [
        (
            "Playback-Account-Rules",
            "Account-Rules",
            "`playback-account-rules` is missing",
        ),
        (
            "Playback-Video-Rules:",
            "Video-Rules:",
            "`playback-video-rules` is missing",
        ),
        (
            "playback-right-rules:",
            "Playback-Video-Rules:",
            "there twice",
        ),
        (
            "Playback-Video-Rules-Report-Only: token",
            "playback-right-rules: token",
            "there twice",
        ),
        (
            "geo-allow=(\"DE\")",
            "geo-allow=(\"XX\")",
            "the video rules cannot be read",
        ),
        ("geo-allow=(\"DE\")", "age=18", "unknown member `age`"),
        ("geo-allow=(\"DE\")", "", "`playback-video-rules`"),
        (
            "proxy-deny=(vpn)",
            "revoked-keys=(\"a\")",
            "account's rules only",
        ),
        ("token=required\r", "=\r", "not a dictionary"),
        (
            "Surrogate-Key: ",
            "Surrogate-Key ",
            "line 9: expected `name: value`",
        ),
        ("Surrogate-Key: ", " folded: ", "line 9"),
        ("Surrogate-Key: ", ": ", "line 9"),
        ("Surrogate-Key: ", "Surrogate-Key: \u{1}", "line 9"),
        ("200 OK", "404 Not Found", "status 404"),
        ("200 OK", "302 Found", "status 302"),
    ] {
        assert!(ANSWER.contains(from), "{from}");
        read(&ANSWER.replacen(from, to, 1), hint);
    }
    read("", "`playback-account-rules` is missing");
    let many: String = (0..40_000).map(|at| format!("a{at}: b\n")).collect();
    read(&many, "too many headers");
}

#[test]
fn rules_are_read_from_json() {
    let rules = r#"{
        "account": "geo-default=allow", "video": "geo-allow=(\"DE\")", "right": "proxy-deny=(vpn)",
        "key": ["geo-deny=(\"KP\")", "days=(thu)"], "right-report-only": "token=required"
    }"#;
    let viewer = format!(r#"country="DE", {AT}"#);
    let arguments = ["--rules", "-", "--viewer", &viewer, "--json"];
    let explained = parsed(&explain_with(&arguments, rules), 0);
    assert_eq!(explained["layers"].as_array().map(Vec::len), Some(6));
    assert_eq!(explained["reported"]["layer"], "right");
    let one_key = r#"{"key": "geo-allow=(\"FR\")"}"#;
    let explained = parsed(&explain_with(&arguments, one_key), 1);
    assert_eq!(explained["refusal"]["layer"], "key");
    for (rules, hint) in [
        ("{", "`--rules`"),
        (r#"["geo-default=allow"]"#, "expected an object"),
        (
            r#"{"playlist": "geo-default=allow"}"#,
            "unknown field `playlist`",
        ),
        (
            r#"{"video": "token=required", "video": "geo-default=allow"}"#,
            "duplicate field `video`",
        ),
        (r#"{"video": 7}"#, "expected a string"),
        (r#"{"key": [7]}"#, "expected a text, or a list of texts"),
        (
            r#"{"video": "age=18"}"#,
            "`--rules`, `video`: unknown member `age`",
        ),
        (
            r#"{"key": ["token=required", "age=18"]}"#,
            "`--rules`, `key`: unknown member `age`",
        ),
        ("{}", "no rules: give some"),
    ] {
        complaint(&["--rules", "-"], rules, hint);
    }
}
