//! One purger at a time.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

/// Held by the purger of a service. The system frees it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct PurgerLock {
    _file: File,
}

impl PurgerLock {
    /// Takes the lock of a service's purger on a database, unless somebody has it.
    ///
    /// A lock file lies beside the database. (In PostgreSQL: an advisory lock.)
    pub(super) fn take(database: &Path, service: &str) -> io::Result<Option<Self>> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path(database, service))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

fn path(database: &Path, service: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(format!(".purger-{service}.lock"));
    path.into()
}
