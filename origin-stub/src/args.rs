//! The command line. Each flag is an environment variable too; secrets belong there, since other
//! users of a machine can read command lines.

mod backup;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use reqwest::Url;

use crate::store::Place;
pub(crate) use backup::{BackupArgs, RestoreArgs, RestoredArgs};

/// The companion origin of playback-edge: a CMS, the playback answers made from it, and the purges
/// that follow its edits.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the CMS API and the playback answers until stopped
    Serve(Box<ServeArgs>),
    /// Purge what the CMS changed, in a process of its own
    Purge(Box<PurgerArgs>),
    /// Load a catalog; loading it twice changes nothing
    Load(LoadArgs),
    /// Copy the database, or what was written since the last time, to a folder
    Backup(BackupArgs),
    /// Make a database again from a folder of backups, as of any moment since the first
    Restore(RestoreArgs),
    /// Tell a database that PostgreSQL's own means have put back to an earlier moment
    Restored(RestoredArgs),
    /// Print the policy key of some key data
    Mint(MintArgs),
    /// Print another service's restrictions as playback rights
    Import(ImportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DatabaseArgs {
    /// SQLite's database file, made if there is none; or `postgres://USER:PASSWORD@HOST/DATABASE`
    #[arg(
        id = "database",
        long = "database",
        env = "ORIGIN_DATABASE",
        hide_env_values = true,
        value_name = "PATH|URL"
    )]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
#[command(after_long_help = SERVE_HELP)]
pub(crate) struct ServeArgs {
    /// Address to listen on; port 0 picks a free one
    #[arg(long, env = "ORIGIN_LISTEN", default_value = "127.0.0.1:7700")]
    pub(crate) listen: SocketAddr,

    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    /// The secret by which the edge proves itself; playback is answered to nobody else
    #[arg(
        long,
        env = "ORIGIN_EDGE_PROOF",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    pub(crate) edge_proof: HiddenText,

    /// The editors' Bearer token
    #[arg(
        long,
        env = "ORIGIN_CMS_TOKEN",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    pub(crate) cms_token: HiddenText,

    #[command(flatten)]
    pub(crate) signing: SigningArgs,

    #[command(flatten)]
    pub(crate) media: MediaArgs,

    #[command(flatten)]
    pub(crate) purge: PurgeArgs,

    /// Who purges: this process, or `origin-stub purge` apart from it, on the same database
    #[arg(
        long,
        env = "ORIGIN_PURGER",
        value_enum,
        default_value_t = PurgerPlace::Here
    )]
    pub(crate) purger: PurgerPlace,

    /// How many requests are worked on at once, of the edge's and of editors' each
    #[arg(
        long,
        env = "ORIGIN_MAX_REQUESTS",
        value_name = "N",
        default_value_t = 128,
        value_parser = clap::value_parser!(u16).range(1..)
    )]
    pub(crate) max_requests: u16,

    /// How many more may wait for their turn, of each; the rest is answered 503 at once
    #[arg(
        long,
        env = "ORIGIN_MAX_WAITING",
        value_name = "N",
        default_value_t = 1024
    )]
    pub(crate) max_waiting: u16,

    /// How many days the change feed keeps a change
    #[arg(
        long,
        env = "ORIGIN_KEEP_CHANGES_DAYS",
        value_name = "DAYS",
        default_value_t = 7,
        value_parser = clap::value_parser!(u16).range(1..=3650)
    )]
    pub(crate) keep_changes_days: u16,

    #[command(flatten)]
    pub(crate) process: ProcessArgs,
}

#[derive(Debug, Args)]
#[command(after_long_help = PURGE_HELP)]
pub(crate) struct PurgerArgs {
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    #[command(flatten)]
    pub(crate) purge: PurgeArgs,

    /// Print what is to be purged, as one would have to call the API, and end
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// With `--dry-run`: print each call as a line of JSON
    #[arg(long, requires = "dry_run")]
    pub(crate) json: bool,

    /// Begin at the feed's end: what was changed before was seen to by hand
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) skip_to_head: bool,

    /// Address to serve `/metrics` on; without it there is nothing to scrape
    #[arg(long, env = "ORIGIN_PURGER_LISTEN", value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,

    #[command(flatten)]
    pub(crate) process: ProcessArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// Base URL of the purge API, such as `https://api.fastly.com`; without it nothing is purged
    #[arg(long, env = "ORIGIN_PURGE_URL", value_name = "URL", requires_all = ["purge_token", "service_id"])]
    pub(crate) purge_url: Option<Url>,

    /// The purge API's token
    #[arg(
        long,
        env = "ORIGIN_PURGE_TOKEN",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    pub(crate) purge_token: Option<HiddenText>,

    /// The service whose cache is purged
    #[arg(long, env = "ORIGIN_SERVICE_ID", value_name = "ID")]
    pub(crate) service_id: Option<String>,

    /// Tiers of caches between the origin and a viewer: 2 where the edge has a shield POP
    ///
    /// With two, what the shield keeps is purged before the POPs, and these once more at the end. The
    /// shield keeps nothing as long as the origin does not say so.
    #[arg(
        long,
        env = "ORIGIN_CACHE_TIERS",
        value_name = "N",
        default_value_t = 1,
        value_parser = clap::value_parser!(u8).range(1..=2)
    )]
    pub(crate) cache_tiers: u8,

    /// The edge's deadline for a fill; each purge is repeated that long (and a margin) later
    #[arg(
        long,
        env = "ORIGIN_FILL_DEADLINE_MS",
        value_name = "MS",
        default_value_t = 3000
    )]
    pub(crate) fill_deadline_ms: u32,
}

/// What every process that goes on until it is stopped can be told.
#[derive(Debug, Args)]
pub(crate) struct ProcessArgs {
    /// How long a stop waits for open requests, and then for open purges
    #[arg(
        long,
        env = "ORIGIN_STOP_TIMEOUT_MS",
        value_name = "MS",
        default_value_t = 10_000
    )]
    pub(crate) stop_timeout_ms: u32,

    /// Stop when standard input closes, which it does when the parent ends
    #[arg(long, env = "ORIGIN_STOP_WHEN_STDIN_CLOSES")]
    pub(crate) stop_when_stdin_closes: bool,

    /// The form of the log on standard error
    #[arg(long, env = "ORIGIN_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,

    /// What is logged, such as `warn` or `origin_stub=debug`
    #[arg(
        long,
        env = "ORIGIN_LOG_FILTER",
        value_name = "FILTER",
        default_value = "info"
    )]
    pub(crate) log_filter: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PurgerPlace {
    /// This process, where `--purge-url` says so
    Here,
    /// Another one, for the service of `--service-id`
    Apart,
}

#[derive(Debug, Args)]
pub(crate) struct LoadArgs {
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    /// Print what changed as JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// What stands in the catalog as `{media}`; its host and port stand there as `{media_host}`
    #[arg(
        long,
        env = "ORIGIN_MEDIA_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:7700/media"
    )]
    pub(crate) media_url: Url,

    /// The catalog, a JSON file
    pub(crate) catalog: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct MintArgs {
    #[command(flatten)]
    pub(crate) signing: SigningArgs,

    /// The key data, such as {"account-id":"938456"}
    #[arg(long, value_name = "JSON")]
    pub(crate) data: String,
}

#[derive(Debug, Args)]
#[command(after_long_help = IMPORT_HELP)]
pub(crate) struct ImportArgs {
    /// Whose restrictions they are
    #[arg(long, value_enum, value_name = "SERVICE")]
    pub(crate) from: ImportShape,

    /// Print the rights and the report as one JSON object
    #[arg(long)]
    pub(crate) json: bool,

    /// The restrictions, a JSON file
    pub(crate) file: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportShape {
    /// Mux: playback restrictions
    Mux,
    /// Cloudflare Stream: access rules
    Cloudflare,
    /// Amazon CloudFront: a geographic restriction
    Cloudfront,
}

#[derive(Debug, Args)]
pub(crate) struct SigningArgs {
    /// A signing key of policy keys, NUMBER=SECRET; the first one signs, all of them verify
    ///
    /// May be given several times; in the environment, separated by spaces.
    #[arg(
        long = "signing-key",
        env = "ORIGIN_SIGNING_KEY",
        hide_env_values = true,
        value_name = "NUMBER=SECRET",
        value_delimiter = ' ',
        required = true
    )]
    pub(crate) keys: Vec<HiddenText>,
}

#[derive(Debug, Args)]
pub(crate) struct MediaArgs {
    /// The folder served at `/media/`; without it there is nothing
    #[arg(long = "media", env = "ORIGIN_MEDIA", value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,

    /// A signing key of media URLs, NAME=SECRET, as the edge has it; without any, no URL opens
    ///
    /// May be given several times; in the environment, separated by spaces.
    #[arg(
        long = "url-signing-key",
        env = "ORIGIN_URL_SIGNING_KEY",
        hide_env_values = true,
        value_name = "NAME=SECRET",
        value_delimiter = ' '
    )]
    pub(crate) url_signing_keys: Vec<HiddenText>,

    /// The query parameter that media URLs have their token in
    #[arg(
        long = "url-parameter",
        env = "ORIGIN_URL_PARAMETER",
        value_name = "NAME",
        default_value = "playback_token"
    )]
    pub(crate) parameter: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// For programs, one object a line
    Json,
}

/// A text that may be a secret. Any text parses, so that no complaint can quote it.
#[derive(Clone)]
pub(crate) struct HiddenText(pub(crate) String);

const SERVE_HELP: &str = "\
When it is ready it prints one line of JSON on standard output, {\"ready\":true,\"listen\":\"…\"};
its log goes to standard error. SIGINT and SIGTERM stop it: it finishes open requests, then waits
for open purges and their repetition. A second signal stops it at once.";

const PURGE_HELP: &str = "\
When it is ready it prints one line of JSON on standard output, {\"ready\":true}; its log goes to
standard error. Of two purgers of one service on one database the second stands by, and takes over
when the first is gone. What was not purged when it ends is purged when it is started again.";

const IMPORT_HELP: &str = "\
Each right is printed as the CMS takes it, one a line. What has no equal is reported on standard
error, no right is made of it, and the exit code is 2: nothing is approximated.";

impl From<String> for HiddenText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for HiddenText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HiddenText(…)")
    }
}
