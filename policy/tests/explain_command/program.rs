use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// A time at which nothing depends on the clock.
pub(crate) const AT: &str = "time=@1767225600";

pub(crate) fn explain(arguments: &[&str]) -> Output {
    explain_with(arguments, "")
}

/// Runs it with that standard input.
pub(crate) fn explain_with(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_explain"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("its input is piped");
    // One that does not read its input may have ended.
    stdin.write_all(input.as_bytes()).ok();
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

#[track_caller]
pub(crate) fn text(output: &Output, status: i32) -> String {
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{printed}\n{complaint}");
    assert_eq!(complaint, "");
    printed
}

#[track_caller]
pub(crate) fn parsed(output: &Output, status: i32) -> Value {
    serde_json::from_str(&text(output, status)).expect("JSON")
}

#[track_caller]
pub(crate) fn complaint(arguments: &[&str], input: &str, hint: &str) {
    let output = explain_with(arguments, input);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    assert!(told.starts_with("error: "), "{arguments:?}: {told}");
    assert!(
        told.contains(hint),
        "{arguments:?}: `{hint}` is not in `{told}`"
    );
}
