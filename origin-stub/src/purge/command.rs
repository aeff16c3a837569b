//! `origin-stub purge`: the purger in a process of its own.

use std::{
    io::{self, Write as _},
    time::Duration,
};

use super::{Begin, PurgePlan, Purger, dry_run};
use crate::{
    args::PurgerArgs,
    config,
    metrics::Metrics,
    serve::{ServeError, open_store, serve_metrics, system},
    stop::Stop,
};

/// Purges until it is told to stop, or prints what it would.
pub(crate) async fn run(args: &PurgerArgs) -> Result<(), ServeError> {
    if args.dry_run {
        let service = config::service(&args.purge)?;
        let store = open_store(&args.database).await?;
        return dry_run::print(&store, &service, config::tiers(&args.purge), args.json).await;
    }
    let target = config::purge_target(&args.purge)?;
    let patience = Duration::from_millis(args.process.stop_timeout_ms.into());
    let mut stop = Stop::listen(&args.process)?;
    let store = open_store(&args.database).await?;
    let metrics = Metrics::new();
    if let Some(address) = args.listen {
        serve_metrics(address, metrics.clone()).await?;
    }
    tokio::spawn(store.clone().follow());
    let begin = match args.skip_to_head {
        true => Begin::AtHead,
        false => Begin::AtCursor,
    };
    let plan = PurgePlan::Here(target);
    let purger = Purger::start(plan, &store, metrics, begin)?;
    let mut stdout = io::stdout();
    writeln!(stdout, r#"{{"ready":true}}"#)
        .and_then(|()| stdout.flush())
        .map_err(system("cannot write to standard output"))?;
    stop.wait().await;
    tracing::info!("stopping; once more to stop at once");
    tokio::select! {
        () = stop.wait() => {}
        () = purger.stop(patience) => store.close().await,
    }
    Ok(())
}
