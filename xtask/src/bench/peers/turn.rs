//! One server, just started, measured with every kind of request.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::contender::{Contender, Server};
use super::questions::{self, Kind};
use super::stage::Stage;
use crate::bench::cpu;
use crate::bench::edge::wrk::{self, Measured};
use crate::bench::load::{Client, Load};
use crate::bench::spread::median;

/// Viewers at a time. Each waits for its answer and then asks again.
pub(super) const CONNECTIONS: u16 = 16;

/// How often the edge is asked for its own time, one request after the other.
const ASKED: usize = 200;

#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    pub(super) what: &'static str,
    pub(super) measured: Measured,
    /// CPU of the server's processes for each request.
    pub(super) cpu_us: f64,
    /// What the program inside the POP takes by its own clock, without the POP around it.
    pub(super) guest_us: Option<f64>,
}

pub(super) fn take(stage: &Stage<'_>, contender: Contender, seconds: u16) -> Result<Vec<Figures>> {
    let server = contender.start(stage)?;
    let mut kinds = questions::kinds(&stage.keys).to_vec();
    if !contender.decides() {
        kinds.truncate(1);
        kinds[0].what = "constant body";
    }
    let figures = kinds
        .into_iter()
        .map(|kind| measure(stage, contender, &server, &kind, seconds));
    let figures: Result<Vec<Figures>> = figures.collect();
    let figures = figures?;
    server.stop()?;
    Ok(figures)
}

fn measure(
    stage: &Stage<'_>,
    contender: Contender,
    server: &Server,
    kind: &Kind,
    seconds: u16,
) -> Result<Figures> {
    let load = Load {
        what: kind.what,
        status: kind.status,
        ..kind.question.to(&server.url, stage.parts.viewer_header())
    };
    // The first fills the cache.
    let before = stage.ask(&server.url, &kind.question)?;
    ensure!(
        before.status == kind.status,
        "{}: {} answers {}: {}",
        kind.what,
        contender.name(),
        before.status,
        before.body
    );
    let client = Client::new();
    ensure!(
        client.ask(&load)?.is_hit || !contender.decides(),
        "{}: {} did not answer from its cache",
        kind.what,
        contender.name()
    );
    let guest_us = (contender == Contender::Ours)
        .then(|| guest_us(&client, &load))
        .transpose()?;
    let id = server.id().context("the server runs")?;
    let cpu = cpu::spent(id)?;
    let measured = wrk::run(&load, CONNECTIONS, seconds)?;
    let cpu = cpu::spent(id)?.saturating_sub(cpu);
    ensure!(
        stage.ask(&server.url, &kind.question)? == before,
        "{}: {} answers otherwise after the load than before",
        kind.what,
        contender.name()
    );
    Ok(Figures {
        what: kind.what,
        measured,
        cpu_us: per_request_us(cpu, measured.requests).context("nothing was answered")?,
        guest_us,
    })
}

fn per_request_us(cpu: Duration, requests: u64) -> Option<f64> {
    (requests > 0).then(|| cpu.as_secs_f64() * 1e6 / requests as f64)
}

fn guest_us(client: &Client, load: &Load) -> Result<f64> {
    let mut times = Vec::new();
    for _ in 0..ASKED {
        let edge_ms = client.ask(load)?.edge_ms;
        times.push(edge_ms.context("the edge told no time")? * 1e3);
    }
    median(&times).context("it was asked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_is_shared_out_among_the_requests() {
        assert_eq!(
            per_request_us(Duration::from_millis(500), 10_000),
            Some(50.0)
        );
        assert_eq!(per_request_us(Duration::from_millis(500), 0), None);
    }
}
