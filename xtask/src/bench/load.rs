//! One kind of request, and the answer that it must get.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

/// One kind of request.
#[derive(Debug, Clone, Default)]
pub(super) struct Load {
    pub(super) what: &'static str,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    /// The status that every answer must have.
    pub(super) status: u16,
}

/// Asks over one connection, one request after the other.
#[derive(Debug)]
pub(super) struct Client(ureq::Agent);

/// An answer with the right status.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// What the edge says it took, where it says so.
    pub(super) edge_ms: Option<f64>,
    /// From the first byte of the request to the last one of the answer.
    pub(super) client_ms: f64,
    /// Its validator.
    pub(super) etag: Option<String>,
    /// Whether the edge says that it came from its cache, unchanged.
    pub(super) is_hit: bool,
    /// How old the cached answer is.
    pub(super) age_s: Option<u64>,
}

// === impl Load ===

impl Load {
    /// The request with a header in place of others of that name.
    fn with(mut self, name: &str, value: String) -> Self {
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value));
        self
    }

    /// The request with a policy key, where players put it.
    pub(super) fn with_key(self, key: &str) -> Self {
        self.with("Accept", format!("application/json;pk={key}"))
    }

    /// The request of who has the answer already.
    pub(super) fn with_etag(self, etag: &str) -> Self {
        self.with("If-None-Match", etag.to_owned())
    }

    /// The request of a page of that site.
    pub(super) fn with_site(self, origin: &str) -> Self {
        self.with("Origin", origin.to_owned())
    }

    /// The request with a viewer token.
    pub(super) fn with_token(self, token: &str) -> Self {
        self.with("Authorization", format!("Bearer {token}"))
    }

    /// The same request to another server, such as `http://127.0.0.1:7676`.
    pub(super) fn at(&self, server: &str) -> Self {
        let path = self.url.splitn(4, '/').nth(3).unwrap_or_default();
        Self {
            url: format!("{server}/{path}"),
            ..self.clone()
        }
    }

    /// Asks once, so that nothing else than what is meant gets measured, and the cache is warm.
    pub(super) fn check(&self) -> Result<()> {
        Client::new().ask(self).map(drop)
    }
}

// === impl Client ===

impl Client {
    pub(super) fn new() -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        Self(config.build().into())
    }

    /// # Errors
    ///
    /// When the answer has another status than the request should get.
    pub(super) fn ask(&self, load: &Load) -> Result<Answer> {
        let request = self.0.get(&load.url);
        let request = load.headers.iter().fold(request, |request, (name, value)| {
            request.header(name, value)
        });
        let started = Instant::now();
        let answer = request.call();
        let mut answer = answer.with_context(|| format!("{}: no answer", load.what))?;
        let body = answer.body_mut().read_to_vec();
        let client_ms = started.elapsed().as_secs_f64() * 1e3;
        body.with_context(|| format!("{}: the answer breaks off", load.what))?;
        ensure!(
            answer.status().as_u16() == load.status,
            "{}: expected {}, got {}",
            load.what,
            load.status,
            answer.status()
        );
        let header = |name| answer.headers().get(name)?.to_str().ok();
        Ok(Answer {
            edge_ms: header("server-timing").and_then(edge_ms),
            client_ms,
            etag: header("etag").map(str::to_owned),
            is_hit: header("x-cache") == Some("HIT"),
            age_s: header("age").and_then(|age| age.parse().ok()),
        })
    }
}

/// The duration of the metric `edge`, in milliseconds.
///
/// # Source
///
/// W3C, Server Timing, §5.
fn edge_ms(server_timing: &str) -> Option<f64> {
    server_timing.split(',').find_map(|metric| {
        let mut parts = metric.split(';').map(str::trim);
        let is_edge = parts.next() == Some("edge");
        let duration = parts.find_map(|part| part.strip_prefix("dur="))?;
        is_edge.then_some(duration)?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_duration_of_the_edge_alone() {
        for (header, want) in [
            ("edge;dur=0.118", Some(0.118)),
            ("cache;desc=HIT, edge;dur=0.118", Some(0.118)),
            ("cache;desc=MISS, origin;dur=7.5, edge;dur=9", Some(9.0)),
            ("edge; desc=all; dur=1.5", Some(1.5)),
            ("origin;dur=7.5", None),
            ("edge", None),
            ("edge;dur=fast", None),
            ("", None),
        ] {
            assert_eq!(edge_ms(header), want, "{header}");
        }
    }

    #[test]
    fn a_request_goes_to_another_server_with_the_same_path() {
        for (url, want) in [
            ("http://127.0.0.1:1/a/b?c=/d", "http://127.0.0.1:2/a/b?c=/d"),
            ("http://127.0.0.1:1/", "http://127.0.0.1:2/"),
            ("http://127.0.0.1:1", "http://127.0.0.1:2/"),
        ] {
            let load = Load {
                url: url.to_owned(),
                ..Load::default()
            };
            assert_eq!(load.at("http://127.0.0.1:2").url, want);
        }
    }

    #[test]
    fn a_header_replaces_its_like() {
        let load = Load::default()
            .with("Accept", "a".to_owned())
            .with("Local-Viewer", "b".to_owned())
            .with("accept", "c".to_owned());
        let want = [("Local-Viewer", "b"), ("accept", "c")];
        assert_eq!(
            load.headers,
            want.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}
