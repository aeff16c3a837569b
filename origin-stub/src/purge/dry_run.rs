//! What the purger would call the API with, in place of calling it.

use std::io::{self, Write as _};

use serde_json::json;
use tokio::time::Instant;

use super::{Purge, Tiers, backlog::Backlog};
use crate::{
    change::stale,
    serve::{ServeError, system},
    store::{FeedError, Store},
};

/// How many changes are read at a time.
const PAGE: u32 = 1_000;

/// Prints the calls that are open. The cursor stays where it is.
pub(super) async fn print(
    store: &Store,
    service: &str,
    tiers: Tiers,
    json: bool,
) -> Result<(), ServeError> {
    let cursor = store.purge_cursor(service).await.map_err(FeedError::Store);
    let mut after = cursor?.unwrap_or_default().settled;
    let mut backlog = Backlog::after(after, tiers);
    let mut changes = 0;
    loop {
        let (page, _) = store.changes(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        changes += page.len();
        for committed in &page {
            backlog.add(committed.seq, stale(&committed.change));
        }
    }
    let (now, mut calls) = (Instant::now(), 0);
    let mut stdout = io::stdout().lock();
    while let Some(batch) = backlog.next_batch(now) {
        calls += 1;
        let line = match json {
            true => as_json(&batch),
            false => as_text(&batch),
        };
        writeln!(stdout, "{line}").map_err(system("cannot write to standard output"))?;
        backlog.confirm(&batch, now);
    }
    let sum = format!("{changes} changes to purge, {calls} calls, each to be repeated");
    match json {
        true => eprintln!("{sum}"),
        false => writeln!(stdout, "{sum}").map_err(system("cannot write to standard output"))?,
    }
    Ok(())
}

fn as_json(batch: &Purge) -> String {
    json!({ "kind": batch.kind.as_str(), "surrogate_keys": batch.key_texts() }).to_string()
}

fn as_text(batch: &Purge) -> String {
    format!("{} {}", batch.kind.as_str(), batch.key_texts().join(" "))
}
