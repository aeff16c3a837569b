//! What the platform knows of the viewer.

use std::{
    net::IpAddr,
    time::{SystemTime, UNIX_EPOCH},
};

use fastly::{
    acl::Acl,
    geo::{Geo, ProxyDescription, ProxyType, geo_lookup},
    http::{HeaderValue, header},
};
use playback_policy::{
    Compiled, Layout, Needs, PolicyKey, ProxyClasses, Site, Viewer, ViewerFacts, ViewerPlace,
};

use crate::{error::EdgeError, incoming::Incoming};

/// Gathers the facts that some rule looks at: what they all need together is `needs`.
///
/// `told` is what is taken for true instead of what is seen: the address and the time, by which
/// other facts are found.
///
/// The address is the one the connection came from. Headers that claim another
/// (`X-Forwarded-For`, `Fastly-Client-IP`) are the viewer's own words and are not read.
pub(crate) fn viewer(
    request: &Incoming,
    key: Option<&PolicyKey>,
    needs: Needs,
    rules: &Compiled<'_>,
    layout: &Layout<'_>,
    told: Option<&ViewerFacts>,
) -> Result<Viewer, EdgeError> {
    let connected = request.client().ok_or(EdgeError::NoClientAddress)?;
    let elsewhere = told.and_then(|told| told.ip);
    let at = told.and_then(|told| told.time).unwrap_or_else(now);
    let mut viewer = Viewer::new(elsewhere.unwrap_or(connected), at);
    viewer.key_id = key.and_then(|key| key.key_id.clone());
    if needs.geolocation {
        // No record leaves the place unknown: it matches no place, so allow lists refuse.
        if let Some(geo) = geo_lookup(viewer.ip) {
            viewer.asn = Some(geo.as_number());
            viewer.place = place(&geo);
            viewer.proxy = proxies(&geo);
        }
        // What the platform knows beyond the labels, where the service is entitled to it.
        // They are about the connection, and about no other address.
        if let (None, Some(facts)) = (elsewhere, request.vpn_facts()) {
            viewer.proxy = viewer.proxy.with_vpn(facts);
        }
    }
    if needs.site {
        let origins = request.values(&header::ORIGIN)?;
        let origins = origins.iter().map(HeaderValue::as_bytes);
        let referer = request.value(&header::REFERER)?;
        viewer.site = Site::from_headers(origins, referer.as_ref().map(HeaderValue::as_bytes));
    }
    if needs.acls {
        let mut names = rules.acl_names(viewer.now);
        names.extend(layout.acl_names(viewer.now).map_err(EdgeError::Items)?);
        names.sort_unstable();
        names.dedup();
        for name in names {
            if is_on_list(name, viewer.ip)? {
                viewer.acls.push(name.to_owned());
            }
        }
        // What is not enforced may not cost anybody the answer.
        for name in rules.reported_acl_names(viewer.now) {
            if matches!(is_on_list(name, viewer.ip), Ok(true)) {
                viewer.acls.push(name.to_owned());
            }
        }
    }
    Ok(viewer)
}

/// Whether an access control list has an entry for the address, whatever that entry's action: the
/// rule that names the list says what it means. A list that cannot be read may hold the address,
/// so nobody is let in who might be on it.
fn is_on_list(name: &str, ip: IpAddr) -> Result<bool, EdgeError> {
    let unreadable = || EdgeError::missing("access control list", name);
    let list = Acl::open(name).map_err(|_| unreadable())?;
    Ok(list.try_lookup(ip).map_err(|_| unreadable())?.is_some())
}

fn place(geo: &Geo) -> ViewerPlace {
    ViewerPlace::from_labels(geo.country_code(), geo.region(), geo.metro_code())
        .with_postal(geo.postal_code())
        .with_position(geo.latitude(), geo.longitude())
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
