//! What was written after the snapshot, written again: whole transactions, up to a moment.

use std::{collections::BTreeSet, io::BufRead as _, path::Path};

use serde_json::{Map, Value};

use super::RestoreError;
use crate::{
    backup::{
        file::{self, FileError, Line, system},
        folder::Entry,
    },
    model::IsoTime,
    store::Rebuilt,
};

type Row = Map<String, Value>;

/// A database on its way to a moment.
pub(super) struct Replay {
    pub(super) rebuilt: Rebuilt,
    until: IsoTime,
    /// Accounts that were written, at whatever time.
    pub(super) accounts: BTreeSet<String>,
    pub(super) transactions: u64,
    pub(super) last_commit: Option<String>,
    /// Whether a transaction was found that is of later.
    is_done: bool,
}

impl Replay {
    pub(super) fn new(rebuilt: Rebuilt, until: IsoTime) -> Self {
        Self {
            rebuilt,
            until,
            accounts: BTreeSet::new(),
            transactions: 0,
            last_commit: None,
            is_done: false,
        }
    }

    /// Writes again what a journal has of the time until then.
    pub(super) async fn journal(&mut self, path: &Path) -> Result<(), RestoreError> {
        let mut is_open = false;
        for (number, line) in (1..).zip(lines(path)?) {
            let line = line?;
            if let Some(account) = account_of(&line) {
                self.accounts.insert(account.to_owned());
            }
            if self.is_done {
                continue;
            }
            let refuse = |reason: String| RestoreError::Row {
                path: path.to_owned(),
                // The two that come first are not counted.
                line: number + 2,
                reason,
            };
            if !is_open {
                self.rebuilt.begin().await?;
                is_open = true;
            }
            let applied = match &line {
                Line::Put { table, put } => self.rebuilt.apply(table, false, put).await,
                Line::Delete { table, delete } => self.rebuilt.apply(table, true, delete).await,
                Line::Commit { committed_at } => {
                    let at: IsoTime = committed_at
                        .parse()
                        .map_err(|error| refuse(format!("{error}")))?;
                    self.is_done = at > self.until;
                    is_open = false;
                    match self.is_done {
                        true => self.rebuilt.roll_back().await?,
                        false => {
                            self.rebuilt.commit().await?;
                            self.transactions += 1;
                            self.last_commit = Some(committed_at.clone());
                        }
                    }
                    continue;
                }
            };
            match applied {
                Ok(true) => {}
                Ok(false) => return Err(refuse("there is no such table".to_owned())),
                Err(error) => return Err(refuse(error.to_string())),
            }
        }
        match is_open {
            false => Ok(()),
            true => Err(FileError::Damaged {
                path: path.to_owned(),
                reason: "it ends within a transaction".to_owned(),
            }
            .into()),
        }
    }

    /// Notes the accounts that later files tell of. Answers how many files cannot be read: they do
    /// not keep anybody from going back to before them.
    pub(super) fn note_later_accounts(&mut self, later: &[&Entry]) -> usize {
        let mut unread = 0;
        for entry in later {
            let Ok(head) = &entry.head else {
                unread += 1;
                continue;
            };
            self.accounts.extend(head.header.accounts.iter().cloned());
            let is_snapshot = head.header.kind == file::Kind::Snapshot;
            if !is_snapshot && self.note_accounts(&entry.path).is_err() {
                unread += 1;
            }
        }
        unread
    }

    fn note_accounts(&mut self, path: &Path) -> Result<(), FileError> {
        for line in lines(path)? {
            if let Some(account) = account_of(&line?) {
                self.accounts.insert(account.to_owned());
            }
        }
        Ok(())
    }
}

/// The lines of a journal.
fn lines(path: &Path) -> Result<impl Iterator<Item = Result<Line<Row>, FileError>>, FileError> {
    let (_, body) = file::open(path)?;
    let path = path.to_owned();
    Ok(body.lines().map(move |line| {
        let line = line.map_err(system("read", &path))?;
        serde_json::from_str(&line).map_err(|error| FileError::Damaged {
            path: path.clone(),
            reason: error.to_string(),
        })
    }))
}

fn account_of(line: &Line<Row>) -> Option<&str> {
    match line {
        Line::Put { table, put } if table == "accounts" => put.get("id")?.as_str(),
        Line::Put { .. } | Line::Delete { .. } | Line::Commit { .. } => None,
    }
}
