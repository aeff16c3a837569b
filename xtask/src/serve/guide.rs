//! What `serve` prints once everything answers: lines to paste, with ids and keys that exist.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value;

use super::catalog::Catalog;
use super::file::ServeFile;

/// A viewer of the demo, as far as the tour needs one.
#[derive(Debug, Deserialize)]
struct Viewer {
    name: String,
    address: String,
    #[serde(default)]
    country: Option<String>,
    #[serde(default)]
    proxy_type: Option<String>,
}

/// A video for viewers of some countries, with viewers in and outside of them.
#[derive(Debug)]
struct Tour {
    account: String,
    video: String,
    key: String,
    first: Viewer,
    second: Viewer,
    refused: Viewer,
}

/// The text for a person: where everything is, and a tour of five requests.
///
/// `file` and `logs` are where serve.json and the logs lie, as a person reads it.
pub(super) fn text(serve: &ServeFile, catalog: &Catalog, file: &str, logs: &str) -> String {
    let mut text = String::from("\nReady.\n\n");
    for pop in &serve.pops {
        line(&mut text, &format!("  edge ({})    {}", pop.name, pop.url));
    }
    line(&mut text, &format!("  purge API     {}", serve.purge_api));
    line(&mut text, &format!("  origin        {}", serve.origin));
    line(&mut text, &format!("  for programs  {file}"));
    line(&mut text, &format!("  logs          {logs}/*.log"));
    match Tour::find(serve, catalog) {
        Some(tour) => tour.describe(&mut text, serve),
        None => line(
            &mut text,
            "\nThe catalog has no video that is restricted by country and nothing else: no tour.",
        ),
    }
    line(&mut text, "\nCtrl-C ends everything.");
    text
}

// === impl Tour ===

impl Tour {
    /// The first video whose one restriction is a list of allowed countries.
    fn find(serve: &ServeFile, catalog: &Catalog) -> Option<Self> {
        catalog.accounts.iter().find_map(|account| {
            let keys = &serve
                .accounts
                .iter()
                .find(|keys| keys.id == account.id)?
                .policy_keys;
            let plain = account.policy_keys.iter().find(|key| key.is_plain())?;
            let key = keys.iter().find(|key| key.name == plain.name)?;
            account.videos.iter().find_map(|video| {
                let only_geo_allow = video.demo_kind.as_deref() == Some("geo-allow");
                let countries = &video.geo.as_ref().filter(|_| only_geo_allow)?.countries;
                let [first, second, refused] = viewers(&serve.viewers, countries)?;
                Some(Self {
                    account: account.id.clone(),
                    video: video.id.clone(),
                    key: key.key.clone(),
                    first,
                    second,
                    refused,
                })
            })
        })
    }

    fn describe(&self, text: &mut String, serve: &ServeFile) {
        let (account, video) = (&self.account, &self.video);
        let edge = serve.edge.first().map_or("", String::as_str);
        let ask = |viewer: &Viewer| {
            format!(
                "curl -i -H \"BCOV-Policy: $KEY\" -H '{}: {}' \"$VIDEO\"",
                serve.viewer_header, viewer.address
            )
        };
        line(text, "\nTry, in another terminal:\n");
        line(text, &format!("  KEY={}", self.key));
        line(
            text,
            &format!("  VIDEO={edge}/playback/v1/accounts/{account}/videos/{video}"),
        );
        for (claim, viewer) in [
            (
                "the first viewer: 200, fetched from the origin (X-Cache: MISS)",
                &self.first,
            ),
            (
                "the second: 200, and the origin is not asked (X-Cache: HIT)",
                &self.second,
            ),
            (
                "the third: the same copy, refused for the country: 403",
                &self.refused,
            ),
        ] {
            line(text, &format!("\n  # {claim}; {}", viewer.name));
            line(text, &format!("  {}", ask(viewer)));
        }
        if let Some(token) = &serve.cms_token {
            line(
                text,
                "\n  # an edit, and the first viewer again: the new name",
            );
            line(
                text,
                &format!(
                    "  curl -X PATCH -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' \
                     -d '{{\"name\": \"A new name\"}}' {}/v1/accounts/{account}/videos/{video}",
                    serve.origin
                ),
            );
            line(text, &format!("  {}", ask(&self.first)));
        }
    }
}

/// Two viewers in the countries and one outside of them, all behind no proxy.
fn viewers(list: &Value, countries: &[String]) -> Option<[Viewer; 3]> {
    let viewers: Vec<Viewer> = Vec::deserialize(list).ok()?;
    let direct = viewers.into_iter().filter(|viewer| {
        let proxy = viewer.proxy_type.as_deref().unwrap_or_default();
        viewer.country.is_some() && matches!(proxy, "" | "?" | "none")
    });
    let is_allowed = |viewer: &Viewer| {
        let country = viewer.country.as_deref().unwrap_or_default();
        countries
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(country))
    };
    let (mut allowed, refused): (Vec<Viewer>, Vec<Viewer>) = direct.partition(is_allowed);
    let refused = refused.into_iter().next()?;
    let first = (!allowed.is_empty()).then(|| allowed.remove(0))?;
    let second = (!allowed.is_empty()).then(|| allowed.remove(0))?;
    Some([first, second, refused])
}

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tour_has_two_viewers_inside_and_one_outside() {
        let list = json!([
            {"name": "hidden", "address": "192.0.2.1", "country": "DE", "proxy_type": "anonymous"},
            {"name": "Berlin", "address": "192.0.2.2", "country": "DE"},
            {"name": "nowhere", "address": "192.0.2.3", "country": null},
            {"name": "Lyon", "address": "192.0.2.4", "country": "FR"},
            {"name": "Hamburg", "address": "192.0.2.5", "country": "DE", "proxy_type": "?"},
        ]);
        let found = viewers(&list, &["de".to_owned()]).expect("three viewers");
        assert_eq!(
            found.map(|viewer| viewer.name),
            ["Berlin", "Hamburg", "Lyon"]
        );
    }

    #[test]
    fn no_tour_without_a_viewer_who_is_refused() {
        let list = json!([{"name": "Berlin", "address": "192.0.2.2", "country": "DE"}]);
        assert!(viewers(&list, &["DE".to_owned()]).is_none());
    }
}
