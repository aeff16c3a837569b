//! What `backup` and `restore` are told.

use std::path::PathBuf;

use clap::Args;

use super::DatabaseArgs;
use crate::{model::IsoTime, store::Place};

#[derive(Debug, Args)]
#[command(after_long_help = BACKUP_HELP)]
pub(crate) struct BackupArgs {
    /// The database file; an origin may be at work on it
    #[arg(
        long,
        env = "ORIGIN_DATABASE",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub(crate) database: Place,

    /// The folder of this database's backups; made if there is none
    #[arg(long, env = "ORIGIN_BACKUPS", value_name = "DIR")]
    pub(crate) to: PathBuf,

    /// Copy the whole database, as the first backup does
    #[arg(long)]
    pub(crate) full: bool,

    /// Print what was done as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The folder of backups
    #[arg(long, env = "ORIGIN_BACKUPS", value_name = "DIR")]
    pub(crate) from: PathBuf,

    /// The moment to go back to, such as `2026-01-01T12:00:00Z`
    #[arg(long, value_name = "TIME")]
    pub(crate) until: IsoTime,

    /// The new database file; one that is there is not touched
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Place,

    /// Print what was done as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_long_help = RESTORED_HELP)]
pub(crate) struct RestoredArgs {
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    /// Print what was done as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const RESTORED_HELP: &str = "\
Run it once after PostgreSQL was taken back to an earlier moment, before origins and purgers start.
What `restore` makes needs it not.";

const BACKUP_HELP: &str = "\
The first backup to a folder is a copy of the database, each later one what was written since. Where
that is not known any more, the next one is a copy again and says so.";
