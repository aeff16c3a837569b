//! The change feed as Server-Sent Events.
//!
//! Each stream is a task that reads the feed page by page and hands event after event to its
//! connection, which takes them as its client does. So the feed is read as slowly as its slowest
//! client likes, and the database is not: while the task waits no read is open. A client that takes
//! nothing for [`STALL`] of what waits for it loses its stream. Then it has no more here than its
//! socket and what was written there before; behind that it finds the end, and connects anew.
//!
//! # Source
//!
//! WHATWG HTML, section 9.2, Server-sent events.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    http::header,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream::unfold;
use serde_json::json;
use tokio::{
    sync::{Semaphore, mpsc, watch},
    time::timeout,
};

use crate::{
    change::{Committed, Seq},
    error::ApiError,
    store::{FeedError, Store},
};

/// The most streams at once.
const MAX_STREAMS: usize = 256;
/// How many changes are read at once.
const PAGE: u32 = 64;
/// How many events may wait for their connection.
const AHEAD: usize = 16;
/// How long a client may take nothing of what waits for it.
const STALL: Duration = Duration::from_secs(30);
/// After how much silence a comment says that there is still somebody: it finds out who is gone,
/// and keeps what is between from closing the connection.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How soon a browser is to connect again.
const RETRY: Duration = Duration::from_secs(1);

/// The streams that are open. Clones share them.
#[derive(Clone)]
pub(crate) struct Streams {
    /// One for each that may be opened yet.
    places: Arc<Semaphore>,
    /// Of all streams one reads at a time: an edit wakes them all, and the rest of the origin needs
    /// the database, too.
    turn: Arc<Semaphore>,
    stall: Duration,
    stopping: watch::Sender<bool>,
}

/// The task of a stream.
struct Follower {
    store: Store,
    turn: Arc<Semaphore>,
    /// The change that was handed over last.
    after: Seq,
    events: mpsc::Sender<Event>,
    stall: Duration,
}

/// Why a stream ends before the origin does.
enum Ended {
    /// Its client is gone.
    Left,
    /// Its client took nothing for too long.
    Stalled,
    /// What it was to read next is no longer kept.
    Expired,
    /// The feed cannot be read.
    Failed(FeedError),
    /// A change cannot be written.
    Unwritable(axum::Error),
}

impl Streams {
    pub(crate) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(MAX_STREAMS)),
            turn: Arc::new(Semaphore::new(1)),
            stall: STALL,
            stopping: watch::Sender::new(false),
        }
    }

    /// Ends all streams, also those that are opened later: a stop waits for open requests.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Opens a stream of what comes after a cursor that can be read from.
    ///
    /// # Errors
    ///
    /// When there are too many.
    pub(super) fn open(&self, store: &Store, after: Seq) -> Result<Response, ApiError> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| ApiError::TooManyStreams { most: MAX_STREAMS })?;
        let (events, taken) = mpsc::channel(AHEAD);
        let left = events.clone();
        let mut stopping = self.stopping.subscribe();
        let follower = Follower {
            store: store.clone(),
            turn: Arc::clone(&self.turn),
            after,
            events,
            stall: self.stall,
        };
        tokio::spawn(async move {
            let _place = place;
            tokio::select! {
                () = follower.run() => {}
                () = left.closed() => {}
                _ = stopping.wait_for(|is_stopping| *is_stopping) => {}
            }
        });
        Ok(answer(taken))
    }
}

fn answer(events: mpsc::Receiver<Event>) -> Response {
    let events = unfold(events, |mut events| async move {
        let event = events.recv().await?;
        Some((Ok::<_, Infallible>(event), events))
    });
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    ([(header::CACHE_CONTROL, "no-store")], events).into_response()
}

impl Follower {
    async fn run(mut self) {
        let Err(ended) = self.follow().await;
        match ended {
            Ended::Left => {}
            Ended::Stalled => {
                tracing::info!(after = %self.after, "nobody reads a stream of changes; it ends");
            }
            Ended::Expired => {
                tracing::warn!(after = %self.after, "a stream of changes is too far behind; it ends");
            }
            Ended::Failed(error) => {
                tracing::error!(%error, "the change feed cannot be read; a stream of it ends");
            }
            Ended::Unwritable(error) => {
                tracing::error!(%error, "a change cannot be written; a stream of them ends");
            }
        }
    }

    async fn follow(&mut self) -> Result<Infallible, Ended> {
        let mut head = self.store.head();
        self.send(Event::default().retry(RETRY)).await?;
        loop {
            // Seen before it is read: what is committed from here on wakes the next wait.
            head.borrow_and_update();
            let changes = self.read().await?;
            if changes.is_empty() && head.changed().await.is_err() {
                return Err(Ended::Left);
            }
            for change in changes {
                let event = Event::default().event("change").id(change.seq.to_string());
                let event = event.json_data(&change).map_err(Ended::Unwritable)?;
                self.send(event).await?;
                self.after = change.seq;
            }
        }
    }

    async fn read(&self) -> Result<Vec<Committed>, Ended> {
        let read = {
            let _turn = self.turn.acquire().await;
            self.store.changes(self.after, PAGE).await
        };
        match read {
            Ok((changes, _bounds)) => Ok(changes),
            Err(FeedError::Expired(pruned_to)) => {
                let told = json!({ "pruned_to": pruned_to });
                let event = Event::default().event("expired").json_data(told);
                self.send(event.map_err(Ended::Unwritable)?).await?;
                Err(Ended::Expired)
            }
            Err(error @ (FeedError::Ahead(_) | FeedError::Store(_))) => Err(Ended::Failed(error)),
        }
    }

    async fn send(&self, event: Event) -> Result<(), Ended> {
        match timeout(self.stall, self.events.send(event)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Ended::Left),
            Err(_) => Err(Ended::Stalled),
        }
    }
}

#[cfg(test)]
mod tests;
