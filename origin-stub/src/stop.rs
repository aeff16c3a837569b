//! What tells a process to stop.

use std::io::{self, Read};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
};

use crate::{
    args::ProcessArgs,
    serve::{ServeError, system},
};

/// Signals, and where asked for the end of standard input.
pub(crate) struct Stop {
    interrupt: Signal,
    terminate: Signal,
    stdin_closed: Option<oneshot::Receiver<()>>,
}

impl Stop {
    /// Listens from now on.
    pub(crate) fn listen(args: &ProcessArgs) -> Result<Self, ServeError> {
        let listen = |kind| signal(kind).map_err(system("cannot listen for signals"));
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            stdin_closed: args.stop_when_stdin_closes.then(stdin_closed),
        })
    }

    /// Returns at the next reason to stop.
    pub(crate) async fn wait(&mut self) {
        let closed = async {
            match &mut self.stdin_closed {
                Some(closed) => closed.await.ok(),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = closed => self.stdin_closed = None,
        }
    }
}

/// Tells when standard input has ended. A plain thread, since a runtime would wait for its read.
fn stdin_closed() -> oneshot::Receiver<()> {
    let (tell, closed) = oneshot::channel();
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        let mut buffer = [0; 256];
        while matches!(input.read(&mut buffer), Ok(1..)) {}
        tell.send(()).ok();
    });
    closed
}
