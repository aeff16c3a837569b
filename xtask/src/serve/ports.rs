//! Which loopback ports `serve` takes, found out before the long builds begin.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::{Result, anyhow, bail};

/// The ports that are wanted; 0 stands for any free one.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct WantedPorts {
    /// Port of the (first) POP; the other POPs take the next free numbers
    #[arg(long, default_value_t = 7676, value_name = "PORT")]
    edge_port: u16,
    /// Port of the local purge API
    #[arg(long, default_value_t = 7677, value_name = "PORT")]
    purge_port: u16,
    /// Port of the local origin
    #[arg(long, default_value_t = 7700, value_name = "PORT")]
    origin_port: u16,
}

/// Addresses on which nobody else listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Addresses {
    pub(super) pops: Vec<SocketAddr>,
    pub(super) purge_api: SocketAddr,
    pub(super) origin: SocketAddr,
}

impl WantedPorts {
    pub(super) const ANY: Self = Self {
        edge_port: 0,
        purge_port: 0,
        origin_port: 0,
    };
}

impl Addresses {
    /// Where the origin serves media.
    pub(super) fn media_url(&self) -> String {
        format!("http://{}/media", self.origin)
    }

    /// Takes every port for a moment: all are free, and no two are the same.
    ///
    /// # Errors
    ///
    /// When a port is in use: the error names the port and the option that chooses another.
    pub(super) fn claim(wanted: WantedPorts, pops: usize) -> Result<Self> {
        // Held until all are claimed, so that "any free port" is not handed out twice.
        let purge_api = listen(wanted.purge_port, "--purge-port")?;
        let origin = listen(wanted.origin_port, "--origin-port")?;
        let mut edges = vec![listen(wanted.edge_port, "--edge-port")?];
        let mut next = wanted.edge_port;
        while edges.len() < pops {
            if next == 0 {
                edges.push(listen(0, "--edge-port")?);
                continue;
            }
            // Nobody asked for these numbers in particular: pass over what is taken.
            let Some(following) = next.checked_add(1) else {
                bail!("no free port above {next} for another POP")
            };
            next = following;
            if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, next)) {
                edges.push(listener);
            }
        }
        Ok(Self {
            pops: edges
                .iter()
                .map(TcpListener::local_addr)
                .collect::<Result<_, _>>()?,
            purge_api: purge_api.local_addr()?,
            origin: origin.local_addr()?,
        })
    }
}

fn listen(port: u16, option: &str) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "port {port} is in use: stop the program that listens on it (`ss -ltnp 'sport = :{port}'` \
             names it), or choose another with `{option}`"
        ),
        ErrorKind::PermissionDenied => anyhow!("no right to listen on port {port}: choose one above 1023 with `{option}`"),
        _ => anyhow!("cannot listen on port {port} (`{option}`): {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listener_gets_a_port_of_its_own() {
        let addresses = Addresses::claim(WantedPorts::ANY, 3).expect("free ports");
        let mut ports: Vec<u16> = addresses.pops.iter().map(SocketAddr::port).collect();
        ports.extend([addresses.purge_api.port(), addresses.origin.port()]);
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 5);
        assert!(!ports.contains(&0));
    }

    #[test]
    fn port_in_use_is_named_with_the_option_that_changes_it() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = taken.local_addr().expect("an address").port();
        let wanted = WantedPorts {
            purge_port: port,
            ..WantedPorts::ANY
        };
        let error = Addresses::claim(wanted, 1)
            .expect_err("the port is taken")
            .to_string();
        assert!(
            error.contains(&port.to_string()) && error.contains("--purge-port"),
            "{error}"
        );
    }
}
