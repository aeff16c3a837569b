use super::*;

fn set(manifest: &str, change: &str) -> Result<Table, Error> {
    let mut manifest: Table = manifest.parse()?;
    change.parse::<Override>()?.apply(&mut manifest)?;
    Ok(manifest)
}

#[track_caller]
fn sets(manifest: &str, change: &str, want: &str) {
    let got = set(manifest, change).expect("the change fits");
    assert_eq!(got, want.parse().expect("the row holds TOML"), "{change}");
}

#[test]
#[rustfmt::skip]
fn ok_override() {
    //   manifest              change                     outcome
    sets("a.b.c = 1",          "a.b.c=2",                 "a.b.c = 2");
    sets("a.b.c = 1",          " a . b . c = 2 ",         "a.b.c = 2");
    sets("a.b.c = 1",          r#"a.b.c="x=y""#,          r#"a.b.c = "x=y""#);
    sets("a.b.c = 1",          "a.b={d=2}",               "a.b.d = 2");
    sets("a.b.c = 1",          "a.b.d=true",              "a.b = { c = 1, d = true }");
    sets("",                   "a.b.c=[1, 2]",            "a.b.c = [1, 2]");
    sets("",                   r#"a."b.c=d".e=1"#,        r#"a."b.c=d".e = 1"#);
    sets("a = [{k=1}, {k=2}]", "a.1.k=3",                 "a = [{k=1}, {k=3}]");
}

#[test]
fn err_override() {
    let rows = [
        ("", "a.b"),
        ("", "=1"),
        ("", "a="),
        ("", "a=text without quotes"),
        ("", "a=1\nb=2"),
        ("", "a=1\nb.c=2"),
        ("a = 1", "a.b=1"),
        ("a = [1]", "a.1=2"),
        ("a = [1]", "a.b=2"),
    ];
    for (manifest, change) in rows {
        set(manifest, change).expect_err(change);
    }
}

/// A manifest in a file of its own, removed when the test is over.
struct Manifest(std::path::PathBuf);

impl Manifest {
    fn new(name: &str, text: &str) -> Self {
        let file = format!("local-pop-{}-{name}.toml", std::process::id());
        let path = std::env::temp_dir().join(file);
        fs::write(&path, text).expect("the temporary folder takes a file");
        Self(path)
    }

    fn load(&self, overrides: &[&str]) -> Result<FastlyConfig, Error> {
        let overrides: Result<Vec<_>, _> = overrides.iter().map(|text| text.parse()).collect();
        load(&self.0, &overrides?)
    }
}

impl Drop for Manifest {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

const MANIFEST: &str = r#"
manifest_version = 3
name = "edge"

[local_server.backends.origin]
url = "http://127.0.0.1:7700"

[local_server.config_stores.playback-config]
format = "inline-toml"
contents = { stale-s = "86400" }

[local_server.secret_stores]
playback-secrets = [{ key = "edge-proof", data = "not-a-secret" }]
"#;

#[test]
fn viceroy_reads_the_overridden_manifest() {
    let manifest = Manifest::new("overridden", MANIFEST);
    let config = manifest
        .load(&[
            r#"local_server.backends.origin.url="http://127.0.0.1:40001""#,
            r#"local_server.config_stores.playback-config.contents.stale-s="1""#,
        ])
        .expect("both changes fit");
    assert_eq!(config.backends()["origin"].uri, "http://127.0.0.1:40001/");
    let store = config.dictionaries()["playback-config"]
        .load()
        .expect("it is inline");
    assert_eq!(store.contents["stale-s"], "1");
}

#[test]
fn a_refused_setting_is_named_in_full() {
    let manifest = Manifest::new("refused", MANIFEST);
    let rows = [
        (
            "local_server.backends.origin.sni=true",
            "local_server.backends.origin",
        ),
        (
            "local_server.config_stores.playback-config.format=1",
            "local_server.config_stores.playback-config",
        ),
        (
            "local_server.secret_stores.playback-secrets.0.data=1",
            "local_server.secret_stores.playback-secrets",
        ),
        (
            "local_server.geolocation.format=\"csv\"",
            "local_server.geolocation",
        ),
        ("manifest_version=4", "manifest_version"),
    ];
    for (change, place) in rows {
        let error = manifest.load(&[change]).expect_err(change);
        assert!(
            format!("{error:#}").contains(&format!("`{place}`")),
            "{change}: {error:#}"
        );
    }
}

#[test]
fn a_setting_that_nothing_reads_is_noticed() {
    let manifest: Table = "[local_server]\nbackend.origin.url = \"\"\nbackends.origin.url = \"\""
        .parse()
        .expect("it is TOML");
    assert_eq!(unknown_sections(&manifest).collect::<Vec<_>>(), ["backend"]);
}
