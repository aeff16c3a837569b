use crate::program::{AT, explain, parsed, text};

#[test]
fn a_refusal_is_told_with_what_would_turn_it_round() {
    let viewer = format!(r#"country="FR", {AT}"#);
    let output = explain(&["--video", r#"geo-allow=("DE")"#, "--viewer", &viewer]);
    let want = r#"REFUSED: `geo-allow` of the video's rules saw FR (403 CLIENT_GEO).
It would be allowed with: country="DE"

viewer: acls=(), country="FR", ip="192.0.2.1", origin="", proxy=(), time=@1767225600, token=missing
at:     2026-01-01T00:00:00Z

layer                 rules
video                 geo-allow=("DE")

check              layer    outcome   member          saw
network-and-place  video    refuses   geo-allow       FR

Not told of the viewer, and assumed: ip="192.0.2.1"
"#;
    assert_eq!(text(&output, 1), want);
}

#[test]
fn without_facts_the_address_and_the_time_are_assumed_and_told() {
    let output = explain(&["--video", r#"ip-allow=("192.0.2.0/24")"#]);
    let text = text(&output, 0);
    let line = text.lines().last().expect("a line");
    let time = line
        .strip_prefix(r#"Not told of the viewer, and assumed: ip="192.0.2.1", time=@"#)
        .unwrap_or_else(|| panic!("{text}"));
    assert!(time.parse::<u64>().expect("a time") > 1_767_225_600);
    let all = format!(r#"ip="192.0.2.1", {AT}"#);
    let output = explain(&["--video", "token=required", "--viewer", &all]);
    assert!(!self::text(&output, 1).contains("assumed"));
}

#[test]
fn facts_are_read_from_a_file() {
    let folder = std::env::temp_dir().join(format!("explain-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, facts) in [
        ("facts.txt", "country=\"FR\", time=@5\n"),
        ("facts.json", "\n{\"country\": \"FR\", \"time\": 5}\n"),
    ] {
        let file = folder.join(name);
        std::fs::write(&file, facts).expect("a file");
        let at = format!("@{}", file.display());
        let arguments = ["--video", r#"geo-allow=("DE")"#, "--viewer", &at, "--json"];
        let explained = parsed(&explain(&arguments), 1);
        assert_eq!(explained["viewer"]["time"], 5, "{name}");
        assert_eq!(explained["refusal"]["seen"], "FR", "{name}");
    }
    std::fs::remove_dir_all(&folder).expect("it can be removed");
}
