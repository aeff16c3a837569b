//! The program as a process: how it starts, what it says, how it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};

use serde_json::Value;

const TOKEN: &str = "local-purge-token";

/// A folder of its own with a manifest in it, gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, manifest: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("local-pop-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("the temporary folder takes a folder");
        fs::write(folder.join("fastly.toml"), manifest).expect("the folder takes a file");
        Self(folder)
    }

    fn local_pop(&self, wasm: &str) -> Command {
        let wasm = Path::new("fixtures").join(wasm);
        let mut command = Command::new(env!("CARGO_BIN_EXE_local-pop"));
        command
            .arg("--wasm")
            .arg(wasm)
            .arg("--config")
            .arg(self.0.join("fastly.toml"))
            .args(["--service-id=service", "--purge-token", TOKEN])
            .env_remove("RUST_LOG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const PORTS: [&str; 3] = [
    "--pop=fra=127.0.0.1:0",
    "--pop=nrt=127.0.0.1:0",
    "--purge-listen=127.0.0.1:0",
];

/// A started process, killed when the test is over.
struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<std::process::ChildStdout>,
    ready: Value,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("the binary is built");
        let stdin = child.stdin.take();
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        stdout
            .read_line(&mut line)
            .expect("the process writes text");
        let ready = serde_json::from_str(&line).expect("the first line is JSON");
        Self {
            child,
            stdin,
            stdout,
            ready,
        }
    }

    /// Waits for the end; what it left on standard output must be nothing.
    fn ends_well(mut self) {
        let mut rest = String::new();
        self.stdout
            .read_to_string(&mut rest)
            .expect("the process writes text");
        assert_eq!(rest, "", "standard output is for the readiness line alone");
        let status = self.child.wait().expect("the process ends");
        assert!(status.success(), "{status}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask(address: &Value, request: &str) -> String {
    let mut stream = TcpStream::connect(address.as_str().expect("an address")).expect("it accepts");
    let request =
        format!("{request}\r\nHost: test\r\nFastly-Key: {TOKEN}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .expect("it answers with text");
    answer
}

/// Runs a command that cannot start and returns what it says.
#[track_caller]
fn refusal(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("the binary is built");
    assert!(!status.success());
    assert_eq!(stdout, b"", "it never was ready");
    String::from_utf8(stderr).expect("it writes text")
}

#[test]
fn ready_line_names_listeners_that_answer_until_stdin_closes() {
    let folder = Folder::new("ready", "");
    let mut running = Running::start(
        folder
            .local_pop("log.wat")
            .args(PORTS)
            .arg("--stop-when-stdin-closes"),
    );
    let ready = running.ready.clone();
    assert_eq!(ready["ready"], true);
    assert_eq!(
        (&ready["pops"][0]["name"], &ready["pops"][1]["name"]),
        (&"fra".into(), &"nrt".into())
    );
    for pop in ["/pops/0/listen", "/pops/1/listen"] {
        let address = ready.pointer(pop).expect("each POP has an address");
        assert!(ask(address, "GET / HTTP/1.1").starts_with("HTTP/1.1 200 "));
    }
    let answer = ask(
        &ready["purge"],
        "POST /service/service/purge/video-id-1 HTTP/1.1",
    );
    assert!(answer.contains(r#""status":"ok""#), "{answer}");
    running.stdin = None;
    running.ends_well();
}

#[test]
fn endpoint_lines_are_appended_to_the_file() {
    let folder = Folder::new("log", "");
    let log = folder.0.join("endpoints.log");
    fs::write(&log, "before\n").expect("the folder takes a file");
    let mut command = folder.local_pop("log.wat");
    let running = Running::start(command.args(PORTS).arg("--endpoint-log").arg(&log));
    for _ in 0..2 {
        ask(&running.ready["pops"][0]["listen"], "GET / HTTP/1.1");
    }
    let lines = fs::read_to_string(&log).expect("it is there");
    assert_eq!(
        lines,
        "before\nplayback-log :: {\"seen\":1}\nplayback-log :: {\"seen\":1}\n"
    );
}

#[test]
fn sigterm_ends_it_well() {
    let folder = Folder::new("sigterm", "");
    let running = Running::start(folder.local_pop("log.wat").args(PORTS));
    let kill = Command::new("kill")
        .arg(running.child.id().to_string())
        .status();
    assert!(kill.expect("`kill` is there").success());
    running.ends_well();
}

#[test]
fn paths_in_the_manifest_start_at_its_folder() {
    let folder = Folder::new("paths", "[local_server]\nacls.blocked = \"blocked.json\"\n");
    let said = refusal(folder.local_pop("log.wat").args(PORTS));
    assert!(said.contains("`local_server.acls.blocked`"), "{said}");
    fs::write(folder.0.join("blocked.json"), r#"{"entries":[]}"#).expect("the folder takes a file");
    Running::start(folder.local_pop("log.wat").args(PORTS));
}

#[test]
fn what_keeps_it_from_starting_is_told_with_a_remedy() {
    let folder = Folder::new("refusals", "");
    let missing = refusal(folder.local_pop("nothing.wasm").args(PORTS));
    assert!(missing.contains("cargo xtask build"), "{missing}");

    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let taken = taken.local_addr().expect("it listens").to_string();
    let purge = ["--pop=fra=127.0.0.1:0", "--purge-listen", &taken];
    let said = refusal(folder.local_pop("log.wat").args(purge));
    assert!(
        said.contains("--purge-listen") && said.contains(&taken),
        "{said}"
    );
    let pop = format!("--pop=fra={taken}");
    let said = refusal(
        folder
            .local_pop("log.wat")
            .args([&pop, "--purge-listen=127.0.0.1:0"]),
    );
    assert!(said.contains("--pop fra"), "{said}");

    let change = r#"--set=local_server.backends.origin={url="http://127.0.0.1:1", sni=true}"#;
    let said = refusal(folder.local_pop("log.wat").args(PORTS).arg(change));
    assert!(
        said.contains("local_server.backends.origin") && said.contains("'sni'"),
        "{said}"
    );

    let no_certificates = [
        ("SSL_CERT_FILE", "/nonexistent"),
        ("SSL_CERT_DIR", "/nonexistent"),
    ];
    let said = refusal(
        folder
            .local_pop("log.wat")
            .args(PORTS)
            .envs(no_certificates),
    );
    assert!(said.contains("ca-certificates"), "{said}");
}
