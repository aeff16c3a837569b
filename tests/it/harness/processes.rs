//! The programs under test, as processes that cannot outlive the tests.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
};

use serde_json::Value;

/// A running program that has said it is ready.
pub(crate) struct Process {
    child: Child,
    /// Its end tells the program to stop, also where the tests were killed.
    stdin: Option<ChildStdin>,
    log: PathBuf,
}

/// The edge program.
pub(crate) fn wasm() -> PathBuf {
    built("PLAYBACK_WASM", "wasm32-wasip1/release/playback-edge.wasm")
}

/// Editions of the edge program that share one cache.
pub(crate) fn editions() -> PathBuf {
    built(
        "PLAYBACK_EDITIONS_WASM",
        "wasm32-wasip1/release/editions.wasm",
    )
}

/// The companion origin.
pub(crate) fn origin_stub() -> PathBuf {
    built("ORIGIN_STUB_BIN", "debug/origin-stub")
}

/// The local POP.
pub(crate) fn local_pop() -> PathBuf {
    built("LOCAL_POP_BIN", "debug/local-pop")
}

/// The command that explains decisions.
pub(crate) fn explain() -> PathBuf {
    built("EXPLAIN_BIN", "debug/explain")
}

/// The workspace's folder. Cargo runs tests in their package's; the path that was there at compile time
/// may be another checkout's, since they can share a target folder.
pub(crate) fn workspace() -> PathBuf {
    let package = env::current_dir().expect("tests run in a folder");
    package
        .parent()
        .expect("the package is in a workspace")
        .into()
}

/// A file that is built by others, from the environment or from the target folder of this test.
#[track_caller]
fn built(variable: &str, in_target: &str) -> PathBuf {
    let file = env::var_os(variable).map_or_else(
        || {
            // The test runs as target/debug/deps/it-…
            let test = env::current_exe().expect("the system knows this program's file");
            let target = test
                .ancestors()
                .nth(3)
                .expect("tests run in a target folder");
            target.join(in_target)
        },
        PathBuf::from,
    );
    assert!(
        file.is_file(),
        "`{}` is not there ({variable} can name another): run `cargo xtask test`",
        file.display()
    );
    file
}

impl Process {
    /// Starts the program and waits for its line of JSON, which is returned beside it.
    ///
    /// What it logs goes to `log`, and into the failure if it does not get ready.
    #[track_caller]
    pub(crate) fn start(command: &mut Command, log: PathBuf) -> (Self, Value) {
        let name = command.get_program().to_owned();
        let stderr = fs::File::create(&log).expect("the test's folder takes files");
        let mut child = command
            .current_dir(workspace())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .unwrap_or_else(|error| panic!("{name:?} does not start: {error}"));
        let stdin = child.stdin.take().expect("it was asked to be a pipe");
        let stdout = child.stdout.take().expect("it was asked to be a pipe");
        let process = Self {
            child,
            stdin: Some(stdin),
            log,
        };
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the pipe can be read");
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|_| {
            panic!(
                "{name:?} did not get ready, it said `{line}` and:\n{}",
                process.log()
            )
        });
        assert_eq!(ready["ready"], true, "{ready}");
        (process, ready)
    }

    /// Tells the program to stop, and waits until it has.
    #[track_caller]
    pub(crate) fn stop(mut self) {
        drop(self.stdin.take());
        let status = self.child.wait().expect("it was started");
        assert!(status.success(), "{status}:\n{}", self.log());
    }

    /// By this the system knows it.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends the program a signal, such as `TERM` or `STOP`.
    #[track_caller]
    pub(crate) fn signal(&self, signal: &str) {
        let kill = Command::new("kill")
            .args(["-s", signal, &self.child.id().to_string()])
            .status();
        assert!(kill.is_ok_and(|kill| kill.success()), "it runs");
    }

    /// What the program has logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
