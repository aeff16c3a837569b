//! Start, serve, stop.

use std::{
    io::{self, Write},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use thiserror::Error;
use tokio::{net::TcpListener, sync::oneshot, time::timeout};

use crate::{
    admission::Admission,
    app::{App, Doors, metrics_router, router},
    args::{DatabaseArgs, ServeArgs},
    cms::Cms,
    config::{self, InvalidConfig},
    metrics::Metrics,
    purge::{Begin, InvalidPurgeApi, PurgePlan, Purger},
    retention::keep_changes,
    routes::changes::Streams,
    stop::Stop,
    store::{FeedError, OpenError, Place, Store},
};

/// The origin could not serve. The message says what to do about it.
#[derive(Debug, Error)]
pub(crate) enum ServeError {
    /// A flag or variable is wrong.
    #[error(transparent)]
    Config(#[from] InvalidConfig),
    /// The database cannot be used.
    #[error("the database `{place}`: {source}; {}", place.hint())]
    Database {
        place: Place,
        #[source]
        source: OpenError,
    },
    /// The change feed cannot be read from the purger's cursor.
    #[error("the change feed: {0}; the purger would purge every account")]
    Feed(#[from] FeedError),
    /// The purge API cannot be addressed.
    #[error("`--purge-url`: {0}")]
    Purge(#[from] InvalidPurgeApi),
    /// The address cannot be listened on.
    #[error(
        "cannot listen on `{address}`: {source}; stop what is listening there, or choose another \
         address with `--listen` (port 0 picks a free one)"
    )]
    Listen {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    /// The system refuses something ordinary.
    #[error("{doing}: {source}")]
    System {
        doing: &'static str,
        #[source]
        source: io::Error,
    },
}

/// Serves until it is told to stop.
pub(crate) async fn serve(args: &ServeArgs) -> Result<(), ServeError> {
    let proofs = config::proofs(args)?;
    let keys = Arc::new(config::signing_keys(&args.signing)?);
    let purge_plan = config::purge_plan(&args.purge, args.purger)?;
    let media = config::media(&args.media)?;
    let patience = Duration::from_millis(args.process.stop_timeout_ms.into());
    // Before anything is open, so that a signal is never missed.
    let mut stop = Stop::listen(&args.process)?;

    let store = open_store(&args.database).await?;
    let (listener, address) = listen(args.listen).await?;
    let metrics = Metrics::new();
    tell(&purge_plan);
    // The other processes on the database are heard of by looking.
    tokio::spawn(store.clone().follow());
    tokio::spawn(keep_changes(store.clone(), args.keep_changes_days));
    let purger = Purger::start(purge_plan, &store, metrics.clone(), Begin::AtCursor)?;
    if media.as_ref().is_some_and(|media| !media.is_open()) {
        tracing::warn!("media is closed: without `--url-signing-key` no URL opens it");
    }
    let cms = Arc::new(Cms::new(store, purger));
    let streams = Streams::new();
    let app = App {
        cms: Arc::clone(&cms),
        metrics,
        keys,
        media,
        streams: streams.clone(),
    };
    announce(address).map_err(system("cannot write to standard output"))?;

    let (begin_stop, stopping) = oneshot::channel::<()>();
    let door = || Admission::new(args.max_requests.into(), args.max_waiting.into());
    let doors = Doors {
        edge: door(),
        cms: door(),
    };
    let service = router(app, proofs, doors).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async {
        stopping.await.ok();
    });
    let mut server = tokio::spawn(server.into_future());
    tokio::select! {
        () = stop.wait() => {}
        ended = &mut server => return ended_early(ended),
    }
    tracing::info!("stopping; once more to stop at once");
    begin_stop.send(()).ok();
    streams.stop();
    tokio::select! {
        () = stop.wait() => {}
        () = finish(server, cms, patience) => {}
    }
    Ok(())
}

/// Listens on an address; answers which, since port 0 is any.
async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen { address, source })?;
    let address = listener
        .local_addr()
        .map_err(system("cannot read the address"))?;
    Ok((listener, address))
}

/// Serves what a process counts, until the process ends.
pub(crate) async fn serve_metrics(address: SocketAddr, metrics: Metrics) -> Result<(), ServeError> {
    let (listener, _) = listen(address).await?;
    tokio::spawn(axum::serve(listener, metrics_router(metrics)).into_future());
    Ok(())
}

fn tell(plan: &PurgePlan) {
    match plan {
        PurgePlan::Here(target) => {
            let host = target.base.host_str().unwrap_or_default();
            tracing::info!(host, service = target.service, "purging is on");
        }
        PurgePlan::Apart { service, .. } => tracing::info!(service, "purging is another process's"),
        PurgePlan::Off => {
            tracing::warn!("purging is off: without `--purge-url` the edge keeps what it has");
        }
    }
}

/// Opens the database for a command.
pub(crate) async fn open_store(database: &DatabaseArgs) -> Result<Store, ServeError> {
    open_place(&database.place).await
}

/// As [`open_store`].
pub(crate) async fn open_place(place: &Place) -> Result<Store, ServeError> {
    Store::open(place)
        .await
        .map_err(|source| ServeError::Database {
            place: place.clone(),
            source,
        })
}

/// Lets open requests end, then open purges.
async fn finish(
    server: tokio::task::JoinHandle<io::Result<()>>,
    cms: Arc<Cms>,
    patience: Duration,
) {
    let abort = server.abort_handle();
    if timeout(patience, server).await.is_err() {
        tracing::warn!("requests were still open");
        abort.abort();
    }
    cms.stop(patience).await;
    tracing::info!("stopped");
}

/// A server that ends unasked has failed.
fn ended_early(ended: Result<io::Result<()>, tokio::task::JoinError>) -> Result<(), ServeError> {
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(source)) => Err(ServeError::System {
            doing: "cannot go on serving",
            source,
        }),
        Err(join) => Err(ServeError::System {
            doing: "cannot go on serving",
            source: io::Error::other(join),
        }),
    }
}

/// The one line programs wait for.
fn announce(address: SocketAddr) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, r#"{{"ready":true,"listen":"{address}"}}"#)?;
    stdout.flush()
}

pub(crate) fn system(doing: &'static str) -> impl FnOnce(io::Error) -> ServeError {
    move |source| ServeError::System { doing, source }
}
