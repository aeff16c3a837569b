//! What the platform knows of the viewer.

use std::time::{SystemTime, UNIX_EPOCH};

use fastly::{
    Request,
    geo::{Geo, ProxyDescription, ProxyType, geo_lookup},
};
use playback_policy::{Needs, ProxyClasses, Site, Viewer, ViewerPlace};

use crate::error::EdgeError;

/// Gathers the facts that some rule looks at.
///
/// The address is the one the connection came from. Headers that claim another
/// (`X-Forwarded-For`, `Fastly-Client-IP`) are the viewer's own words and are not read.
pub(crate) fn viewer(request: &Request, needs: Needs) -> Result<Viewer, EdgeError> {
    let ip = request
        .get_client_ip_addr()
        .ok_or(EdgeError::NoClientAddress)?;
    let mut viewer = Viewer::new(ip, now());
    if needs.geolocation {
        // No record leaves the place unknown: it matches no place, so allow lists refuse.
        if let Some(geo) = geo_lookup(viewer.ip) {
            viewer.place =
                ViewerPlace::from_labels(geo.country_code(), geo.region(), geo.metro_code());
            viewer.proxy = proxies(&geo);
        }
    }
    if needs.site {
        let origins = request
            .get_header_all("origin")
            .map(|value| value.as_bytes());
        let referer = request.get_header("referer").map(|value| value.as_bytes());
        viewer.site = Site::from_headers(origins, referer);
    }
    Ok(viewer)
}

/// Seconds since 1970 UTC.
fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn proxies(geo: &Geo) -> ProxyClasses {
    let proxy_type = geo.proxy_type();
    let description = geo.proxy_description();
    ProxyClasses::from_labels(type_label(&proxy_type), description_label(&description))
}

/// The platform's own label; the SDK's enum knows only some of them.
fn type_label(proxy_type: &ProxyType) -> &str {
    match proxy_type {
        ProxyType::Anonymous => "anonymous",
        ProxyType::Aol => "aol",
        ProxyType::Blackberry => "blackberry",
        ProxyType::Corporate => "corporate",
        ProxyType::Edu => "edu",
        ProxyType::Hosting => "hosting",
        ProxyType::Public => "public",
        ProxyType::Transparent => "transparent",
        ProxyType::Other(label) => label,
        // The enum may grow; the pinned version has `Unknown` only.
        _ => "?",
    }
}

fn description_label(description: &ProxyDescription) -> &str {
    match description {
        ProxyDescription::Cloud => "cloud",
        ProxyDescription::CloudSecurity => "cloud-security",
        ProxyDescription::Dns => "dns",
        ProxyDescription::TorExit => "tor-exit",
        ProxyDescription::TorRelay => "tor-relay",
        ProxyDescription::Vpn => "vpn",
        ProxyDescription::WebBrowser => "web-browser",
        ProxyDescription::Other(label) => label,
        _ => "?",
    }
}
