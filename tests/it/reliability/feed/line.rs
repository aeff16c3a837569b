//! A line that breaks after a number of bytes that nobody knows beforehand.

use std::{
    io,
    net::SocketAddr,
    ops::Range,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use fastrand::Rng;
use tokio::{
    io::{AsyncReadExt, copy},
    net::{TcpListener, TcpStream},
};

use crate::harness::http::RUNTIME;

/// The answer's head and a few events.
const BYTES: Range<u64> = 1..2_000;

/// Where the line begins. Each connection breaks once.
pub(super) struct Line {
    pub(super) address: SocketAddr,
    cuts: Arc<AtomicUsize>,
}

// === impl Line ===

impl Line {
    pub(super) fn to(target: SocketAddr, dice: Rng) -> Self {
        let listener = RUNTIME
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let cuts = Arc::default();
        RUNTIME.spawn(accept(listener, target, dice, Arc::clone(&cuts)));
        Self { address, cuts }
    }

    /// How many times it has broken.
    pub(super) fn cuts(&self) -> usize {
        self.cuts.load(Ordering::Relaxed)
    }
}

async fn accept(listener: TcpListener, target: SocketAddr, dice: Rng, cuts: Arc<AtomicUsize>) {
    let dice = Mutex::new(dice);
    while let Ok((client, _)) = listener.accept().await {
        let bytes = dice.lock().expect("nobody panics").u64(BYTES);
        let cuts = Arc::clone(&cuts);
        tokio::spawn(async move {
            // It breaks in any case.
            let _ = carry(client, target, bytes).await;
            cuts.fetch_add(1, Ordering::Relaxed);
        });
    }
}

/// Carries the question, and so many bytes of the answer.
async fn carry(mut client: TcpStream, target: SocketAddr, bytes: u64) -> io::Result<()> {
    let mut origin = TcpStream::connect(target).await?;
    let (mut from_client, mut to_client) = client.split();
    let (from_origin, mut to_origin) = origin.split();
    let mut answer = from_origin.take(bytes);
    let carried = tokio::select! {
        carried = copy(&mut from_client, &mut to_origin) => carried,
        carried = copy(&mut answer, &mut to_client) => carried,
    };
    carried.map(drop)
}
