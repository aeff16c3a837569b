//! A small file system, in memory, that no other process sees and that is gone with the test.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, ErrorKind, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::harness::processes;

/// Room for the database and its journal, and little more.
const MIB: usize = 8;

/// A file system in memory, at a folder, for those alone whose commands are led there. It is gone with
/// the process that holds it, and that one with the test.
pub(super) struct Disk {
    folder: PathBuf,
    holder: Child,
    /// Where programs in it are started.
    enter: &'static [&'static str],
}

/// As the system's administrator, and as anybody else where the system lets them.
const WAYS: [(&[&str], &[&str]); 2] = [
    (&["--mount"], &["--mount"]),
    (
        &["--mount", "--map-root-user"],
        &["--user", "--mount", "--preserve-credentials"],
    ),
];

// === impl Disk ===

impl Disk {
    #[track_caller]
    pub(super) fn mount(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("the test's folder takes folders");
        let mounted = WAYS.iter().find_map(|(leave, enter)| {
            let mut holder = Command::new("unshare")
                .args(*leave)
                .args(["sh", "-c"])
                .arg(format!(
                    "mount -t tmpfs -o size={MIB}m tmpfs \"$0\" && echo mounted && exec cat"
                ))
                .arg(folder)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("`unshare` is there");
            let stdout = holder.stdout.take().expect("it was asked to be a pipe");
            let mut line = String::new();
            let _ = BufReader::new(stdout).read_line(&mut line);
            match line == "mounted\n" {
                true => Some((holder, *enter)),
                false => {
                    let _ = holder.wait();
                    None
                }
            }
        });
        let (holder, enter) = mounted.expect("a file system can be mounted in a namespace");
        Self {
            folder: folder.to_owned(),
            holder,
            enter,
        }
    }

    /// The same command, where the folder is this disk.
    pub(super) fn inside(&self, command: &Command) -> Command {
        let mut inside = self.enter(command.get_program());
        inside.args(command.get_args());
        inside
    }

    fn enter(&self, program: &OsStr) -> Command {
        let mut command = Command::new("nsenter");
        command
            .args(["--target", &self.holder.id().to_string()])
            .args(self.enter)
            // A namespace is entered at its root.
            .args(["sh", "-c", "cd \"$0\" && exec \"$@\""])
            .arg(processes::workspace())
            .arg(program);
        command
    }

    /// Writes until nothing more fits.
    #[track_caller]
    pub(super) fn fill(&self) {
        let mut filler = fs::File::create(self.filler()).expect("the disk takes a file");
        let mut size = 64 * 1024;
        while size > 0 {
            match filler.write(&vec![0; size]) {
                Ok(_) => {}
                Err(full) if full.kind() == ErrorKind::StorageFull => size /= 2,
                Err(other) => panic!("the disk fails in another way: {other}"),
            }
        }
    }

    pub(super) fn free(&self) {
        fs::remove_file(self.filler()).expect("it was filled");
    }

    /// Seen from outside.
    fn filler(&self) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        let folder = self.folder.strip_prefix("/").expect("it is absolute");
        root.join(folder).join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
