use std::{
    convert::Infallible,
    future::Future as _,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::{
    sync::watch,
    time::{Instant, Sleep, sleep},
};

/// Between two drops: less than any timeout between bytes.
const PAUSE: Duration = Duration::from_millis(50);

/// A kilobyte lasts longer than any deadline of a fill here.
const DROP: usize = 8;

/// A body on its way.
pub(super) struct Flow {
    rest: Bytes,
    drops: Option<Drops>,
}

struct Drops {
    /// Whether what is left may come at once.
    lifted: watch::Receiver<bool>,
    next: Pin<Box<Sleep>>,
}

// === impl Flow ===

impl Flow {
    pub(super) fn of(body: Bytes, drops_until: Option<watch::Receiver<bool>>) -> Self {
        let drops = drops_until.map(|lifted| Drops {
            lifted,
            next: Box::pin(sleep(PAUSE)),
        });
        Self { rest: body, drops }
    }
}

impl Body for Flow {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let mut length = self.rest.len();
        if length == 0 {
            return Poll::Ready(None);
        }
        if let Some(drops) = &mut self.drops {
            ready!(drops.next.as_mut().poll(context));
            drops.next.as_mut().reset(Instant::now() + PAUSE);
            if !*drops.lifted.borrow() {
                length = length.min(DROP);
            }
        }
        let rest = self.rest.split_off(length);
        let some = mem::replace(&mut self.rest, rest);
        Poll::Ready(Some(Ok(Frame::data(some))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

#[test]
fn drops_come_until_the_bar_is_lifted_and_then_the_rest() {
    let text = "a body, and a long rest of it";
    use http_body_util::BodyExt as _;

    crate::harness::http::RUNTIME.block_on(async {
        let (lift, lifted) = watch::channel(false);
        let mut flow = Flow::of(Bytes::from_static(text.as_bytes()), Some(lifted));
        let mut come = Vec::new();
        while let Some(Ok(frame)) = flow.frame().await {
            come.extend(frame.into_data());
            lift.send_replace(come.len() == 2);
        }
        let lengths: Vec<_> = come.iter().map(Bytes::len).collect();
        assert_eq!(lengths, [DROP, DROP, text.len() - 2 * DROP]);
        assert_eq!(come.concat(), text.as_bytes());
    });
}
