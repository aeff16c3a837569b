//! The command line.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, Error, ensure};
use clap::Parser;
use clap::builder::NonEmptyStringValueParser;
use hyper::header::HeaderName;

use crate::config::Override;

/// Local Fastly POPs around a Compute program, with Fastly's purge API in front of them.
///
/// When every listener accepts, one line of JSON on stdout tells where:
/// `{"ready":true,"purge":"127.0.0.1:7677","pops":[{"name":"fra","listen":"127.0.0.1:7676"}]}`.
/// Its own log goes to stderr; `RUST_LOG` sets what is in it.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Args {
    /// The Compute program.
    #[arg(long, value_name = "FILE")]
    pub(crate) wasm: PathBuf,

    /// The manifest whose `[local_server]` the POPs are configured by. Relative paths in it start at
    /// its folder.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,

    /// A POP and the address it listens on; port 0 takes a free one. Once for each POP: each has its
    /// own cache.
    #[arg(long = "pop", value_name = "NAME=ADDR", required = true)]
    pub(crate) pops: Vec<PopAddress>,

    /// Where the purge API listens; port 0 takes a free one.
    #[arg(long, value_name = "ADDR")]
    pub(crate) purge_listen: SocketAddr,

    /// The only service the purge API knows.
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) service_id: String,

    /// The `Fastly-Key` that the purge API asks for.
    #[arg(long, value_name = "TOKEN", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) purge_token: String,

    /// The request header that names the viewer's address. The program never sees it.
    #[arg(long, value_name = "NAME", default_value = "Local-Viewer")]
    pub(crate) viewer_header: HeaderName,

    /// Set a dotted key of the manifest to a TOML value, such as
    /// 'local_server.backends.origin.url="http://127.0.0.1:7700"'.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) overrides: Vec<Override>,

    /// Append the lines of the program's log endpoints to this file instead of stderr.
    #[arg(long, value_name = "FILE")]
    pub(crate) endpoint_log: Option<PathBuf>,

    /// Tell Linux `perf` the names of the program's functions, in `/tmp/perf-PID.map`. The Wasm must still
    /// have them.
    #[arg(long, env = "LOCAL_POP_PERF_MAP")]
    pub(crate) perf_map: bool,

    /// Stop at the end of standard input: a POP then never outlives the program that started it.
    #[arg(long)]
    pub(crate) stop_when_stdin_closes: bool,
}

/// A POP's name and the address it listens on, written `fra=127.0.0.1:7676`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PopAddress {
    pub(crate) name: String,
    pub(crate) listen: SocketAddr,
}

impl Args {
    /// Refuses what clap cannot see: two POPs of one name.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let mut names = HashSet::new();
        for pop in &self.pops {
            ensure!(
                names.insert(&pop.name),
                "`--pop {}` is given twice",
                pop.name
            );
        }
        Ok(())
    }
}

impl FromStr for PopAddress {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (name, listen) = text
            .split_once('=')
            .filter(|(name, _)| !name.is_empty())
            .context("expected a name and an address, such as `fra=127.0.0.1:7676`")?;
        let listen = listen.parse().with_context(|| {
            format!("`{listen}` is not an address with a port, such as `127.0.0.1:7676`")
        })?;
        Ok(Self {
            name: name.to_owned(),
            listen,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(pops: &[&str]) -> Result<Args, clap::Error> {
        let fixed = [
            "local-pop",
            "--wasm=edge.wasm",
            "--config=fastly.toml",
            "--purge-listen=127.0.0.1:0",
            "--service-id=service",
            "--purge-token=token",
        ];
        Args::try_parse_from(fixed.iter().chain(pops))
    }

    #[test]
    fn ok_pops_on_either_address_family() {
        let args =
            args(&["--pop=fra=127.0.0.1:7676", "--pop=nrt=[::1]:0"]).expect("both are addresses");
        assert_eq!(args.pops[0].name, "fra");
        assert_eq!(args.pops[1].listen, "[::1]:0".parse().expect("an address"));
        args.check().expect("the names differ");
    }

    #[test]
    fn err_no_pop() {
        args(&[]).expect_err("at least one POP is needed");
    }

    #[test]
    fn err_pop_without_name_or_port() {
        for wrong in ["127.0.0.1:7676", "=127.0.0.1:7676", "fra=127.0.0.1", "fra="] {
            args(&[&format!("--pop={wrong}")]).expect_err(wrong);
        }
    }

    #[test]
    fn err_two_pops_of_one_name() {
        let args =
            args(&["--pop=fra=127.0.0.1:1", "--pop=fra=127.0.0.1:2"]).expect("each is well formed");
        assert!(args.check().is_err());
    }
}
