//! The table of nested networks, and the answers it gives for addresses.

use std::{collections::BTreeSet, net::IpAddr};

use playback_policy::Network;
use serde::Deserialize;

use crate::{
    cidr::borders,
    layers::{List, Probe},
};

/// Written by hand: networks with their ends, addresses with the networks that have them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) networks: Vec<Row>,
    pub(crate) addresses: Vec<Address>,
    pub(crate) spellings: Vec<Spelling>,
}

/// A network, as it prints.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) cidr: String,
    pub(crate) first: IpAddr,
    pub(crate) last: IpAddr,
    /// Who says so.
    pub(crate) source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Address {
    pub(crate) ip: IpAddr,
    /// Another way of writing it, which it must never be told from.
    pub(crate) is: Option<IpAddr>,
    /// An IPv4 address among its bits, which it is not.
    pub(crate) embeds: Option<IpAddr>,
    /// Every network of the table that has it, the longest prefix first.
    #[serde(rename = "in")]
    pub(crate) networks: Vec<String>,
}

/// Other ways of writing a network of the table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spelling {
    pub(crate) cidr: String,
    pub(crate) also: Vec<String>,
}

pub(crate) fn network(text: &str) -> Network {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

impl Table {
    pub(crate) fn read() -> Self {
        serde_json::from_str(include_str!("nested.json")).unwrap()
    }

    /// Each network as a list of its own.
    pub(crate) fn lists(&self) -> Vec<List> {
        let list = |row: &Row| List {
            name: row.cidr.clone(),
            networks: vec![network(&row.cidr)],
        };
        self.networks.iter().map(list).collect()
    }

    /// The addresses of the table, with the answers that are written there.
    pub(crate) fn written(&self) -> Vec<Probe> {
        let probe = |address: &Address| Probe {
            address: address.ip,
            is_in: self
                .networks
                .iter()
                .map(|row| address.networks.contains(&row.cidr))
                .collect(),
        };
        self.addresses.iter().map(probe).collect()
    }

    /// The borders of all its networks. Their answers follow from the ends that are written there.
    pub(crate) fn at_borders(&self) -> Vec<Probe> {
        let borders = self
            .networks
            .iter()
            .flat_map(|row| borders(row.first, row.last));
        let addresses: BTreeSet<IpAddr> = borders.collect();
        let probe = |address| Probe {
            address,
            is_in: self.networks.iter().map(|row| row.has(address)).collect(),
        };
        addresses.into_iter().map(probe).collect()
    }

    pub(crate) fn probes(&self) -> Vec<Probe> {
        let mut probes = self.written();
        probes.extend(self.at_borders());
        probes
    }
}

impl Row {
    /// By its ends, as numbers. Every IPv4 address comes before every IPv6 address.
    pub(crate) fn has(&self, address: IpAddr) -> bool {
        (self.first..=self.last).contains(&address.to_canonical())
    }
}
