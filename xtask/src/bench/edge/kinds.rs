//! What is asked of the edge, in an account of its own beside the demo's.

use anyhow::Result;
use serde_json::{Value, json};

use crate::bench::cms::Cms;
use crate::bench::load::{Client, Load};
use crate::bench::local_world::LocalWorld;

const ACCOUNT: &str = "edge-bench";
/// A viewer whom everything here is for.
const VIEWER: &str = "london-home";
const ITEMS: usize = 100;

/// Every kind of restriction at once: 600 networks, countries, regions, metros, sites, proxies, a window.
fn every_restriction() -> String {
    let networks = (0..600).map(|at| format!("\"10.{}.{}.0/24\"", at / 256, at % 256));
    let countries = "GB IE FR DE AT CH IT ES PT NL BE LU DK SE NO FI IS EE LV LT PL CZ SK HU SI HR RO BG GR CY \
                     MT US CA MX JP KR AU NZ BR AR";
    let countries = countries.split(' ').map(|code| format!("\"{code}\""));
    let metros = (501..513).map(|metro| format!("\"metro:{metro}\""));
    let sites = (0..20).map(|at| format!("\"https://site-{at}.example.com\""));
    format!(
        "ip-deny=({}), geo-allow=({}), geo-deny=(\"US-NY\" \"US-TX\" \"CA-QC\" {}), proxy-deny=(anonymous tor vpn), \
         domain-allow=({}), from=@1767225600, until=@4102444800",
        join(networks),
        join(countries),
        join(metros),
        join(sites),
    )
}

fn join(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join(" ")
}

/// Brings the account to what is measured, and answers with the requests.
pub(in crate::bench) fn prepare(world: &LocalWorld) -> Result<Vec<Load>> {
    let cms = Cms::of(world, ACCOUNT)?;
    let signing = json!({
        "key": "media-1", "hosts": ["signed.example.com"], "lifetime": 21600, "parameter": "token",
    });
    cms.put(
        "",
        &json!({ "name": "Edge", "url_signing": signing }),
        &[200, 201],
    )?;
    put(&cms, "plain", &json!({}), "media.example.com")?;
    put(
        &cms,
        "restricted",
        &json!({ "rules": every_restriction() }),
        "media.example.com",
    )?;
    put(
        &cms,
        "refused",
        &json!({ "rules": "geo-deny=(\"GB\")" }),
        "media.example.com",
    )?;
    put(&cms, "signed", &json!({}), "signed.example.com")?;
    let items: Vec<_> = (0..ITEMS).map(|at| format!("item-{at}")).collect();
    for (at, item) in items.iter().enumerate() {
        let rules = format!("ip-deny=(\"10.0.{at}.0/24\" \"2001:db8:{at}::/48\")");
        put(&cms, item, &json!({ "rules": rules }), "media.example.com")?;
    }
    let list = json!({ "name": "A hundred", "type": "EXPLICIT", "video_ids": items });
    cms.put("/playlists/hundred", &list, &[200, 201, 409])?;
    let key = cms.mint_key()?;
    loads(world, &key)
}

fn put(cms: &Cms, id: &str, members: &Value, host: &str) -> Result<()> {
    let source = json!({
        "type": "application/x-mpegURL", "src": format!("https://{host}/{id}/master.m3u8"),
    });
    let mut video = json!({ "name": "A video", "sources": [source] });
    if let (Some(video), Some(members)) = (video.as_object_mut(), members.as_object()) {
        video.extend(members.clone());
    }
    // 409: it is there from another run.
    cms.put(&format!("/videos/{id}"), &video, &[200, 201, 409])
        .map(drop)
}

fn loads(world: &LocalWorld, key: &str) -> Result<Vec<Load>> {
    let load = |what, path: &str| -> Result<Load> {
        let load = world.resource(ACCOUNT, path, VIEWER)?.with_key(key);
        Ok(Load { what, ..load })
    };
    let plain = load("hit", "videos/plain")?;
    let etag = Client::new().ask(&plain)?.etag;
    Ok(vec![
        plain.clone(),
        load("hit, all restrictions", "videos/restricted")?.with_site("https://site-7.example.com"),
        load("hit, signed URL", "videos/signed")?,
        load("list of 100", "playlists/hundred?limit=100")?,
        Load {
            what: "unchanged (304)",
            status: 304,
            ..plain.clone().with_etag(&etag.unwrap_or_default())
        },
        Load {
            status: 403,
            ..load("refused", "videos/refused")?
        },
        Load {
            what: "bad key",
            status: 401,
            ..plain.with_key("AQEx")
        },
    ])
}
