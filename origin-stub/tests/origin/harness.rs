//! An origin in a process of its own, and its callers.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::Arc,
    time::Duration,
};

use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{purge_api::PurgeApi, server};

pub(crate) const EDGE_PROOF: &str = "test-edge-proof";
pub(crate) const CMS_TOKEN: &str = "test-cms-token";
pub(crate) const PURGE_TOKEN: &str = "test-purge-token";
pub(crate) const SERVICE: &str = "service0";
pub(crate) const SIGNING_KEY: &str = "1=test-signing-key-of-at-least-32-bytes";

/// Longer than anything takes that works.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running origin. Dropped, it is killed.
pub(crate) struct Origin {
    child: Child,
    base: String,
    http: reqwest::Client,
    folder: Arc<TempDir>,
}

/// An answer, read to its end.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// The program with a subcommand and the flags it cannot do without. The file stands for a database
/// wherever the tests have theirs.
pub(crate) fn program(subcommand: &str, database: &Path) -> Command {
    program_at(subcommand, &server::place(database))
}

/// As [`program`], with the database at a place.
pub(crate) fn program_at(subcommand: &str, place: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_origin-stub"));
    command.arg(subcommand).arg("--database").arg(place);
    if subcommand == "serve" {
        command
            .args(["--listen", "127.0.0.1:0", "--log-filter", "error"])
            .args(["--edge-proof", EDGE_PROOF, "--cms-token", CMS_TOKEN])
            .args(["--signing-key", SIGNING_KEY])
            .env("ORIGIN_FILL_DEADLINE_MS", "0");
    }
    command
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Output {
    command.output().expect("the program starts")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

impl Origin {
    /// An origin that purges nothing.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// An origin that purges through `api`.
    pub(crate) fn purging(api: &PurgeApi) -> Self {
        Self::purging_with(&api.base(), &[])
    }

    pub(crate) fn purging_with(base: &str, arguments: &[&str]) -> Self {
        let purging = [
            "--purge-url",
            base,
            "--purge-token",
            PURGE_TOKEN,
            "--service-id",
            SERVICE,
        ];
        Self::start_with(&[&purging, arguments].concat())
    }

    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder");
        Self::start_in(Arc::new(folder), arguments)
    }

    /// An origin beside whose process another one purges.
    pub(crate) fn purged_apart(folder: &Arc<TempDir>) -> Self {
        let apart = ["--purger", "apart", "--service-id", SERVICE];
        Self::start_in(Arc::clone(folder), &apart)
    }

    /// An origin whose database is in `folder`.
    pub(crate) fn start_in(folder: Arc<TempDir>, arguments: &[&str]) -> Self {
        let mut command = program("serve", &folder.path().join("origin.db"));
        command.args(arguments);
        Self::spawn(folder, &mut command)
    }

    /// An origin that `command` starts, with its database in `folder`.
    pub(crate) fn spawn(folder: Arc<TempDir>, command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output is piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let ready: Value = serde_json::from_str(&line).expect("a line of JSON when ready");
        assert_eq!(ready["ready"], true);
        let base = format!("http://{}", ready["listen"].as_str().expect("an address"));
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .build();
        Self {
            child,
            base,
            http: http.expect("a client"),
            folder,
        }
    }

    /// Asks as the edge does.
    pub(crate) async fn play(&self, path: &str) -> Reply {
        let url = format!("{}/playback/v1/accounts/{path}", self.base);
        Reply::of(self.http.get(url).bearer_auth(EDGE_PROOF)).await
    }

    /// Asks as an editor does; `null` sends no body.
    pub(crate) async fn cms(&self, method: Method, path: &str, body: Value) -> Reply {
        let mut request = self.cms_request(method, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        Reply::of(request).await
    }

    pub(crate) fn cms_request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.request(method, &format!("/v1/accounts/{path}"))
            .bearer_auth(CMS_TOKEN)
    }

    /// Reads what editors may, whatever the path.
    pub(crate) async fn cms_get(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path).bearer_auth(CMS_TOKEN)).await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// Makes an account with this id.
    pub(crate) async fn account(&self, id: &str) {
        self.cms(Method::PUT, id, json!({ "name": id }))
            .await
            .assert_status(201);
    }

    /// Makes a playable video, with `members` beside what it needs.
    pub(crate) async fn video(&self, account: &str, id: &str, members: Value) -> Reply {
        let mut document = json!({
            "name": "A video",
            "sources": [{ "src": "https://media.example.com/v.mp4", "container": "MP4" }],
        });
        let own = members.as_object().expect("members are an object").clone();
        document.as_object_mut().expect("an object").extend(own);
        let path = format!("{account}/videos/{id}");
        let reply = self.cms(Method::PUT, &path, document).await;
        reply.assert_status(201)
    }

    pub(crate) async fn patch(&self, path: &str, patch: Value) -> Reply {
        self.cms(Method::PATCH, path, patch).await
    }

    /// What `/metrics` says of the series that begins with `name`.
    pub(crate) async fn metric(&self, name: &str) -> Option<u64> {
        let text = Reply::of(self.request(Method::GET, "/metrics")).await.text;
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim().parse().expect("a number"))
    }

    /// Closes its standard input and waits for its end.
    pub(crate) fn close_stdin(&mut self) -> i32 {
        drop(self.child.stdin.take());
        self.wait()
    }

    /// Sends a signal by name and waits for its end.
    pub(crate) fn stop_by(&mut self, signal: &str) -> i32 {
        let process = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &process]).status();
        assert!(sent.expect("kill runs").success());
        self.wait()
    }

    /// The folder of its database.
    pub(crate) fn folder(&self) -> Arc<TempDir> {
        Arc::clone(&self.folder)
    }

    fn wait(&mut self) -> i32 {
        self.child.wait().expect("it ends").code().unwrap_or(-1)
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        // One that has ended already needs no killing.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Reply {
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self {
            status,
            headers,
            text: response.text().await.expect("a body"),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("a header of text"))
    }

    #[track_caller]
    pub(crate) fn assert_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// An array of one error with this code, whose message names `hint`.
    #[track_caller]
    pub(crate) fn assert_error(self, status: u16, code: &str, hint: &str) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        let body = self.json();
        assert_eq!(body.as_array().map(Vec::len), Some(1), "{body}");
        assert_eq!(body[0]["error_code"], code, "{body}");
        let message = body[0]["message"].as_str().expect("a message");
        assert!(message.contains(hint), "`{hint}` is not in `{message}`");
        self
    }
}
