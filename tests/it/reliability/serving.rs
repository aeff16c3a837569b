//! An origin that is killed without warning and started again, on its port.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Mutex,
};

use crate::harness::{
    local::SERVICE_ID,
    origin::{self, Origin},
};

/// `origin-stub serve`, with its purger apart, and who starts it again.
pub(super) struct Serving {
    pub(super) address: SocketAddr,
    /// What its log's name begins with.
    log: PathBuf,
    running: Mutex<Running>,
}

struct Running {
    /// Nothing between two lives.
    origin: Option<Origin>,
    database: PathBuf,
    lives: u32,
}

// === impl Serving ===

impl Serving {
    /// Serves the database on a free port.
    #[track_caller]
    pub(super) fn start(log: PathBuf, database: &Path) -> Self {
        let origin = serve(&log, database, "127.0.0.1:0", 0);
        Self {
            address: origin.address,
            log,
            running: Mutex::new(Running {
                origin: Some(origin),
                database: database.to_owned(),
                lives: 1,
            }),
        }
    }

    /// SIGKILL in the middle of whatever it does, and the next one. Blocks until that is ready.
    #[track_caller]
    pub(super) fn crash(&self) {
        self.stop();
        self.start_again();
    }

    /// SIGKILL.
    #[track_caller]
    pub(super) fn stop(&self) {
        let mut running = self.running.lock().expect("it got up again every time");
        // Dropped is killed.
        drop(running.origin.take());
    }

    #[track_caller]
    pub(super) fn start_again(&self) {
        let mut running = self.running.lock().expect("it got up again every time");
        let address = self.address.to_string();
        let next = serve(&self.log, &running.database, &address, running.lives);
        running.origin = Some(next);
        running.lives += 1;
    }

    /// The next life is on this database.
    #[track_caller]
    pub(super) fn move_to(&self, database: &Path) {
        let mut running = self.running.lock().expect("it got up again every time");
        database.clone_into(&mut running.database);
    }

    /// How many times it was killed; fails if once it did not get up again.
    #[track_caller]
    pub(super) fn crashes(&self) -> u32 {
        let running = self.running.lock().expect("it got up again every time");
        running.lives - 1
    }

    /// Nothing between two lives.
    #[track_caller]
    pub(super) fn process_id(&self) -> Option<u32> {
        let running = self.running.lock().expect("it got up again every time");
        running.origin.as_ref().map(Origin::process_id)
    }

    /// The account's writing is done through it.
    #[track_caller]
    pub(super) fn with<T>(&self, with: impl FnOnce(&Origin) -> T) -> T {
        let running = self.running.lock().expect("it got up again every time");
        with(running.origin.as_ref().expect("it is there"))
    }
}

#[track_caller]
fn serve(log: &Path, database: &Path, listen: &str, life: u32) -> Origin {
    let mut command = origin::serve(database, listen);
    command.args(["--purger", "apart", "--service-id", SERVICE_ID]);
    let mut log = log.as_os_str().to_owned();
    log.push(format!("-{life}.log"));
    Origin::run(&mut command, log.into())
}
