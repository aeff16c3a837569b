//! `local-pop` around the real edge program.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use super::{
    acl,
    edge::Edge,
    geolocation::Geolocation,
    local::{PURGE_TOKEN, SERVICE_ID},
    processes::{self, Process},
};

/// A running `local-pop`.
pub(crate) struct Pop {
    /// One for each POP, in the order they were named.
    pub(crate) edges: Vec<Edge>,
    pub(crate) purge_api: SocketAddr,
    endpoint_log: PathBuf,
    process: Process,
}

/// How a `local-pop` is started.
pub(crate) struct PopPlan<'a> {
    pub(crate) names: &'a [&'a str],
    /// The origins, in the order in which they are asked.
    pub(crate) origins: &'a [SocketAddr],
    pub(crate) fill_deadline_ms: u32,
    pub(crate) stale_s: u32,
    pub(crate) geolocation: Geolocation,
    /// Who lays policy keys over answers: `edge` or `origin`.
    pub(crate) overlay: &'a str,
    /// Settings of `local_server` that no other test changes, alike in JSON and in TOML.
    pub(crate) settings: &'a [(&'a str, Value)],
}

impl Pop {
    /// Around the program that is deployed.
    #[track_caller]
    pub(crate) fn start(folder: &Path, plan: &PopPlan<'_>) -> Self {
        Self::around(&processes::wasm(), folder, plan)
    }

    #[track_caller]
    pub(crate) fn around(wasm: &Path, folder: &Path, plan: &PopPlan<'_>) -> Self {
        let geolocation = plan.geolocation.file(folder);
        let endpoint_log = folder.join("endpoint.log");
        let mut command = Command::new(processes::local_pop());
        command
            .arg("--wasm")
            .arg(wasm)
            .args(["--config", "fastly.toml", "--purge-listen", "127.0.0.1:0"])
            .args(["--service-id", SERVICE_ID, "--purge-token", PURGE_TOKEN])
            .arg("--endpoint-log")
            .arg(&endpoint_log)
            .arg("--stop-when-stdin-closes");
        for name in plan.names {
            command.arg("--pop").arg(format!("{name}=127.0.0.1:0"));
        }
        let deadline_ms = plan.fill_deadline_ms;
        let mut names = Vec::new();
        for (at, address) in plan.origins.iter().enumerate() {
            let name = match at {
                0 => "origin".to_owned(),
                at => format!("origin-{}", at + 1),
            };
            // The program cannot interrupt a silence by itself: the platform does. All of them are
            // to have their turn before the deadline.
            let timeout_ms = deadline_ms as usize / plan.origins.len();
            for (member, value) in [
                ("url", json!(format!("http://{address}"))),
                ("first_byte_timeout_ms", json!(timeout_ms)),
                ("between_bytes_timeout_ms", json!(timeout_ms)),
            ] {
                let setting = format!("local_server.backends.{name}.{member}={value}");
                command.arg("--set").arg(setting);
            }
            names.push(name);
        }
        for (key, value) in [
            (
                "config_stores.playback-config.contents.origins",
                json!(names.join(" ")),
            ),
            (
                "config_stores.playback-config.contents.fill-deadline-ms",
                json!(deadline_ms.to_string()),
            ),
            (
                "config_stores.playback-config.contents.stale-s",
                json!(plan.stale_s.to_string()),
            ),
            (
                "config_stores.playback-config.contents.overlay",
                json!(plan.overlay),
            ),
            ("geolocation.format", json!("json")),
            ("geolocation.file", json!(geolocation)),
        ] {
            // These values are written alike in JSON and in TOML.
            command
                .arg("--set")
                .arg(format!("local_server.{key}={value}"));
        }
        for (key, value) in plan.settings {
            command
                .arg("--set")
                .arg(format!("local_server.{key}={value}"));
        }
        for (key, value) in acl::settings(folder) {
            command
                .arg("--set")
                .arg(format!("local_server.{key}={value}"));
        }
        let (process, ready) = Process::start(&mut command, folder.join("pop.log"));
        let pops = ready["pops"].as_array().expect("`pops` is a list");
        let edges = pops
            .iter()
            .map(|pop| Edge {
                address: address(&pop["listen"]),
            })
            .collect();
        Self {
            edges,
            purge_api: address(&ready["purge"]),
            endpoint_log,
            process,
        }
    }

    /// Stops it in order: what it is working on is answered. Gives the last [`Pop::log_lines`].
    #[track_caller]
    pub(crate) fn stop(self) -> Vec<Value> {
        self.process.stop();
        log_lines(&self.endpoint_log)
    }

    /// The POP viewers are at unless a test says otherwise.
    pub(crate) fn edge(&self) -> Edge {
        self.edges[0]
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The program has not panicked, nor has what runs it.
    #[track_caller]
    pub(crate) fn assert_no_panic(&self) {
        let log = self.process.log();
        let panics: Vec<_> = log
            .lines()
            .filter(|line| {
                ["panicked", "wasm trap", "wasm backtrace"]
                    .iter()
                    .any(|word| line.contains(word))
            })
            .collect();
        assert!(panics.is_empty(), "{}", panics.join("\n"));
    }

    /// Everything the edge program has logged so far.
    pub(crate) fn log_text(&self) -> String {
        fs::read_to_string(&self.endpoint_log).unwrap_or_default()
    }

    /// The lines of it that went to `playback-log`.
    #[track_caller]
    pub(crate) fn log_lines(&self) -> Vec<Value> {
        log_lines(&self.endpoint_log)
    }
}

#[track_caller]
fn log_lines(endpoint_log: &Path) -> Vec<Value> {
    let text = fs::read_to_string(endpoint_log).unwrap_or_default();
    let message = |line: &str| {
        let message = line.strip_prefix("playback-log :: ")?;
        let parsed = serde_json::from_str(message);
        Some(parsed.unwrap_or_else(|error| panic!("`{message}` is not JSON: {error}")))
    };
    text.lines().filter_map(message).collect()
}

/// An address out of a line that says where something listens.
#[track_caller]
pub(crate) fn address(value: &Value) -> SocketAddr {
    let text = value
        .as_str()
        .unwrap_or_else(|| panic!("`{value}` is not an address"));
    text.parse()
        .unwrap_or_else(|error| panic!("`{text}`: {error}"))
}
