//! A way between two of our processes that takes time, as one between two places does.
//!
//! Bytes come in the order in which they were sent, each as much later as the way is long, in either
//! direction. How many there are does not matter, and being let in takes no time: what a request pays
//! on a connection that is open.

use std::{
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use hyper::body::Bytes;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use super::http::RUNTIME;

/// What is read at once.
const CHUNK: usize = 64 * 1024;

/// A listener that leads somewhere, and far.
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    way: Arc<Way>,
}

struct Way {
    target: OnceLock<SocketAddr>,
    one_way_us: AtomicU64,
}

/// Bytes that are under way, or the end of them.
struct Parcel {
    due: Instant,
    bytes: Bytes,
    /// Dropped with the last parcel: the other side then sees the end.
    to: UnboundedSender<Bytes>,
}

// === impl Relay ===

impl Relay {
    /// As short as the machine makes it, until [`Relay::set`] says more; nowhere, until
    /// [`Relay::lead_to`] says where.
    pub(crate) fn start() -> Self {
        let listener = RUNTIME
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let way = Arc::new(Way {
            target: OnceLock::new(),
            one_way_us: AtomicU64::new(0),
        });
        RUNTIME.spawn(accept(listener, Arc::clone(&way)));
        Self { address, way }
    }

    pub(crate) fn to(target: SocketAddr) -> Self {
        let relay = Self::start();
        relay.lead_to(target);
        relay
    }

    pub(crate) fn lead_to(&self, target: SocketAddr) {
        let led = self.way.target.set(target);
        led.expect("a relay leads to one place");
    }

    /// How long bytes take from now on, there as well as back.
    pub(crate) fn set(&self, one_way: Duration) {
        let one_way_us = u64::try_from(one_way.as_micros()).expect("it is no age");
        self.way.one_way_us.store(one_way_us, Ordering::Relaxed);
    }
}

impl Way {
    fn one_way(&self) -> Duration {
        Duration::from_micros(self.one_way_us.load(Ordering::Relaxed))
    }
}

async fn accept(listener: TcpListener, way: Arc<Way>) {
    let (post, under_way) = mpsc::channel();
    // All parcels are under way equally long, so they arrive in the order of their departures: one
    // sleeper does. A thread's sleep is exact to a tenth of a millisecond, the runtime's to one.
    thread::spawn(move || deliver(&under_way));
    while let Ok((stream, _)) = listener.accept().await {
        let Some(target) = way.target.get().copied() else {
            continue;
        };
        tokio::spawn(connect(stream, target, Arc::clone(&way), post.clone()));
    }
}

fn deliver(under_way: &mpsc::Receiver<Parcel>) {
    while let Ok(Parcel { due, bytes, to }) = under_way.recv() {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        // Who has left gets nothing.
        let _ = to.send(bytes);
    }
}

async fn connect(near: TcpStream, target: SocketAddr, way: Arc<Way>, post: mpsc::Sender<Parcel>) {
    // Who is not there does not let anybody in: the connection ends.
    let Ok(far) = TcpStream::connect(target).await else {
        return;
    };
    // A parcel does not wait for a second one.
    if near.set_nodelay(true).is_err() || far.set_nodelay(true).is_err() {
        return;
    }
    let (near_read, near_write) = near.into_split();
    let (far_read, far_write) = far.into_split();
    tokio::spawn(one_direction(
        near_read,
        far_write,
        Arc::clone(&way),
        post.clone(),
    ));
    one_direction(far_read, near_write, way, post).await;
}

/// Everything that one side says, and that it has nothing more to say.
async fn one_direction(
    mut from: impl AsyncRead + Unpin,
    to: impl AsyncWrite + Unpin + Send + 'static,
    way: Arc<Way>,
    post: mpsc::Sender<Parcel>,
) {
    let (arrive, arriving) = unbounded_channel();
    tokio::spawn(write(arriving, to));
    let mut chunk = vec![0; CHUNK];
    loop {
        // What breaks off ends, for the other side.
        let len = from.read(&mut chunk).await.unwrap_or(0);
        let parcel = Parcel {
            due: Instant::now() + way.one_way(),
            bytes: Bytes::copy_from_slice(&chunk[..len]),
            to: arrive.clone(),
        };
        if post.send(parcel).is_err() || len == 0 {
            return;
        }
    }
}

async fn write(mut arriving: UnboundedReceiver<Bytes>, mut to: impl AsyncWrite + Unpin) {
    while let Some(bytes) = arriving.recv().await {
        if bytes.is_empty() || to.write_all(&bytes).await.is_err() {
            break;
        }
    }
    // It may be closed already.
    let _ = to.shutdown().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says back what is said to it, until it hears the end.
    async fn echo(listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut read, mut write) = stream.into_split();
                tokio::io::copy(&mut read, &mut write).await
            });
        }
    }

    async fn relayed() -> (Relay, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("loopback has a free port");
        let target = listener.local_addr().expect("it is bound");
        tokio::spawn(echo(listener));
        let relay = tokio::task::spawn_blocking(move || Relay::to(target)).await;
        let relay = relay.expect("no panic");
        let stream = TcpStream::connect(relay.address).await;
        (relay, stream.expect("it is there"))
    }

    async fn there_and_back(stream: &mut TcpStream, said: &[u8]) -> Duration {
        let mut heard = vec![0; said.len()];
        let started = Instant::now();
        stream.write_all(said).await.expect("it takes everything");
        stream.read_exact(&mut heard).await.expect("it comes back");
        assert_eq!(heard, said);
        started.elapsed()
    }

    /// Only never faster: how much slower is the machine's affair.
    #[test]
    fn bytes_take_as_long_as_the_way_is_in_both_directions() {
        RUNTIME.block_on(async {
            let (relay, mut stream) = relayed().await;
            for one_way in [0, 7, 40, 3].map(Duration::from_millis) {
                relay.set(one_way);
                for _ in 0..5 {
                    let took = there_and_back(&mut stream, b"Are you there?").await;
                    assert!(took >= one_way * 2, "{one_way:?} each way, {took:?} in all");
                }
            }
        });
    }

    /// Many at once take as long as one: a way has no rate.
    #[test]
    fn what_is_said_meanwhile_does_not_wait_for_an_answer() {
        RUNTIME.block_on(async {
            let (relay, mut stream) = relayed().await;
            relay.set(Duration::from_millis(100));
            let started = Instant::now();
            for number in 0_u8..50 {
                stream.write_all(&[number]).await.expect("it is taken");
            }
            let mut heard = [0; 50];
            stream.read_exact(&mut heard).await.expect("it comes back");
            let took = started.elapsed();
            assert!(heard.is_sorted(), "in order: {heard:?}");
            // One after the other they would take ten seconds.
            assert!(took < Duration::from_secs(5), "{took:?}");
        });
    }

    #[test]
    fn the_end_arrives_after_everything_else() {
        RUNTIME.block_on(async {
            let (relay, mut stream) = relayed().await;
            relay.set(Duration::from_millis(10));
            let said = vec![b'x'; 3 * CHUNK];
            stream.write_all(&said).await.expect("it is taken");
            stream.shutdown().await.expect("it is open");
            let mut heard = Vec::new();
            stream.read_to_end(&mut heard).await.expect("it ends");
            assert!(heard == said, "{} of {} bytes", heard.len(), said.len());
        });
    }
}
