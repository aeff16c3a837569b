//! When to stop: SIGINT, SIGTERM, or the end of standard input.

use std::future::Future;
use std::io;
use std::thread;

use anyhow::{Context, Error};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Exit status after a second signal; shells use it for a program ended by SIGINT.
const INTERRUPTED: i32 = 130;

/// Tells everything that runs that it is time to stop. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens for the signals from now on, and for the end of standard input if asked to.
    /// A second signal ends the process at once.
    ///
    /// # Errors
    ///
    /// The system refuses a signal handler.
    pub(crate) fn listen(when_stdin_closes: bool) -> Result<Self, Error> {
        let (stop, stopped) = watch::channel(false);
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
        let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
        if when_stdin_closes {
            let stop = stop.clone();
            // A thread and not tokio's stdin: its pending read would keep the process from ending.
            thread::spawn(move || {
                let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
                stop.send_replace(true);
            });
        }
        tokio::spawn(async move {
            for already_asked in [false, true] {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                if already_asked {
                    std::process::exit(INTERRUPTED);
                }
                stop.send_replace(true);
            }
        });
        Ok(Self(stopped))
    }

    /// For a test, whose end is the end of everything.
    #[cfg(test)]
    pub(crate) fn never() -> Self {
        let (stop, stopped) = watch::channel(false);
        // Without anybody to ask for it, `requested` would end at once.
        std::mem::forget(stop);
        Self(stopped)
    }

    /// Ends when it is time to stop.
    pub(crate) fn requested(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stopped = self.0.clone();
        async move {
            // An error says that nobody is left to ask for it: then this process is ending anyway.
            let _ = stopped.wait_for(|stop| *stop).await;
        }
    }
}
