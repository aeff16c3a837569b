//! Embedding sites.

use url::{Host, Url};

use super::policy::{Policy, any};
use crate::case::{Layer, Who};

const CHECK: &str = "site";

/// Neither header was sent.
const MISSING: &str = "!context.hides_site && !(context has site)";

/// The site that embeds the player.
pub(super) enum Site {
    Missing,
    Opaque,
    Known { origin: String, host: String },
}

/// # Source
///
/// DESIGN.md, "Domains": deny wins over allow; "Domain missing": what names no site is refused by any
/// domain rule at all, and both refusals are `domain-missing`.
pub(super) fn policies(layer: &Layer) -> Vec<Policy> {
    let mut policies = Vec::new();
    let is_denied = any(layer.items("domain-deny").iter().map(|pattern| is(pattern)));
    if let Some(is_denied) = is_denied.clone() {
        policies.push(
            Policy::forbid(CHECK, "domain-deny")
                .when("context has site".to_owned())
                .when(is_denied),
        );
    }
    if let Some(is_allowed) = any(layer
        .items("domain-allow")
        .iter()
        .map(|pattern| is(pattern)))
    {
        let mut policy = Policy::forbid(CHECK, "domain-allow")
            .when("context has site".to_owned())
            .unless(is_allowed);
        policy.unless.extend(is_denied);
        policies.push(policy);
    }
    let missing_is_denied = match layer.item("domain-missing") {
        Some(verdict) => verdict == "deny",
        None => layer.has_any(["domain-allow"]),
    };
    if missing_is_denied {
        policies.push(Policy::forbid(CHECK, "domain-missing").when(MISSING.to_owned()));
    }
    if layer.has_any(["domain-allow", "domain-deny", "domain-missing"]) {
        policies
            .push(Policy::forbid(CHECK, "domain-missing").when("context.hides_site".to_owned()));
    }
    policies
}

/// Whether the site is one that the pattern names.
fn is(pattern: &str) -> String {
    match pattern.strip_prefix("*.") {
        Some(above) => format!("context.site.host like \"*.{}\"", plain_host(above)),
        None => match Url::parse(pattern) {
            Ok(origin) => format!("context.site.origin == \"{}\"", serialised(&origin)),
            Err(_) => format!("context.site.host == \"{}\"", plain_host(pattern)),
        },
    }
}

/// What the headers tell: `Origin` decides where it was sent, and is a site without any path.
pub(super) fn of(who: &Who) -> Site {
    let read = |text: &str| {
        let url = Url::parse(text).ok()?;
        let is_web = ["http", "https"].contains(&url.scheme());
        (is_web && url.has_host()).then_some(url)
    };
    let url = match (who.origin.as_slice(), &who.referer) {
        ([], None) => return Site::Missing,
        ([], Some(referer)) => read(referer),
        ([origin], _) if origin.matches('/').count() == 2 => read(origin),
        _ => None,
    };
    match url {
        Some(url) => Site::Known {
            origin: serialised(&url),
            host: host(&url),
        },
        None => Site::Opaque,
    }
}

/// Scheme, host and port, the scheme's own port left out.
fn serialised(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}"));
    format!(
        "{}://{}{}",
        url.scheme(),
        host(url),
        port.unwrap_or_default()
    )
}

fn host(url: &Url) -> String {
    let host = url.host_str().expect("a site has a host");
    host.trim_end_matches('.').to_owned()
}

/// A host in ASCII and lower case, without a trailing dot.
fn plain_host(host: &str) -> String {
    let host = Host::parse(host).expect("a pattern's host");
    host.to_string().trim_end_matches('.').to_owned()
}
