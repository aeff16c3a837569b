use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    harness::{CMS_TOKEN, EDGE_PROOF, Origin, Reply, SIGNING_KEY, program, run, stderr},
    server::place,
};

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let mut origin = Origin::start();
    origin.account("1").await;
    origin.video("1", "7", json!({})).await;
    assert_eq!(origin.stop_by("INT"), 0);
    let origin = Origin::start_in(origin.folder(), &[]);
    origin.play("1/videos/7").await.assert_status(200);
}

#[test]
fn it_stops_in_order_when_told_to() {
    assert_eq!(Origin::start().stop_by("TERM"), 0);
    assert_eq!(Origin::start().stop_by("INT"), 0);
    assert_eq!(
        Origin::start_with(&["--stop-when-stdin-closes"]).close_stdin(),
        0
    );
}

#[tokio::test]
async fn health_is_told_without_a_token() {
    let origin = Origin::start();
    let reply = Reply::of(origin.request(Method::GET, "/healthz"))
        .await
        .assert_status(200);
    assert_eq!(reply.json(), json!({ "status": "ok" }));
}

#[test]
fn a_port_in_use_is_named_with_the_remedy() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let folder = TempDir::new().expect("a folder");
    let output = run(&mut without_listen(&folder, &address));
    assert_eq!(output.status.code(), Some(1));
    let error = stderr(&output);
    assert!(
        error.contains(&address) && error.contains("--listen"),
        "{error}"
    );
}

fn without_listen(folder: &TempDir, address: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_origin-stub"));
    command
        .args([
            "serve",
            "--edge-proof",
            EDGE_PROOF,
            "--cms-token",
            CMS_TOKEN,
        ])
        .args(["--signing-key", SIGNING_KEY])
        .env("ORIGIN_LISTEN", address)
        .env("ORIGIN_DATABASE", place(&folder.path().join("origin.db")));
    command
}

/// A place is a path.
mod of_sqlite {
    use super::*;

    #[test]
    fn a_database_that_cannot_be_used_is_named_with_the_remedy() {
        let folder = TempDir::new().expect("a folder");
        let nowhere = folder.path().join("none").join("origin.db");
        let output = run(&mut program("serve", &nowhere));
        assert_eq!(output.status.code(), Some(1));
        let error = stderr(&output);
        assert!(error.contains(nowhere.to_str().expect("text")), "{error}");
        assert!(error.contains("--database"), "{error}");

        let not_one = folder.path().join("text.db");
        std::fs::write(
            &not_one,
            "no database at all, but long enough to be read as one".repeat(99),
        )
        .expect("the folder can be written");
        let output = run(&mut program("serve", &not_one));
        assert_eq!(output.status.code(), Some(1));
        assert!(
            stderr(&output).contains("not a database"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn a_server_that_cannot_be_reached_is_named_without_the_password() {
    let url = "postgres://me:hunter2@127.0.0.1:1/origin";
    let slip = "postgres://me:hunter2@127.0.0.1:1/origin?pasword=hunter2";
    let other = "mysql://me:hunter2@127.0.0.1:1/origin";
    for (url, hint) in [
        (url, "postgres://127.0.0.1:1/origin"),
        (slip, "sslmode"),
        (
            "postgres://me:hunter2/x@127.0.0.1:1/origin",
            "percent-encode",
        ),
        (other, "postgres://"),
    ] {
        for subcommand in ["load", "restored", "purge"] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_origin-stub"));
            command.arg(subcommand).env("ORIGIN_DATABASE", url);
            match subcommand {
                "load" => command.arg("/dev/null"),
                "purge" => command.args(["--dry-run", "--service-id", "service0"]),
                _ => &mut command,
            };
            let output = run(&mut command);
            let error = stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{subcommand}: {error}");
            assert!(!error.contains("hunter2"), "{subcommand}: {error}");
            // What is loaded is read before.
            assert!(subcommand == "load" || error.contains(hint), "{error}");
        }
    }
}

#[test]
fn a_secret_that_is_none_is_refused_and_never_shown() {
    for (variable, wrong, flag) in [
        ("ORIGIN_EDGE_PROOF", "hunter2", "--edge-proof"),
        ("ORIGIN_CMS_TOKEN", "hunter2 hunter2 hunter2", "--cms-token"),
        ("ORIGIN_PURGE_TOKEN", "hunter2", "--purge-token"),
        ("ORIGIN_SIGNING_KEY", "1=hunter2", "--signing-key"),
        (
            "ORIGIN_SIGNING_KEY",
            "hunter2-hunter2-hunter2-hunter2-hunter2",
            "--signing-key",
        ),
        (
            "ORIGIN_SIGNING_KEY",
            "256=hunter2-hunter2-hunter2-hunter2-hunter2",
            "--signing-key",
        ),
    ] {
        let folder = TempDir::new().expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_origin-stub"));
        command
            .arg("serve")
            .env("ORIGIN_DATABASE", place(&folder.path().join("origin.db")))
            .env("ORIGIN_EDGE_PROOF", EDGE_PROOF)
            .env("ORIGIN_CMS_TOKEN", CMS_TOKEN)
            .env("ORIGIN_SIGNING_KEY", SIGNING_KEY)
            .env("ORIGIN_PURGE_URL", "http://127.0.0.1:1")
            .env("ORIGIN_PURGE_TOKEN", "test-purge-token")
            .env("ORIGIN_SERVICE_ID", "service0")
            .env(variable, wrong);
        let output = run(&mut command);
        assert_eq!(output.status.code(), Some(1), "{variable}");
        let error = stderr(&output);
        assert!(error.contains(flag), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn a_purge_url_needs_its_token_and_service() {
    let folder = TempDir::new().expect("a folder");
    let mut command = program("serve", &folder.path().join("origin.db"));
    let output = run(command.args(["--purge-url", "http://127.0.0.1:1"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("--purge-token"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn help_shows_no_secret_of_the_environment() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_origin-stub"));
    let output = run(command
        .args(["serve", "--help"])
        .env(
            "ORIGIN_DATABASE",
            "postgres://me:hunter2@db.example.com/origin",
        )
        .env("ORIGIN_EDGE_PROOF", "hunter2-hunter2"));
    let help = String::from_utf8_lossy(&output.stdout);
    assert!(
        help.contains("ORIGIN_EDGE_PROOF") && !help.contains("hunter2"),
        "{help}"
    );
}

#[tokio::test]
async fn a_key_minted_on_the_command_line_is_the_one_the_cms_mints() {
    let data = json!({ "account-id": "1", "key-id": "w" });
    let mut command = Command::new(env!("CARGO_BIN_EXE_origin-stub"));
    command.args([
        "mint",
        "--signing-key",
        SIGNING_KEY,
        "--data",
        &data.to_string(),
    ]);
    let output = run(&mut command);
    assert!(output.status.success(), "{}", stderr(&output));
    let key = String::from_utf8(output.stdout).expect("text");
    let origin = Origin::start();
    origin.account("1").await;
    let path = format!("1/policy_keys/{}", key.trim());
    let shown = origin.cms(Method::GET, &path, Value::Null).await;
    assert_eq!(shown.assert_status(200).json()["key-data"], data);
}

#[test]
fn mint_says_what_is_wrong_with_its_data() {
    for (data, hint) in [
        ("{", "--data"),
        ("{}", "account-id"),
        (r#"{"account-id":"a b"}"#, "account-id"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_origin-stub"));
        let output = run(command.args(["mint", "--signing-key", SIGNING_KEY, "--data", data]));
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(hint), "{}", stderr(&output));
    }
}
