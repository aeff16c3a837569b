//! The purger: a process of its own, killed without warning and started again at once.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

use crate::harness::{
    local::{PURGE_TOKEN, SERVICE_ID},
    processes::{self, Process},
};

/// `origin-stub purge`, and who starts it again.
pub(super) struct Purger {
    plan: PurgerPlan,
    running: Mutex<Running>,
}

/// How a purger is started.
pub(super) struct PurgerPlan {
    pub(super) folder: PathBuf,
    pub(super) database: PathBuf,
    pub(super) purge_api: SocketAddr,
    pub(super) fill_deadline_ms: u32,
    /// Whether it begins at the feed's end when it is started again, as if it had written nothing
    /// down.
    pub(super) forgets: bool,
}

struct Running {
    /// Nothing between two lives.
    process: Option<Process>,
    database: PathBuf,
    lives: u32,
}

// === impl Purger ===

impl Purger {
    #[track_caller]
    pub(super) fn start(plan: PurgerPlan) -> Self {
        let process = plan.start(&plan.database, 0);
        let database = plan.database.clone();
        Self {
            plan,
            running: Mutex::new(Running {
                process: Some(process),
                database,
                lives: 1,
            }),
        }
    }

    /// SIGKILL, and the next one. Blocks until that is ready.
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
        drop(running.process.take());
    }

    #[track_caller]
    pub(super) fn start_again(&self) {
        let mut running = self.running.lock().expect("it got up again every time");
        running.process = Some(self.plan.start(&running.database, running.lives));
        running.lives += 1;
    }

    /// The next life is on this database.
    #[track_caller]
    pub(super) fn move_to(&self, database: &Path) {
        let mut running = self.running.lock().expect("it got up again every time");
        database.clone_into(&mut running.database);
    }

    /// Nothing between two lives.
    #[track_caller]
    pub(super) fn process_id(&self) -> Option<u32> {
        let running = self.running.lock().expect("it got up again every time");
        running.process.as_ref().map(Process::id)
    }

    /// How many times it was killed; fails if once it did not get up again.
    #[track_caller]
    pub(super) fn crashes(&self) -> u32 {
        let running = self.running.lock().expect("it got up again every time");
        running.lives - 1
    }
}

impl PurgerPlan {
    #[track_caller]
    fn start(&self, database: &Path, earlier_lives: u32) -> Process {
        let mut command = Command::new(processes::origin_stub());
        command
            .args(["purge", "--stop-when-stdin-closes", "--database"])
            .arg(database)
            .arg("--purge-url")
            .arg(format!("http://{}", self.purge_api))
            .args(["--purge-token", PURGE_TOKEN, "--service-id", SERVICE_ID])
            .args(["--fill-deadline-ms", &self.fill_deadline_ms.to_string()]);
        if self.forgets && earlier_lives > 0 {
            command.arg("--skip-to-head");
        }
        let (process, _) = Process::start(&mut command, log(&self.folder, earlier_lives));
        process
    }
}

fn log(folder: &Path, life: u32) -> PathBuf {
    folder.join(format!("purger-{life}.log"))
}
