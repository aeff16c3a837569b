//! What a peer must be told when it starts: where viewers are, whose policy keys there are, and, for VCL,
//! which lists of networks the rules hold.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::questions::Question;
use crate::serve::Parts;
use crate::workspace::Workspace;

/// A member of a rules text with networks, whole: `("192.0.2.0/24" "2001:db8::/32")`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NetworkList {
    /// `allow` or `deny`.
    pub(super) verdict: String,
    /// As it is written, in parentheses.
    pub(super) text: String,
}

#[derive(Deserialize)]
struct Place {
    country_code: String,
}

/// Country by address, for everybody whose country is known.
pub(super) fn countries(workspace: &Workspace) -> Result<BTreeMap<String, String>> {
    let path = workspace.file("demo/geolocation.json");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let places: BTreeMap<String, Place> = serde_json::from_str(&text)?;
    let known = places.into_iter().filter_map(|(address, place)| {
        let code = place.country_code;
        // The database's words for "somewhere in Europe" and "in Asia or the Pacific" are no countries.
        let is_country = code.len() == 2 && !["EU", "AP"].contains(&code.as_str());
        is_country.then_some((address, code))
    });
    Ok(known.collect())
}

/// The lists in the rules of the videos that are asked for, read from the origin's answers.
pub(super) fn network_lists(parts: &Parts<'_>, questions: &[Question]) -> Result<Vec<NetworkList>> {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    let agent: ureq::Agent = config.build().into();
    let paths: BTreeSet<&str> = questions.iter().map(|one| one.path.as_str()).collect();
    let mut lists = BTreeSet::new();
    for path in paths {
        let request = agent.get(format!("{}{path}", parts.origin()));
        let proof = format!("Bearer {}", parts.edge_proof());
        let answer = request.header("Authorization", proof).call();
        let answer = answer.with_context(|| format!("{path}: the origin does not answer"))?;
        for layer in ["account", "video", "right"] {
            let rules = answer.headers().get(format!("playback-{layer}-rules"));
            let rules = rules.map(|rules| rules.to_str()).transpose()?;
            lists.extend(rules.into_iter().flat_map(lists_in));
        }
    }
    Ok(lists.into_iter().collect())
}

fn lists_in(rules: &str) -> Vec<NetworkList> {
    let members = rules.split(", ").filter_map(|member| {
        let (verdict, text) = member.strip_prefix("ip-")?.split_once('=')?;
        Some(NetworkList {
            verdict: verdict.to_owned(),
            text: text.to_owned(),
        })
    });
    members.collect()
}

impl NetworkList {
    /// The networks, each with the length of its prefix if it has one.
    pub(super) fn networks(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let items = self.text.trim_start_matches('(').trim_end_matches(')');
        items.split_whitespace().map(|item| {
            let item = item.trim_matches('"');
            item.split_once('/')
                .map_or((item, None), |(address, length)| (address, Some(length)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_networks_are_found_among_other_members() {
        let rules = r#"ip-deny=("192.0.2.0/24" "2001:db8::7"), geo-allow=("GB"), ip-allow=("198.51.100.1")"#;
        let lists = lists_in(rules);
        let told: Vec<_> = lists
            .iter()
            .map(|list| (list.verdict.as_str(), list.networks().collect::<Vec<_>>()))
            .collect();
        let want = [
            (
                "deny",
                vec![("192.0.2.0", Some("24")), ("2001:db8::7", None)],
            ),
            ("allow", vec![("198.51.100.1", None)]),
        ];
        assert_eq!(told, want);
        assert_eq!(lists_in("geo-default=allow"), []);
    }
}
