//! Server-sent events, read as they come: an event counts when it is whole.

use std::{collections::VecDeque, io, net::SocketAddr, str};

use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Incoming, client::conn::http1, header::AUTHORIZATION};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::harness::local::CMS_TOKEN;

/// An event of the change feed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Event {
    pub(super) id: u64,
    pub(super) data: Value,
}

/// The feed, from some point on, until the connection ends.
pub(super) struct Stream {
    body: Incoming,
    text: Text,
}

/// What has come of the body.
#[derive(Default)]
struct Text {
    /// The beginning of an event.
    rest: Vec<u8>,
    whole: VecDeque<Event>,
}

// === impl Stream ===

impl Stream {
    /// Asks for all events after this one.
    pub(super) async fn open(address: SocketAddr, after: u64) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        let (mut sender, driver) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(io::Error::other)?;
        tokio::spawn(driver);
        // What the header says counts, not what the address says: a browser's reconnection.
        let request = Request::get("/v1/changes/stream?after=0")
            .header("host", address.to_string())
            .header("last-event-id", after.to_string())
            .header(AUTHORIZATION, format!("Bearer {CMS_TOKEN}"))
            .body(Full::<hyper::body::Bytes>::default())
            .map_err(io::Error::other)?;
        let response = sender
            .send_request(request)
            .await
            .map_err(io::Error::other)?;
        assert_eq!(response.status(), 200, "the feed after {after}");
        Ok(Self {
            body: response.into_body(),
            text: Text::default(),
        })
    }

    /// Whether a part of an event has come.
    pub(super) fn is_within_an_event(&self) -> bool {
        !self.text.rest.is_empty()
    }

    /// The next event; an error when the connection has ended.
    pub(super) async fn next(&mut self) -> io::Result<Event> {
        loop {
            if let Some(event) = self.text.whole.pop_front() {
                return Ok(event);
            }
            let frame = self.body.frame().await;
            let frame = frame.ok_or(io::ErrorKind::UnexpectedEof)?;
            let frame = frame.map_err(io::Error::other)?;
            if let Ok(bytes) = frame.into_data() {
                self.text.add(&bytes);
            }
        }
    }
}

// === impl Text ===

impl Text {
    fn add(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        while let Some(end) = self.rest.windows(2).position(|pair| pair == b"\n\n") {
            let block: Vec<_> = self.rest.drain(..end + 2).collect();
            self.whole.extend(event(&block));
        }
    }
}

/// An event of lines; nothing for a comment that keeps the connection alive.
fn event(block: &[u8]) -> Option<Event> {
    let block = str::from_utf8(block).expect("the feed is text");
    let field = |name: &str| {
        let mut lines = block.lines();
        let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        Some(line.strip_prefix(' ').unwrap_or(line))
    };
    let data = field("data")?;
    assert_eq!(field("event"), Some("change"), "{block}");
    let id = field("id").and_then(|id| id.parse().ok());
    Some(Event {
        id: id.unwrap_or_else(|| panic!("an event without a number: {block}")),
        data: serde_json::from_str(data).unwrap_or_else(|_| panic!("`{data}` is not JSON")),
    })
}

#[test]
fn an_event_counts_when_it_is_whole_wherever_it_was_cut() {
    let text = b": hello\n\nid: 7\nevent: change\ndata: {\"seq\":7}\n\nid: 8\nevent: change\ndata: {\"seq\":8}\n\nid: 9\nevent";
    for cut in 0..text.len() {
        let mut whole = Text::default();
        whole.add(&text[..cut]);
        whole.add(&text[cut..]);
        let ids: Vec<_> = whole.whole.iter().map(|event| event.id).collect();
        assert_eq!(ids, [7, 8], "cut after {cut} bytes");
        assert_eq!(whole.whole[1].data["seq"], 8);
    }
}
