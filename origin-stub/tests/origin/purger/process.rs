//! The purger as a process.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Stdio},
};

use crate::harness::{PURGE_TOKEN, SERVICE, program};

/// A running purger. Dropped, it is killed.
pub(super) struct Purger(Child);

impl Purger {
    /// A purger of the database in `folder`, once it is ready.
    pub(super) fn start(folder: &Path, api: &str, arguments: &[&str]) -> Self {
        let mut child = program("purge", &folder.join("origin.db"))
            .args(["--purge-url", api, "--purge-token", PURGE_TOKEN])
            .args(["--service-id", SERVICE, "--log-filter", "error"])
            .env("ORIGIN_FILL_DEADLINE_MS", "0")
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output is piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        assert_eq!(line.trim(), r#"{"ready":true}"#);
        Self(child)
    }

    /// Ends it as a loss of power would.
    pub(super) fn kill(&mut self) {
        self.0.kill().expect("it runs");
        self.0.wait().expect("it ends");
    }
}

impl Drop for Purger {
    fn drop(&mut self) {
        // One that was killed already needs no killing.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
