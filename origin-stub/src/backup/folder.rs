//! A folder of backups: which files there are, in order, and who may add one.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use super::file::{self, FileError, Head, Kind, system};
use crate::model::IsoTime;

/// What every file's name ends with.
const SUFFIX: &str = ".backup";
/// What names begin with that no reader looks at.
const PARTIAL: &str = ".partial-";

/// A folder that nobody else writes to.
pub(crate) struct Folder {
    path: PathBuf,
    /// By which the database knows it.
    key: String,
    _lock: File,
}

/// A file of a folder.
pub(crate) struct Entry {
    /// Its place: each has one more than the one before.
    pub(crate) number: u64,
    pub(crate) path: PathBuf,
    pub(crate) head: Result<Head, FileError>,
}

impl Folder {
    /// Takes a folder to write to; makes it if there is none.
    pub(crate) fn take(path: &Path) -> Result<Self, FileError> {
        fs::create_dir_all(path).map_err(system("make the folder", path))?;
        let path = path.canonicalize().map_err(system("find", path))?;
        let lock = path.join(".lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock)
            .map_err(system("make", &lock))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FileError::Taken(path)),
            Err(TryLockError::Error(error)) => return Err(system("lock", &lock)(error)),
        }
        let folder = Self {
            key: path.to_string_lossy().into_owned(),
            path,
            _lock: file,
        };
        // What a backup left that was killed.
        folder.clear();
        Ok(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// A name for what is not whole yet.
    pub(crate) fn partial(&self, what: &str) -> PathBuf {
        self.path.join(format!("{PARTIAL}{what}"))
    }

    /// Removes what is not whole. What cannot be removed is in nobody's way.
    pub(crate) fn clear(&self) {
        let Ok(files) = fs::read_dir(&self.path) else {
            return;
        };
        for file in files.flatten() {
            if file.file_name().to_string_lossy().starts_with(PARTIAL) {
                fs::remove_file(file.path()).ok();
            }
        }
    }

    /// Makes the names last.
    pub(crate) fn sync(&self) -> Result<(), FileError> {
        sync(&self.path)
    }

    pub(crate) fn entries(&self) -> Result<Vec<Entry>, FileError> {
        entries(&self.path)
    }
}

/// The files of a folder, in order.
pub(crate) fn entries(folder: &Path) -> Result<Vec<Entry>, FileError> {
    let mut entries = Vec::new();
    for file in fs::read_dir(folder).map_err(system("read", folder))? {
        let file = file.map_err(system("read", folder))?;
        let Some(number) = number(&file.file_name().to_string_lossy()) else {
            continue;
        };
        let path = file.path();
        let head = file::head(&path);
        entries.push(Entry { number, path, head });
    }
    entries.sort_by_key(|entry| entry.number);
    Ok(entries)
}

/// The name of a file. Names sort as the files come after each other.
pub(crate) fn name(number: u64, at: IsoTime, kind: Kind) -> String {
    let at: String = at
        .to_string()
        .chars()
        .filter(|c| !":-".contains(*c))
        .collect();
    let kind = match kind {
        Kind::Snapshot => "snapshot",
        Kind::Journal => "journal",
    };
    format!("{number:08}-{at}-{kind}{SUFFIX}")
}

fn number(name: &str) -> Option<u64> {
    let (number, _) = name.strip_suffix(SUFFIX)?.split_once('-')?;
    number.parse().ok()
}

/// Makes the names in a folder last.
pub(crate) fn sync(folder: &Path) -> Result<(), FileError> {
    let opened = File::open(folder);
    opened
        .and_then(|folder| folder.sync_all())
        .map_err(system("write", folder))
}
