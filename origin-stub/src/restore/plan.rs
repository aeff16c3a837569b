//! Which files lead to a moment.

use std::path::Path;

use super::RestoreError;
use crate::{
    backup::{
        file::{self, Head, Kind},
        folder::Entry,
    },
    model::IsoTime,
};

/// A snapshot and the journals after it.
pub(super) struct Plan<'a> {
    pub(super) snapshot: Part<'a>,
    pub(super) journals: Vec<Part<'a>>,
    /// What comes after that.
    pub(super) later: Vec<&'a Entry>,
    /// The moment they lead to: the one that was asked for, or the last.
    pub(super) reached: IsoTime,
}

/// A file whose header was read.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) path: &'a Path,
    head: &'a Head,
}

impl<'a> Plan<'a> {
    /// Finds the newest snapshot that is not later than a moment, and what leads on from it.
    pub(super) fn make(
        folder: &Path,
        entries: &'a [Entry],
        until: IsoTime,
    ) -> Result<Self, RestoreError> {
        let mut snapshots = entries.iter().enumerate().filter_map(|(at, entry)| {
            let head = entry.head.as_ref().ok()?;
            (head.header.kind == Kind::Snapshot).then_some((at, head.header.at))
        });
        let first = snapshots.clone().next();
        let Some((at, _)) = snapshots.rfind(|(_, at)| *at <= until) else {
            return Err(
                match (first, entries.iter().find(|entry| entry.head.is_err())) {
                    (Some((_, first)), _) => RestoreError::TooEarly { until, first },
                    // Nothing can be read but errors.
                    (None, Some(entry)) => match part(entry) {
                        Err(error) => error,
                        Ok(_) => RestoreError::Empty(folder.to_owned()),
                    },
                    (None, None) => RestoreError::Empty(folder.to_owned()),
                },
            );
        };
        let mut rest = entries.iter().skip(at);
        let snapshot = rest.next();
        let snapshot = snapshot.ok_or_else(|| RestoreError::Empty(folder.to_owned()))?;
        let mut plan = Self {
            snapshot: part(snapshot)?,
            journals: Vec::new(),
            later: Vec::new(),
            reached: until,
        };
        let mut number = snapshot.number;
        while plan.last().head.header.at < until {
            let Some(entry) = rest.next() else {
                plan.reached = plan.last().head.header.at;
                break;
            };
            number += 1;
            let next = part(entry)?;
            plan.check(entry, number, next)?;
            match next.head.header.kind {
                Kind::Journal => plan.journals.push(next),
                // It is of later than was asked for, and what is before it leads up to it.
                Kind::Snapshot => {
                    plan.later.push(entry);
                    break;
                }
            }
        }
        plan.later.extend(rest);
        Ok(plan)
    }

    fn last(&self) -> Part<'a> {
        self.journals.last().copied().unwrap_or(self.snapshot)
    }

    /// Whether a file goes on where the last one ends.
    fn check(&self, entry: &Entry, number: u64, next: Part<'_>) -> Result<(), RestoreError> {
        let (last, header) = (&self.last().head.header, &next.head.header);
        let reason = if entry.number != number {
            format!("file {number} is missing")
        } else if header.database_id != last.database_id {
            "it is of another database".to_owned()
        } else if header.from != Some(last.to) || header.schema != last.schema {
            format!(
                "what was written between {} and {} was not kept; name a moment up to the first, or \
                 from the second on",
                last.at, header.at
            )
        } else {
            return Ok(());
        };
        Err(RestoreError::Gap {
            path: entry.path.clone(),
            reason,
        })
    }

    /// Reads all of them: nothing is made of a file that is damaged.
    pub(super) fn verify(&self) -> Result<(), RestoreError> {
        for part in [self.snapshot].iter().chain(&self.journals) {
            file::verify(part.path, part.head)?;
        }
        Ok(())
    }
}

impl Part<'_> {
    pub(super) fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }
}

/// A file whose header can be read; reads it once more for the error, if it cannot.
fn part(entry: &Entry) -> Result<Part<'_>, RestoreError> {
    match &entry.head {
        Ok(head) => Ok(Part {
            path: &entry.path,
            head,
        }),
        Err(_) => Err(match file::head(&entry.path) {
            Err(error) => error.into(),
            Ok(_) => RestoreError::Gap {
                path: entry.path.clone(),
                reason: "it changes while it is read".to_owned(),
            },
        }),
    }
}
