//! A file of a backup: a line with its checksum and length, a line of JSON that says what it holds,
//! and then that: the bytes of a database, or lines of JSON, one for each row that was written and
//! one at the end of each transaction.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::{model::IsoTime, store::JournalRow};

/// What the first line begins with; the number is that of this form.
const FORM: &str = "playback-edge backup 1 ";
/// The first line: the form, a checksum of everything after the line, the length of the file, and a
/// checksum of the second line, by which files are chosen before they are read whole.
const FIRST_LINE: usize = FORM.len() + 64 + 1 + 20 + 1 + 64 + 1;
/// No header is longer: some hundred bytes, and the ids of the accounts.
const MAX_HEADER: u64 = 64 * 1024 * 1024;

/// A file that is not written, or not read.
#[derive(Debug, Error)]
pub(crate) enum FileError {
    /// The system refuses.
    #[error("cannot {doing} `{}`: {source}", path.display())]
    System {
        doing: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// It is not what was written.
    #[error("`{}` is damaged: {reason}", path.display())]
    Damaged { path: PathBuf, reason: String },
    /// Somebody else writes to the folder.
    #[error("another backup to `{}` is under way", .0.display())]
    Taken(PathBuf),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// A whole database.
    Snapshot,
    /// What was written to it.
    Journal,
}

/// What a file says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    pub(crate) kind: Kind,
    pub(crate) database_id: String,
    /// The version of the tables.
    pub(crate) schema: i64,
    /// The row of the journal that the file before it ends with. None when nothing is known of what
    /// was written between the two.
    pub(crate) from: Option<i64>,
    /// The last row of the journal that is part of it.
    pub(crate) to: i64,
    /// As of when the file before it was whole.
    pub(crate) since: Option<IsoTime>,
    /// As of when this one is: it has everything that was committed until then.
    pub(crate) at: IsoTime,
    /// The last change of the feed.
    pub(crate) feed_head: i64,
    /// Of a snapshot: the ids of its accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) accounts: Vec<String>,
}

/// What is known of a file without reading all of it.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) header: Header,
    pub(crate) checksum: String,
}

/// A file that is being written, under a name that no reader looks at.
pub(crate) struct Draft {
    path: PathBuf,
    file: BufWriter<File>,
    hash: Sha256,
    header_checksum: String,
    bytes: u64,
}

pub(crate) struct Finished {
    pub(crate) checksum: String,
    pub(crate) bytes: u64,
}

/// A line of a journal: a row, or the end of a transaction.
#[derive(Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Line<Row> {
    Put { table: String, put: Row },
    Delete { table: String, delete: Row },
    Commit { committed_at: String },
}

impl Draft {
    pub(crate) fn begin(path: PathBuf, header: &Header) -> Result<Self, FileError> {
        let file = File::create(&path).map_err(system("make", &path))?;
        let mut draft = Self {
            file: BufWriter::with_capacity(1 << 16, file),
            path,
            hash: Sha256::new(),
            header_checksum: String::new(),
            bytes: 0,
        };
        // In its place until there is something to sum up.
        let blank = " ".repeat(FIRST_LINE);
        let written = draft.file.write_all(blank.as_bytes());
        written.map_err(system("write", &draft.path))?;
        draft.line(header)?;
        draft.header_checksum = hex(draft.hash.clone());
        Ok(draft)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        let written = self.file.write_all(bytes);
        written.map_err(system("write", &self.path))
    }

    fn line(&mut self, value: &impl Serialize) -> Result<(), FileError> {
        let mut line = serde_json::to_vec(value).map_err(|error| FileError::System {
            doing: "write",
            path: self.path.clone(),
            source: error.into(),
        })?;
        line.push(b'\n');
        self.write(&line)
    }

    /// Adds a row of the journal, and the end of the transaction if it is the last of one.
    pub(crate) fn row(&mut self, row: &JournalRow) -> Result<(), FileError> {
        let table = row.record.clone();
        let json: &RawValue =
            serde_json::from_str(&row.row).map_err(|error| FileError::System {
                doing: "write",
                path: self.path.clone(),
                source: error.into(),
            })?;
        match row.is_deleted {
            true => self.line(&Line::Delete {
                table,
                delete: json,
            })?,
            false => self.line(&Line::Put { table, put: json })?,
        }
        match &row.committed_at {
            Some(at) => self.commit(at),
            None => Ok(()),
        }
    }

    /// Adds the end of a transaction.
    pub(crate) fn commit(&mut self, at: &str) -> Result<(), FileError> {
        self.line(&Line::<Value>::Commit {
            committed_at: at.to_owned(),
        })
    }

    /// Adds all of another file.
    pub(crate) fn copy(&mut self, from: &Path) -> Result<(), FileError> {
        let mut from_file = File::open(from).map_err(system("read", from))?;
        chunks(&mut from_file, from, |chunk| self.write(chunk))
    }

    /// Makes it last, and gives it its name.
    pub(crate) fn finish(self, name: &Path) -> Result<Finished, FileError> {
        let checksum = hex(self.hash);
        let bytes = self.bytes + FIRST_LINE as u64;
        let first_line = format!("{FORM}{checksum} {bytes:020} {}\n", self.header_checksum);
        let file = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error);
        file.and_then(|mut file| {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(first_line.as_bytes())?;
            file.sync_all()
        })
        .map_err(system("write", &self.path))?;
        std::fs::rename(&self.path, name).map_err(system("name", name))?;
        Ok(Finished { checksum, bytes })
    }
}

/// Reads what a file says of itself; whether it is whole, only [`verify`] can say.
pub(crate) fn head(path: &Path) -> Result<Head, FileError> {
    open(path).map(|(head, _)| head)
}

/// Opens a file for what comes after its header.
pub(crate) fn open(path: &Path) -> Result<(Head, BufReader<File>), FileError> {
    let damaged = |reason: &str| FileError::Damaged {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let file = File::open(path).map_err(system("read", path))?;
    let length = file.metadata().map_err(system("read", path))?.len();
    let mut file = BufReader::with_capacity(1 << 16, file);
    let mut first_line = vec![0; FIRST_LINE];
    file.read_exact(&mut first_line)
        .map_err(|_| damaged("it is cut off"))?;
    let first_line = String::from_utf8(first_line).map_err(|_| damaged("it has no checksum"))?;
    let told = first_line.strip_prefix(FORM);
    let told: Option<Vec<_>> =
        told.and_then(|line| Some(line.strip_suffix('\n')?.split(' ').collect()));
    let Some([checksum, bytes, header_checksum]) = told.as_deref() else {
        return Err(damaged("it is no backup, or not of this form"));
    };
    if bytes.parse() != Ok(length) {
        return Err(damaged(&format!(
            "it has {length} bytes where it had {}",
            bytes.trim_start_matches('0')
        )));
    }
    let mut line = Vec::new();
    (&mut file)
        .take(MAX_HEADER)
        .read_until(b'\n', &mut line)
        .map_err(system("read", path))?;
    if hex(Sha256::new_with_prefix(&line)) != *header_checksum {
        return Err(damaged("its header is another"));
    }
    let header = serde_json::from_slice(&line)
        .map_err(|error| damaged(&format!("its header cannot be read: {error}")))?;
    let checksum = (*checksum).to_owned();
    Ok((Head { header, checksum }, file))
}

/// Whether a file is what was written, to its last bit.
pub(crate) fn verify(path: &Path, head: &Head) -> Result<(), FileError> {
    let mut file = File::open(path).map_err(system("read", path))?;
    file.seek(SeekFrom::Start(FIRST_LINE as u64))
        .map_err(system("read", path))?;
    let mut hash = Sha256::new();
    chunks(&mut file, path, |chunk| {
        hash.update(chunk);
        Ok(())
    })?;
    match hex(hash) == head.checksum {
        true => Ok(()),
        false => Err(FileError::Damaged {
            path: path.to_owned(),
            reason: "its checksum is another".to_owned(),
        }),
    }
}

/// Tells what the system refused.
pub(crate) fn system(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FileError {
    let path = path.to_owned();
    move |source| FileError::System {
        doing,
        path,
        source,
    }
}

fn chunks(
    file: &mut File,
    path: &Path,
    mut take: impl FnMut(&[u8]) -> Result<(), FileError>,
) -> Result<(), FileError> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(system("read", path))?;
        match buffer.get(..read) {
            Some([]) | None => return Ok(()),
            Some(chunk) => take(chunk)?,
        }
    }
}

fn hex(hash: Sha256) -> String {
    let digest = hash.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
