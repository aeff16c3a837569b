//! Origins as processes that can be killed, stopped and kept from writing.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Mutex,
};

use serde_json::Value;

use super::disk::Disk;
use crate::{
    harness::{
        http::{self, RUNTIME},
        origin::{self, Origin, cms_request},
        reply::Reply,
    },
    reliability::{catalog::Catalog, system::Plan},
};

pub(super) const REGIONS: usize = 2;

/// Two origins on one database, on a small disk of their own.
pub(super) struct Regions {
    pub(super) addresses: [SocketAddr; REGIONS],
    running: Mutex<[Option<Origin>; REGIONS]>,
    database: PathBuf,
    folder: PathBuf,
    pub(super) disk: Disk,
}

/// Another process that writes into the database, and does not come to an end.
pub(super) struct Writer(Child);

const LOCK: &str = "import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute('BEGIN IMMEDIATE')
print('locked', flush=True)
sys.stdin.read()";

// === impl Regions ===

impl Regions {
    #[track_caller]
    pub(super) fn start(folder: &Path) -> Self {
        let disk = Disk::mount(&folder.join("disk"));
        let database = folder.join("disk/origin.db");
        let first = serve(&disk, &database, "127.0.0.1:0", folder, 0);
        let second = serve(&disk, &database, "127.0.0.1:0", folder, 1);
        Self {
            addresses: [first.address, second.address],
            running: Mutex::new([Some(first), Some(second)]),
            database,
            folder: folder.to_owned(),
            disk,
        }
    }

    /// Writes an account.
    #[track_caller]
    pub(super) fn catalog(&self, videos: usize) -> Catalog {
        let running = self.running.lock().expect("nobody panicked");
        let plan = Plan {
            videos_a_list: videos,
            ..Plan::of(videos)
        };
        Catalog::write(running[0].as_ref().expect("it runs"), &plan)
    }

    /// Kills its process, with SIGKILL.
    pub(super) fn kill(&self, region: usize) {
        let mut running = self.running.lock().expect("nobody panicked");
        // Dropped is killed.
        drop(running[region].take());
    }

    #[track_caller]
    pub(super) fn revive(&self, region: usize) {
        let address = self.addresses[region].to_string();
        let origin = serve(&self.disk, &self.database, &address, &self.folder, region);
        self.running.lock().expect("nobody panicked")[region] = Some(origin);
    }

    /// Its process is stopped, or goes on: it keeps its connections and says nothing.
    #[track_caller]
    pub(super) fn signal(&self, region: usize, signal: &str) {
        let running = self.running.lock().expect("nobody panicked");
        running[region].as_ref().expect("it runs").signal(signal);
    }

    /// Lets another process take the database's lock for writers.
    #[track_caller]
    pub(super) fn lock(&self) -> Writer {
        let mut command = Command::new("python3");
        command.args(["-c", LOCK]).arg(&self.database);
        let mut child = self
            .disk
            .inside(&command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("`python3` is there");
        let stdout = child.stdout.take().expect("it was asked to be a pipe");
        let mut line = String::new();
        let _ = BufReader::new(stdout).read_line(&mut line);
        assert_eq!(line, "locked\n", "it takes the lock");
        Writer(child)
    }

    /// Asks the CMS of the last region, which fails only where all do.
    pub(super) fn cms(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        http::send_now(self.addresses[REGIONS - 1], cms_request(method, path, body))
    }

    /// The same, in its own time.
    pub(super) fn cms_later(&self, path: &str, body: &Value) -> tokio::task::JoinHandle<Reply> {
        let request = cms_request("PATCH", path, Some(body));
        let sending = http::send(self.addresses[REGIONS - 1], request);
        RUNTIME.spawn(async move { sending.await.expect("the CMS answers") })
    }
}

#[track_caller]
fn serve(disk: &Disk, database: &Path, listen: &str, folder: &Path, region: usize) -> Origin {
    let mut command = disk.inside(&origin::serve(database, listen));
    let log = folder.join(format!("origin-{region}.log"));
    Origin::run(&mut command, log)
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
