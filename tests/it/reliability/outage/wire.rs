//! A way to an origin that breaks below HTTP, and in the middle of it.

use std::{io, net::SocketAddr, sync::Mutex, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};

use crate::harness::http::RUNTIME;

/// A listener that leads to an origin, one request to a connection.
pub(super) struct Wire {
    pub(super) address: SocketAddr,
    mode: watch::Sender<Mode>,
    /// What fills the queue of a black hole.
    queue: Mutex<Vec<TcpStream>>,
}

/// What becomes of a request and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Through,
    /// Connections are not accepted: packets that would open one are not answered.
    BlackHole,
    /// Half of the answer at once, the rest byte by byte.
    Trickle,
    /// Something that is not HTTP.
    Garbage,
    /// Our half of the connection is closed, the other side's is read on.
    HalfClosed,
    /// What a balancer says that has nobody to ask.
    Unavailable,
    /// The answer, with rules that nobody understands.
    UnknownRules,
}

/// What the rules become in [`Mode::UnknownRules`].
pub(super) const UNKNOWN_RULES: &str = "moon-phase=full";

/// The kernel keeps so many connections that nobody has accepted, and one more.
const BACKLOG: u32 = 128;

/// Nothing on this machine takes longer to be connected, unless nobody answers.
const CONNECTED: Duration = Duration::from_millis(300);

// === impl Wire ===

impl Wire {
    pub(super) fn to(origin: SocketAddr) -> Self {
        let (mode, of_all) = watch::channel(Mode::Through);
        let _on = RUNTIME.enter();
        let socket = TcpSocket::new_v4().expect("the system has sockets");
        let free = "127.0.0.1:0".parse().expect("an address");
        socket.bind(free).expect("loopback has a free port");
        // As long as somebody accepts, the queue is empty.
        let listener = socket.listen(BACKLOG).expect("it is bound");
        let address = listener.local_addr().expect("it is bound");
        RUNTIME.spawn(accept(listener, origin, of_all));
        Self {
            address,
            mode,
            queue: Mutex::default(),
        }
    }

    /// From now on. What is open is cut off.
    #[track_caller]
    pub(super) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
        let mut queue = self.queue.lock().expect("nobody panicked");
        queue.clear();
        if mode == Mode::BlackHole {
            *queue = RUNTIME.block_on(self.fill_the_queue());
        }
    }

    /// Connects until nobody answers any more.
    async fn fill_the_queue(&self) -> Vec<TcpStream> {
        let mut queue = Vec::new();
        while let Ok(connected) = timeout(CONNECTED, TcpStream::connect(self.address)).await {
            queue.push(connected.expect("the listener is there"));
            assert!(queue.len() < 1_000, "somebody accepts connections");
        }
        queue
    }
}

async fn accept(listener: TcpListener, origin: SocketAddr, mut mode: watch::Receiver<Mode>) {
    loop {
        let is_open = *mode.borrow_and_update() != Mode::BlackHole;
        tokio::select! {
            accepted = listener.accept(), if is_open => {
                let Ok((stream, _)) = accepted else { return };
                tokio::spawn(carry(stream, origin, mode.clone()));
            }
            // The sender is as old as the wire; without it the wire is gone.
            changed = mode.changed() => if changed.is_err() { return },
        }
    }
}

/// One connection, until it ends or the wire changes.
async fn carry(stream: TcpStream, origin: SocketAddr, mut mode: watch::Receiver<Mode>) {
    let now = *mode.borrow_and_update();
    tokio::select! {
        // An error means that the other side has left, which it may.
        _ = exchange(stream, origin, now) => {}
        _ = mode.changed() => {}
    }
}

async fn exchange(mut stream: TcpStream, origin: SocketAddr, mode: Mode) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    match mode {
        Mode::Through | Mode::BlackHole => {
            stream.write_all(&answer(origin, &head).await?).await?;
        }
        Mode::Trickle => {
            let answer = answer(origin, &head).await?;
            let (first, rest) = answer.split_at(answer.len() - answer.len() / 8);
            stream.write_all(first).await?;
            for byte in rest {
                sleep(Duration::from_millis(100)).await;
                stream.write_all(&[*byte]).await?;
            }
        }
        Mode::Garbage => stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n").await?,
        Mode::HalfClosed => {
            stream.shutdown().await?;
            while stream.read_buf(&mut head).await? > 0 {}
        }
        Mode::Unavailable => {
            let unavailable =
                b"HTTP/1.1 503 Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(unavailable).await?;
        }
        Mode::UnknownRules => {
            let answer = answer(origin, &head).await?;
            stream.write_all(&misunderstood(&answer)).await?;
        }
    }
    stream.shutdown().await
}

/// The origin's whole answer.
async fn answer(origin: SocketAddr, head: &[u8]) -> io::Result<Vec<u8>> {
    let mut connection = TcpStream::connect(origin).await?;
    let open = head.strip_suffix(b"\r\n").unwrap_or(head);
    connection.write_all(open).await?;
    connection.write_all(b"Connection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await?;
    Ok(answer)
}

/// The answer with other rules for the video, if there are any.
fn misunderstood(answer: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"playback-video-rules: ";
    let lower = answer.to_ascii_lowercase();
    let at = lower.windows(NAME.len()).position(|text| text == NAME);
    let Some(start) = at.map(|at| at + NAME.len()) else {
        return answer.to_owned();
    };
    let len = answer[start..].iter().position(|byte| *byte == b'\r');
    let end = start + len.expect("a header's line ends");
    [&answer[..start], UNKNOWN_RULES.as_bytes(), &answer[end..]].concat()
}
