//! The companion origin: its process, and its CMS as an editor uses it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use http_body_util::Full;
use hyper::{Request, body::Bytes, header};
use serde_json::{Value, json};

use super::{
    eventually::eventually,
    http,
    local::{CMS_TOKEN, EDGE_PROOF, PURGE_TOKEN, SERVICE_ID, SIGNING_KEY, URL_SIGNING_KEYS},
    pop::address,
    processes::{self, Process},
    reply::Reply,
};

/// A running `origin-stub`.
pub(crate) struct Origin {
    pub(crate) address: SocketAddr,
    process: Process,
}

/// Where an origin sends its purges, if it sends any.
pub(crate) type PurgeApi = Option<SocketAddr>;

/// Loads a catalog into a database and returns what the program says of it. `media` is where the
/// origin that serves its media listens.
#[track_caller]
pub(crate) fn load(database: &Path, catalog: &str, media: Option<SocketAddr>) -> Value {
    let mut command = Command::new(processes::origin_stub());
    command
        .args(["load", "--json", "--database"])
        .arg(database)
        .arg(catalog);
    if let Some(media) = media {
        command.args(["--media-url", &format!("http://{media}/media")]);
    }
    let output = command
        .current_dir(processes::workspace())
        .output()
        .unwrap_or_else(|error| panic!("the origin does not start: {error}"));
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "`{catalog}` cannot be loaded: {said}{failed}"
    );
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("`{said}` is not JSON: {error}"))
}

/// The call that serves a database on this address, and purges nothing yet.
pub(crate) fn serve(database: &Path, listen: &str) -> Command {
    let mut command = Command::new(processes::origin_stub());
    command
        .args(["serve", "--listen", listen, "--stop-when-stdin-closes"])
        .arg("--database")
        .arg(database)
        .args(["--edge-proof", EDGE_PROOF, "--cms-token", CMS_TOKEN])
        .args(["--signing-key", SIGNING_KEY, "--media", "demo/media"]);
    for key in URL_SIGNING_KEYS {
        command.args(["--url-signing-key", key]);
    }
    command
}

/// A request to the CMS, with its token.
#[track_caller]
pub(crate) fn cms_request(method: &str, path: &str, body: Option<&Value>) -> Request<Full<Bytes>> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {CMS_TOKEN}"));
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = body.map_or_else(Full::default, |body| Full::from(body.to_string()));
    request.body(body).expect("tests write valid requests")
}

impl Origin {
    #[track_caller]
    pub(crate) fn start(
        folder: &Path,
        database: &Path,
        purge_api: PurgeApi,
        fill_deadline_ms: u32,
        tiers: u8,
    ) -> Self {
        let mut command = serve(database, "127.0.0.1:0");
        command
            .args(["--fill-deadline-ms", &fill_deadline_ms.to_string()])
            .args(["--cache-tiers", &tiers.to_string()])
            .args(["--service-id", SERVICE_ID, "--purge-token", PURGE_TOKEN]);
        if let Some(api) = purge_api {
            command.arg("--purge-url").arg(format!("http://{api}"));
        }
        Self::run(&mut command, folder.join("origin.log"))
    }

    /// Starts what [`serve`] gave, perhaps with more arguments.
    #[track_caller]
    pub(crate) fn run(command: &mut Command, log: PathBuf) -> Self {
        let (process, ready) = Process::start(command, log);
        Self {
            address: address(&ready["listen"]),
            process,
        }
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Stops it in order: what it is working on is answered.
    #[track_caller]
    pub(crate) fn stop(self) {
        self.process.stop();
    }

    /// Sends its process a signal, such as `STOP`.
    #[track_caller]
    pub(crate) fn signal(&self, signal: &str) {
        self.process.signal(signal);
    }

    /// Any request to the CMS, with its token.
    #[track_caller]
    pub(crate) fn cms(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        http::send_now(self.address, cms_request(method, path, body))
    }

    /// Waits until the edge knows of every edit.
    #[track_caller]
    pub(crate) fn wait_until_purged(&self) {
        eventually("every edit is purged", || {
            let purger = self.cms("GET", "/v1/purger", None).json();
            (purger["purged"] == purger["head"]).then_some(())
        });
    }

    /// A write that the CMS must accept.
    #[track_caller]
    fn write(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let reply = self.cms(method, path, body);
        assert!(
            (200..300).contains(&reply.status),
            "{method} {path}: {reply}"
        );
        reply
    }

    #[track_caller]
    pub(crate) fn put_account(&self, account: &str, body: &Value) {
        self.write("PUT", &format!("/v1/accounts/{account}"), Some(body));
    }

    #[track_caller]
    pub(crate) fn patch_account(&self, account: &str, body: &Value) {
        self.write("PATCH", &format!("/v1/accounts/{account}"), Some(body));
    }

    #[track_caller]
    pub(crate) fn put_right(&self, account: &str, right: &str, body: &Value) {
        self.write(
            "PUT",
            &format!("/v1/accounts/{account}/playback_rights/{right}"),
            Some(body),
        );
    }

    #[track_caller]
    pub(crate) fn patch_right(&self, account: &str, right: &str, body: &Value) {
        self.write(
            "PATCH",
            &format!("/v1/accounts/{account}/playback_rights/{right}"),
            Some(body),
        );
    }

    #[track_caller]
    pub(crate) fn put_playlist(&self, account: &str, playlist: &str, body: &Value) {
        self.write(
            "PUT",
            &format!("/v1/accounts/{account}/playlists/{playlist}"),
            Some(body),
        );
    }

    #[track_caller]
    pub(crate) fn patch_playlist(&self, account: &str, playlist: &str, body: &Value) {
        self.write(
            "PATCH",
            &format!("/v1/accounts/{account}/playlists/{playlist}"),
            Some(body),
        );
    }

    #[track_caller]
    pub(crate) fn put_video(&self, account: &str, video: &str, body: &Value) {
        self.write(
            "PUT",
            &format!("/v1/accounts/{account}/videos/{video}"),
            Some(body),
        );
    }

    #[track_caller]
    pub(crate) fn patch_video(&self, account: &str, video: &str, body: &Value) {
        self.write(
            "PATCH",
            &format!("/v1/accounts/{account}/videos/{video}"),
            Some(body),
        );
    }

    #[track_caller]
    pub(crate) fn delete_video(&self, account: &str, video: &str) {
        self.write(
            "DELETE",
            &format!("/v1/accounts/{account}/videos/{video}"),
            None,
        );
    }

    /// A policy key whose data has these members beside `account-id`.
    #[track_caller]
    pub(crate) fn mint_key(&self, account: &str, members: &Value) -> String {
        let mut data = members.clone();
        data["account-id"] = json!(account);
        let path = format!("/v1/accounts/{account}/policy_keys");
        let minted = self
            .write("POST", &path, Some(&json!({ "key-data": data })))
            .json();
        minted["key-string"]
            .as_str()
            .expect("the answer holds the key")
            .to_owned()
    }

    /// What the origin answers the edge: with the rules that viewers never see.
    #[track_caller]
    pub(crate) fn playback(&self, target: &str) -> Reply {
        let request = Request::get(target)
            .header(header::AUTHORIZATION, format!("Bearer {EDGE_PROOF}"))
            .body(Full::default());
        http::send_now(self.address, request.expect("tests write valid requests"))
    }

    /// How many playback answers the origin has given for this account: the proof of a hit is that
    /// this number stands still.
    #[track_caller]
    pub(crate) fn playback_answers(&self, account: &str) -> u64 {
        let label = format!("account=\"{account}\"");
        let metrics = http::send_now(
            self.address,
            Request::get("/metrics")
                .body(Full::default())
                .expect("a valid request"),
        );
        let text = String::from_utf8_lossy(&metrics.body).into_owned();
        text.lines()
            .filter(|line| line.starts_with(ANSWERS) && line.contains(&label))
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum::<f64>() as u64
    }
}

/// The counter of playback answers, by account and status.
const ANSWERS: &str = "origin_playback_answers_total{";
