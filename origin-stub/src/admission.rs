//! How many requests are worked on at once: more would only make all of them late.
//!
//! What comes beyond that waits for its turn, and what comes beyond the waiting is refused at once,
//! with the word to come again. So a flood costs its own callers, and the rest is answered in time.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use crate::error::ApiError;

/// Nobody waits longer for a turn: the edge gives up about then, and an editor asks why.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// A door that lets in so many at once. Clones are the same door.
#[derive(Clone, Debug)]
pub(crate) struct Admission {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Admission {
    /// A door for `running` requests at once, before which `waiting` may stand.
    pub(crate) fn new(running: usize, waiting: usize) -> Self {
        Self {
            running: Arc::new(Semaphore::new(running)),
            waiting: Arc::new(Semaphore::new(waiting)),
        }
    }

    /// A turn, unless too many are waiting for theirs, or for too long.
    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(turn) = self.running.try_acquire() {
            return Some(turn);
        }
        let _place = self.waiting.try_acquire().ok()?;
        timeout(LONGEST_WAIT, self.running.acquire())
            .await
            .ok()?
            .ok()
    }
}

/// Lets a request in, or answers 503. What an answer sends after its head is not counted.
pub(crate) async fn admit(State(door): State<Admission>, request: Request, next: Next) -> Response {
    match door.turn().await {
        Some(_turn) => next.run(request).await,
        None => ApiError::Overloaded.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn so_many_are_let_in_so_many_wait_and_the_rest_is_refused() {
        let door = Admission::new(2, 1);
        let first = door.turn().await.expect("there is room");
        let _second = door.turn().await.expect("there is room");
        let waiting = door.clone();
        let third = tokio::spawn(async move { waiting.turn().await.is_some() });
        while door.waiting.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(door.turn().await.is_none(), "nobody more may wait");
        drop(first);
        assert!(third.await.expect("no panic"), "the next one's turn");
        assert!(door.turn().await.is_some());
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let door = Admission::new(1, 1);
        let _turn = door.turn().await.expect("there is room");
        assert!(door.turn().await.is_none());
        assert_eq!(
            door.waiting.available_permits(),
            1,
            "the place is free again"
        );
    }
}
