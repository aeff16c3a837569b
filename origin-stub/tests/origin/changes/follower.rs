//! A client of the stream that reads it as browsers do.

use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::harness::{CMS_TOKEN, Origin};

/// An open stream.
pub(super) struct Follower {
    response: Response,
    text: String,
}

#[derive(Debug, Default)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) id: Option<String>,
    pub(super) retry: Option<String>,
    pub(super) data: Value,
}

/// What a request for a stream begins with.
pub(super) fn request(origin: &Origin, query: &str) -> RequestBuilder {
    let path = format!("/v1/changes/stream{query}");
    origin.request(Method::GET, &path).bearer_auth(CMS_TOKEN)
}

impl Follower {
    /// Follows from the change after `after`.
    pub(super) async fn after(origin: &Origin, after: u64) -> Self {
        Self::of(request(origin, &format!("?after={after}"))).await
    }

    /// Goes on after the event that was read last, as a browser does.
    pub(super) async fn again(origin: &Origin, last: u64) -> Self {
        Self::of(request(origin, "?after=0").header("Last-Event-ID", last)).await
    }

    pub(super) async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        let text = String::new();
        let mut follower = Self { response, text };
        let first = follower.event().await.expect("how soon to come again");
        assert_eq!(first.retry.as_deref(), Some("1000"), "{first:?}");
        follower
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// The next event; none when the stream has ended or is cut.
    pub(super) async fn event(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let event = Event::read(block);
                self.text = rest.to_owned();
                if let Some(event) = event {
                    return Some(event);
                }
                continue;
            }
            let bytes = self.response.chunk().await.ok()??;
            self.text += std::str::from_utf8(&bytes).expect("ids and names here are ASCII");
        }
    }

    /// The next change; none when the stream has ended or is cut.
    pub(super) async fn change(&mut self) -> Option<Value> {
        let event = self.event().await?;
        assert_eq!(event.name, "change", "{event:?}");
        assert_eq!(event.id, Some(event.data["seq"].to_string()), "{event:?}");
        Some(event.data)
    }

    /// The next so many changes.
    pub(super) async fn changes(&mut self, count: usize) -> Vec<Value> {
        let mut changes = Vec::new();
        while changes.len() < count {
            changes.push(self.change().await.expect("the stream goes on"));
        }
        changes
    }

    /// Whether it ended in good order, with nothing left to read.
    pub(super) async fn has_ended(mut self) -> bool {
        let rest = self.response.chunk().await;
        self.text.is_empty() && matches!(rest, Ok(None))
    }
}

impl Event {
    /// Nothing, where there are comments only.
    fn read(block: &str) -> Option<Self> {
        let mut event = Self::default();
        let mut is_event = false;
        for line in block.lines() {
            let Some((name, value)) = line.split_once(": ") else {
                assert!(
                    line.starts_with(':'),
                    "`{line}` is neither field nor comment"
                );
                continue;
            };
            is_event = true;
            match name {
                "event" => value.clone_into(&mut event.name),
                "id" => event.id = Some(value.to_owned()),
                "retry" => event.retry = Some(value.to_owned()),
                "data" => event.data = serde_json::from_str(value).expect("JSON on one line"),
                other => panic!("an event has no `{other}`"),
            }
        }
        is_event.then_some(event)
    }
}
