//! Fastly's official clients against the local purge API.
//!
//! `cargo xtask test` installs them and says where in `FASTLY_CLIENTS_DIR` and `FASTLY_CLI_BIN`;
//! without these variables there is nothing to try.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

use super::purged::{Purged, label, purged};
use crate::harness::{
    local::{PURGE_TOKEN, SERVICE_ID},
    processes,
};

/// The folder with `node_modules` and `venv`.
fn clients() -> Option<PathBuf> {
    let folder = env::var_os("FASTLY_CLIENTS_DIR").map(PathBuf::from);
    if folder.is_none() {
        println!("FASTLY_CLIENTS_DIR is not set: no official client to try");
    }
    folder
}

fn base(purged: &Purged) -> String {
    format!("http://{}", purged.pop.purge_api)
}

#[track_caller]
fn run(command: &mut Command) -> Output {
    let output = command.output();
    output.unwrap_or_else(|error| panic!("{:?} does not start: {error}", command.get_program()))
}

#[track_caller]
fn success(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{}\n{out}\n{err}", output.status);
    out
}

/// Every operation of a package, by its script in `tests/clients`.
fn package_purges(name: &str, script: &str, with_token: &dyn Fn(&Path, &str) -> Command) {
    let Some(folder) = clients() else { return };
    let (purged, _turn) = purged();
    let script = processes::workspace().join("tests/clients").join(script);
    let call = |token: &str, operation: &str, keys: &[String]| {
        let mut command = with_token(&folder, token);
        command
            .arg(&script)
            .args([&base(purged), SERVICE_ID, operation])
            .args(keys);
        run(&mut command)
    };
    for operation in ["tag", "soft-tag", "header", "soft-header"] {
        let case = purged.cached();
        let said = success(&call(PURGE_TOKEN, operation, &[label(&case)]));
        let said: Value = serde_json::from_str(&said).expect("the script prints JSON");
        assert!(said.is_object(), "{name} {operation}: {said}");
        if operation.starts_with("soft") {
            purged.assert_softly_purged(&case);
        }
        purged.assert_purged(&case);
    }
    let case = purged.cached();
    let refused = call("wrong", "tag", &[label(&case)]);
    assert!(
        !refused.status.success(),
        "{name} does not notice a refusal"
    );
    purged.assert_kept(&case);
    success(&call(PURGE_TOKEN, "all", &[]));
    purged.assert_purged(&case);
}

#[test]
fn the_npm_package_purges() {
    package_purges("npm", "purge.mjs", &|folder, token| {
        let mut node = Command::new("node");
        node.current_dir(folder).env("FASTLY_API_TOKEN", token);
        node
    });
}

#[test]
fn the_pypi_package_purges() {
    package_purges("PyPI", "purge.py", &|folder, token| {
        let mut python = Command::new(folder.join("venv/bin/python"));
        python.env("FASTLY_API_TOKEN", token);
        python
    });
}

#[test]
fn the_cli_purges() {
    let Some(cli) = env::var_os("FASTLY_CLI_BIN") else {
        println!("FASTLY_CLI_BIN is not set: no CLI to try");
        return;
    };
    let (purged, _turn) = purged();
    // The CLI keeps a configuration in its home; this one is thrown away.
    let home = tempfile::tempdir().expect("the system gives temporary folders");
    let purge = |token: &str, arguments: &[&str]| {
        let mut command = Command::new(&cli);
        command
            .env("HOME", home.path())
            .env("FASTLY_API_ENDPOINT", base(purged))
            .env("FASTLY_ACCOUNT_ENDPOINT", base(purged))
            .env("FASTLY_API_TOKEN", token)
            .args(["purge", "--service-id", SERVICE_ID, "--non-interactive"])
            .args(arguments);
        run(&mut command)
    };
    for soft in [&[][..], &["--soft"]] {
        let case = purged.cached();
        let key = label(&case);
        success(&purge(
            PURGE_TOKEN,
            &[&["--key", key.as_str()], soft].concat(),
        ));
        if !soft.is_empty() {
            purged.assert_softly_purged(&case);
        }
        purged.assert_purged(&case);
    }
    let case = purged.cached();
    assert!(!purge("wrong", &["--key", &label(&case)]).status.success());
    purged.assert_kept(&case);
    success(&purge(PURGE_TOKEN, &["--all"]));
    purged.assert_purged(&case);
}
