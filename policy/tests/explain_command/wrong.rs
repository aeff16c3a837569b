use crate::program::complaint;

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let video = ["--video", "geo-default=allow"];
    let with = |more: &[&'static str]| [&video[..], more].concat();
    for (arguments, hint) in [
        (vec![], "no rules: give some, with `--video"),
        (
            vec!["--video", "geo-allow=DE"],
            "`--video`: member `geo-allow`",
        ),
        (
            vec!["--key", "revoked-keys=(\"a\")"],
            "`--key`: member `revoked-keys`",
        ),
        (
            vec!["--right-report-only", " "],
            "`--right-report-only`: empty",
        ),
        (with(&["--headers", "-"]), "cannot be used with"),
        (with(&["--rules", "-"]), "cannot be used with"),
        (
            vec!["--rules", "-", "--headers", "-"],
            "cannot be used with",
        ),
        (
            with(&["--where", "planets"]),
            "countries, us-states, metros",
        ),
        (
            with(&["--where", "metros", "--viewers", "-"]),
            "cannot be used with",
        ),
        (
            with(&["--viewer", "planet=\"Mars\""]),
            "`--viewer`: unknown field `planet`",
        ),
        (
            with(&["--viewer", "{\"planet\": 4}"]),
            "`--viewer`: unknown field `planet`",
        ),
        (
            with(&["--viewer", "country=\"XX\""]),
            "`--viewer`: `country` must be",
        ),
        (
            with(&["--viewer", "@no-such-file"]),
            "`--viewer`, `no-such-file`",
        ),
        (
            vec!["--headers", "no-such-file"],
            "`--headers`, `no-such-file`",
        ),
        (
            vec!["--rules", "-", "--viewers", "-"],
            "`--viewers`, `-`: standard input is read already",
        ),
    ] {
        complaint(&arguments, r#"{"video": "geo-default=allow"}"#, hint);
    }
}
